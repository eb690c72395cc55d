// SPDX-License-Identifier: MIT
// Dates of SIP headers, both ways.
#include "sip/wire_date.h"

#include "tests/support/suite.h"

static void expect_both_ways(const char *text, const char *time)
{
    g_autoptr(GDateTime) read = wire_date_read(text);
    ck_assert_msg(read != NULL, "%s", text);
    g_autofree char *got = g_date_time_format_iso8601(read);
    g_autofree char *back = wire_date_write(read);
    ck_assert_str_eq(got, time);
    ck_assert_str_eq(back, text);
}

/* EXT-08 */
START_TEST(date_is_read_and_written)
{
    expect_both_ways("Wed, 04 Mar 2026 05:06:07 GMT", "2026-03-04T05:06:07Z");
    expect_both_ways("Sat, 29 Feb 2020 23:59:59 GMT", "2020-02-29T23:59:59Z");
    expect_both_ways("Sun, 01 Mar 2020 00:00:00 GMT", "2020-03-01T00:00:00Z");
    expect_both_ways("Thu, 31 Dec 2037 12:00:00 GMT", "2037-12-31T12:00:00Z");
}
END_TEST

START_TEST(every_day_of_a_leap_year_comes_back)
{
    for (int day = 0; day < 366; day++) {
        g_autoptr(GDateTime) start = g_date_time_new_utc(2028, 1, 1, 1, 2, 3);
        g_autoptr(GDateTime) time = g_date_time_add_days(start, day);
        g_autofree char *text = wire_date_write(time);
        g_autoptr(GDateTime) back = wire_date_read(text);
        ck_assert_msg(back != NULL && g_date_time_equal(time, back), "%s", text);
    }
}
END_TEST

START_TEST(what_is_no_date_is_none)
{
    const char *const bad[] = {"",
                               "now",
                               "Wed, 04 Mar 2026 05:06:07",
                               "Wed, 32 Mar 2026 05:06:07 GMT",
                               "Wed, 04 Foo 2026 05:06:07 GMT",
                               "Wed, 04 Mar 2026 25:06:07 GMT",
                               "2026-03-04T05:06:07Z",
                               "Wed, 30 Feb 2026 05:06:07 GMT"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert_msg(wire_date_read(bad[i]) == NULL, "%s", bad[i]);
    }
    ck_assert_ptr_null(wire_date_read(NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {date_is_read_and_written, every_day_of_a_leap_year_comes_back,
                                  what_is_no_date_is_none, NULL};
    return suite_run("wire_date", tests);
}
