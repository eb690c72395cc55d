// SPDX-License-Identifier: MIT
// The whole XMPP side on real links: two components of one server.
#include "xmpp/xmppgate.h"

#include <string.h>
#include <strophe.h>

#include "mapping/notation.h"
#include "tests/support/loop.h"
#include "tests/support/stanza_match.h"
#include "tests/support/suite.h"
#include "tests/support/xmpp_server.h"

static XmppServer *server;
static XmppGate *gate;
static Settings settings;
static GQueue events; // owned char *
static GQueue traces; // owned char *
static int stops;

static void take(void *self, Event *owned)
{
    g_queue_push_tail(&events, notation_event_text(owned));
    event_free(owned);
}

static void on_trace(void *self, XmppGateDirection direction, const char *component,
                     const char *text)
{
    g_queue_push_tail(&traces,
                      g_strdup_printf("%s %s %.8s", component,
                                      direction == XMPPGATE_SENT ? "sent" : "received", text));
}

static const XmppGateComponent COMPONENTS[] = {
    {"sip.test", "s3cret", XMPPGATE_USERS},
    {"conf.sip.test", "s3cret", XMPPGATE_ROOMS},
};
static const XmppGateDomain DOMAINS[] = {
    {"xmpp.test", XMPPGATE_USERS},
    {"rooms.xmpp.test", XMPPGATE_ROOMS},
};

static XmppGateConfig config(void)
{
    return (XmppGateConfig){
        .server_ip = "127.0.0.1",
        .server_port = xmpp_server_port(server),
        .components = COMPONENTS,
        .component_count = G_N_ELEMENTS(COMPONENTS),
        .domains = DOMAINS,
        .domain_count = G_N_ELEMENTS(DOMAINS),
        .settings = &settings,
        .sink = {NULL, take},
        .on_stanza = on_trace,
    };
}

static void set_up(void)
{
    settings = settings_defaults();
    stops = 0;
    server = xmpp_server_new();
    XmppGateConfig wanted = config();
    g_autofree char *why = NULL;
    gate = xmppgate_new(&wanted, &why);
    ck_assert_msg(gate != NULL, "%s", why);
}

static void tear_down(void)
{
    g_clear_pointer(&gate, xmppgate_free);
    g_clear_pointer(&server, xmpp_server_free);
    g_queue_clear_full(&events, g_free);
    g_queue_clear_full(&traces, g_free);
}

static bool has_event(void *unused)
{
    return events.length > 0;
}

static void expect_event(const char *pattern)
{
    loop_until(has_event, NULL, pattern);
    g_autofree char *event = g_queue_pop_head(&events);
    ck_assert_msg(g_pattern_match_simple(pattern, event), "expected %s\n     got %s", pattern,
                  event);
}

typedef struct {
    const char *name;
    char *stanza;
} Wait;

static bool has_stanza(void *data)
{
    Wait *wait = data;
    wait->stanza = xmpp_server_next(server, wait->name);
    return wait->stanza != NULL;
}

// The next stanza of a component at the server; its id.
static char *expect_stanza(const char *name, const char *expected)
{
    Wait wait = {.name = name};
    loop_until(has_stanza, &wait, expected);
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    g_autofree char *why = NULL;
    ck_assert_msg(stanza_match(ctx, expected, wait.stanza, &why), "%s in %s", why, wait.stanza);
    xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, wait.stanza);
    char *id = g_strdup(xmpp_stanza_get_id(stanza));
    xmpp_stanza_release(stanza);
    xmpp_ctx_free(ctx);
    g_free(wait.stanza);
    return id;
}

static void tell(const char *line)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s", why);
    Port port = xmppgate_port(gate);
    ck_assert_int_eq(port.side, SIDE_XMPP);
    port.execute(port.self, command);
}

static void start(void)
{
    g_autofree char *why = NULL;
    ck_assert(xmppgate_start(gate, &why));
    ck_assert(!xmppgate_is_up(gate));
    expect_event("xmpp link how=up from=*sip.test");
    expect_event("xmpp link how=up from=*sip.test");
    ck_assert(xmppgate_is_up(gate));
}

#define LINE                                                                                       \
    "<message from='romeo@sip.test' to='juliet@xmpp.test' id='m1'><body>hi</body>"                 \
    "<origin-id xmlns='urn:xmpp:sid:0' id='m1'/></message>"
#define PING                                                                                       \
    "<iq type='get' from='sip.test' to='xmpp.test' id='*'><ping xmlns='urn:xmpp:ping'/></iq>"

/* GEN-02 */
START_TEST(a_line_goes_out_with_its_ping_and_is_proven)
{
    start();
    tell("xmpp message row=1 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=hi");
    g_free(expect_stanza("sip.test", LINE));
    g_autofree char *id = expect_stanza("sip.test", PING);
    g_autofree char *pong =
        g_strdup_printf("<iq type='result' from='xmpp.test' to='sip.test' id='%s'/>", id);
    xmpp_server_say(server, "sip.test", pong);
    expect_event("xmpp delivery row=1");
    const XmppGateCounters *counters = xmppgate_counters(gate);
    ck_assert_uint_eq(counters->stanzas_out, 2);
    ck_assert_uint_eq(counters->stanzas_in, 1);
    ck_assert_uint_eq(counters->pings, 1);
    ck_assert_uint_eq(counters->rows_unproven, 0);
}
END_TEST

START_TEST(what_comes_on_a_link_is_told_and_traced)
{
    start();
    xmpp_server_say(server, "sip.test",
                    "<message from='juliet@xmpp.test/b' to='romeo@sip.test' "
                    "xml:lang='cs'><body>ahoj</body></message>");
    expect_event("xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=normal lang=cs "
                 "body=ahoj");
    xmpp_server_say(server, "conf.sip.test",
                    "<iq type='get' id='q' from='juliet@xmpp.test/b' "
                    "to='conf.sip.test'><ping xmlns='urn:xmpp:ping'/></iq>");
    g_free(
        expect_stanza("conf.sip.test",
                      "<iq type='result' id='q' to='juliet@xmpp.test/b' from='conf.sip.test'/>"));
    static const char *const TRACES[] = {
        "sip.test received <message", "conf.sip.test received <iq *", "conf.sip.test sent <iq *"};
    for (size_t i = 0; i < G_N_ELEMENTS(TRACES); i++) {
        g_autofree char *trace = g_queue_pop_head(&traces);
        ck_assert_msg(g_pattern_match_simple(TRACES[i], trace), "got %s", trace);
    }
}
END_TEST

/* GEN-06 */
START_TEST(what_was_under_way_on_a_link_that_dies_is_lost_and_the_other_link_stands)
{
    start();
    tell("xmpp message row=1 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=hi");
    g_free(expect_stanza("sip.test", LINE));
    tell("xmpp message row=2 from=romeo@sip.test to=juliet@xmpp.test id=m2 body=unsent");
    xmpp_server_cut(server, "sip.test");
    expect_event("xmpp delivery how=lost failure=recipient-unavailable row=1 *");
    expect_event("xmpp delivery how=lost failure=recipient-unavailable row=2 *");
    expect_event("xmpp link how=down from=sip.test");
    ck_assert(!xmppgate_is_up(gate));
    tell("xmpp message row=3 from=romeo@sip.test to=juliet@xmpp.test id=m3 body=x");
    expect_event("xmpp delivery how=lost failure=recipient-unavailable row=3 *");
    ck_assert_int_eq(xmpp_server_links(server), 1);
    expect_event("xmpp link how=up from=sip.test");
    ck_assert(xmppgate_is_up(gate));
    ck_assert_uint_eq(xmppgate_counters(gate)->links_lost, 1);
}
END_TEST

START_TEST(lines_beyond_the_queue_are_refused_and_the_others_proven_or_failed)
{
    settings.xmpp_queue_octets = 3000;
    start();
    xmpp_server_stall(server, "sip.test", true);
    g_autofree char *body = g_strnfill(1000, 'x');
    for (int row = 1; row <= 4; row++) {
        g_autofree char *command = g_strdup_printf(
            "xmpp message row=%d from=romeo@sip.test to=juliet@xmpp.test id=m%d body=%s", row, row,
            body);
        tell(command);
    }
    expect_event("xmpp delivery how=refused failure=resource-constraint row=3 *");
    expect_event("xmpp delivery how=refused failure=resource-constraint row=4 *");
    ck_assert_uint_eq(xmppgate_counters(gate)->queue_refused, 2);
    ck_assert_uint_eq(xmppgate_counters(gate)->rows_unproven, 2);
    ck_assert_uint_gt(xmppgate_counters(gate)->queue_octets, 2000);
}
END_TEST

#define JOIN                                                                                       \
    "<presence from='romeo@sip.test/leg5' to='verona@rooms.xmpp.test/Omar' id='*'>"                \
    "<x xmlns='http://jabber.org/protocol/muc'><history maxchars='0'/></x>"                        \
    "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='*' ver='*'/></presence>"

static void enter_room(void)
{
    tell("xmpp enter-room leg=5 from=romeo@sip.test room=verona@rooms.xmpp.test nick=Omar");
    g_free(expect_stanza("sip.test", JOIN));
    xmpp_server_say(server, "sip.test",
                    "<presence from='verona@rooms.xmpp.test/Omar' to='romeo@sip.test/leg5'>"
                    "<x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/>"
                    "<status code='110'/></x></presence>");
    expect_event("xmpp room-roster how=joined leg=5 *");
    expect_event("xmpp room-entry leg=5 *");
}

static void on_stopped(void *self)
{
    stops++;
}

static bool has_stopped(void *unused)
{
    return stops > 0;
}

START_TEST(the_end_leaves_the_rooms_and_closes_the_streams_in_silence)
{
    start();
    enter_room();
    ck_assert_uint_eq(xmppgate_counters(gate)->occupants, 1);
    xmppgate_stop(gate, on_stopped, NULL);
    loop_until(has_stopped, NULL, "the end");
    ck_assert_int_eq(xmpp_server_ended(server), 2);
    g_free(expect_stanza("sip.test", "<iq from='romeo@sip.test/leg5' to='verona@rooms.xmpp.test' "
                                     "type='get' id='*'><query "
                                     "xmlns='http://jabber.org/protocol/disco#info'/></iq>"));
    g_free(expect_stanza("sip.test", "<presence from='romeo@sip.test/leg5' id='*' "
                                     "to='verona@rooms.xmpp.test/Omar' type='unavailable'>"
                                     "<status>gateway is going down</status></presence>"));
    ck_assert_uint_eq(events.length, 0);
    ck_assert_int_eq(stops, 1);
}
END_TEST

START_TEST(the_end_waits_for_a_server_that_does_not_close_but_not_for_ever)
{
    xmpp_server_set_manner(server, XMPP_SERVER_NEVER_CLOSES);
    start();
    xmppgate_stop(gate, on_stopped, NULL);
    ck_assert_int_eq(stops, 0);
    loop_until(has_stopped, NULL, "the end");
    ck_assert_int_eq(stops, 1);
}
END_TEST

START_TEST(without_links_the_end_is_at_once)
{
    xmppgate_stop(gate, on_stopped, NULL);
    ck_assert_int_eq(stops, 1);
}
END_TEST

START_TEST(before_the_start_a_line_is_answered_as_without_a_link)
{
    tell("xmpp message row=1 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=hi");
    expect_event("xmpp delivery how=lost failure=recipient-unavailable row=1 *");
}
END_TEST

START_TEST(a_pause_holds_back_all_links)
{
    start();
    xmppgate_pause(gate, true);
    xmpp_server_say(server, "sip.test",
                    "<message from='juliet@xmpp.test/b' to='romeo@sip.test'>"
                    "<body>x</body></message>");
    tell("xmpp message from=romeo@sip.test to=juliet@xmpp.test id=m1 body=hi");
    g_free(expect_stanza("sip.test", LINE));
    loop_drain();
    ck_assert_uint_eq(events.length, 0);
    xmppgate_pause(gate, false);
    expect_event("xmpp message *");
}
END_TEST

static void expect_unusable(XmppGateConfig wanted, const char *about)
{
    g_autofree char *why = NULL;
    ck_assert_ptr_null(xmppgate_new(&wanted, &why));
    ck_assert_msg(strstr(why, about) != NULL, "%s", why);
}

START_TEST(a_configuration_that_cannot_be_is_refused_in_words)
{
    XmppGateConfig wanted = config();
    wanted.server_ip = "localhost";
    expect_unusable(wanted, "numeric");
    wanted = config();
    wanted.component_count = 0;
    expect_unusable(wanted, "no component");
    static const XmppGateComponent TWICE[] = {{"a.test", "x", XMPPGATE_USERS},
                                              {"A.test", "x", XMPPGATE_USERS}};
    wanted = config();
    wanted.components = TWICE;
    expect_unusable(wanted, "A.test");
    static const XmppGateDomain BAD[] = {{"no domain", XMPPGATE_USERS}};
    wanted = config();
    wanted.domains = BAD;
    wanted.domain_count = 1;
    expect_unusable(wanted, "no domain");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_line_goes_out_with_its_ping_and_is_proven,
        what_comes_on_a_link_is_told_and_traced,
        what_was_under_way_on_a_link_that_dies_is_lost_and_the_other_link_stands,
        lines_beyond_the_queue_are_refused_and_the_others_proven_or_failed,
        the_end_leaves_the_rooms_and_closes_the_streams_in_silence,
        the_end_waits_for_a_server_that_does_not_close_but_not_for_ever,
        without_links_the_end_is_at_once,
        before_the_start_a_line_is_answered_as_without_a_link,
        a_pause_holds_back_all_links,
        a_configuration_that_cannot_be_is_refused_in_words,
        NULL,
    };
    return suite_run_fixture("xmppgate", tests, set_up, tear_down);
}
