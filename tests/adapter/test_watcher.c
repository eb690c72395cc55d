// SPDX-License-Identifier: MIT
// Our subscription to somebody else's conference: begun, repaired, refused, ended; the focus is raw.
#include "sip/watcher.h"

#include <string.h>

#include "tests/support/guest_stage.h"
#include "tests/support/suite.h"

#define TYPE  "application/conference-info+xml"
#define NURSE "<user entity='sip:nurse@sip.test'><display-text>Nurse</display-text></user>"

static GuestStage stage;

static void set_up(void)
{
    guest_stage_init(&stage);
    guest_stage_start(&stage);
}

static void tear_down(void)
{
    guest_stage_clear(&stage);
}

// The leg stands, and its SUBSCRIBE is there.
static const char *asked(void)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, NULL);
    return sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
}

static void expect_entry_alone(void)
{
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Juliet *own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 *");
}

static void notify_users(const char *state, unsigned version, const char *users)
{
    g_autofree char *inside =
        g_strdup_printf("<users state='%s'>%s</users>", state, users);
    g_autofree char *document = guest_stage_document(state, version, inside);
    guest_stage_notify(&stage, "active", document);
}

/* ROSTER-003 */
START_TEST(a_focus_that_refuses_leaves_us_with_who_speaks)
{
    static const int statuses[] = {403, 405, 489, 481, 603, 500};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        guest_stage_clear(&stage);
        set_up();
        sip_peer_answer(stage.gate.peer, asked(), statuses[i], NULL, NULL);
        expect_entry_alone();
    }
    guest_stage_say(&stage, "m1", "<" GUEST_STAGE_URI ">", "\"Romeo\" <sip:romeo@sip.test>", "hi");
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Romeo *");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=Romeo id=m-ca0df2c95aa144c1d0ff2ff3c8f967fd stable=* body=hi");
}
END_TEST

/* ROSTER-003 */
START_TEST(a_focus_that_says_nothing_is_not_waited_for_for_ever)
{
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.settings.T_sub = 100;
    guest_stage_start(&stage);
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, NULL);
    guest_stage_subscribed(&stage);
    expect_entry_alone();
    notify_users("full", 1, NURSE); // late, and welcome
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
}
END_TEST

/* ROSTER-003 CONF-013 */
START_TEST(a_notify_without_document_is_waited_behind)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, NULL);
    guest_stage_subscribed(&stage);
    guest_stage_notify(&stage, "pending", NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    notify_users("full", 0, NURSE);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
    expect_entry_alone();
}
END_TEST

/* ROSTER-005 ROSTER-001 */
START_TEST(a_gap_asks_for_the_whole_once_at_a_time)
{
    guest_stage_enter(&stage, NULL);
    notify_users("partial", 6, NURSE);
    const char *again = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_expect_header(again, "To", "*;tag=peer");
    sip_peer_expect_header(again, "Expires", "3600");
    notify_users("partial", 7, NURSE);
    ck_assert(gate_stage_is_quiet(&stage.gate)); // one is under way
    sip_peer_answer(stage.gate.peer, again, 200, "Expires: 3600\n", NULL);
    notify_users("partial", 8, NURSE);
    ck_assert(gate_stage_is_quiet(&stage.gate)); // and the next one has to wait
    notify_users("full", 8, "<user entity='sip:juliet@xmpp.test'><display-text>Juliet"
                            "</display-text></user>" NURSE);
    gate_stage_expect(&stage.gate, "sip room-roster how=left leg=5 nick=Romeo");
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
}
END_TEST

/* ROSTER-010 */
START_TEST(what_cannot_be_read_changes_nothing_and_asks_for_the_whole)
{
    static const struct {
        const char *type, *content, *answer;
    } CASES[] = {
        {TYPE, "<conference-info", "SIP/2.0 400"},
        {TYPE, "<conference-info xmlns='urn:other' entity='x' version='9'/>", "SIP/2.0 400"},
        {"text/plain", "hello", "SIP/2.0 415"},
        {NULL, "hello", "SIP/2.0 415"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        guest_stage_clear(&stage);
        set_up();
        guest_stage_enter(&stage, NULL);
        guest_stage_notify_as(&stage, "active", CASES[i].type, CASES[i].content, CASES[i].answer);
        sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 200,
                        "Expires: 3600\n", NULL);
        ck_assert(gate_stage_is_quiet(&stage.gate));
        notify_users("partial", 4, NURSE);
        gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
    }
}
END_TEST

/* ROSTER-010 */
START_TEST(who_ends_the_subscription_for_that_is_asked_anew_and_once)
{
    guest_stage_enter(&stage, NULL);
    guest_stage_notify_as(&stage, "active", "text/plain", "hello", "SIP/2.0 415");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 481, NULL, NULL);
    guest_stage_subscribed(&stage);
    guest_stage_notify_as(&stage, "active", TYPE, "<conference-info", "SIP/2.0 400");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 481, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-010 */
START_TEST(a_document_without_namespace_is_taken_where_that_is_allowed)
{
    const char *document = "<conference-info entity='x' state='full' version='9'><users/>"
                           "</conference-info>";
    guest_stage_enter(&stage, NULL);
    guest_stage_notify(&stage, "active", document);
    gate_stage_expect(&stage.gate, "sip room-roster how=left leg=5 nick=Romeo");
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.settings.accept_no_ns = false;
    guest_stage_start(&stage);
    guest_stage_enter(&stage, NULL);
    guest_stage_notify_as(&stage, "active", TYPE, document, "SIP/2.0 400");
    sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* ROSTER-002 */
START_TEST(a_stale_document_is_answered_and_dropped)
{
    guest_stage_enter(&stage, NULL);
    notify_users("full", 3, NURSE);
    notify_users("partial", 2, NURSE);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-003 */
START_TEST(a_subscription_that_ended_for_good_is_not_ended_again)
{
    guest_stage_enter(&stage, NULL);
    guest_stage_notify(&stage, "terminated;reason=noresource", NULL);
    gate_stage_tell(&stage.gate, "sip leave-room leg=5");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

// Put out of the conference: by the last document, and by the BYE.
static void notify_removal(const char *answer)
{
    static const char user[] =
        "<user entity='sip:juliet@xmpp.test' state='full'><display-text>Juliet</display-text>"
        "<endpoint entity='sip:juliet@xmpp.test:5060'><status>disconnected</status>"
        "<disconnection-method>booted</disconnection-method></endpoint></user>";
    g_autofree char *users = g_strdup_printf("<users state='partial'>%s</users>", user);
    g_autofree char *document = guest_stage_document("partial", 4, users);
    guest_stage_notify_as(&stage, "terminated;reason=rejected", TYPE, document, answer);
}

static void hang_up(void)
{
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", "Reason: SIP;cause=480\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
}

/* ROSTER-006 */
START_TEST(last_notify_after_the_bye_is_taken_and_changes_nothing)
{
    guest_stage_enter(&stage, NULL);
    hang_up();
    gate_stage_expect(&stage.gate, "sip room-exit how=kicked leg=5 *");
    const char *last = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_expect_header(last, "Expires", "0");
    notify_removal("SIP/2.0 200 ");
    sip_peer_answer(stage.gate.peer, last, 481, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    notify_removal("SIP/2.0 481 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-006 */
START_TEST(last_notify_after_a_subscription_that_is_unknown_there_is_unknown_here)
{
    guest_stage_enter(&stage, NULL);
    hang_up();
    gate_stage_expect(&stage.gate, "sip room-exit how=kicked leg=5 *");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 481, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    notify_removal("SIP/2.0 481 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ROSTER-006 */
START_TEST(last_notify_before_the_bye_is_one_exit)
{
    guest_stage_enter(&stage, NULL);
    notify_removal("SIP/2.0 200 ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    hang_up();
    gate_stage_expect(&stage.gate, "sip room-exit how=kicked leg=5 *");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* CONF-029 */
START_TEST(who_leaves_before_the_answer_ends_what_comes_of_it)
{
    const char *request = asked();
    gate_stage_tell(&stage.gate, "sip leave-room leg=5");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 200, NULL, NULL);
    g_autofree char *headers = g_strdup_printf("Contact: <sip:hall@127.0.0.1:%u>\nExpires: 3600\n",
                                               sip_peer_port(stage.gate.peer));
    sip_peer_answer(stage.gate.peer, request, 200, headers, NULL);
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SUBSCRIBE "), "Expires", "0");
}
END_TEST

#define CHALLENGE "Digest realm=\"halls\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth\"\n"

/* ERR-04 CONF-027 CONF-025 */
START_TEST(a_focus_that_asks_who_subscribes_is_told_once)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " password=sesame");
    guest_stage_answer(&stage, NULL);
    const char *first = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    g_autofree char *none = sip_peer_header(first, "Authorization");
    g_autofree char *call_id = sip_peer_header(first, "Call-ID");
    g_autofree char *from = sip_peer_header(first, "From");
    ck_assert_ptr_null(none);
    sip_peer_answer(stage.gate.peer, first, 401, "WWW-Authenticate: " CHALLENGE, NULL);
    const char *second = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_expect_header(second, "Authorization",
                           "Digest username=\"juliet\", realm=\"halls\", *SHA-256*");
    sip_peer_expect_header(second, "Call-ID", call_id);
    sip_peer_expect_header(second, "From", from);
    sip_peer_expect_header(second, "Expires", "3600");
    sip_peer_answer(stage.gate.peer, second, 401, "WWW-Authenticate: " CHALLENGE, NULL);
    expect_entry_alone();
}
END_TEST

/* ERR-04 ROSTER-005 */
START_TEST(a_subscription_that_is_challenged_later_is_made_anew)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " password=sesame");
    guest_stage_answer(&stage, NULL);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 401,
                    "WWW-Authenticate: " CHALLENGE, NULL);
    guest_stage_subscribed(&stage);
    notify_users("full", 1, NURSE);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
    expect_entry_alone();
    notify_users("partial", 6, NURSE);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 401,
                    "WWW-Authenticate: " CHALLENGE, NULL);
    const char *end = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_expect_header(end, "Expires", "0");
    sip_peer_answer(stage.gate.peer, end, 481, NULL, NULL);
    sip_peer_expect_header(guest_stage_subscribed(&stage), "Authorization",
                           "Digest username=\"juliet\"*");
    notify_users("full", 1, "");
    gate_stage_expect(&stage.gate, "sip room-roster how=left leg=5 nick=Nurse");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_focus_that_refuses_leaves_us_with_who_speaks,
        a_focus_that_says_nothing_is_not_waited_for_for_ever,
        a_notify_without_document_is_waited_behind,
        a_gap_asks_for_the_whole_once_at_a_time,
        what_cannot_be_read_changes_nothing_and_asks_for_the_whole,
        who_ends_the_subscription_for_that_is_asked_anew_and_once,
        a_document_without_namespace_is_taken_where_that_is_allowed,
        a_stale_document_is_answered_and_dropped,
        a_subscription_that_ended_for_good_is_not_ended_again,
        last_notify_after_the_bye_is_taken_and_changes_nothing,
                                  last_notify_after_a_subscription_that_is_unknown_there_is_unknown_here,
                                  last_notify_before_the_bye_is_one_exit,
                                  who_leaves_before_the_answer_ends_what_comes_of_it,
        a_focus_that_asks_who_subscribes_is_told_once,
        a_subscription_that_is_challenged_later_is_made_anew,
        NULL};
    return suite_run_fixture("watcher", tests, set_up, tear_down);
}
