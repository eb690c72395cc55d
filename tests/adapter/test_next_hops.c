// SPDX-License-Identifier: MIT
// Hops that want to be left alone, and for how long.
#include "sip/next_hops.h"

#include "tests/support/suite.h"

#define S G_USEC_PER_SEC

/* ERR-04 */
START_TEST(hop_is_left_alone_as_long_as_it_asked)
{
    g_autoptr(NextHops) hops = next_hops_new();
    ck_assert_uint_eq(next_hops_left_s(hops, "a", 0), 0);
    next_hops_hold(hops, "a", 7, 10 * S);
    ck_assert_uint_eq(next_hops_left_s(hops, "a", 10 * S), 7);
    ck_assert_uint_eq(next_hops_left_s(hops, "a", 16 * S + 1), 1);
    ck_assert_uint_eq(next_hops_left_s(hops, "a", 17 * S), 0);
    ck_assert_uint_eq(next_hops_left_s(hops, "b", 10 * S), 0);
}
END_TEST

START_TEST(hop_cannot_silence_itself_for_ever)
{
    g_autoptr(NextHops) hops = next_hops_new();
    next_hops_hold(hops, "a", G_MAXUINT64, 0);
    ck_assert_uint_eq(next_hops_left_s(hops, "a", 0), 300);
}
END_TEST

int main(void)
{
    return suite_run("next_hops", (const TTest *const[]){hop_is_left_alone_as_long_as_it_asked,
                                                         hop_cannot_silence_itself_for_ever, NULL});
}
