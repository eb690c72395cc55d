// SPDX-License-Identifier: MIT
// The wrapper is tested round a source that always calls itself ready, as the library's does for a
// millisecond before each timer; turns are counted, the clock is ours.
#include "sip/sofia_source.h"

#include <unistd.h>

#include "tests/support/suite.h"

static int64_t now_us;
static unsigned turns;

static int64_t clock_us(void)
{
    return now_us;
}

static gboolean eager_prepare(GSource *source, int *timeout_ms)
{
    *timeout_ms = 0;
    return TRUE;
}

static gboolean eager_check(GSource *source)
{
    return TRUE;
}

static gboolean eager_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    turns++;
    return TRUE;
}

static GSourceFuncs eager_funcs = {eager_prepare, eager_check, eager_dispatch, NULL, NULL, NULL};

typedef struct {
    GMainContext *context;
    GSource *source;
    SofiaSource *wrapper;
    int pipe[2];
    GPollFD fd;
} Fixture;

static void set_up(Fixture *fixture)
{
    now_us = 1000000;
    turns = 0;
    fixture->context = g_main_context_new();
    fixture->source = g_source_new(&eager_funcs, sizeof(GSource));
    ck_assert_int_eq(pipe(fixture->pipe), 0);
    fixture->fd = (GPollFD){.fd = fixture->pipe[0], .events = G_IO_IN};
    g_source_add_poll(fixture->source, &fixture->fd);
    fixture->wrapper = sofia_source_new(fixture->source, clock_us);
    g_source_attach(fixture->source, fixture->context);
}

static void tear_down(Fixture *fixture)
{
    g_source_destroy(fixture->source);
    g_source_unref(fixture->source);
    g_main_context_unref(fixture->context);
    sofia_source_free(fixture->wrapper);
    close(fixture->pipe[0]);
    close(fixture->pipe[1]);
}

// Turns the source gets in `count` rounds of the loop.
static unsigned turns_in(Fixture *fixture, unsigned count)
{
    unsigned before = turns;
    for (unsigned i = 0; i < count; i++) {
        g_main_context_iteration(fixture->context, FALSE);
    }
    return turns - before;
}

START_TEST(turns_without_an_event_come_once_per_two_milliseconds)
{
    Fixture fixture;
    set_up(&fixture);
    ck_assert_uint_eq(turns_in(&fixture, 20), 1);
    now_us += 1999;
    ck_assert_uint_eq(turns_in(&fixture, 20), 0);
    now_us += 1;
    ck_assert_uint_eq(turns_in(&fixture, 20), 1);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_socket_event_and_the_three_hops_after_it_do_not_wait)
{
    Fixture fixture;
    char octet = 'x';
    set_up(&fixture);
    turns_in(&fixture, 5);
    ck_assert_int_eq(write(fixture.pipe[1], &octet, 1), 1);
    ck_assert_uint_eq(turns_in(&fixture, 1), 1);
    ck_assert_int_eq(read(fixture.pipe[0], &octet, 1), 1);
    ck_assert_uint_eq(turns_in(&fixture, 20), 3);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_kick_lets_three_turns_pass_at_once)
{
    Fixture fixture;
    set_up(&fixture);
    turns_in(&fixture, 5);
    sofia_source_kick(fixture.wrapper);
    ck_assert_uint_eq(turns_in(&fixture, 3), 3);
    ck_assert_uint_eq(turns_in(&fixture, 20), 0);
    tear_down(&fixture);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {turns_without_an_event_come_once_per_two_milliseconds,
                                  a_socket_event_and_the_three_hops_after_it_do_not_wait,
                                  a_kick_lets_three_turns_pass_at_once, NULL};
    return suite_run("sofia_source", tests);
}
