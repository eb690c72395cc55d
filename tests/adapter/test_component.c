// SPDX-License-Identifier: MIT
// A component link against a server on loopback: up, down, refused, stalled, and the descriptor.
#include "xmpp/component.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/support/suite.h"
#include "tests/support/xmpp_server.h"

#define NAME "sip.test"

static XmppServer *server;
static Deadlines *deadlines;
static Component *component;
static int64_t queue_octets;
static int ups, downs, refusals, closes;
static GQueue heard; // owned char *: ids of stanzas

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static void on_stanza(void *self, Component *from, xmpp_stanza_t *stanza)
{
    g_queue_push_tail(&heard, g_strdup(xmpp_stanza_get_id(stanza)));
}

static void on_link(void *self, Component *of, bool is_up)
{
    ck_assert_int_eq(component_is_up(of), is_up);
    if (is_up)
        ups++;
    else
        downs++;
}

static void on_refused(void *self, Component *of)
{
    refusals++;
}

static void new_component(const char *secret)
{
    component = component_new(&(ComponentConfig){
        .server_ip = "127.0.0.1",
        .server_port = xmpp_server_port(server),
        .name = NAME,
        .secret = secret,
        .queue_octets = &queue_octets,
        .deadlines = deadlines,
        .pause_ms = 10,
        .patience_ms = 200,
        .on_stanza = on_stanza,
        .on_link = on_link,
        .on_refused = on_refused,
    });
}

static void set_up(void)
{
    ups = downs = refusals = closes = 0;
    queue_octets = 1000000;
    deadlines = deadlines_new(now_ms);
    server = xmpp_server_new();
    new_component("s3cret");
}

static void tear_down(void)
{
    g_clear_pointer(&component, component_free);
    g_clear_pointer(&server, xmpp_server_free);
    g_clear_pointer(&deadlines, deadlines_free);
    g_queue_clear_full(&heard, g_free);
}

static bool reaches(void *pair)
{
    int **both = pair;
    return *both[0] >= *both[1];
}

// Runs the loop until a counter is at least this.
static void until(int *counter, int least, const char *what)
{
    int *both[] = {counter, &least};
    loop_until(reaches, both, what);
}

static bool has_heard(void *count)
{
    return (int)heard.length >= *(int *)count;
}

static void until_heard(int count)
{
    loop_until(has_heard, &count, "a stanza from the server");
}

static bool has_stanza(void *into)
{
    char **stanza = into;
    *stanza = xmpp_server_next(server, NAME);
    return *stanza != NULL;
}

static char *next_stanza(void)
{
    char *stanza = NULL;
    loop_until(has_stanza, &stanza, "a stanza at the server");
    return stanza;
}

static void start(void)
{
    ck_assert(component_start(component));
    until(&ups, 1, "the link");
}

static bool send_text(const char *text, bool is_urgent)
{
    return component_send(component, text, strlen(text), is_urgent);
}

/* GEN-02 */
START_TEST(the_handshake_is_made_and_stanzas_go_both_ways_in_order)
{
    start();
    ck_assert_int_eq(xmpp_server_links(server), 1);
    ck_assert(send_text("<message id='1'/>", false));
    ck_assert(send_text("<message id='2'/>", false));
    g_autofree char *first = next_stanza();
    g_autofree char *second = next_stanza();
    ck_assert_str_eq(first, "<message id='1'/>");
    ck_assert_str_eq(second, "<message id='2'/>");
    xmpp_server_say(server, NAME, "<message id='a'/><message id='b'/><mess");
    until_heard(2);
    xmpp_server_say(server, NAME, "age id='c'/>");
    until_heard(3);
    ck_assert_str_eq(g_queue_peek_tail(&heard), "c");
}
END_TEST

START_TEST(a_wrong_secret_is_tried_again_for_ever)
{
    xmpp_server_set_secret(server, "other");
    ck_assert(component_start(component));
    until(&refusals, 3, "three refusals");
    ck_assert_int_eq(ups, 0);
    xmpp_server_set_secret(server, "s3cret");
    until(&ups, 1, "the link after the secret was mended");
}
END_TEST

START_TEST(a_conflict_is_tried_again_for_ever)
{
    xmpp_server_set_manner(server, XMPP_SERVER_HAS_CONFLICT);
    ck_assert(component_start(component));
    until(&refusals, 3, "three refusals");
    xmpp_server_set_manner(server, XMPP_SERVER_ANSWERS);
    until(&ups, 1, "the link after the conflict");
}
END_TEST

START_TEST(an_absent_server_is_waited_for)
{
    xmpp_server_go(server);
    ck_assert(component_start(component));
    until(&refusals, 3, "three refusals");
    xmpp_server_come(server);
    until(&ups, 1, "the link to the server that came");
}
END_TEST

START_TEST(a_server_that_says_nothing_is_given_up)
{
    static const XmppServerManner MANNERS[] = {XMPP_SERVER_IS_SILENT, XMPP_SERVER_STOPS_AT_HEADER};
    for (size_t i = 0; i < G_N_ELEMENTS(MANNERS); i++) {
        xmpp_server_set_manner(server, MANNERS[i]);
        ck_assert(component_start(component));
        until(&refusals, 2, "two attempts given up");
        ck_assert_int_ge(xmpp_server_attempts(server), 2);
        xmpp_server_set_manner(server, XMPP_SERVER_ANSWERS);
        until(&ups, 1, "the link after the silence");
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(a_silent_server_does_not_make_the_loop_spin)
{
    xmpp_server_set_manner(server, XMPP_SERVER_IS_SILENT);
    ck_assert(component_start(component));
    int turns = 0;
    while (refusals == 0) {
        g_main_context_iteration(NULL, TRUE);
        turns++;
    }
    ck_assert_int_lt(turns, 100); // 200 ms of waiting
}
END_TEST

START_TEST(a_link_that_is_cut_is_told_and_made_again)
{
    start();
    xmpp_server_cut(server, NAME);
    until(&downs, 1, "the loss");
    until(&ups, 2, "the new link");
    ck_assert(send_text("<message id='1'/>", false));
    g_free(next_stanza());
    xmpp_server_say(server, NAME, "<message id='a'/>");
    until_heard(1);
}
END_TEST

START_TEST(a_server_that_restarts_is_found_again)
{
    start();
    xmpp_server_go(server);
    until(&downs, 1, "the loss");
    until(&refusals, 1, "an attempt without a server");
    xmpp_server_come(server);
    until(&ups, 2, "the new link");
}
END_TEST

START_TEST(a_stream_error_or_broken_xml_ends_the_link_which_is_made_again)
{
#define SHUTDOWN                                                                                   \
    "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"  \
    "</stream:stream>"
    static const char *const TEXTS[] = {
        SHUTDOWN,
        "<message></nonsense>",
        "</stream:stream>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        start();
        xmpp_server_say(server, NAME, TEXTS[i]);
        if (i != 1)
            xmpp_server_cut(server, NAME);
        until(&downs, 1, "the end of the link");
        until(&ups, 2, "the new link");
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(nothing_can_be_sent_without_a_link)
{
    ck_assert(!send_text("<message/>", true));
    start();
    xmpp_server_go(server);
    until(&downs, 1, "the loss");
    ck_assert(!send_text("<message/>", true));
    ck_assert_uint_eq(component_queue_octets(component), 0);
}
END_TEST

// A stanza of a thousand octets.
static char *thousand(int number)
{
    return g_strdup_printf("<message id='%08d'>%0967d</message>", number, 0);
}

START_TEST(to_a_stalled_server_the_queue_is_bounded_and_later_all_of_it_arrives)
{
    queue_octets = 100000;
    start();
    xmpp_server_stall(server, NAME, true);
    int sent = 0;
    for (;;) {
        g_autofree char *stanza = thousand(sent);
        ck_assert_uint_eq(strlen(stanza), 1000);
        if (!send_text(stanza, false))
            break;
        sent++;
        loop_drain();
    }
    ck_assert_uint_gt(component_queue_octets(component), 0);
    ck_assert(component_is_up(component));
    xmpp_server_stall(server, NAME, false);
    for (int i = 0; i < sent; i++) {
        g_autofree char *expected = thousand(i);
        g_autofree char *stanza = next_stanza();
        ck_assert_str_eq(stanza, expected);
    }
    ck_assert_uint_eq(component_queue_octets(component), 0);
    ck_assert(send_text("<message id='more'/>", false));
    g_free(next_stanza());
}
END_TEST

START_TEST(housekeeping_has_room_left_where_lines_have_none)
{
    queue_octets = 4000;
    start();
    int lines = 0, all = 0;
    g_autofree char *stanza = thousand(0);
    while (send_text(stanza, false))
        lines++;
    while (send_text(stanza, true))
        all++;
    ck_assert_int_eq(lines, 4);
    ck_assert_int_eq(all, 1);
}
END_TEST

START_TEST(a_paused_link_reads_nothing_but_writes)
{
    start();
    component_pause(component, true);
    xmpp_server_say(server, NAME, "<message id='a'/>");
    ck_assert(send_text("<message id='1'/>", false));
    g_free(next_stanza());
    loop_drain();
    ck_assert_uint_eq(heard.length, 0);
    component_pause(component, false);
    until_heard(1);
}
END_TEST

START_TEST(a_link_that_is_paused_and_cut_is_told_and_made_again_paused)
{
    start();
    component_pause(component, true);
    xmpp_server_cut(server, NAME);
    ck_assert(send_text("<message id='1'/>", false)); // meets the reset
    until(&downs, 1, "the loss");
    until(&ups, 2, "the new link");
    xmpp_server_say(server, NAME, "<message id='a'/>");
    loop_drain();
    ck_assert_uint_eq(heard.length, 0);
}
END_TEST

static void on_closed(void *self)
{
    closes++;
}

START_TEST(the_stream_is_closed_in_order_after_what_waits_was_written)
{
    start();
    ck_assert(send_text("<presence type='unavailable' id='bye'/>", true));
    component_close(component, on_closed, NULL);
    until(&closes, 1, "the end of the stream");
    g_autofree char *last = next_stanza();
    ck_assert_str_eq(last, "<presence type='unavailable' id='bye'/>");
    ck_assert_int_eq(xmpp_server_ended(server), 1);
    ck_assert_int_eq(ups, 1);
}
END_TEST

START_TEST(a_stream_is_not_closed_before_all_is_written)
{
    queue_octets = 100000;
    start();
    xmpp_server_stall(server, NAME, true);
    int sent = 0;
    while (component_queue_octets(component) == 0) { // until the socket takes no more
        g_autofree char *stanza = thousand(sent++);
        ck_assert(send_text(stanza, false));
        loop_drain();
    }
    component_close(component, on_closed, NULL);
    loop_drain();
    ck_assert_int_eq(closes, 0);
    xmpp_server_stall(server, NAME, false);
    until(&closes, 1, "the end of the stream");
    while (sent-- > 0)
        g_free(next_stanza());
    ck_assert_int_eq(xmpp_server_ended(server), 1);
}
END_TEST

START_TEST(closing_what_is_not_up_is_done_at_once_and_ends_the_trying)
{
    xmpp_server_go(server);
    ck_assert(component_start(component));
    until(&refusals, 1, "a refusal");
    component_close(component, on_closed, NULL);
    ck_assert_int_eq(closes, 1);
    xmpp_server_come(server);
    loop_drain();
    ck_assert_int_eq(xmpp_server_attempts(server), 0);
}
END_TEST

// Takes every descriptor below FD_SETSIZE and one more; answers how many.
static int take_descriptors(int *taken, int max)
{
    int count = 0;
    while (count < max) {
        taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        ck_assert_int_ge(taken[count], 0);
        if (taken[count++] >= FD_SETSIZE)
            break;
    }
    return count;
}

START_TEST(a_low_descriptor_is_kept_for_the_library_over_every_new_link)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 4096;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int taken[2 * FD_SETSIZE];
    int count = take_descriptors(taken, G_N_ELEMENTS(taken));
    start(); // the library would end the process otherwise
    xmpp_server_cut(server, NAME);
    until(&ups, 2, "the new link");
    while (count > 0)
        close(taken[--count]);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &limit);
}
END_TEST

START_TEST(without_a_low_descriptor_the_start_fails_and_nothing_crashes)
{
    g_clear_pointer(&component, component_free);
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 4096;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int taken[2 * FD_SETSIZE];
    int count = take_descriptors(taken, G_N_ELEMENTS(taken));
    new_component("s3cret");
    ck_assert(!component_start(component));
    while (count > 0)
        close(taken[--count]);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_NOFILE, &limit);
}
END_TEST

int main(void)
{
    xmpp_initialize();
    const TTest *const tests[] = {
        the_handshake_is_made_and_stanzas_go_both_ways_in_order,
        a_wrong_secret_is_tried_again_for_ever,
        a_conflict_is_tried_again_for_ever,
        an_absent_server_is_waited_for,
        a_server_that_says_nothing_is_given_up,
        a_silent_server_does_not_make_the_loop_spin,
        a_link_that_is_cut_is_told_and_made_again,
        a_server_that_restarts_is_found_again,
        a_stream_error_or_broken_xml_ends_the_link_which_is_made_again,
        nothing_can_be_sent_without_a_link,
        to_a_stalled_server_the_queue_is_bounded_and_later_all_of_it_arrives,
        housekeeping_has_room_left_where_lines_have_none,
        a_paused_link_reads_nothing_but_writes,
        a_link_that_is_paused_and_cut_is_told_and_made_again_paused,
        the_stream_is_closed_in_order_after_what_waits_was_written,
        a_stream_is_not_closed_before_all_is_written,
        closing_what_is_not_up_is_done_at_once_and_ends_the_trying,
        a_low_descriptor_is_kept_for_the_library_over_every_new_link,
        without_a_low_descriptor_the_start_fails_and_nothing_crashes,
        NULL,
    };
    return suite_run_fixture("component", tests, set_up, tear_down);
}
