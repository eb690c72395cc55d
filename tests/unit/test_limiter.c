// SPDX-License-Identifier: MIT
// Rates per sender.
#include "mapping/limiter.h"

#include "tests/support/suite.h"

#include <glib.h>

static int take_all(Limiter *limiter, const char *sender, int64_t now_ms, int tries)
{
    int taken = 0;
    for (int i = 0; i < tries; i++)
        taken += limiter_take(limiter, sender, now_ms);
    return taken;
}

START_TEST(a_burst_passes_and_then_the_rate_holds)
{
    g_autoptr(Limiter) limiter = limiter_new(600, 50, 100); // 10 a second
    ck_assert_int_eq(take_all(limiter, "a", 1000, 100), 50);
    ck_assert_int_eq(take_all(limiter, "a", 1099, 10), 0);
    ck_assert_int_eq(take_all(limiter, "a", 1100, 10), 1);
    ck_assert_int_eq(take_all(limiter, "a", 2100, 100), 10);
}
END_TEST

START_TEST(refused_events_cost_nothing_and_small_steps_add_up)
{
    g_autoptr(Limiter) limiter = limiter_new(6, 1, 100); // one in ten seconds
    int taken = 0;
    for (int64_t now = 0; now < 60000; now++)
        taken += limiter_take(limiter, "a", now);
    ck_assert_int_eq(taken, 6);
}
END_TEST

START_TEST(senders_do_not_share_a_bucket)
{
    g_autoptr(Limiter) limiter = limiter_new(60, 2, 100);
    ck_assert_int_eq(take_all(limiter, "a", 0, 5), 2);
    ck_assert_int_eq(take_all(limiter, "b", 0, 5), 2);
}
END_TEST

START_TEST(a_long_silence_fills_the_bucket_and_not_more)
{
    g_autoptr(Limiter) limiter = limiter_new(600, 50, 100);
    ck_assert_int_eq(take_all(limiter, "a", 0, 60), 50);
    ck_assert_int_eq(take_all(limiter, "a", INT64_MAX, 60), 50);
}
END_TEST

START_TEST(time_that_runs_backwards_gives_and_takes_nothing)
{
    g_autoptr(Limiter) limiter = limiter_new(600, 2, 100);
    ck_assert(limiter_take(limiter, "a", 5000));
    ck_assert(limiter_take(limiter, "a", 0));
    ck_assert(!limiter_take(limiter, "a", 0));
    ck_assert(!limiter_take(limiter, "a", 5099));
    ck_assert(limiter_take(limiter, "a", 5100));
}
END_TEST

START_TEST(the_quietest_sender_is_forgotten_when_there_are_too_many)
{
    g_autoptr(Limiter) limiter = limiter_new(1, 1, 2);
    ck_assert(limiter_take(limiter, "a", 0));
    ck_assert(limiter_take(limiter, "b", 1));
    ck_assert(!limiter_take(limiter, "a", 2));
    ck_assert(limiter_take(limiter, "c", 3)); // in place of b
    ck_assert(!limiter_take(limiter, "a", 4));
    ck_assert(limiter_take(limiter, "b", 5));
}
END_TEST

int main(void)
{
    return suite_run("limiter", (const TTest *const[]){
        a_burst_passes_and_then_the_rate_holds,
        refused_events_cost_nothing_and_small_steps_add_up,
        senders_do_not_share_a_bucket,
        a_long_silence_fills_the_bucket_and_not_more,
        time_that_runs_backwards_gives_and_takes_nothing,
        the_quietest_sender_is_forgotten_when_there_are_too_many,
        NULL,
    });
}
