// SPDX-License-Identifier: MIT
// OPTIONS to a peer, and what is made of the answer.
#include "sip/peer_questions.h"

#include "tests/support/gate_stage.h"
#include "tests/support/suite.h"

static GateStage stage;

static void set_up(void)
{
    gate_stage_init(&stage);
    gate_stage_start(&stage, false);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
}

static const char *asked(void)
{
    gate_stage_tell(&stage, "sip ask-peer from=juliet@xmpp.test/balcony to=romeo@sip.test/desk");
    return sip_peer_await(stage.peer, "OPTIONS sip:romeo@sip.test SIP/2.0");
}

/* EXT-13 */
START_TEST(answer_tells_what_the_peer_takes)
{
    const char *request = asked();
    g_autofree char *from = sip_peer_header(request, "From");
    ck_assert(g_str_has_prefix(from, "<sip:juliet@xmpp.test>;tag="));
    sip_peer_answer(stage.peer, request, 200,
                    "Accept: application/sdp, message/CPIM, text/html;level=1\n"
                    "Allow: INVITE, MESSAGE\n",
                    NULL);
    gate_stage_expect(&stage, "sip peer from=romeo@sip.test/desk takes=options,cpim,html "
                              "lacks=composing,multipart,ft-http,external-body");
}
END_TEST

/* EXT-13 */
START_TEST(answer_without_invite_has_no_sessions_and_one_with_a_description_has)
{
    sip_peer_answer(stage.peer, asked(), 200, "Allow: MESSAGE, OPTIONS\n", NULL);
    gate_stage_expect(&stage, "sip peer from=* takes=options lacks=msrp");
    sip_peer_answer(stage.peer, asked(), 200, "Content-Type: application/sdp\n",
                    "v=0\r\nm=message 2855 TCP/MSRP *\r\n");
    gate_stage_expect(&stage, "sip peer from=* takes=options,msrp");
}
END_TEST

/* EXT-13 */
START_TEST(refusal_tells_only_that_there_is_no_answer)
{
    sip_peer_answer(stage.peer, asked(), 405, "Accept: message/cpim\nAllow: MESSAGE\n", NULL);
    gate_stage_expect(&stage, "sip peer from=* lacks=options");
}
END_TEST

/* EXT-13 */
START_TEST(types_an_invitation_lists_are_a_hint_and_others_are_not)
{
    g_free(sip_peer_request_outside(stage.peer, "INVITE", "sip:juliet@xmpp.test",
                                    "Contact: <sip:romeo@127.0.0.1>\n"
                                    "Accept: application/sdp, message/cpim\n", NULL));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_expect(&stage, "sip peer how=hint from=romeo@sip.test* takes=cpim");
    g_free(sip_peer_request_outside(stage.peer, "INVITE", "sip:juliet@xmpp.test",
                                    "Contact: <sip:romeo@127.0.0.1>\n"
                                    "Accept: application/sdp\n", NULL));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(questions_are_bounded_and_dropped_at_the_end)
{
    for (int i = 0; i < 201; i++) {
        gate_stage_tell(&stage, "sip ask-peer from=juliet@xmpp.test to=user%d@sip.test", i);
    }
    for (int i = 0; i < 200; i++) {
        sip_peer_await(stage.peer, "OPTIONS ");
    }
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        answer_tells_what_the_peer_takes,
        answer_without_invite_has_no_sessions_and_one_with_a_description_has,
        refusal_tells_only_that_there_is_no_answer,
        types_an_invitation_lists_are_a_hint_and_others_are_not,
        questions_are_bounded_and_dropped_at_the_end,
        NULL,
    };
    return suite_run_fixture("peer_questions", tests, set_up, tear_down);
}
