// SPDX-License-Identifier: MIT
// The wrapper is tested round a source that has messages for itself, and always calls itself ready when a
// timer is near, as the library's does; its turns are counted, the clock is ours.
#include "sip/sofia_source.h"

#include <unistd.h>

#include "tests/support/suite.h"

// A turn is followed by so many more at most.
#define HOPS 6

static int64_t now_us;
static bool timer_is_near;
static unsigned messages; // each is handled by a turn
static unsigned turns;
static unsigned socket_events; // seen by turns

static int64_t clock_us(void)
{
    return now_us;
}

static gboolean near_prepare(GSource *source, int *timeout_ms)
{
    *timeout_ms = timer_is_near || messages > 0 ? 0 : -1;
    return timer_is_near || messages > 0;
}

static gboolean near_check(GSource *source)
{
    return TRUE;
}

static gboolean near_dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    const GPollFD *fd = source->poll_fds->data;
    turns++;
    messages -= messages > 0;
    socket_events += fd->revents != 0;
    return TRUE;
}

static GSourceFuncs near_funcs = {near_prepare, near_check, near_dispatch, NULL, NULL, NULL};

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
    timer_is_near = false;
    messages = turns = socket_events = 0;
    fixture->context = g_main_context_new();
    fixture->source = g_source_new(&near_funcs, sizeof(GSource));
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

START_TEST(turns_for_a_timer_that_is_near_come_once_per_two_milliseconds)
{
    Fixture fixture;
    set_up(&fixture);
    timer_is_near = true;
    ck_assert_uint_eq(turns_in(&fixture, 20), HOPS);
    now_us += 1999;
    ck_assert_uint_eq(turns_in(&fixture, 20), 0);
    now_us += 1;
    ck_assert_uint_eq(turns_in(&fixture, 20), HOPS);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_socket_event_does_not_wait_and_what_it_leads_to_is_done_at_once)
{
    Fixture fixture;
    char octet = 'x';
    set_up(&fixture);
    turns_in(&fixture, 5);
    ck_assert_int_eq(write(fixture.pipe[1], &octet, 1), 1);
    messages = 3;
    ck_assert_uint_eq(turns_in(&fixture, 1), 3);
    ck_assert_uint_eq(messages, 0);
    tear_down(&fixture);
}
END_TEST

// Read twice for one event, an empty stream would look like one that has ended.
START_TEST(a_socket_event_is_seen_by_one_turn_only)
{
    Fixture fixture;
    char octet = 'x';
    set_up(&fixture);
    turns_in(&fixture, 5);
    ck_assert_int_eq(write(fixture.pipe[1], &octet, 1), 1);
    messages = 3;
    turns_in(&fixture, 1);
    ck_assert_uint_eq(socket_events, 1);
    tear_down(&fixture);
}
END_TEST

START_TEST(a_kick_lets_the_next_turn_pass_at_once)
{
    Fixture fixture;
    set_up(&fixture);
    turns_in(&fixture, 5);
    messages = 1;
    ck_assert_uint_eq(turns_in(&fixture, 20), 0);
    sofia_source_kick(fixture.wrapper);
    ck_assert_uint_eq(turns_in(&fixture, 20), 1);
    tear_down(&fixture);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        turns_for_a_timer_that_is_near_come_once_per_two_milliseconds,
        a_socket_event_does_not_wait_and_what_it_leads_to_is_done_at_once,
        a_socket_event_is_seen_by_one_turn_only,
        a_kick_lets_the_next_turn_pass_at_once,
        NULL,
    };
    return suite_run("sofia_source", tests);
}
