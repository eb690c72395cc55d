// SPDX-License-Identifier: MIT
// Descriptors, deadlines and jobs of the stack behind one GSource.
#include "sip/msrp/msrp_loop.h"
#include "tests/support/suite.h"

#include <sys/socket.h>
#include <unistd.h>

static GString *seen;
static int64_t clock_now_ms;

static int64_t test_clock(void)
{
    return clock_now_ms;
}

static MsrpLoop *loop_new(void)
{
    clock_now_ms = 1000;
    seen = g_string_new(NULL);
    return msrp_loop_new(test_clock);
}

static void loop_done(MsrpLoop *loop)
{
    msrp_loop_free(loop);
    g_string_free(seen, TRUE);
}

static void turns(void)
{
    for (int i = 0; i < 10; i++)
        g_main_context_iteration(NULL, FALSE);
}

static void was_seen(const char *expected)
{
    turns();
    ck_assert_str_eq(seen->str, expected);
    g_string_truncate(seen, 0);
}

static void note(void *user)
{
    g_string_append(seen, user);
}

START_TEST(loop_calls_timers_in_the_order_of_their_time_once)
{
    MsrpLoop *loop = loop_new();
    MsrpLoopTimer a = {.func = note, .user = "a"};
    MsrpLoopTimer b = {.func = note, .user = "b"};
    MsrpLoopTimer c = {.func = note, .user = "c"};
    msrp_loop_set_timer(loop, &a, 3000);
    msrp_loop_set_timer(loop, &b, 2000);
    msrp_loop_set_timer(loop, &c, 2500);
    msrp_loop_set_timer(loop, &c, INT64_MAX);
    was_seen("");
    clock_now_ms = 1999;
    was_seen("");
    clock_now_ms = 5000;
    was_seen("ba");
    msrp_loop_set_timer(loop, &a, 7000);
    msrp_loop_set_timer(loop, &a, 6000);
    clock_now_ms = 6000;
    was_seen("a");
    was_seen("");
    loop_done(loop);
}
END_TEST

typedef struct {
    MsrpLoop *loop;
    MsrpLoopJob job;
    int left;
} Again;

static void defer_again(void *user)
{
    Again *again = user;
    g_string_append(seen, "x");
    if (--again->left > 0)
        msrp_loop_defer(again->loop, &again->job);
}

START_TEST(loop_calls_jobs_once_and_those_put_off_again_in_the_next_turn)
{
    MsrpLoop *loop = loop_new();
    MsrpLoopJob job = {.func = note, .user = "j"};
    MsrpLoopJob gone = {.func = note, .user = "g"};
    Again again = {loop, {.func = defer_again, .user = &again}, 3};
    msrp_loop_defer(loop, &again.job);
    msrp_loop_defer(loop, &job);
    msrp_loop_defer(loop, &job);
    msrp_loop_defer(loop, &gone);
    msrp_loop_cancel(loop, &gone);
    g_main_context_iteration(NULL, FALSE);
    ck_assert_str_eq(seen->str, "xj");
    was_seen("xjxx");
    loop_done(loop);
}
END_TEST

typedef struct {
    MsrpLoop *loop;
    MsrpLoopWatch watch;
    MsrpLoopWatch *victim; // stops watching this one
} Watcher;

static void on_event(void *user, uint32_t events)
{
    Watcher *watcher = user;
    g_string_append_printf(seen, "%s%s", events & EPOLLIN ? "r" : "", events & EPOLLOUT ? "w" : "");
    msrp_loop_watch(watcher->loop, &watcher->watch, 0);
    if (watcher->victim != NULL)
        msrp_loop_watch(watcher->loop, watcher->victim, 0);
}

static Watcher watcher_of(MsrpLoop *loop, int fd)
{
    return (Watcher){.loop = loop, .watch = {.func = on_event, .fd = fd}};
}

START_TEST(loop_tells_descriptors_that_are_ready_and_leaves_the_others_alone)
{
    int fds[2];
    MsrpLoop *loop = loop_new();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    Watcher watcher = watcher_of(loop, fds[0]);
    watcher.watch.user = &watcher;
    msrp_loop_watch(loop, &watcher.watch, EPOLLIN);
    was_seen("");
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    was_seen("r");
    msrp_loop_watch(loop, &watcher.watch, EPOLLOUT);
    was_seen("w");
    loop_done(loop);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(loop_does_not_call_a_descriptor_given_up_in_the_same_turn)
{
    int fds[4];
    MsrpLoop *loop = loop_new();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds + 2), 0);
    Watcher one = watcher_of(loop, fds[0]);
    Watcher two = watcher_of(loop, fds[2]);
    one.watch.user = &one;
    two.watch.user = &two;
    one.victim = &two.watch;
    two.victim = &one.watch;
    msrp_loop_watch(loop, &one.watch, EPOLLIN);
    msrp_loop_watch(loop, &two.watch, EPOLLIN);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(write(fds[3], "x", 1), 1);
    was_seen("r"); // whichever came first
    loop_done(loop);
    for (int i = 0; i < 4; i++)
        close(fds[i]);
}
END_TEST

int main(void)
{
    return suite_run("msrp_loop", (const TTest *const[]){
        loop_calls_timers_in_the_order_of_their_time_once,
        loop_calls_jobs_once_and_those_put_off_again_in_the_next_turn,
        loop_tells_descriptors_that_are_ready_and_leaves_the_others_alone,
        loop_does_not_call_a_descriptor_given_up_in_the_same_turn,
        NULL,
    });
}
