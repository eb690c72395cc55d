// SPDX-License-Identifier: MIT
#include "xmpp/deadlines.h"

#include <glib.h>

#include "tests/support/suite.h"

static int64_t now;
static GString *told;
static Deadlines *deadlines;
static Deadline *slots[3];

static int64_t now_ms(void)
{
    return now;
}

static void set_up(void)
{
    now = 0;
    told = g_string_new(NULL);
    deadlines = deadlines_new(now_ms);
}

static void tear_down(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(slots); i++)
        deadlines_stop(&slots[i]);
    deadlines_free(deadlines);
    g_string_free(told, TRUE);
}

static void tell(void *self)
{
    g_string_append(told, self);
}

START_TEST(what_is_due_is_told_in_order_of_time_and_once)
{
    set_up();
    deadlines_start(deadlines, &slots[0], 30, tell, "late ");
    deadlines_start(deadlines, &slots[1], 10, tell, "early ");
    deadlines_start(deadlines, &slots[2], 40, tell, "never ");
    now = 9;
    deadlines_run(deadlines);
    ck_assert_str_eq(told->str, "");
    now = 30;
    deadlines_run(deadlines);
    deadlines_run(deadlines);
    ck_assert_str_eq(told->str, "early late ");
    ck_assert_ptr_null(slots[0]);
    ck_assert_ptr_nonnull(slots[2]);
    tear_down();
}
END_TEST

START_TEST(a_stopped_or_replaced_one_is_not_told)
{
    set_up();
    deadlines_start(deadlines, &slots[0], 10, tell, "stopped ");
    deadlines_start(deadlines, &slots[1], 10, tell, "replaced ");
    deadlines_start(deadlines, &slots[1], 20, tell, "replacement ");
    deadlines_stop(&slots[0]);
    deadlines_stop(&slots[0]);
    now = 50;
    deadlines_run(deadlines);
    ck_assert_str_eq(told->str, "replacement ");
    tear_down();
}
END_TEST

static void start_anew(void *unused)
{
    g_string_append(told, "again ");
    deadlines_start(deadlines, &slots[0], 0, start_anew, NULL);
}

START_TEST(one_that_starts_itself_anew_waits_for_the_next_run)
{
    set_up();
    deadlines_start(deadlines, &slots[0], 5, start_anew, NULL);
    now = 5;
    deadlines_run(deadlines);
    ck_assert_str_eq(told->str, "again ");
    tear_down();
}
END_TEST

static int64_t real_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

START_TEST(the_main_loop_runs_them_by_itself)
{
    told = g_string_new(NULL);
    deadlines = deadlines_new(real_ms);
    deadlines_start(deadlines, &slots[0], 5, tell, "due ");
    while (slots[0] != NULL)
        g_main_context_iteration(NULL, TRUE);
    ck_assert_str_eq(told->str, "due ");
    tear_down();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_is_due_is_told_in_order_of_time_and_once,
        a_stopped_or_replaced_one_is_not_told,
        one_that_starts_itself_anew_waits_for_the_next_run,
        the_main_loop_runs_them_by_itself,
        NULL,
    };
    return suite_run("deadlines", tests);
}
