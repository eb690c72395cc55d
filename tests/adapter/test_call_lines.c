// SPDX-License-Identifier: MIT
// The lines of a call on their way: order, bounds, and what goes once more.
#include "sip/call_lines.h"

#include <string.h>

#include "tests/support/suite.h"

static CallLines *lines;

static void set_up(void)
{
    lines = call_lines_new(50, 65536);
}

static void tear_down(void)
{
    call_lines_free(lines);
}

static bool hold(uint64_t row, const char *text)
{
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    return call_lines_hold(lines, &(CallLine){.row = row, .content_type = "t/p", .body = body});
}

static const CallLine *go(uint64_t row)
{
    g_autoptr(GBytes) body = g_bytes_new("x", 1);
    return call_lines_go(lines, &(CallLine){.row = row, .content_type = "t/p", .body = body});
}

static void expect_next(uint64_t row)
{
    const CallLine *line = call_lines_next(lines);
    ck_assert_ptr_nonnull(line);
    ck_assert_uint_eq(line->row, row);
}

/* CHAT-10 */
START_TEST(lines_on_hold_go_in_the_order_they_came)
{
    ck_assert(hold(1, "a") && hold(2, "b"));
    expect_next(1);
    expect_next(2);
    ck_assert_ptr_null(call_lines_next(lines));
}
END_TEST

/* CHAT-03 CHAT-10 */
START_TEST(hold_is_bounded_in_number_and_octets)
{
    call_lines_free(lines);
    lines = call_lines_new(2, 10);
    ck_assert(!hold(1, "eleven char"));
    ck_assert(hold(2, "five5") && hold(3, "five5"));
    ck_assert(!hold(4, ""));
    expect_next(2);
    ck_assert(!hold(5, "sixsix"));
    ck_assert(hold(6, "five5"));
}
END_TEST

/* CHAT-52 */
START_TEST(line_without_outcome_waits_again_before_younger_ones)
{
    go(1);
    go(2);
    go(3);
    ck_assert(hold(4, "d"));
    ck_assert(call_lines_take_back(lines, 3));
    ck_assert(call_lines_take_back(lines, 1));
    ck_assert(call_lines_take_back(lines, 2));
    for (uint64_t row = 1; row <= 4; row++) {
        expect_next(row);
    }
}
END_TEST

START_TEST(line_with_an_outcome_is_not_taken_back)
{
    const CallLine *line = go(1);
    ck_assert_ptr_eq(call_lines_find(lines, 1), line);
    call_lines_forget(lines, line);
    ck_assert_ptr_null(call_lines_find(lines, 1));
    ck_assert(!call_lines_take_back(lines, 1));
    ck_assert(hold(2, "waits"));
    ck_assert(!call_lines_take_back(lines, 2));
}
END_TEST

/* CHAT-52 */
START_TEST(line_keeps_the_message_id_it_went_under)
{
    call_lines_name(lines, go(1), "made.up");
    ck_assert(call_lines_take_back(lines, 1));
    ck_assert_str_eq(call_lines_next(lines)->id, "made.up");
}
END_TEST

START_TEST(what_is_left_is_told_wherever_it_is)
{
    go(1);
    go(0);
    ck_assert(hold(2, "waits"));
    uint64_t rows = 0;
    const CallLine *line;
    for (int count = 0; (line = call_lines_any(lines)) != NULL; count++) {
        ck_assert_int_lt(count, 3);
        rows += line->row;
        call_lines_forget(lines, line);
    }
    ck_assert_uint_eq(rows, 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lines_on_hold_go_in_the_order_they_came,
                                  hold_is_bounded_in_number_and_octets,
                                  line_without_outcome_waits_again_before_younger_ones,
                                  line_with_an_outcome_is_not_taken_back,
                                  line_keeps_the_message_id_it_went_under,
                                  what_is_left_is_told_wherever_it_is,
                                  NULL};
    return suite_run_fixture("call_lines", tests, set_up, tear_down);
}
