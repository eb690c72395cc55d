// SPDX-License-Identifier: MIT
// Proxies that ask who we are, that send us elsewhere, and that want to be left alone (ERR-04).
#include "sip/realms.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/suite.h"

#define FROM_JULIET "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define CHALLENGE                                                                                  \
    "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"\n"

static GateStage stage;

static void set_up(void)
{
    static const SipGateRealm realms[] = {{"sip.test", "gateway", "pass:word"}};
    gate_stage_init(&stage);
    stage.realms = realms;
    stage.realm_count = 1;
    gate_stage_start(&stage, false);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
}

static const char *line_goes(const char *more)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x %s", more);
    return sip_peer_await(stage.peer, "MESSAGE ");
}

/* ERR-04 IM-07 */
START_TEST(challenge_is_answered_once_with_the_next_number)
{
    sip_peer_answer(stage.peer, line_goes("thread=t1"), 407, CHALLENGE, NULL);
    const char *second = sip_peer_await(stage.peer, "MESSAGE ");
    sip_peer_expect_header(second, "Proxy-Authorization", "Digest username=\"gateway\", realm=\"sip.test\"*");
    sip_peer_expect_header(second, "Call-ID", "t1");
    sip_peer_expect_header(second, "CSeq", "2 MESSAGE");
    ck_assert_str_eq(sip_peer_body(second), "x");
    sip_peer_answer(stage.peer, second, 407, CHALLENGE, NULL);
    gate_stage_expect(&stage, "sip delivery how=refused failure=registration-required row=1 "
                              "status=407 *");
    const char *next = line_goes("thread=t1");
    sip_peer_expect_header(next, "CSeq", "3 MESSAGE");
    sip_peer_answer(stage.peer, next, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=1");
}
END_TEST

/* ERR-04 */
START_TEST(challenge_of_a_realm_we_do_not_know_is_the_answer)
{
    sip_peer_answer(stage.peer, line_goes(""), 401,
                    "WWW-Authenticate: Digest realm=\"strange\", nonce=\"abc\"\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused failure=not-authorized row=1 status=401 *");
    sip_peer_answer(stage.peer, line_goes(""), 407,
                    CHALLENGE "Proxy-Authenticate: Digest realm=\"strange\", nonce=\"abc\"\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=407 *");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* ERR-04 */
START_TEST(challenge_of_an_invitation_is_answered_too)
{
    gate_stage_tell(&stage, "sip open-leg leg=5 " FROM_JULIET);
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "INVITE "), 407, CHALLENGE, NULL);
    sip_peer_await(stage.peer, "ACK ");
    const char *second = sip_peer_await(stage.peer, "INVITE ");
    sip_peer_expect_header(second, "Proxy-Authorization", "Digest username=\"gateway\"*");
    sip_peer_answer(stage.peer, second, 407, CHALLENGE, NULL);
    gate_stage_expect(&stage, "sip leg-down how=refused * leg=5 status=407 *");
}
END_TEST

/* ERR-04 */
START_TEST(one_new_address_that_we_serve_is_tried)
{
    sip_peer_answer(stage.peer, line_goes("thread=t1"), 302, "Contact: <sip:moved@sip.test>\n",
                    NULL);
    const char *second = sip_peer_await(stage.peer, "MESSAGE sip:moved@sip.test SIP/2.0");
    sip_peer_expect_header(second, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(second, "CSeq", "2 MESSAGE");
    sip_peer_answer(stage.peer, second, 302, "Contact: <sip:again@sip.test>\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused failure=redirect row=1 status=302 "
                              "real=again@sip.test *");
    sip_peer_answer(stage.peer, line_goes(""), 302, "Contact: <sip:x@elsewhere.test>\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=302 *");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

static const char *invited(void)
{
    gate_stage_tell(&stage, "sip open-leg leg=5 " FROM_JULIET " thread=t1");
    return sip_peer_await(stage.peer, "INVITE ");
}

/* ERR-04 */
START_TEST(invitation_follows_to_one_new_address_that_we_serve)
{
    const char *first = invited();
    g_autofree char *number = sip_peer_header(first, "CSeq");
    g_autofree char *next = g_strdup_printf("%lu INVITE", strtoul(number, NULL, 10) + 2);
    sip_peer_answer(stage.peer, first, 407, CHALLENGE, NULL);
    sip_peer_await(stage.peer, "ACK ");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "INVITE "), 302,
                    "Contact: <sip:moved@sip.test>\n", NULL);
    sip_peer_await(stage.peer, "ACK ");
    const char *third = sip_peer_await(stage.peer, "INVITE sip:moved@sip.test SIP/2.0");
    sip_peer_expect_header(third, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(third, "Call-ID", "t1");
    sip_peer_expect_header(third, "CSeq", next);
    ck_assert_ptr_null(sip_peer_header(third, "Proxy-Authorization"));
    sip_peer_answer(stage.peer, third, 407, CHALLENGE, NULL);
    sip_peer_await(stage.peer, "ACK ");
    const char *fourth = sip_peer_await(stage.peer, "INVITE sip:moved@sip.test SIP/2.0");
    sip_peer_expect_header(fourth, "Proxy-Authorization", "*uri=\"sip:moved@sip.test\"*");
    sip_peer_answer(stage.peer, fourth, 302, "Contact: <sip:again@sip.test>\n", NULL);
    gate_stage_expect(&stage, "sip leg-down how=refused * leg=5 status=302 *");
    sip_peer_await(stage.peer, "ACK ");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

/* ERR-04 */
START_TEST(invitation_is_not_sent_where_we_do_not_serve)
{
    static const char *const strange[] = {"Contact: <sip:x@elsewhere.test>\n",
                                          "Contact: <sip:nurse@xmpp.test>\n", NULL};
    for (const char *const *contact = strange; *contact != NULL; contact++) {
        sip_peer_answer(stage.peer, invited(), 302, *contact, NULL);
        gate_stage_expect(&stage, "sip leg-down how=refused * leg=5 status=302 *");
        sip_peer_await(stage.peer, "ACK ");
        ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
    }
}
END_TEST

/* ERR-04 */
START_TEST(hop_that_refused_an_invitation_gets_no_request_of_any_kind)
{
    sip_peer_answer(stage.peer, invited(), 503, "Retry-After: 7\n", NULL);
    gate_stage_expect(&stage, "sip leg-down how=refused * leg=5 status=503 retry_s=7 *");
    sip_peer_await(stage.peer, "ACK ");
    gate_stage_tell(&stage, "sip open-leg leg=6 from=nurse@xmpp.test to=tybalt@sip.test");
    gate_stage_expect(&stage, "sip leg-down how=refused failure=resource-constraint leg=6 "
                              "retry_s=7 *");
    gate_stage_tell(&stage, "sip invite-to-room leg=7 room=talk@rooms.xmpp.test "
                            "from=juliet@xmpp.test to=romeo@sip.test");
    gate_stage_expect(&stage, "sip room-answer how=no failure=resource-constraint leg=7 "
                              "retry_s=7 *");
    gate_stage_tell(&stage, "sip message row=2 from=nurse@xmpp.test to=tybalt@sip.test body=x");
    gate_stage_expect(&stage, "sip delivery failure=resource-constraint row=2 retry_s=7 text=*");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

/* ERR-04 */
START_TEST(invitation_leaves_alone_the_hop_that_refused_a_message)
{
    sip_peer_answer(stage.peer, line_goes(""), 503, "Retry-After: 7\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=503 retry_s=7 *");
    gate_stage_tell(&stage, "sip open-leg leg=5 " FROM_JULIET);
    gate_stage_expect(&stage, "sip leg-down how=refused failure=resource-constraint leg=5 "
                              "retry_s=7 *");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

/* ERR-04 */
START_TEST(hop_that_wants_to_be_left_alone_is)
{
    sip_peer_answer(stage.peer, line_goes(""), 503, "Retry-After: 7\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=503 retry_s=7 *");
    gate_stage_tell(&stage, "sip message row=2 from=nurse@xmpp.test to=tybalt@sip.test body=x");
    gate_stage_expect(&stage, "sip delivery failure=resource-constraint row=2 retry_s=7 text=*");
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

START_TEST(refusal_without_a_time_holds_nobody)
{
    sip_peer_answer(stage.peer, line_goes(""), 503, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=503 *");
    sip_peer_answer(stage.peer, line_goes(""), 480, "Retry-After: 7\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * row=1 status=480 *");
    line_goes("");
}
END_TEST

static void expect_response(const char *header, const char *challenge, int status,
                            const char *wanted)
{
    sip_peer_answer(stage.peer, line_goes(""), status, challenge, NULL);
    const char *second = sip_peer_await(stage.peer, "MESSAGE ");
    sip_peer_expect_header(second, header, wanted);
    sip_peer_answer(stage.peer, second, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=1");
}

/* ERR-04 */
START_TEST(response_is_the_one_that_the_server_computes)
{
    expect_response("Authorization",
                    "WWW-Authenticate: Digest realm=\"sip.test\", nonce=\"abc\", opaque=\"o\"\n", 401,
                    "*uri=\"sip:romeo@sip.test\"*"
                    "response=\"a03d6031c8d5b5f293e6aed82b32929d\"*opaque=\"o\"*");
    expect_response("Proxy-Authorization",
                    "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"n\", algorithm=TLS-9\n"
                    "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"abc\", "
                    "algorithm=SHA-256\n", 407,
                    "*response=\"4738bdce01d11eaea9da545160b39fbd9899b382dcf96b124f9e12165169585b\"*"
                    "algorithm=SHA-256*");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        challenge_is_answered_once_with_the_next_number,
        challenge_of_a_realm_we_do_not_know_is_the_answer,
        challenge_of_an_invitation_is_answered_too,
        one_new_address_that_we_serve_is_tried,
        invitation_follows_to_one_new_address_that_we_serve,
        invitation_is_not_sent_where_we_do_not_serve,
        hop_that_refused_an_invitation_gets_no_request_of_any_kind,
        invitation_leaves_alone_the_hop_that_refused_a_message,
        hop_that_wants_to_be_left_alone_is,
        refusal_without_a_time_holds_nobody,
        response_is_the_one_that_the_server_computes,
        NULL,
    };
    return suite_run_fixture("realms", tests, set_up, tear_down);
}
