// SPDX-License-Identifier: MIT
// The door and the user agent behind it: who may come in, what is refused and how, transports, what
// the wire log tells, and the end.
#include "sip/sipgate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/gate_stage.h"
#include "tests/support/loop.h"
#include "tests/support/loopback.h"
#include "tests/support/suite.h"

#define FROM_JULIET "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define JULIET      "sip:juliet@xmpp.test"
#define PLAIN       "Content-Type: text/plain\n"

static GateStage stage;

// Wakes the loop, so that a condition outside it is looked at.
static gboolean tick_on(gpointer data)
{
    return G_SOURCE_CONTINUE;
}

static void set_up(void)
{
    gate_stage_init(&stage);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
    loopback_set_six(false);
}

static const char *answer_to(const char *method, const char *uri, const char *more,
                             const char *start)
{
    g_free(sip_peer_request_outside(stage.peer, method, uri, more, NULL));
    return sip_peer_await(stage.peer, start);
}

static bool has_words(const char *message, const char *header, const char *words)
{
    g_autofree char *value = sip_peer_header(message, header);
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    for (char **word = list; *word != NULL; word++) {
        if (value == NULL || strstr(value, *word) == NULL) {
            return false;
        }
    }
    return true;
}

/* SEC-03 */
START_TEST(requests_from_others_than_peers_are_forbidden)
{
    static const char *const peers[] = {"192.0.2.1", NULL};
    stage.peers = peers;
    gate_stage_start(&stage, false);
    const char *const methods[] = {"MESSAGE", "INVITE", "SUBSCRIBE", "OPTIONS"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        g_free(sip_peer_request_outside(stage.peer, methods[i], JULIET,
                                        PLAIN "Event: conference\nContact: <sip:romeo@127.0.0.1>\n",
                                        "x"));
        if (strcmp(methods[i], "INVITE") == 0) {
            sip_peer_await(stage.peer, "SIP/2.0 100 ");
        }
        sip_peer_await(stage.peer, "SIP/2.0 403 ");
    }
    ck_assert_uint_eq(sipgate_counters(stage.gate).refused_peers, 4);
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

START_TEST(options_tells_what_a_user_can_do_and_not_whether_it_exists)
{
    gate_stage_start(&stage, false);
    const char *answer = answer_to("OPTIONS", "sip:nobody@xmpp.test", NULL, "SIP/2.0 200 ");
    ck_assert(has_words(answer, "Allow",
                        "INVITE ACK BYE CANCEL OPTIONS MESSAGE SUBSCRIBE NOTIFY UPDATE"));
    ck_assert(has_words(answer, "Accept",
                        "application/sdp text/plain text/html message/cpim message/imdn+xml "
                        "application/im-iscomposing+xml"));
    answer_to("OPTIONS", "sip:127.0.0.1", NULL, "SIP/2.0 200 ");
    answer_to("OPTIONS", "sip:nobody@nowhere.test", NULL, "SIP/2.0 404 ");
}
END_TEST

/* GEN-05 CONF-035 */
START_TEST(methods_and_extensions_we_do_not_do_are_refused)
{
    gate_stage_start(&stage, false);
    const char *const methods[] = {"REGISTER", "PUBLISH", "REFER", "INFO"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        const char *answer = answer_to(methods[i], JULIET, "Refer-To: <sip:a@b>\n", "SIP/2.0 405 ");
        ck_assert(has_words(answer, "Allow", "INVITE MESSAGE"));
        ck_assert(strcmp(methods[i], "REFER") != 0 || !has_words(answer, "Allow", "REFER"));
    }
    answer_to("JUMP", JULIET, NULL, "SIP/2.0 501 ");
    const char *answer = answer_to("MESSAGE", JULIET, "Require: flying\n", "SIP/2.0 420 ");
    ck_assert(has_words(answer, "Unsupported", "flying"));
    answer = answer_to("SUBSCRIBE", JULIET, "Event: presence\nContact: <sip:a@127.0.0.1>\n",
                       "SIP/2.0 489 ");
    ck_assert(has_words(answer, "Allow-Events", "conference"));
    answer_to("NOTIFY", JULIET, "Event: conference\nSubscription-State: active\n", "SIP/2.0 481 ");
    answer_to("CANCEL", JULIET, NULL, "SIP/2.0 481 ");
    answer_to("BYE", JULIET, NULL, "SIP/2.0 481 ");
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sip_peer_heard(stage.peer, "SIP/2.0 202"), 0);
}
END_TEST

/* CONF-034 SEC-09 */
START_TEST(invite_that_comes_back_to_us_is_a_loop)
{
    gate_stage_start(&stage, false);
    g_autofree char *ours = g_strdup_printf("Via: SIP/2.0/TCP 127.0.0.1:%u;branch=z9hG4bKx\n"
                                            "Contact: <sip:romeo@127.0.0.1>\n",
                                            stage.port);
    const char *const targets[] = {JULIET, "sip:talk@rooms.xmpp.test"};
    for (size_t i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_free(sip_peer_request_outside(stage.peer, "INVITE", targets[i], ours, NULL));
        sip_peer_await(stage.peer, "SIP/2.0 100 ");
        sip_peer_await(stage.peer, "SIP/2.0 482 ");
    }
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

/* CONF-032 */
START_TEST(join_is_not_offered_and_not_taken)
{
    gate_stage_start(&stage, false);
    const char *join = "Join: 1@h;to-tag=a;from-tag=b\nContact: <sip:romeo@127.0.0.1>\n";
    g_autofree char *required = g_strdup_printf("%sRequire: join\n", join);
    const char *answer = answer_to("INVITE", JULIET, required, "SIP/2.0 420 ");
    ck_assert(has_words(answer, "Unsupported", "join"));
    g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET, join, NULL));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered * from=romeo@sip.test to=juliet@xmpp.test *");
    gate_stage_tell(&stage, "sip invite-to-room leg=5 room=talk@rooms.xmpp.test "
                            "from=juliet@xmpp.test to=romeo@sip.test");
    ck_assert(!has_words(sip_peer_await(stage.peer, "INVITE "), "Supported", "join"));
}
END_TEST

START_TEST(garbage_is_survived)
{
    gate_stage_start(&stage, false);
    const char *const garbage[] = {"\r\n\r\n",
                                   "x",
                                   "MESSAGE\r\n\r\n",
                                   "SIP/2.0 200 OK\r\n\r\n",
                                   "MESSAGE sip:juliet@xmpp.test SIP/2.0\r\nVia: \xff\r\n\r\n",
                                   "INVITE sip:a SIP/2.0\r\nContent-Length: 99999999999\r\n\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(garbage); i++) {
        sip_peer_send_octets(stage.peer, garbage[i], strlen(garbage[i]));
    }
    g_free(sip_peer_request_outside(stage.peer, "OPTIONS", JULIET, NULL, NULL));
    while (sip_peer_heard(stage.peer, "SIP/2.0 200") == 0) {
        sip_peer_await(stage.peer, "SIP/2.0 ");
    }
}
END_TEST

static bool is_hung_up(void *self)
{
    char octet;
    return recv(*(int *)self, &octet, 1, MSG_DONTWAIT) == 0;
}

// A connection of a stranger's that carried some octets and nothing more.
static void expect_hang_up(const char *octets)
{
    struct sockaddr_in gate = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                               .sin_port = htons(stage.port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&gate, sizeof gate), 0);
    ck_assert_int_eq(send(fd, octets, strlen(octets), MSG_NOSIGNAL), (ssize_t)strlen(octets));
    guint tick = g_timeout_add(20, tick_on, NULL);
    loop_until(is_hung_up, &fd, "the end of the connection");
    g_source_remove(tick);
    close(fd);
}

START_TEST(connections_with_garbage_or_half_a_message_are_closed)
{
    stage.settings.T_sip = 100;
    gate_stage_start(&stage, false);
    expect_hang_up("hello world\r\n\r\n");
    expect_hang_up("OPTIONS sip:juliet@xmpp.test SIP/2.0\r\nVia: ");
    expect_hang_up("\r\n\r\n");
}
END_TEST

/* ERR-05 */
START_TEST(silent_peer_is_a_timeout)
{
    stage.settings.T_sip = 1500;
    gate_stage_start(&stage, false);
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x");
    gate_stage_expect(&stage, "sip delivery how=timeout failure=remote-server-timeout row=1 "
                              "status=408 *");
    ck_assert_uint_ge(sip_peer_heard(stage.peer, "MESSAGE"), 2);
}
END_TEST

/* ERR-05 */
START_TEST(closed_tcp_port_is_told_as_unreachable)
{
    gate_stage_start(&stage, true);
    g_clear_pointer(&stage.peer, sip_peer_free);
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x");
    gate_stage_expect(&stage,
                      "sip delivery how=refused failure=internal-server-error row=1 status=503 *");
}
END_TEST

START_TEST(tcp_carries_lines_both_ways_on_one_connection)
{
    gate_stage_start(&stage, true);
    for (int i = 0; i < 3; i++) {
        gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x%d", i);
        sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE"), 200, NULL, NULL);
        gate_stage_expect(&stage, "sip delivery row=1");
        g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "y"));
        gate_stage_expect(&stage, "sip message *");
        gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
        sip_peer_await(stage.peer, "SIP/2.0 200");
    }
}
END_TEST

// Both ways over the transport, next hop and listener on ::1.
static void talk_over_six(bool tcp)
{
    tear_down();
    loopback_set_six(true);
    set_up();
    gate_stage_start(&stage, tcp);
    gate_stage_tell(&stage, "sip message row=3 " FROM_JULIET " id=i1 thread=t1 body=Hi");
    const char *page = sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test");
    ck_assert(has_words(page, "Via", tcp ? "TCP [::1]:" : "UDP [::1]:"));
    sip_peer_answer(stage.peer, page, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=3");
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "Ho"));
    gate_stage_expect(&stage, "sip message ref=? * body=Ho");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
}

/* GEN-02 GEN-08 */
START_TEST(lines_go_both_ways_over_ipv6)
{
    talk_over_six(false);
    talk_over_six(true);
}
END_TEST

START_TEST(more_lines_than_the_library_queues_wait_for_the_connection)
{
    enum { LINES = 200 };
    gate_stage_start(&stage, true);
    for (int i = 1; i <= LINES; i++) {
        gate_stage_tell(&stage, "sip message row=%d " FROM_JULIET " body=x", i);
    }
    for (int i = 1; i <= LINES; i++) {
        sip_peer_await(stage.peer, "MESSAGE");
    }
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

START_TEST(advertised_host_stands_in_via)
{
    stage.advertise = "localhost";
    gate_stage_start(&stage, false);
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x");
    const char *request = sip_peer_await(stage.peer, "MESSAGE");
    g_autofree char *via = sip_peer_header(request, "Via");
    ck_assert_msg(g_str_has_prefix(via, "SIP/2.0/UDP localhost:"), "%s", via);
}
END_TEST

static void note_trace(void *self, const SipGateTrace *trace)
{
    g_autofree char *first = g_strndup(trace->text, strcspn(trace->text, "\r"));
    g_string_append_printf(self, "%s %s %d;", trace->outgoing ? "out" : "in", first,
                           g_str_has_prefix(trace->peer, "udp/[127.0.0.1]:"));
}

START_TEST(wire_is_traced)
{
    g_autoptr(GString) seen = g_string_new(NULL);
    stage.trace = note_trace;
    stage.trace_self = seen;
    gate_stage_start(&stage, false);
    answer_to("OPTIONS", JULIET, NULL, "SIP/2.0 200 ");
    ck_assert_str_eq(seen->str, "in OPTIONS sip:juliet@xmpp.test SIP/2.0 1;out SIP/2.0 200 OK 1;");
}
END_TEST

START_TEST(taken_port_is_named)
{
    g_autoptr(GError) error = NULL;
    gate_stage_start(&stage, false);
    g_autofree char *listen = g_strdup_printf("udp:127.0.0.1:%u", stage.port);
    SipGateConfig config = {.listen = (const char *const[]){listen, NULL},
                            .msrp_listen = "127.0.0.1:0",
                            .route = stage.route,
                            .settings = &stage.settings};
    g_autoptr(SipGate) second = sipgate_new(&config, &error);
    ck_assert(!sipgate_start(second, &error));
    ck_assert(g_error_matches(error, SIPGATE_ERROR, SIPGATE_ERROR_LISTEN));
    ck_assert_msg(strstr(error->message, listen) != NULL, "%s", error->message);
}
END_TEST

START_TEST(values_that_cannot_be_read_are_named)
{
    gate_stage_start(&stage, false);
    const char *const good[] = {"udp:127.0.0.1:1", NULL}, *const bad[] = {"udp:nonsense", NULL};
    const char *const nobody[] = {"romeo", NULL};
    SipGateRoute route = {"sip.test", "sctp:x:1"};
    const SipGateConfig configs[] = {
        {.listen = bad, .msrp_listen = "127.0.0.1:0"},
        {.listen = good, .msrp_listen = "127.0.0.1:0", .peers = nobody},
        {.listen = good, .msrp_listen = "127.0.0.1:0", .routes = &route, .route_count = 1},
    };
    const char *const names[] = {"udp:nonsense", "romeo", "sctp:x:1"};
    for (size_t i = 0; i < G_N_ELEMENTS(configs); i++) {
        g_autoptr(GError) error = NULL;
        SipGateConfig config = configs[i];
        config.route = stage.route;
        config.settings = &stage.settings;
        ck_assert_ptr_null(sipgate_new(&config, &error));
        ck_assert(g_error_matches(error, SIPGATE_ERROR, SIPGATE_ERROR_CONFIG));
        ck_assert_msg(strstr(error->message, names[i]) != NULL, "%s", error->message);
    }
}
END_TEST

static void note_done(void *self)
{
    *(bool *)self = true;
}

static bool is_set(void *self)
{
    return *(bool *)self;
}

START_TEST(shutdown_answers_what_waits_and_tells_when_it_is_over)
{
    bool done = false;
    gate_stage_start(&stage, false);
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "x"));
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x");
    sip_peer_await(stage.peer, "MESSAGE");
    sipgate_shutdown(stage.gate, note_done, &done);
    sip_peer_await(stage.peer, "SIP/2.0 503 ");
    loop_until(is_set, &done, "the end");
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {requests_from_others_than_peers_are_forbidden,
                                  options_tells_what_a_user_can_do_and_not_whether_it_exists,
                                  methods_and_extensions_we_do_not_do_are_refused,
                                  invite_that_comes_back_to_us_is_a_loop,
                                  join_is_not_offered_and_not_taken,
                                  garbage_is_survived,
                                  connections_with_garbage_or_half_a_message_are_closed,
                                  silent_peer_is_a_timeout,
                                  closed_tcp_port_is_told_as_unreachable,
                                  tcp_carries_lines_both_ways_on_one_connection,
                                  lines_go_both_ways_over_ipv6,
                                  more_lines_than_the_library_queues_wait_for_the_connection,
                                  advertised_host_stands_in_via,
                                  wire_is_traced,
                                  taken_port_is_named,
                                  values_that_cannot_be_read_are_named,
                                  shutdown_answers_what_waits_and_tells_when_it_is_over,
                                  NULL};
    return suite_run_fixture("sipgate", tests, set_up, tear_down);
}
