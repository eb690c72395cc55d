// SPDX-License-Identifier: MIT
// A conference that is lost and comes back, against a raw focus: who was inside stays, comes again, and hears only
// what is different.
#include "sip/guest_away.h"

#include <string.h>

#include "tests/support/guest_stage.h"
#include "tests/support/suite.h"

#define NINA_ENTERS                                                                                \
    "sip enter-room leg=6 room=hall@conf.sip.test from=nina@xmpp.test/pad nick=Nina"

static GuestStage stage;

static void start(int nick_conflict)
{
    guest_stage_init(&stage);
    stage.gate.settings.focus_hold = 60000;
    stage.gate.settings.nick_conflict = nick_conflict;
    guest_stage_start(&stage);
}

static void set_up(void)
{
    start(NICK_CONFLICT_SUFFIX);
}

static void tear_down(void)
{
    guest_stage_clear(&stage);
}

static void take_unsubscribe(void)
{
    const char *request = sip_peer_await(stage.gate.peer, "SUBSCRIBE ");
    sip_peer_expect_header(request, "Expires", "0");
    sip_peer_answer(stage.gate.peer, request, 481, NULL, NULL);
}

// The switch is gone, and the focus does not take another description.
static void lose(void)
{
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "INVITE "), 503, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 481, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip link how=down leg=5*");
    take_unsubscribe();
}

// The switch breaks the rules of MSRP: such a session is not mended, and is lost at once.
static void break_up(const char *order)
{
    g_autofree char *endless = g_strnfill(10000, 'x');
    msrp_peer_request(stage.msrp, "SEND", endless, NULL);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 481, NULL, NULL);
    if (order != NULL) {
        gate_stage_expect(&stage.gate, order);
    }
    gate_stage_expect(&stage.gate, "sip link how=down leg=5*");
    take_unsubscribe();
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
}

static void refuse(int status)
{
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "INVITE " GUEST_STAGE_URI), status, NULL,
                    NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
}

static void show(const char *first, const char *second)
{
    g_autofree char *users = g_strdup_printf("<users>%s%s</users>", first, second);
    g_autofree char *document = guest_stage_document("full", 1, users);
    guest_stage_notify(&stage, "active;expires=3600", document);
}

/* MUC-A30 ROSTER-011 */
START_TEST(a_lost_conference_is_entered_again_and_only_differences_are_told)
{
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    lose();
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 200);
    guest_stage_subscribed(&stage);
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet", "connected");
    g_autofree char *nurse = guest_stage_user("sip:nurse@sip.test", "Nurse", "connected");
    show(juliet, nurse);
    gate_stage_expect(&stage.gate, "sip room-roster how=left leg=5 nick=Romeo");
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=5 *nick=Nurse *");
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 room=hall@conf.sip.test nick=Juliet *");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=back");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
}
END_TEST

/* MUC-A30 */
START_TEST(a_line_that_was_sent_is_lost_and_one_said_meanwhile_did_not_leave)
{
    guest_stage_enter(&stage, NULL);
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=hi");
    msrp_peer_await(stage.msrp, "SEND");
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
    const char *invite = sip_peer_await(stage.gate.peer, "INVITE ");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=10 id=a2 body=there?");
    sip_peer_answer(stage.gate.peer, invite, 481, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    gate_stage_expect(&stage.gate, "sip delivery how=lost failure=recipient-unavailable leg=5 row=9*");
    gate_stage_expect(&stage.gate, "sip delivery how=lost leg=5 row=10");
    gate_stage_expect(&stage.gate, "sip link how=down leg=5*");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=11 id=a3 body=anybody?");
    gate_stage_expect(&stage.gate, "sip delivery how=lost leg=5 row=11");
}
END_TEST

/* MUC-A30 */
START_TEST(a_conference_that_is_not_there_yet_is_dialled_again)
{
    guest_stage_enter(&stage, NULL);
    break_up(NULL);
    refuse(503);
    guest_stage_answer(&stage, NULL);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 403, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 *"); // nothing else was told
}
END_TEST

/* MUC-A30 */
START_TEST(who_is_refused_when_he_comes_again_is_out)
{
    guest_stage_enter(&stage, NULL);
    break_up(NULL);
    refuse(404);
    gate_stage_expect(&stage.gate, "sip room-exit how=lost leg=5 *");
}
END_TEST

/* MUC-A30 MUC-A18 */
START_TEST(who_is_sent_away_does_not_come_again)
{
    guest_stage_enter(&stage, NULL);
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", "Reason: SIP;cause=503\n", NULL);
    gate_stage_expect(&stage.gate, "sip room-exit how=lost leg=5 *");
}
END_TEST

/* MUC-A30 */
START_TEST(who_leaves_while_he_is_away_dials_no_more)
{
    guest_stage_enter(&stage, NULL);
    break_up(NULL);
    gate_stage_tell(&stage.gate, "sip leave-room leg=5");
    guest_stage_enter(&stage, NULL);
    lose(); // longer than the pause that was cut short
    refuse(404);
    gate_stage_expect(&stage.gate, "sip room-exit how=lost leg=5 *");
}
END_TEST

/* MUC-A30 MUC-A14 */
START_TEST(a_nick_that_was_taken_meanwhile_is_another_one)
{
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    break_up(NULL);
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 425);
    guest_stage_name(&stage, "\"Juliet_2\"", 200);
    gate_stage_expect(&stage.gate,
                      "sip room-roster how=renamed leg=5 nick=Juliet new_nick=Juliet_2 own=yes");
    guest_stage_subscribed(&stage);
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet_2", "connected");
    g_autofree char *romeo = guest_stage_user("sip:romeo@sip.test", "Romeo", "connected");
    show(juliet, romeo);
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 * nick=Juliet_2 *");
}
END_TEST

/* MUC-A30 MUC-A14 */
START_TEST(a_nick_that_must_be_ours_is_waited_for)
{
    guest_stage_clear(&stage);
    start(NICK_CONFLICT_ERROR);
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    break_up(NULL);
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 425);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 200, NULL, NULL);
    msrp_peer_free(stage.msrp);
    stage.msrp = msrp_peer_new();
    guest_stage_answer(&stage, GUEST_STAGE_CHATROOM);
    guest_stage_name(&stage, "\"Juliet\"", 200);
    guest_stage_subscribed(&stage);
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

/* MUC-A30 MUC-A13 MUC-A19 */
START_TEST(what_is_asked_while_he_is_away_is_not_available)
{
    guest_stage_enter(&stage, GUEST_STAGE_CHATROOM);
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=Jules");
    msrp_peer_await(stage.msrp, "NICKNAME");
    break_up("sip room-nick how=no failure=recipient-unavailable leg=5 nick=Jules");
    gate_stage_tell(&stage.gate, "sip room-nick leg=5 nick=Jules");
    gate_stage_expect(&stage.gate,
                      "sip room-nick how=no failure=recipient-unavailable leg=5 nick=Jules");
    gate_stage_tell(&stage.gate, "sip room-request leg=5 ref=71 how=kick nick=Romeo");
    gate_stage_expect(&stage.gate,
                      "sip room-result how=no failure=recipient-unavailable leg=5 ref=71");
}
END_TEST

#define ROMEO  "Romeo <sip:romeo@sip.test>"
#define JULIET "<sip:juliet@xmpp.test>"

// The switch gives a line that was said then.
static void say_at(const char *id, const char *from, const char *when, const char *text)
{
    g_autofree char *body = g_strdup_printf("To: <" GUEST_STAGE_URI ">\r\nFrom: %s\r\nDateTime: %s\r\n\r\n"
                                            "Content-Type: text/plain\r\n\r\n%s",
                                            from, when, text);
    msrp_peer_say(stage.msrp, id, "message/cpim", body);
}

// The middle is told of a line, and takes it.
static void hear(const char *line)
{
    gate_stage_expect(&stage.gate, line);
    gate_stage_tell(&stage.gate, "sip accept ref=%" G_GUINT64_FORMAT, stage.gate.last_ref);
    gate_stage_tell(&stage.gate, "sip report ref=%" G_GUINT64_FORMAT, stage.gate.last_ref);
    msrp_peer_await(stage.msrp, " 200");
}

// In again; meanwhile the switch told what had been said before.
static void come_again_to_a_replay(void)
{
    guest_stage_answer(&stage, NULL);
    say_at("r1", ROMEO, "2026-03-04T10:00:00Z", "one");
    say_at("r2", JULIET, "2026-03-04T10:00:01Z", "mine");
    say_at("m3", ROMEO, "2026-03-04T10:00:02Z", "two");
    say_at("r4", ROMEO, "2026-03-04T10:00:09Z", "one");
    guest_stage_subscribed(&stage);
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet", "connected");
    g_autofree char *romeo = guest_stage_user("sip:romeo@sip.test", "Romeo", "connected");
    show(juliet, romeo);
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 *");
}

/* MSRP-024 MUC-A30 MUC-A09 MUC-A10 */
START_TEST(what_was_given_before_is_not_given_again_and_what_was_missed_is_history)
{
    guest_stage_enter(&stage, NULL);
    say_at("m1", ROMEO, "2026-03-04T10:00:00Z", "one");
    hear("sip room-message leg=5 *nick=Romeo *body=one *");
    gate_stage_tell(&stage.gate, "sip room-message leg=5 row=9 id=a1 body=mine");
    msrp_peer_respond(stage.msrp, msrp_peer_await(stage.msrp, "SEND"), 200);
    gate_stage_expect(&stage.gate, "sip delivery leg=5 row=9");
    break_up(NULL);
    come_again_to_a_replay();
    hear("sip room-message leg=5 *body=two *stamp=2026-03-04T10:00:02Z *history=yes*");
    hear("sip room-message leg=5 *body=one *stamp=2026-03-04T10:00:09Z *history=yes*");
    break_up(NULL);
    come_again_to_a_replay();
    say_at("m5", ROMEO, "2026-03-04T10:01:00Z", "all told?");
    hear("sip room-message leg=5 *body=\"all told?\" *"); // and nothing before it
}
END_TEST

/* MSRP-024 */
START_TEST(who_says_the_same_twice_within_a_second_is_heard_twice)
{
    guest_stage_enter(&stage, NULL);
    say_at("m1", ROMEO, "2026-03-04T10:00:00Z", "ok");
    say_at("m2", ROMEO, "2026-03-04T10:00:00Z", "ok");
    hear("sip room-message leg=5 *body=ok *");
    hear("sip room-message leg=5 *body=ok *");
    break_up(NULL);
    guest_stage_answer(&stage, NULL);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "SUBSCRIBE "), 403, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip room-entry leg=5 *");
    say_at("m1", ROMEO, "2026-03-04T11:00:00Z", "ok"); // known by its id
    say_at("m2", ROMEO, "2026-03-04T11:00:01Z", "fine"); // of a switch that counts anew in each session
    hear("sip room-message leg=5 *body=fine *");
}
END_TEST

// Nina comes in, too; from now on documents are for her.
static MsrpPeer *nina_enters(void)
{
    MsrpPeer *of_juliet = stage.msrp;
    stage.msrp = msrp_peer_new();
    gate_stage_tell(&stage.gate, NINA_ENTERS);
    guest_stage_answer(&stage, NULL);
    guest_stage_subscribed(&stage);
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet", "connected");
    g_autofree char *nina = guest_stage_user("sip:nina@xmpp.test", "Nina", "connected");
    show(juliet, nina);
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=6 *nick=Juliet *");
    gate_stage_expect(&stage.gate, "sip room-roster how=joined leg=6 *nick=Nina *own=yes");
    gate_stage_expect(&stage.gate, "sip room-entry leg=6 *");
    return of_juliet;
}

/* MUC-A30 */
START_TEST(who_is_away_is_not_shown_to_have_left_until_he_has)
{
    guest_stage_enter(&stage, NULL);
    MsrpPeer *of_juliet = nina_enters();
    msrp_peer_free(of_juliet);
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "INVITE "), 503, NULL, NULL);
    sip_peer_await(stage.gate.peer, "ACK ");
    sip_peer_answer(stage.gate.peer, sip_peer_await(stage.gate.peer, "BYE "), 481, NULL, NULL);
    gate_stage_expect(&stage.gate, "sip link how=down leg=5*");
    take_unsubscribe();
    g_autofree char *gone = guest_stage_document(
        "partial", 2, "<users state='partial'><user entity='sip:juliet@xmpp.test' state='deleted'/>"
                      "</users>");
    guest_stage_notify(&stage, "active;expires=3600", gone);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    gate_stage_tell(&stage.gate, "sip leave-room leg=5");
    gate_stage_expect(&stage.gate, "sip room-roster how=left leg=6 nick=Juliet");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_lost_conference_is_entered_again_and_only_differences_are_told,
        a_line_that_was_sent_is_lost_and_one_said_meanwhile_did_not_leave,
        a_conference_that_is_not_there_yet_is_dialled_again,
        who_is_refused_when_he_comes_again_is_out,
        who_is_sent_away_does_not_come_again,
        who_leaves_while_he_is_away_dials_no_more,
        a_nick_that_was_taken_meanwhile_is_another_one,
        a_nick_that_must_be_ours_is_waited_for,
        what_is_asked_while_he_is_away_is_not_available,
        who_is_away_is_not_shown_to_have_left_until_he_has,
        what_was_given_before_is_not_given_again_and_what_was_missed_is_history,
        who_says_the_same_twice_within_a_second_is_heard_twice,
        NULL};
    return suite_run_fixture("guest_away", tests, set_up, tear_down);
}
