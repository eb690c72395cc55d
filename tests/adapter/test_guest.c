// SPDX-License-Identifier: MIT
// Our legs at somebody else's focus, against the real SIP library and MSRP stack and a raw focus that
// sometimes lies.
#include "sip/guest.h"

#include <string.h>

#include "tests/support/guest_stage.h"
#include "tests/support/suite.h"

#define ROOM   "<" GUEST_STAGE_URI ">"
#define JULIET "<sip:juliet@xmpp.test>"
#define ROMEO  "\"Romeo\" <sip:romeo@sip.test>"

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

static void settle(const char *order)
{
    gate_stage_tell(&stage.gate, "sip %s ref=%" G_GUINT64_FORMAT, order, stage.gate.last_ref);
}

// A final answer of the focus to the INVITE.
static const char *refuse(int status, const char *more)
{
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_answer(stage.gate.peer, invite, status, more, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    return invite;
}

/* CONF-022 MUC-A01 */
START_TEST(a_user_dials_the_conference_with_his_name_and_device)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE " GUEST_STAGE_URI " SIP/2.0");
    sip_peer_expect_header(invite, "From", "\"Juliet\" <sip:juliet@xmpp.test>;tag=?*");
    sip_peer_expect_header(invite, "To", ROOM);
    sip_peer_expect_header(invite, "Contact", "<sip:juliet@127.0.0.1:*;gr=pad>");
    const char *sdp = sip_peer_body(invite);
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=accept-types:message/cpim\r\n"));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=setup:actpass\r\n"));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=chatroom:nickname private-messages\r\n"));
}
END_TEST

/* CONF-025 MUC-A04 ROSTER-001 MSRP-022 MSRP-023 */
START_TEST(he_is_inside_when_the_first_roster_is_there)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 200);
    const char *request = guest_stage_subscribed(&stage);
    ck_assert(g_str_has_prefix(request, "SUBSCRIBE " GUEST_STAGE_URI " "));
    sip_peer_expect_header(request, "Event", "conference");
    sip_peer_expect_header(request, "To", ROOM); // out of dialog
    sip_peer_expect_header(request, "Accept", "application/conference-info+xml");
    g_autofree char *target = sip_peer_header(request, "Target-Dialog");
    ck_assert_ptr_null(target);
    guest_stage_say(&stage, "early", ROOM, ROMEO, "before you came");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet", "connected");
    g_autofree char *romeo = guest_stage_user("sip:romeo@sip.test", "Romeo", "connected");
    g_autofree char *inside = g_strdup_printf(
        "<conference-description><subject>Plan B</subject></conference-description>"
        "<users>%s%s</users>",
        juliet, romeo);
    g_autofree char *document = guest_stage_document("full", 3, inside);
    guest_stage_notify(&stage, "active", document);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 real=romeo@sip.test/sip "
                                   "nick=Romeo role=participant affiliation=none");
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 real=juliet@xmpp.test "
                                   "nick=Juliet role=participant affiliation=none own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 room=hall@conf.sip.test nick=Juliet "
                                   "private=yes composing=yes");
    gate_stage_expect(&stage.gate, "sip room-subject leg=5 subject=\"Plan B\"");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=Romeo id=m-f408830bcc7fab370819172244aa32e3 stable=* "
                                   "body=\"before you came\"");
}
END_TEST

/* CONF-025 CONF-021 */
START_TEST(a_focus_that_knows_it_is_told_the_dialog)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = g_strdup_printf(
        "Contact: <sip:hall@127.0.0.1:%u>;isfocus\nSupported: tdialog\nContent-Type: "
        "application/sdp\n",
        sip_peer_port(stage.gate.peer));
    g_autofree char *sdp = guest_stage_sdp(&stage, NULL);
    msrp_peer_meet(stage.msrp, sip_peer_body(invite));
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    g_autofree char *call_id = sip_peer_header(invite, "Call-ID");
    g_autofree char *pattern =
        g_strdup_printf("%s;local-tag=peer;remote-tag=?*", call_id);
    sip_peer_expect_header(guest_stage_subscribed(&stage), "Target-Dialog", pattern);
}
END_TEST

/* CONF-023 */
START_TEST(who_is_no_conference_is_left_again)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *sdp = guest_stage_sdp(&stage, NULL);
    g_autofree char *headers = g_strdup_printf(
        "Contact: <sip:hall@127.0.0.1:%u>\nContent-Type: application/sdp\n",
        sip_peer_port(stage.gate.peer));
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate, "sip room-exit how=refused failure=item-not-found leg=5 "
                                   "status=404 text=\"not a conference\"");
}
END_TEST

/* CONF-024 */
START_TEST(a_conference_without_envelopes_is_not_acceptable)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = guest_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "text/plain", "passive", NULL);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate,
                      "sip room-exit how=refused failure=not-acceptable leg=5 status=488 *");
}
END_TEST

/* CONF-022 */
START_TEST(a_final_answer_is_told_as_the_table_says)
{
    static const struct {
        int status;
        const char *failure;
    } cases[] = {{403, "forbidden"},        {603, "forbidden"},
                 {404, "item-not-found"},   {486, "service-unavailable"},
                 {401, "not-authorized"},   {410, "item-not-found"},
                 {480, "recipient-unavailable"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
        refuse(cases[i].status, NULL);
        g_autofree char *pattern =
            g_strdup_printf("sip room-exit how=refused failure=%s leg=5 status=%d *",
                            cases[i].failure, cases[i].status);
        gate_stage_expect(&stage.gate, pattern);
    }
}
END_TEST

/* CONF-026 */
START_TEST(a_conference_that_moved_is_followed_within_its_domain)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    refuse(302, "Contact: <sip:attic@conf.sip.test>\n");
    refuse(301, "Contact: <sip:cellar@conf.sip.test>\n");
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE sip:cellar@conf.sip.test ");
    sip_peer_expect_header(invite, "To", ROOM);
    sip_peer_answer(stage.gate.peer, invite, 302, "Contact: <sip:romeo@sip.test>\n", NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-exit how=refused failure=redirect leg=5 status=302 "
                                   "real=romeo@sip.test *");
}
END_TEST

/* CONF-026 */
START_TEST(a_conference_that_moves_for_ever_is_given_up)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    for (int i = 0; i < 6; i++) {
        refuse(302, i % 2 == 0 ? "Contact: <sip:attic@conf.sip.test>\n"
                               : "Contact: <sip:cellar@conf.sip.test>\n");
    }
    gate_stage_expect(&stage.gate, "sip room-exit how=refused failure=redirect *");
}
END_TEST

/* CONF-027 */
START_TEST(a_password_answers_one_challenge)
{
    const char *challenge = "WWW-Authenticate: Digest realm=\"halls\", nonce=\"n1\"\n";
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " password=sesame");
    refuse(401, challenge);
    const char *invite = refuse(401, challenge);
    sip_peer_expect_header(invite, "Authorization",
                           "Digest username=\"juliet\", realm=\"halls\", *");
    gate_stage_expect(&stage.gate,
                      "sip room-exit how=refused failure=not-authorized leg=5 status=401 *");
}
END_TEST

/* CONF-030 */
START_TEST(a_focus_that_wants_longer_sessions_gets_them_once)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    refuse(422, "Min-SE: 3600\n");
    const char *invite = refuse(422, "Min-SE: 7200\n");
    sip_peer_expect_header(invite, "Session-Expires", "3600*");
    sip_peer_expect_header(invite, "Min-SE", "3600*");
    sip_peer_expect_header(invite, "CSeq", "* INVITE");
    gate_stage_expect(&stage.gate, "sip room-exit how=refused * leg=5 status=422 *");
}
END_TEST

/* MUC-A14 MUC-A05 */
START_TEST(a_nick_that_is_taken_gets_a_suffix)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 425);
    guest_stage_name(&stage, "\"Juliet_2\"", 200);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 403, NULL,
                    NULL);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Juliet_2 *own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 * nick=Juliet_2 *");
}
END_TEST

/* MUC-A14 */
START_TEST(a_nick_that_is_taken_ends_the_entry_where_that_is_wished)
{
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.settings.nick_conflict = NICK_CONFLICT_ERROR;
    guest_stage_start(&stage);
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 425);
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate, "sip room-exit how=refused failure=conflict leg=5 *");
}
END_TEST

/* CONF-028 */
START_TEST(a_bye_during_the_join_is_a_join_that_failed)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER);
    guest_stage_answer(&stage, NULL);
    sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE",
                     "Reason: SIP;cause=403;text=\"not you\"\n", NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200");
    gate_stage_expect(&stage.gate, "sip room-exit how=refused failure=forbidden leg=5 status=403 "
                                   "text=\"not you\"");
}
END_TEST

/* CONF-028 */
START_TEST(the_cause_of_a_bye_says_how_it_ended)
{
    static const struct {
        const char *reason, *how;
    } cases[] = {{"Reason: SIP;cause=480;text=\"enough\"\n", "kicked leg=5 status=480 text=enough"},
                 {"Reason: SIP;cause=403\n", "kicked leg=5 status=403"},
                 {"Reason: SIP;cause=410;text=\"over\"\n", "destroyed leg=5 status=410 text=over"},
                 {"Reason: SIP;cause=503\n", "lost leg=5 status=503"},
                 {NULL, "lost leg=5"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        guest_stage_clear(&stage);
        set_up();
        guest_stage_enter(&stage, NULL);
        sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", cases[i].reason, NULL);
        g_autofree char *pattern = g_strdup_printf("sip room-exit how=%s", cases[i].how);
        gate_stage_expect(&stage.gate, pattern);
    }
}
END_TEST

/* CONF-029 */
START_TEST(leaving_says_bye_and_ends_the_subscription)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip leave-room leg=5 text=\"good night\"");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason",
                           "*text=\"good night\"");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SUBSCRIBE "), "Expires", "0");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* ROSTER-006 ROSTER-021 */
START_TEST(a_conference_that_was_deleted_is_left)
{
    guest_stage_enter(&stage, NULL);
    g_autofree char *document = guest_stage_document("deleted", 4, "");
    guest_stage_notify(&stage, "active", document);
    gate_stage_expect(&stage.gate, "sip room-exit how=destroyed leg=5");
    sip_peer_await(stage.gate.peer, "BYE ");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SUBSCRIBE "), "Expires", "0");
}
END_TEST

/* MUC-A07 */
START_TEST(a_line_goes_in_an_envelope_to_the_conference)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=\"hi all\"");
    const char *frame = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *id = msrp_peer_header(frame, "Message-ID");
    g_autofree char *success = msrp_peer_header(frame, "Success-Report");
    g_autofree char *failure = msrp_peer_header(frame, "Failure-Report");
    g_autofree char *range = msrp_peer_header(frame, "Byte-Range");
    g_autofree char *body = msrp_peer_body(frame);
    ck_assert_str_ne(id, "");
    ck_assert_ptr_null(success);
    ck_assert_ptr_null(failure);
    ck_assert(g_str_has_prefix(range, "1-"));
    ck_assert_ptr_nonnull(strstr(body, "To: " ROOM "\r\n"));
    ck_assert_ptr_nonnull(strstr(body, "From: \"Juliet\" " JULIET "\r\n"));
    ck_assert_ptr_nonnull(strstr(body, "\r\nDateTime: "));
    ck_assert_ptr_nonnull(strstr(body, "\r\n\r\nhi all"));
    ck_assert_uint_eq(stage.gate.events->len, 0);
    msrp_peer_respond(stage.msrp, frame, 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9"); // MUC-A08: the echo follows this
}
END_TEST

/* MUC-A08 */
START_TEST(a_line_that_is_refused_is_told_with_its_reason)
{
    static const struct {
        int status;
        const char *failure;
    } cases[] = {{403, "forbidden"},
                 {415, "not-acceptable"}, // of that line, not of those after it
                 {413, "policy-violation"},
                 {408, "remote-server-timeout"}};
    guest_stage_enter(&stage, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a%d body=hi", (int)i);
        msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), cases[i].status);
        g_autofree char *pattern =
            g_strdup_printf("sip delivery how=* failure=%s leg=5 row=9 status=%d",
                            cases[i].failure, cases[i].status);
        gate_stage_expect(&stage.gate, pattern);
    }
}
END_TEST

/* MUC-A08 */
START_TEST(a_line_without_an_answer_is_a_time_out)
{
    guest_stage_clear(&stage);
    guest_stage_init(&stage);
    stage.gate.settings.T_tx = 1000; // also for what is answered
    guest_stage_start(&stage);
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=lost?");
    gate_stage_expect(&stage.gate,
                      "sip delivery how=timeout failure=remote-server-timeout leg=5 row=9 *");
}
END_TEST

/* MUC-A11 */
START_TEST(private_lines_go_where_the_switch_does_them)
{
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    gate_stage_tell(&stage.gate,
                    "sip room-message leg=5 row=9 id=p1 nick=Romeo private=yes body=psst");
    const char *frame = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(frame);
    ck_assert_ptr_nonnull(strstr(body, "To: <sip:romeo@sip.test>\r\n"));
    msrp_peer_respond(stage.msrp, frame, 428);
    gate_stage_expect(&stage.gate,
                      "sip delivery * failure=feature-not-implemented leg=5 row=9 status=428");
    gate_stage_tell(&stage.gate,
                    "sip room-message leg=5 row=10 nick=Nobody private=yes body=psst");
    gate_stage_expect(&stage.gate, "sip delivery * failure=item-not-found leg=5 row=10");
}
END_TEST

/* MUC-A11 */
START_TEST(private_lines_are_not_sent_where_everybody_might_get_them)
{
    guest_stage_enter(&stage, "a=chatroom:nickname\r\n");
    gate_stage_tell(&stage.gate,
                    "sip room-message leg=5 row=9 nick=Romeo private=yes body=psst");
    gate_stage_expect(&stage.gate, "sip delivery * failure=feature-not-implemented leg=5 row=9");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-A09 MUC-A12 */
START_TEST(lines_of_others_come_under_their_nicks)
{
    guest_stage_enter(&stage, NULL);
    guest_stage_say(&stage, "m1", ROOM, "\"Somebody\" <sip:romeo@sip.test>", "hello");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=Romeo id=m-ca0df2c95aa144c1d0ff2ff3c8f967fd stable=* body=hello");
    settle("accept");
    msrp_peer_await(stage.msrp, "200");
    guest_stage_say(&stage, "m2", JULIET, ROMEO, "for you");
    gate_stage_expect(&stage.gate,
                      "sip room-message leg=5 ref=* nick=Romeo id=m-29c1b289e7522195b362e44f54e05470 body=\"for you\" private=yes");
    settle("accept");
    msrp_peer_await(stage.msrp, "200");
}
END_TEST

/* MUC-A09 */
START_TEST(who_is_not_on_the_roster_never_takes_the_nick_of_another)
{
    guest_stage_enter(&stage, NULL);
    guest_stage_say(&stage, "m1", ROOM, "\"Romeo\" <sip:mallory@sip.test>", "it is me");
    gate_stage_expect(&stage.gate,
                      "sip room-message leg=5 ref=* nick=\"Romeo (2)\" id=m-ca0df2c95aa144c1d0ff2ff3c8f967fd stable=* body=\"it is me\"");
    guest_stage_say(&stage, "m2", ROOM, "<sip:mallory@sip.test>", "or me");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=mallory id=m-29c1b289e7522195b362e44f54e05470 *");
}
END_TEST

/* MUC-A10 */
START_TEST(an_echo_is_dropped_and_another_device_is_heard)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=\"hi all\"");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
    guest_stage_say(&stage, "m1", ROOM, JULIET, "hi all");
    msrp_peer_await(stage.msrp, "200");
    guest_stage_say(&stage, "m2", ROOM, JULIET, "from my phone");
    gate_stage_expect(&stage.gate,
                      "sip room-message leg=5 ref=* nick=Juliet id=m-29c1b289e7522195b362e44f54e05470 stable=* body=\"from my phone\"");
}
END_TEST

#define PHONE "0d3a5c7e-1b2f-4c6d-8e9f-a0b1c2d3e4f5"
#define PAD   "1e4b6d8f-2c3a-4d7e-9fa0-b1c2d3e4f506"

// Our own words, passed on by the switch under the name that the line was given.
static void come_back(const char *message_id, const char *name)
{
    g_autofree char *line = g_strdup_printf(
        "To: " ROOM "\r\nFrom: " JULIET "\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: %s\r\n"
        "\r\nContent-Type: text/plain\r\n\r\nok", name);
    msrp_peer_say(stage.msrp, message_id, "message/cpim", line);
}

/* MUC-A08 MUC-A10 */
START_TEST(a_line_carries_its_name_through_the_switch)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 stable=" PHONE " body=ok");
    const char *frame = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(frame);
    ck_assert_ptr_nonnull(strstr(body, "\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: " PHONE "\r\n"));
    ck_assert_ptr_null(strstr(body, "Disposition-Notification"));
    msrp_peer_respond(stage.msrp, frame, 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
    come_back("m1", PAD); // the same word, said on another device
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=* nick=Juliet id=* stable=" PAD " body=ok");
    settle("accept");
    msrp_peer_await(stage.msrp, "200");
    come_back("m2", PHONE);
    msrp_peer_await(stage.msrp, "200");
    ck_assert_uint_eq(stage.gate.events->len, 0);
}
END_TEST

/* MUC-A13 */
START_TEST(another_nick_is_asked_for_and_shown_when_it_is_given)
{
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=Jules");
    ck_assert_uint_eq(stage.gate.events->len, 0);
    guest_stage_name(&stage, "\"Jules\"", 200);
    gate_stage_expect(&stage.gate,
                      "sip room-roster how=renamed leg=5 nick=Juliet new_nick=Jules own=yes");
    gate_stage_expect(&stage.gate, "sip room-nick how=yes leg=5 nick=Jules");
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=Romeo");
    guest_stage_name(&stage, "\"Romeo\"", 425);
    gate_stage_expect(&stage.gate, "sip room-nick how=no failure=conflict leg=5 status=425 *");
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=X");
    guest_stage_name(&stage, "\"X\"", 403);
    gate_stage_expect(&stage.gate,
                      "sip room-nick how=no failure=not-acceptable leg=5 status=403 *");
}
END_TEST

/* MUC-A13 */
START_TEST(nicks_stay_where_the_conference_gives_none)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=Jules");
    gate_stage_expect(&stage.gate, "sip room-nick how=no failure=not-acceptable leg=5 nick=Jules");
}
END_TEST

/* MUC-A30 */
START_TEST(a_lost_connection_is_mended_unseen_and_lines_go_again)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=hi");
    g_autofree char *id = msrp_peer_header(msrp_peer_await(stage.msrp, "SEND"), "Message-ID");
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = guest_stage_contact(&stage);
    g_autofree char *sdp = guest_stage_sdp(&stage, NULL);
    msrp_peer_meet(stage.msrp, sip_peer_body(invite));
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    const char *again = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *same = msrp_peer_header(again, "Message-ID");
    ck_assert_str_eq(id, same);
    msrp_peer_respond(stage.msrp, again, 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
}
END_TEST

#define CHALLENGE "WWW-Authenticate: Digest realm=\"halls\", nonce=\"%s\"\n"

// The focus asks who offers another session.
static void challenge(const char *invite, const char *nonce)
{
    g_autofree char *header = g_strdup_printf(CHALLENGE, nonce);
    sip_peer_answer(stage.gate.peer, invite, 401, header, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
}

static void lose_session(void)
{
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
}

static void enter_with_a_password(void)
{
    gate_stage_tell(&stage.gate, GUEST_STAGE_ENTER " password=sesame");
    guest_stage_answer(&stage, NULL);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 403, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 *");
}

/* MUC-A30 CONF-027 ERR-04 */
START_TEST(a_focus_that_asks_who_mends_his_connection_is_told)
{
    enter_with_a_password();
    lose_session();
    const char *first = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *call_id = sip_peer_header(first, "Call-ID");
    g_autofree char *to = sip_peer_header(first, "To");
    challenge(first, "n1");
    const char *second = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_expect_header(second, "Call-ID", call_id);
    sip_peer_expect_header(second, "To", to);
    sip_peer_expect_header(second, "Authorization",
                           "Digest username=\"juliet\", realm=\"halls\", nonce=\"n1\", "
                           "uri=\"sip:hall@127.0.0.1:*\"*");
    g_autofree char *headers = guest_stage_contact(&stage);
    g_autofree char *sdp = guest_stage_sdp(&stage, NULL);
    msrp_peer_meet(stage.msrp, sip_peer_body(second));
    sip_peer_answer(stage.gate.peer, second, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=hi");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
}
END_TEST

/* MUC-A30 ERR-04 */
START_TEST(a_focus_that_asks_again_who_mends_is_left)
{
    enter_with_a_password();
    lose_session();
    challenge(sip_peer_await(stage.gate.peer, "INVITE "), "n1");
    challenge(sip_peer_await(stage.gate.peer, "INVITE "), "n2");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate, "sip room-exit how=lost leg=5 *");
}
END_TEST

/* MUC-A30 */
START_TEST(a_connection_that_cannot_be_mended_ends_the_stay)
{
    guest_stage_enter(&stage, NULL);
    msrp_peer_hang_up(stage.msrp);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "INVITE "), 488, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate, "sip room-exit how=lost leg=5 *");
}
END_TEST

static void on_done(void *self)
{
    *(bool *)self = true;
}

/* MUC-A28 */
START_TEST(the_shutdown_ends_each_leg)
{
    bool done = false;
    guest_stage_enter(&stage, NULL);
    sipgate_shutdown(stage.gate.gate, on_done, &done);
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP;cause=503*");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "SUBSCRIBE "), "Expires", "0");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_user_dials_the_conference_with_his_name_and_device,
        he_is_inside_when_the_first_roster_is_there,
        a_focus_that_knows_it_is_told_the_dialog,
        who_is_no_conference_is_left_again,
        a_conference_without_envelopes_is_not_acceptable,
        a_final_answer_is_told_as_the_table_says,
        a_conference_that_moved_is_followed_within_its_domain,
        a_conference_that_moves_for_ever_is_given_up,
        a_password_answers_one_challenge,
        a_focus_that_wants_longer_sessions_gets_them_once,
        a_nick_that_is_taken_gets_a_suffix,
        a_nick_that_is_taken_ends_the_entry_where_that_is_wished,
        a_bye_during_the_join_is_a_join_that_failed,
        the_cause_of_a_bye_says_how_it_ended,
        leaving_says_bye_and_ends_the_subscription,
        a_conference_that_was_deleted_is_left,
        a_line_goes_in_an_envelope_to_the_conference,
        a_line_that_is_refused_is_told_with_its_reason,
        a_line_without_an_answer_is_a_time_out,
        private_lines_go_where_the_switch_does_them,
        private_lines_are_not_sent_where_everybody_might_get_them,
        lines_of_others_come_under_their_nicks,
        who_is_not_on_the_roster_never_takes_the_nick_of_another,
        an_echo_is_dropped_and_another_device_is_heard,
        a_line_carries_its_name_through_the_switch,
        another_nick_is_asked_for_and_shown_when_it_is_given,
        nicks_stay_where_the_conference_gives_none,
        a_lost_connection_is_mended_unseen_and_lines_go_again,
        a_focus_that_asks_who_mends_his_connection_is_told,
        a_focus_that_asks_again_who_mends_is_left,
        a_connection_that_cannot_be_mended_ends_the_stay,
        the_shutdown_ends_each_leg,
        NULL};
    return suite_run_fixture("guest", tests, set_up, tear_down);
}
