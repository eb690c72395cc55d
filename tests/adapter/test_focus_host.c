// SPDX-License-Identifier: MIT
// Being the focus, against the real SIP library and MSRP stack and a raw party.
#include "sip/focus_host.h"

#include <string.h>

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"

#define ROMEO   "<sip:romeo@sip.test>"
#define ROOM    "<" ROOM_STAGE_URI ">"
#define PRIVATE "a=chatroom:nickname private-messages\r\n"

static RoomStage stage;

static void set_up(void)
{
    room_stage_init(&stage);
    room_stage_start(&stage);
}

static void tear_down(void)
{
    room_stage_clear(&stage);
}

static void inside(const char *chatroom)
{
    room_stage_enter(&stage, chatroom);
    room_stage_admit(&stage);
}

static void settle(const char *order)
{
    gate_stage_tell(&stage.gate, "sip %s ref=%" G_GUINT64_FORMAT, order, stage.gate.last_ref);
}

/* CONF-001 MSRP-016 MSRP-023 */
START_TEST(invitation_comes_from_the_conference_and_names_the_inviter)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE sip:romeo@sip.test SIP/2.0");
    sip_peer_expect_header(invite, "From", "<sip:talk@rooms.xmpp.test>;tag=?*");
    sip_peer_expect_header(invite, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(invite, "Contact",
                           "<sip:talk@rooms.xmpp.test>;isfocus;message;automata;events=\"conference\";"
                           "methods=\"INVITE,*\"");
    ck_assert_uint_lt(strlen(invite), 1300); // fits a datagram
    sip_peer_expect_header(invite, "Referred-By", "<sip:juliet@xmpp.test>");
    sip_peer_expect_header(invite, "Subject", "three of us");
    const char *sdp = sip_peer_body(invite);
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=accept-types:message/cpim\r\n"));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=max-size:10000\r\n"));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=chatroom:nickname private-messages\r\n"));
}
END_TEST

START_TEST(inviter_known_by_nick_is_named_as_occupant)
{
    gate_stage_tell(&stage.gate, "sip invite-to-room leg=5 room=talk@rooms.xmpp.test "
                                 "from=talk@rooms.xmpp.test/Nina to=romeo@sip.test");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "INVITE "), "Referred-By",
                           "<sip:talk@rooms.xmpp.test;gr=Nina>");
}
END_TEST

/* ESC-001 */
START_TEST(yes_is_told_when_dialog_and_messages_are_up)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_answer(stage.gate.peer, invite, 180, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-answer how=ringing leg=5");
    sip_peer_answer(stage.gate.peer, invite, 183, NULL, NULL);
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim text/plain", "passive", PRIVATE);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    const char *bind = msrp_peer_await(stage.msrp, "SEND");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    msrp_peer_respond(stage.msrp, bind, 200);
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5 private=yes");
}
END_TEST

/* CONF-004 */
START_TEST(no_is_told_with_its_reason)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "INVITE "), 603, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-answer how=no failure=recipient-unavailable leg=5 "
                                   "status=603 text=\"Answer 603\"");
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "text/plain", "passive", NULL);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP*cause=488*");
    gate_stage_expect(&stage.gate, "sip room-answer how=no failure=not-acceptable leg=5 status=488 "
                                   "text=\"message/cpim required\"");
}
END_TEST

/* MSRP-011 */
START_TEST(messages_that_are_not_bound_are_a_no)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_msrp = 100;
    room_stage_start(&stage);
    room_stage_answer(&stage, NULL);
    gate_stage_expect(&stage.gate,
                      "sip room-answer how=no failure=remote-server-timeout leg=5 status=408 *");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP*cause=408*");
}
END_TEST

/* ESC-406 */
START_TEST(withdrawing_cancels_and_the_number_is_settled)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_answer(stage.gate.peer, invite, 180, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-answer how=ringing leg=5");
    gate_stage_tell(&stage.gate, "sip withdraw-invite leg=5");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "CANCEL "), 200, NULL, NULL);
    sip_peer_answer(stage.gate.peer, invite, 487, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-answer how=no * leg=5 status=487 *");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ESC-406 */
START_TEST(yes_that_crosses_the_withdrawal_is_completed_and_told)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    gate_stage_tell(&stage.gate, "sip withdraw-invite leg=5");
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim text/plain", "passive", NULL);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-answer how=late leg=5");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5");
    gate_stage_tell(&stage.gate, "sip close-leg leg=5");
    sip_peer_await(stage.gate.peer, "BYE ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ESC-406 */
START_TEST(late_yes_is_ended_without_a_word_of_its_messages)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    gate_stage_tell(&stage.gate, "sip withdraw-invite leg=5");
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim", "passive", NULL);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip room-answer how=late leg=5");
    gate_stage_tell(&stage.gate, "sip close-leg leg=5");
    sip_peer_await(stage.gate.peer, "BYE ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* ESC-406 MSRP-011 */
START_TEST(late_yes_whose_messages_are_not_bound_is_a_no)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_msrp = 1000;
    room_stage_start(&stage);
    room_stage_answer(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip withdraw-invite leg=5");
    gate_stage_expect(&stage.gate, "sip room-answer how=late leg=5");
    gate_stage_expect(&stage.gate,
                      "sip room-answer how=no failure=remote-server-timeout leg=5 status=408 *");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP*cause=408*");
}
END_TEST

/* ESC-406 */
START_TEST(withdrawal_that_crosses_the_yes_makes_it_late)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim", "passive", NULL);
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_await(stage.msrp, "SEND");
    gate_stage_tell(&stage.gate, "sip withdraw-invite leg=5");
    gate_stage_expect(&stage.gate, "sip room-answer how=late leg=5");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B15 */
START_TEST(expelling_before_the_answer_is_a_cancel)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_answer(stage.gate.peer, invite, 180, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-answer how=ringing leg=5");
    gate_stage_tell(&stage.gate, "sip expel leg=5 status=410");
    sip_peer_await(stage.gate.peer, "CANCEL ");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B15 MUC-B16 */
START_TEST(expelling_says_bye_with_the_reason)
{
    inside(NULL);
    gate_stage_tell(&stage.gate, "sip expel leg=5 failure=gone status=410 text=done");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason",
                           "SIP*cause=410*text=\"done\"");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B17 */
START_TEST(party_that_leaves_or_is_lost_is_told)
{
    inside(NULL);
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", "Reason: SIP;text=\"off to bed\"\n",
                     NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5 text=\"off to bed\"");
}
END_TEST

static void start_again_with_ghost_hold(int64_t ms)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.ghost_hold = ms;
    room_stage_start(&stage);
}

/* MUC-B18 */
START_TEST(lost_connection_is_told_after_its_lines_and_after_a_while)
{
    start_again_with_ghost_hold(100);
    inside(NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina body=x");
    msrp_peer_await(stage.msrp, "SEND");
    msrp_peer_hang_up(stage.msrp);
    gate_stage_expect(&stage.gate, "sip delivery how=lost * leg=5 row=3");
    gate_stage_expect(&stage.gate, "sip room-exit how=lost * leg=5 *");
    sip_peer_expect_header(sip_peer_await(stage.gate.peer, "BYE "), "Reason", "SIP*cause=500*");
}
END_TEST

/* MUC-B18 MSRP-024 */
START_TEST(party_that_lost_its_connection_keeps_its_place_and_what_is_said_waits)
{
    inside(NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 id=line3 nick=Nina body=unanswered");
    msrp_peer_await(stage.msrp, "SEND");
    msrp_peer_hang_up(stage.msrp);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=4 id=line4 nick=Nina body=meanwhile");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(second, "message/cpim", "actpass",
                                         "a=accept-wrapped-types:text/plain\r\n");
    sip_peer_request(stage.gate.peer, &stage.dialog, "INVITE", headers, sdp);
    sip_peer_await(stage.gate.peer, "SIP/2.0 100 ");
    msrp_peer_meet(second, sip_peer_body(sip_peer_await(stage.gate.peer, "SIP/2.0 200 ")));
    sip_peer_request(stage.gate.peer, &stage.dialog, "ACK", NULL, NULL);
    msrp_peer_connect(second);
    msrp_peer_request(second, "SEND", "Message-ID: bind2\r\n", NULL);
    msrp_peer_await(second, " 200");
    for (int i = 3; i <= 4; i++) {
        const char *send = msrp_peer_await(second, "SEND");
        g_autofree char *id = msrp_peer_header(send, "Message-ID");
        g_autofree char *expected = g_strdup_printf("line%d", i);
        ck_assert_str_eq(id, expected);
        msrp_peer_respond(second, send, 200);
        g_autofree char *delivery = g_strdup_printf("sip delivery leg=5 row=%d", i);
        gate_stage_expect(&stage.gate, delivery);
    }
}
END_TEST

/* MUC-B18 */
START_TEST(no_more_waits_for_a_lost_party_than_its_bound)
{
    inside(NULL);
    msrp_peer_hang_up(stage.msrp);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    for (int i = 1; i <= 101; i++)
        gate_stage_tell(&stage.gate, "sip room-message leg=5 row=%d nick=Nina body=x", i);
    gate_stage_expect(&stage.gate, "sip delivery failure=resource-constraint leg=5 row=101");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

// ESC-006 is not built: a leg that is to be the two-party leg is down.
START_TEST(leg_that_is_to_be_narrowed_is_ended_and_told_to_be_down)
{
    inside(NULL);
    gate_stage_tell(&stage.gate, "sip open-leg leg=5 how=narrow");
    sip_peer_await(stage.gate.peer, "BYE ");
    gate_stage_expect(&stage.gate, "sip leg-down how=lost leg=5");
    gate_stage_tell(&stage.gate, "sip message leg=5 row=3 id=a body=x");
    gate_stage_expect(&stage.gate,
                      "sip delivery how=lost failure=recipient-unavailable leg=5 row=3");
}
END_TEST

/* MUC-B04 MSRP-020 MSRP-021 */
START_TEST(line_of_the_room_goes_in_an_envelope_from_the_occupant)
{
    inside(NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 id=line1 nick=\"Nina B\" lang=cs "
                                 "stamp=2026-03-04T05:06:07Z body=\"ciao\\ntutti\"");
    const char *send = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(type, "message/cpim");
    ck_assert_str_eq(body, "To: <sip:talk@rooms.xmpp.test>\r\n"
                           "From: \"Nina B\" <sip:talk@rooms.xmpp.test;gr=Nina%20B>\r\n"
                           "DateTime: 2026-03-04T05:06:07Z\r\n\r\n"
                           "Content-Type: text/plain;charset=utf-8\r\nContent-Language: cs\r\n\r\n"
                           "ciao\ntutti");
    msrp_peer_respond(stage.msrp, send, 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=3");
}
END_TEST

/* MUC-B09 */
START_TEST(private_line_goes_to_the_party_if_it_takes_such_lines)
{
    inside(PRIVATE);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina private=yes body=psst");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(stage.msrp, "SEND"));
    ck_assert(g_str_has_prefix(body, "To: <sip:romeo@sip.test>\r\n"
                                     "From: \"Nina\" <sip:talk@rooms.xmpp.test;gr=Nina>\r\n"));
}
END_TEST

/* MUC-B09 */
START_TEST(private_line_is_not_sent_to_a_party_that_would_not_know_it)
{
    inside("a=chatroom:nickname\r\n");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina private=yes body=psst");
    gate_stage_expect(&stage.gate,
                      "sip delivery how=refused failure=feature-not-implemented leg=5 row=3");
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

START_TEST(words_of_the_gateway_come_from_the_conference_and_are_told_of_to_nobody)
{
    inside(PRIVATE);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 body=\"no room\"");
    const char *send = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_ptr_nonnull(strstr(body, "To: " ROOM "\r\n"));
    ck_assert_ptr_nonnull(strstr(body, "From: " ROOM "\r\n"));
    ck_assert(g_str_has_suffix(body, "\r\n\r\nno room"));
    msrp_peer_respond(stage.msrp, send, 200);
    gate_stage_tell(&stage.gate, "sip room-message leg=99 body=\"no leg\"");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

START_TEST(line_for_a_leg_that_is_gone_is_given_back)
{
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=3 nick=Nina body=x");
    gate_stage_expect(&stage.gate,
                      "sip delivery how=lost failure=recipient-unavailable leg=5 row=3");
}
END_TEST

/* MUC-B06 MUC-B08 */
START_TEST(content_of_the_party_is_a_line_for_the_room_or_for_one)
{
    inside(NULL);
    room_stage_say(&stage, "omar-0007", ROOM, ROMEO, "ciao a tutti");
    gate_stage_expect(&stage.gate,
                      "sip room-message leg=5 ref=? id=omar-0007 body=\"ciao a tutti\"");
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    settle("report");
    room_stage_say(&stage, "omar-0008", "<" ROOM_STAGE_URI ";gr=Nina>", ROMEO, "psst");
    gate_stage_expect(&stage.gate,
                      "sip room-message leg=5 ref=? nick=Nina id=omar-0008 body=psst private=yes");
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    room_stage_say(&stage, "omar-0009", "<" ROOM_STAGE_URI ">;gr=Nina", ROMEO, "old form");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? nick=Nina *");
}
END_TEST

/* MUC-B25 MUC-B07 */
START_TEST(line_that_the_room_does_not_let_him_say_is_reported_to_have_failed)
{
    inside(NULL);
    room_stage_say(&stage, "omar-0017", ROOM, ROMEO, "may I speak");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=omar-0017 *");
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_tell(&stage.gate, "sip report ref=%" G_GUINT64_FORMAT " failure=forbidden",
                    stage.gate.last_ref);
    const char *report = msrp_peer_await(stage.msrp, "REPORT");
    g_autofree char *status = msrp_peer_header(report, "Status");
    ck_assert(g_str_has_prefix(status, "000 403"));
}
END_TEST

#define ISCOMPOSING "application/im-iscomposing+xml"

/* MUC-B23 */
START_TEST(who_writes_is_told_both_ways_where_the_party_listed_the_type)
{
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim", "passive",
                                         "a=accept-wrapped-types:text/plain " ISCOMPOSING "\r\n");
    msrp_peer_meet(stage.msrp, sip_peer_body(invite));
    sip_peer_answer(stage.gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5 composing=yes");
    room_stage_admit(&stage);
    gate_stage_tell(&stage.gate, "sip chat-state leg=5 nick=Nina how=composing ms=60000");
    const char *send = msrp_peer_await(stage.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_ptr_nonnull(strstr(body, "\r\n\r\nContent-Type: " ISCOMPOSING "\r\n\r\n"));
    msrp_peer_respond(stage.msrp, send, 200);
    msrp_peer_say(stage.msrp, "c1", "message/cpim",
                  "To: " ROOM "\r\nFrom: " ROMEO "\r\n\r\nContent-Type: " ISCOMPOSING "\r\n\r\n"
                  "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
                  "<state>active</state><refresh>60</refresh></isComposing>");
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_expect(&stage.gate, "sip chat-state how=composing leg=5 ms=60000");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MSRP-030 MUC-B06 MUC-B08 */
START_TEST(switch_refuses_what_is_not_for_it)
{
    inside(NULL);
    msrp_peer_say(stage.msrp, "raw1", "text/plain", "raw");
    msrp_peer_await(stage.msrp, " 415");
    room_stage_say(&stage, "else1", ROOM, "<sip:someone@else.example>", "x");
    msrp_peer_await(stage.msrp, " 403");
    room_stage_say(&stage, "nobody1", "<" ROOM_STAGE_URI ";gr=Nobody>", ROMEO, "x");
    msrp_peer_await(stage.msrp, " 404");
    room_stage_say(&stage, "other1", "<sip:other@rooms.xmpp.test>", ROMEO, "x");
    msrp_peer_await(stage.msrp, " 404");
    room_stage_say(&stage, "many1", ROOM "\r\nTo: <" ROOM_STAGE_URI ";gr=Nina>", ROMEO, "x");
    msrp_peer_await(stage.msrp, " 403");
    msrp_peer_say(stage.msrp, "image1", "message/cpim",
                  "To: " ROOM "\r\nFrom: " ROMEO "\r\n\r\nContent-Type: image/png\r\n\r\nx");
    msrp_peer_await(stage.msrp, " 415");
    msrp_peer_say(stage.msrp, "broken1", "message/cpim", "nonsense");
    msrp_peer_await(stage.msrp, " 400");
    g_autofree char *large = g_strnfill(10001, 'x');
    room_stage_say(&stage, "large1", ROOM, ROMEO, large);
    msrp_peer_await(stage.msrp, " 413");
    msrp_peer_request(stage.msrp, "FOO", NULL, NULL);
    msrp_peer_await(stage.msrp, " 501");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

static void ask_for(const char *nick)
{
    g_autofree char *header = g_strdup_printf("Use-Nickname: \"%s\"\r\n", nick);
    msrp_peer_request(stage.msrp, "NICKNAME", header, NULL);
}

/* MUC-B11 */
START_TEST(nickname_is_asked_of_the_room_and_answered_as_it_says)
{
    static const char *const cases[][2] = {{"accept", " 200"},
                                           {"refuse failure=conflict", " 425"},
                                           {"refuse failure=not-acceptable text=locked", " 425 locked"},
                                           {"refuse failure=jid-malformed", " 424"},
                                           {"refuse failure=remote-server-timeout", " 408"},
                                           {"refuse failure=forbidden", " 403"}};
    inside(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) words = g_strsplit(cases[i][0], " ", 2);
        ask_for("Alice B");
        gate_stage_expect(&stage.gate, "sip room-nick leg=5 ref=? nick=\"Alice B\"");
        ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
        gate_stage_tell(&stage.gate, "sip %s ref=%" G_GUINT64_FORMAT " %s", words[0],
                        stage.gate.last_ref, words[1] != NULL ? words[1] : "");
        msrp_peer_await(stage.msrp, cases[i][1]);
        settle("accept"); // nobody waits any more
    }
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B11 MSRP-022 */
START_TEST(nickname_that_is_none_and_the_one_there_is_are_answered_at_once)
{
    inside(NULL);
    ask_for("Omar");
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_tell(&stage.gate,
                    "sip room-roster how=renamed " ROOM_STAGE_ROOM " nick=Omar new_nick=Om");
    ask_for("Om");
    msrp_peer_await(stage.msrp, " 200");
    msrp_peer_request(stage.msrp, "NICKNAME", "Use-Nickname: Alice\r\n", NULL);
    msrp_peer_await(stage.msrp, " 424");
    msrp_peer_request(stage.msrp, "NICKNAME",
                      "Use-Nickname: \"Alice\"\r\nSuccess-Report: no\r\n", NULL);
    msrp_peer_await(stage.msrp, " 400");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ask_for("");
    gate_stage_expect(&stage.gate, "sip room-nick leg=5 ref=?");
}
END_TEST

/* MUC-B11 */
START_TEST(nickname_is_answered_before_its_sender_gives_up)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_tx = 200;
    room_stage_start(&stage);
    inside(NULL);
    ask_for("Alice");
    gate_stage_expect(&stage.gate, "sip room-nick *");
    msrp_peer_await(stage.msrp, " 408");
    settle("accept");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-B11 */
START_TEST(nickname_wanted_before_admission_is_asked_for_after_it)
{
    room_stage_enter(&stage, NULL);
    ask_for("Alice");
    ask_for("Bob");
    msrp_peer_await(stage.msrp, " 403");
    ck_assert_uint_eq(stage.gate.events->len, 0);
    room_stage_admit(&stage);
    gate_stage_expect(&stage.gate, "sip room-nick leg=5 ref=? nick=Alice");
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
}
END_TEST

static void start_with_patience(int64_t early_ms)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_early = early_ms;
    room_stage_start(&stage);
}

/* MUC-B06 */
START_TEST(content_before_admission_waits_in_order_and_within_bounds)
{
    g_autofree char *large = g_strnfill(9000, 'x');
    start_with_patience(60000);
    room_stage_enter(&stage, NULL);
    for (int i = 0; i < 8; i++) {
        g_autofree char *id = g_strdup_printf("early%d", i);
        room_stage_say(&stage, id, ROOM, ROMEO, large);
    }
    msrp_peer_await(stage.msrp, " 408"); // the last one
    ck_assert_uint_eq(stage.gate.events->len, 0);
    room_stage_admit(&stage);
    for (int i = 0; i < 7; i++) {
        g_autofree char *event = g_strdup_printf("sip room-message * id=early%d *", i);
        gate_stage_expect(&stage.gate, event);
    }
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B06 MUC-B08 */
START_TEST(content_is_told_before_admission_when_its_sender_has_waited_long_enough)
{
    start_with_patience(50);
    room_stage_enter(&stage, PRIVATE);
    room_stage_say(&stage, "early1", ROOM, ROMEO, "is anybody there");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=early1 body=\"is anybody there\"");
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0); // the middle says when it has it
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    uint64_t first = stage.gate.last_ref;
    room_stage_say(&stage, "early2", "<" ROOM_STAGE_URI ";gr=Nina>", ROMEO, "psst");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? nick=Nina id=early2 * private=yes");
    settle("accept");
    msrp_peer_await(stage.msrp, " 200");
    gate_stage_tell(&stage.gate, "sip report ref=%" G_GUINT64_FORMAT " failure=item-not-found",
                    stage.gate.last_ref);
    g_autofree char *status = msrp_peer_header(msrp_peer_await(stage.msrp, "REPORT"), "Status");
    ck_assert(g_str_has_prefix(status, "000 404"));
    room_stage_admit(&stage);
    gate_stage_tell(&stage.gate, "sip report ref=%" G_GUINT64_FORMAT, first);
    ck_assert(gate_stage_is_quiet(&stage.gate)); // told once
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-B06 MSRP-030 */
START_TEST(content_that_no_room_would_take_is_refused_before_admission)
{
    start_with_patience(50);
    room_stage_enter(&stage, NULL);
    room_stage_say(&stage, "early1", ROOM, "<sip:someone@else.example>", "x");
    msrp_peer_await(stage.msrp, " 403");
    msrp_peer_say(stage.msrp, "early2", "text/plain", "raw");
    msrp_peer_await(stage.msrp, " 415");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-B06 */
START_TEST(failure_after_an_early_acceptance_is_reported_where_the_author_wants_it)
{
    start_with_patience(50);
    room_stage_enter(&stage, NULL);
    msrp_peer_request(stage.msrp, "SEND",
                      "Message-ID: early1\r\nByte-Range: 1-*/*\r\nFailure-Report: no\r\n"
                      "Content-Type: message/cpim\r\n",
                      "To: " ROOM "\r\nFrom: " ROMEO "\r\n\r\nContent-Type: text/plain\r\n\r\nx");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=early1 body=x");
    settle("accept");
    settle("report failure=forbidden");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(msrp_peer_pending(stage.msrp), 0);
}
END_TEST

/* MUC-B11 MUC-B06 */
START_TEST(nothing_that_waits_is_said_under_a_nickname_given_up)
{
    start_with_patience(60000);
    room_stage_enter(&stage, NULL);
    ask_for("Alice");
    room_stage_say(&stage, "early1", ROOM, ROMEO, "it is Alice");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    room_stage_admit(&stage);
    gate_stage_expect(&stage.gate, "sip room-nick leg=5 ref=? nick=Alice");
    gate_stage_expect(&stage.gate, "sip room-message leg=5 ref=? id=early1 *");
}
END_TEST

/* CONF-031 CONF-001 */
START_TEST(refresh_is_answered_with_the_same_path_and_chatroom)
{
    inside(NULL);
    g_autofree char *headers = room_stage_contact(&stage);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim text/plain", "actpass", NULL);
    const char *path = strstr(sip_peer_body(stage.invite), "a=path:");
    sip_peer_request(stage.gate.peer, &stage.dialog, "UPDATE", headers, sdp);
    const char *first = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    sip_peer_expect_header(first, "Contact", "<" ROOM_STAGE_URI ">;isfocus*");
    ck_assert_str_eq(strstr(sip_peer_body(first), "a=path:"), path); // and a=chatroom behind it
    sip_peer_request(stage.gate.peer, &stage.dialog, "UPDATE", headers, sdp);
    const char *second = sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    ck_assert_str_eq(sip_peer_body(second), sip_peer_body(first));
    sip_peer_request(stage.gate.peer, &stage.dialog, "MESSAGE", "Content-Type: text/plain\n", "x");
    sip_peer_await(stage.gate.peer, "SIP/2.0 405 ");
}
END_TEST

static void enter_timed(const char *session_expires)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_min_se = 1000;
    room_stage_start(&stage);
    gate_stage_tell(&stage.gate, ROOM_STAGE_INVITE);
    stage.invite = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_expect_header(stage.invite, "Supported",
                           "timer, replaces, tdialog, norefersub, multiple-refer");
    g_autofree char *contact = room_stage_contact(&stage);
    g_autofree char *headers = g_strdup_printf(
        "%sSupported: timer\nRequire: timer\nSession-Expires: %s\n", contact, session_expires);
    g_autofree char *sdp = msrp_peer_sdp(stage.msrp, "message/cpim text/plain", "passive", NULL);
    sip_peer_answer(stage.gate.peer, stage.invite, 200, headers, sdp);
    sip_peer_await(stage.gate.peer, "ACK ");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip room-answer how=yes leg=5*");
}

/* CONF-030 */
START_TEST(session_is_refreshed_as_it_was_when_that_is_ours_to_do)
{
    enter_timed("2;refresher=uac");
    const char *refresh = sip_peer_await(stage.gate.peer, "INVITE ");
    sip_peer_expect_header(refresh, "Contact", "<" ROOM_STAGE_URI ">;isfocus*");
    sip_peer_expect_header(refresh, "Session-Expires", "2;refresher=uac");
    ck_assert_str_eq(sip_peer_body(refresh), sip_peer_body(stage.invite));
}
END_TEST

/* CONF-030 */
START_TEST(session_that_is_not_refreshed_is_ended_and_lost)
{
    enter_timed("2;refresher=uas");
    const char *bye = sip_peer_await(stage.gate.peer, "BYE ");
    sip_peer_expect_header(bye, "Reason", "SIP*cause=408*");
    sip_peer_answer(stage.gate.peer, bye, 200, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-exit how=lost * leg=5 *");
}
END_TEST

START_TEST(address_that_cannot_be_spelled_is_a_no)
{
    gate_stage_tell(&stage.gate, "sip invite-to-room leg=5 room=talk@nowhere.test "
                                 "from=juliet@xmpp.test to=romeo@sip.test");
    gate_stage_expect(&stage.gate, "sip room-answer how=no failure=remote-server-not-found leg=5");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {invitation_comes_from_the_conference_and_names_the_inviter,
                                  inviter_known_by_nick_is_named_as_occupant,
                                  yes_is_told_when_dialog_and_messages_are_up,
                                  no_is_told_with_its_reason,
                                  messages_that_are_not_bound_are_a_no,
                                  withdrawing_cancels_and_the_number_is_settled,
                                  yes_that_crosses_the_withdrawal_is_completed_and_told,
                                  late_yes_is_ended_without_a_word_of_its_messages,
                                  late_yes_whose_messages_are_not_bound_is_a_no,
                                  withdrawal_that_crosses_the_yes_makes_it_late,
                                  expelling_before_the_answer_is_a_cancel,
                                  expelling_says_bye_with_the_reason,
                                  party_that_leaves_or_is_lost_is_told,
                                  lost_connection_is_told_after_its_lines_and_after_a_while,
                                  party_that_lost_its_connection_keeps_its_place_and_what_is_said_waits,
                                  no_more_waits_for_a_lost_party_than_its_bound,
                                  leg_that_is_to_be_narrowed_is_ended_and_told_to_be_down,
                                  line_of_the_room_goes_in_an_envelope_from_the_occupant,
                                  private_line_goes_to_the_party_if_it_takes_such_lines,
                                  private_line_is_not_sent_to_a_party_that_would_not_know_it,
                                  words_of_the_gateway_come_from_the_conference_and_are_told_of_to_nobody,
                                  line_for_a_leg_that_is_gone_is_given_back,
                                  content_of_the_party_is_a_line_for_the_room_or_for_one,
                                  line_that_the_room_does_not_let_him_say_is_reported_to_have_failed,
        who_writes_is_told_both_ways_where_the_party_listed_the_type,
                                  switch_refuses_what_is_not_for_it,
                                  nickname_is_asked_of_the_room_and_answered_as_it_says,
                                  nickname_that_is_none_and_the_one_there_is_are_answered_at_once,
                                  nickname_is_answered_before_its_sender_gives_up,
                                  nickname_wanted_before_admission_is_asked_for_after_it,
                                  content_before_admission_waits_in_order_and_within_bounds,
                                  content_is_told_before_admission_when_its_sender_has_waited_long_enough,
                                  content_that_no_room_would_take_is_refused_before_admission,
                                  failure_after_an_early_acceptance_is_reported_where_the_author_wants_it,
                                  nothing_that_waits_is_said_under_a_nickname_given_up,
                                  refresh_is_answered_with_the_same_path_and_chatroom,
                                  session_is_refreshed_as_it_was_when_that_is_ours_to_do,
                                  session_that_is_not_refreshed_is_ended_and_lost,
                                  address_that_cannot_be_spelled_is_a_no,
                                  NULL};
    return suite_run_fixture("focus_host", tests, set_up, tear_down);
}
