// SPDX-License-Identifier: MIT
// REFER and OPTIONS to somebody else's focus, and what its answers are to who asked.
#include "sip/guest_ask.h"

#include <string.h>

#include "tests/support/guest_stage.h"
#include "tests/support/suite.h"

#define INVITE "sip room-request leg=5 ref=70 how=invite to=ugo@sip.test"
#define KICK   "sip room-request leg=5 ref=71 how=kick nick=Romeo"

static GuestStage stage;
static SipPeerDialog refer; // of the REFER

static void set_up(void)
{
    refer = (SipPeerDialog){0};
    guest_stage_init(&stage);
    guest_stage_start(&stage);
    guest_stage_enter(&stage, NULL);
}

static void tear_down(void)
{
    sip_peer_dialog_clear(&refer);
    guest_stage_clear(&stage);
}

// Asks, and answers the REFER with this status.
static const char *ask(const char *command, int status, const char *more)
{
    gate_stage_tell(&stage.gate, "%s", command);
    const char *request = sip_peer_await(stage.gate.peer, "REFER " GUEST_STAGE_URI " ");
    g_autofree char *headers =
        g_strdup_printf("Contact: <sip:hall@127.0.0.1:%u>\n%s", sip_peer_port(stage.gate.peer),
                        more != NULL ? more : "");
    sip_peer_dialog_clear(&refer);
    refer = sip_peer_dialog_of_request(request);
    sip_peer_answer(stage.gate.peer, request, status, headers, NULL);
    return request;
}

static void notify(const char *state, const char *fragment)
{
    g_autofree char *headers = g_strdup_printf(
        "Event: refer\nSubscription-State: %s\nContact: <sip:hall@127.0.0.1:%u>\n%s", state,
        sip_peer_port(stage.gate.peer),
        fragment != NULL ? "Content-Type: message/sipfrag;version=2.0\n" : "");
    sip_peer_request(stage.gate.peer, &refer, "NOTIFY", headers, fragment);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200");
}

/* MUC-A16 CONF-021 CONF-020 */
START_TEST(an_invitation_is_a_refer_and_its_refusal_comes_back)
{
    const char *request = ask(INVITE, 202, NULL); // GV-036
    sip_peer_expect_header(request, "Refer-To", "<sip:ugo@sip.test>");
    sip_peer_expect_header(request, "Referred-By", "<sip:juliet@xmpp.test>");
    sip_peer_expect_header(request, "To", "<" GUEST_STAGE_URI ">");
    notify("active;expires=60", "SIP/2.0 100 Trying");
    gate_stage_expect(&stage.gate, "sip room-result how=ringing leg=5 ref=70");
    notify("active;expires=60", "SIP/2.0 180 Ringing");
    notify("terminated;reason=noresource", "SIP/2.0 603 Decline");
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=recipient-unavailable leg=5 "
                                   "ref=70 status=603 text=Decline");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-A16 */
START_TEST(an_invitation_that_is_taken_is_told_once)
{
    ask(INVITE, 200, NULL);
    notify("terminated;reason=noresource", "SIP/2.0 200 OK");
    gate_stage_expect(&stage.gate, "sip room-result how=yes leg=5 ref=70");
}
END_TEST

/* MUC-A16 */
START_TEST(a_refer_that_is_refused_is_a_no)
{
    ask(INVITE, 403, NULL);
    gate_stage_expect(&stage.gate,
                      "sip room-result how=no failure=forbidden leg=5 ref=70 status=403 *");
}
END_TEST

/* CONF-020 */
START_TEST(news_that_end_with_trying_are_no_bad_news)
{
    ask(INVITE, 202, NULL);
    notify("terminated;reason=noresource", "SIP/2.0 100 Trying");
    gate_stage_expect(&stage.gate, "sip room-result how=yes leg=5 ref=70");
}
END_TEST

/* CONF-020 */
START_TEST(who_sends_no_news_says_yes_by_his_answer)
{
    ask(INVITE, 200, "Refer-Sub: false\n");
    gate_stage_expect(&stage.gate, "sip room-result how=yes leg=5 ref=70");
}
END_TEST

/* MUC-A16 */
START_TEST(news_that_do_not_come_are_a_time_out)
{
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.settings.T_prog = 100;
    guest_stage_start(&stage);
    guest_stage_enter(&stage, NULL);
    ask(INVITE, 202, NULL);
    gate_stage_expect(&stage.gate,
                      "sip room-result how=no failure=remote-server-timeout leg=5 ref=70 *");
}
END_TEST

/* MUC-A19 */
START_TEST(a_kick_is_a_refer_to_hang_up)
{
    sip_peer_expect_header(ask(KICK, 200, NULL), "Refer-To",
                           "<sip:romeo@sip.test;method=BYE>"); // GV-037
    notify("terminated;reason=noresource", "SIP/2.0 200 OK");
    gate_stage_expect(&stage.gate, "sip room-result how=yes leg=5 ref=71");
}
END_TEST

/* MUC-A19 */
START_TEST(a_kick_that_fails_says_why)
{
    static const struct {
        int status;
        const char *failure;
    } cases[] = {{403, "not-allowed"}, {405, "not-allowed"},    {501, "not-allowed"},
                 {603, "not-allowed"}, {404, "item-not-found"}, {481, "item-not-found"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ask(KICK, cases[i].status, NULL);
        g_autofree char *pattern =
            g_strdup_printf("sip room-result how=no failure=%s leg=5 ref=71 status=%d *",
                            cases[i].failure, cases[i].status);
        gate_stage_expect(&stage.gate, pattern);
    }
    gate_stage_tell(&stage.gate, "sip room-request leg=5 ref=72 how=kick nick=Nobody");
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=item-not-found leg=5 ref=72");
}
END_TEST

START_TEST(an_entity_that_would_end_its_header_is_not_sent)
{
    g_autofree char *document = guest_stage_document(
        "partial", 4,
        "<users state='partial'><user entity='sip:a@sip.test&gt;,&lt;sip:b@sip.test'>"
        "<display-text>Evil</display-text></user></users>");
    guest_stage_notify(&stage, "active", document);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Evil *");
    gate_stage_tell(&stage.gate, "sip room-request leg=5 ref=73 how=kick nick=Evil");
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=item-not-found leg=5 ref=73");
}
END_TEST

static void probe(int status, const char *contact)
{
    gate_stage_tell(&stage.gate, "sip room-request ref=80 room=hall@conf.sip.test "
                                 "from=juliet@xmpp.test/pad how=probe");
    const char *request = sip_peer_await(stage.gate.peer, "OPTIONS " GUEST_STAGE_URI " ");
    sip_peer_answer(stage.gate.peer, request, status, contact, NULL);
}

/* MUC-A26 CONF-023 */
START_TEST(a_probe_tells_whether_there_is_a_conference)
{
    probe(200, "Contact: <" GUEST_STAGE_URI ">;isfocus\n");
    gate_stage_expect(&stage.gate, "sip room-result how=yes ref=80");
    probe(200, "Contact: <" GUEST_STAGE_URI ">\n");
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=item-not-found ref=80 *");
    probe(404, NULL);
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=item-not-found ref=80 *");
}
END_TEST

/* ERR-04 MUC-A16 */
START_TEST(a_challenge_is_answered_once)
{
    static const SipGateRealm realms[] = {{"sip.test", "gateway", "secret"}};
    const char *challenge = "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"n1\"\n";
    const char *asking = "WWW-Authenticate: Digest realm=\"sip.test\", nonce=\"n2\"\n";
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.realms = realms;
    stage.gate.realm_count = G_N_ELEMENTS(realms);
    guest_stage_start(&stage);
    guest_stage_enter(&stage, NULL);
    g_autofree char *call_id = sip_peer_header(ask(INVITE, 407, challenge), "Call-ID");
    const char *again = sip_peer_await(stage.gate.peer, "REFER " GUEST_STAGE_URI " ");
    sip_peer_expect_header(again, "Proxy-Authorization",
                           "Digest username=\"gateway\", realm=\"sip.test\", *");
    sip_peer_expect_header(again, "Call-ID", call_id);
    sip_peer_expect_header(again, "Refer-To", "<sip:ugo@sip.test>");
    sip_peer_answer(stage.gate.peer, again, 407, challenge, NULL);
    gate_stage_expect(&stage.gate, "sip room-result how=no failure=* leg=5 ref=70 status=407 *");
    probe(401, asking);
    again = sip_peer_await(stage.gate.peer, "OPTIONS " GUEST_STAGE_URI " ");
    sip_peer_expect_header(again, "Authorization", "Digest username=\"gateway\", *");
    sip_peer_answer(stage.gate.peer, again, 200, "Contact: <" GUEST_STAGE_URI ">;isfocus\n", NULL);
    gate_stage_expect(&stage.gate, "sip room-result how=yes ref=80");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_invitation_is_a_refer_and_its_refusal_comes_back,
        an_invitation_that_is_taken_is_told_once,
        a_refer_that_is_refused_is_a_no,
        news_that_end_with_trying_are_no_bad_news,
        who_sends_no_news_says_yes_by_his_answer,
        news_that_do_not_come_are_a_time_out,
        a_kick_is_a_refer_to_hang_up,
        a_kick_that_fails_says_why,
        an_entity_that_would_end_its_header_is_not_sent,
        a_probe_tells_whether_there_is_a_conference,
        a_challenge_is_answered_once,
        NULL};
    return suite_run_fixture("guest_ask", tests, set_up, tear_down);
}
