// SPDX-License-Identifier: MIT
// Invitations for SIP users: their forms as servers send them, the PRE rows of groupchat matrix
// 7.4, and the answers of the middle.
#include "xmpp/invitation.h"

#include <string.h>

#include "tests/support/suite.h"
#include "tests/support/xmpp_stage.h"

#define IN       "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
#define MUC_USER "http://jabber.org/protocol/muc#user"
#define ROOM     "verona@rooms.xmpp.test"
#define PROBE                                                                                      \
    "<iq type='get' from='romeo@sip.test' to='" ROOM "' id='*'>"                                   \
    "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define EVENT_WALL "ms=1772618401000"

// As XEP-0045 7.9 and ejabberd have it, and as Prosody 0.12 passes it on.
#define MEDIATED                                                                                   \
    "<message from='" ROOM "' to='romeo@sip.test' id='i1'><x xmlns='" MUC_USER "'>"                \
    "<invite from='nina@xmpp.test/pad'><reason>three of us</reason><continue "                     \
    "thread='T1'/></invite>"                                                                       \
    "</x></message>"
#define PROSODY                                                                                    \
    "<message from='" ROOM "' to='romeo@sip.test' id='i1'><x xmlns='" MUC_USER "'>"                \
    "<invite from='" ROOM "/Nina'><reason>three of us</reason></invite></x>"                       \
    "<x xmlns='jabber:x:conference' jid='" ROOM "'>three of us</x>"                                \
    "<body>" ROOM "/Nina invited you to the room</body></message>"
#define DIRECT                                                                                     \
    "<message from='nina@xmpp.test/pad' to='romeo@sip.test' id='i1'>"                              \
    "<body>come</body><x xmlns='jabber:x:conference' jid='" ROOM "' reason='three of us' "         \
    "continue='true' thread='T1'/></message>"
#define DECLINE(to, reason)                                                                        \
    "<message from='romeo@sip.test' to='" ROOM "' id='*'><x xmlns='" MUC_USER "'>"                 \
    "<decline to='" to "'><reason>" reason "</reason></decline></x></message>"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

// The probe goes out and the room answers it with this: a type and what is inside.
static void invite_and_answer(const char *invitation, const char *type, const char *inner)
{
    xmpp_stage_hear(stage, "%s", invitation);
    char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<iq type='%s' from='" ROOM "' to='romeo@sip.test' id='%s'>%s</iq>",
                    type, id, inner);
    g_free(id);
}

#define INFO(features)                                                                             \
    "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' "        \
    "type='text'/><feature var='http://jabber.org/protocol/muc'/>" features "</query>"
#define ERROR(condition) "<error type='cancel'><" condition " " IN "/></error>"

/* ESC-100 */
START_TEST(a_mediated_invitation_is_told_with_continue_and_inviter)
{
    xmpp_stage_hear(stage, MEDIATED);
    xmpp_stage_expect_stanza(stage, PROBE);
    tear_down();
    set_up();
    invite_and_answer(MEDIATED, "result", INFO(""));
    xmpp_stage_expect_event(stage, "xmpp room-invite ref=1 " EVENT_WALL " from=nina@xmpp.test/pad "
                                   "to=romeo@sip.test room=" ROOM " real=nina@xmpp.test/pad "
                                   "thread=T1 text=\"three of us\" continues=yes mediated=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-102 */
START_TEST(what_prosody_makes_of_it_is_one_invitation_and_no_line)
{
    invite_and_answer(PROSODY, "result", INFO(""));
    xmpp_stage_expect_event(stage, "xmpp room-invite ref=1 " EVENT_WALL " from=" ROOM "/Nina "
                                   "to=romeo@sip.test room=" ROOM " text=\"three of us\" "
                                   "mediated=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-101 */
START_TEST(a_direct_invitation_is_told_and_its_body_is_no_line)
{
    invite_and_answer(DIRECT, "result", INFO(""));
    xmpp_stage_expect_event(stage, "xmpp room-invite ref=1 " EVENT_WALL " from=nina@xmpp.test/pad "
                                   "to=romeo@sip.test room=" ROOM " real=nina@xmpp.test/pad "
                                   "thread=T1 text=\"three of us\" continues=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-101 ESC-102 */
START_TEST(continue_is_a_boolean_and_a_thread_without_it_means_nothing)
{
    static const struct {
        const char *attribute;
        const char *told;
    } CASES[] = {
        {"continue='1' thread='T1'", " thread=T1 continues=yes"},
        {"continue='true'", " continues=yes"},
        {"continue='false' thread='T1'", ""},
        {"thread='T1'", ""},
        {"", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *invitation = g_strdup_printf(
            "<message from='nina@xmpp.test/pad' to='romeo@sip.test'><x xmlns='jabber:x:conference' "
            "jid='" ROOM "' %s/></message>",
            CASES[i].attribute);
        invite_and_answer(invitation, "result", INFO(""));
        g_autofree char *event = g_strdup_printf(
            "xmpp room-invite ref=%d " EVENT_WALL
            " from=nina@xmpp.test/pad to=romeo@sip.test room=" ROOM " real=nina@xmpp.test/pad%s",
            (int)i + 1, CASES[i].told);
        xmpp_stage_expect_event(stage, event);
    }
}
END_TEST

/* ESC-104 */
START_TEST(what_the_conference_child_adds_is_merged_and_of_another_room_it_is_not)
{
    invite_and_answer("<message from='" ROOM "' to='romeo@sip.test'><x xmlns='" MUC_USER "'>"
                      "<invite from='nina@xmpp.test'/></x><x xmlns='jabber:x:conference' jid='" ROOM
                      "' password='secret' reason='late'/></message>",
                      "result", INFO(""));
    xmpp_stage_expect_event(stage, "xmpp room-invite * text=late password=secret mediated=yes");
    invite_and_answer("<message from='" ROOM "' to='romeo@sip.test'><x xmlns='" MUC_USER "'>"
                      "<invite from='nina@xmpp.test'/></x><x xmlns='jabber:x:conference' "
                      "jid='other@rooms.xmpp.test' password='secret'/></message>",
                      "result", INFO(""));
    xmpp_stage_expect_event(stage, "xmpp room-invite ref=2 " EVENT_WALL " from=nina@xmpp.test "
                                   "to=romeo@sip.test room=" ROOM " real=nina@xmpp.test "
                                   "mediated=yes");
}
END_TEST

START_TEST(an_invitation_that_names_no_room_is_dropped)
{
    xmpp_stage_hear(stage, "<message from='nina@xmpp.test/pad' to='romeo@sip.test'>"
                           "<x xmlns='jabber:x:conference' jid='rooms.xmpp.test'/></message>");
    xmpp_stage_hear(stage, "<message from='nina@xmpp.test/pad' to='romeo@sip.test'>"
                           "<x xmlns='jabber:x:conference'/></message>");
    xmpp_stage_hear(stage, "<message from='rooms.xmpp.test' to='romeo@sip.test'><x xmlns='" MUC_USER
                           "'><invite/></x></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ROSTER-023 */
START_TEST(a_new_affiliation_of_somebody_outside_is_told_and_said_to_nobody)
{
    static const char NEWS[] = "<x xmlns='" MUC_USER "'><item affiliation='outcast' "
                               "jid='romeo@sip.test' role='none'/><status code='101'/></x>";
    xmpp_stage_hear(stage, "<message from='" ROOM "' to='romeo@sip.test'>%s<body>You are out</body></message>",
                    NEWS);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=changed room=" ROOM
                                   " real=romeo@sip.test affiliation=outcast");
    xmpp_stage_quiet(stage);
    // An account is no room, nor is an occupant.
    xmpp_stage_hear(stage, "<message from='eve@xmpp.test' to='romeo@sip.test'>%s</message>", NEWS);
    xmpp_stage_hear(stage, "<message from='" ROOM "/Eve' to='romeo@sip.test'>%s</message>", NEWS);
    xmpp_stage_hear(stage, "<message from='" ROOM "' to='romeo@sip.test' type='error'>%s</message>", NEWS);
    xmpp_stage_hear(stage, "<message from='" ROOM "' to='romeo@sip.test'><x xmlns='" MUC_USER
                           "'><status code='101'/></x></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_user_cannot_pose_as_a_room_nor_an_account_be_one)
{
    xmpp_stage_hear(stage, "<message from='eve@xmpp.test/x' to='romeo@sip.test'><x xmlns='" MUC_USER
                           "'><invite from='nina@xmpp.test'/></x></message>");
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<message from='nina@xmpp.test/pad' to='romeo@sip.test' id='i9'>"
                           "<x xmlns='jabber:x:conference' jid='nurse@xmpp.test'/></message>");
    xmpp_stage_expect_stanza(stage, "<message from='romeo@sip.test' to='nina@xmpp.test/pad' "
                                    "type='error' id='i9'><error type='cancel'><item-not-found " IN
                                    "/><text " IN " xml:lang='en'>no room at that address</text>"
                                    "</error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

static void expect_told(const char *invitation, const char *type, const char *inner)
{
    invite_and_answer(invitation, type, inner);
    xmpp_stage_expect_event(stage, "xmpp room-invite *");
    xmpp_stage_quiet(stage);
}

/* ESC-100 */
START_TEST(a_mediated_invitation_goes_on_when_the_room_is_hidden_locked_or_silent)
{
    expect_told(MEDIATED, "error", ERROR("item-not-found"));
    expect_told(MEDIATED, "error", ERROR("forbidden"));
    expect_told(MEDIATED, "error", ERROR("not-allowed"));
    xmpp_stage_hear(stage, MEDIATED);
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 9999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    ck_assert_int_eq(xmpp_stage_event_age_ms(stage), 10000); // as it arrived
    xmpp_stage_expect_event(stage, "xmpp room-invite ref=4 " EVENT_WALL " *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-101 */
START_TEST(a_direct_one_goes_on_when_the_room_is_there_but_says_no_more)
{
    expect_told(DIRECT, "error", ERROR("forbidden"));
    expect_told(DIRECT, "result", INFO("<feature var='muc_membersonly'/>"));
}
END_TEST

static void expect_bounced(const char *invitation, const char *type, const char *inner,
                           const char *error)
{
    invite_and_answer(invitation, type, inner);
    const char *sender = strcmp(invitation, DIRECT) == 0 ? "nina@xmpp.test/pad" : ROOM;
    g_autofree char *stanza = g_strdup_printf(
        "<message from='romeo@sip.test' to='%s' type='error' id='i1'>%s</message>", sender, error);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

#define WITH_TEXT(type, condition, text)                                                           \
    "<error type='" type "'><" condition " " IN "/><text " IN " xml:lang='en'>" text               \
    "</text></error>"

/* ESC-101 */
START_TEST(a_direct_one_to_no_room_comes_back_as_an_error)
{
    expect_bounced(DIRECT, "error", ERROR("item-not-found"),
                   WITH_TEXT("cancel", "item-not-found", "no room at that address"));
    expect_bounced(DIRECT, "result",
                   "<query xmlns='http://jabber.org/protocol/disco#info'>"
                   "<identity category='account' type='registered'/></query>",
                   WITH_TEXT("cancel", "item-not-found", "no room at that address"));
    xmpp_stage_hear(stage, DIRECT);
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 10000);
    xmpp_stage_expect_stanza(
        stage,
        "<message from='romeo@sip.test' to='nina@xmpp.test/pad' type='error' id='i1'>" WITH_TEXT(
            "wait", "remote-server-timeout", "the room does not answer") "</message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_room_out_of_reach_comes_back_as_an_error_in_both_forms)
{
    static const char *const FORMS[] = {MEDIATED, DIRECT};
    for (size_t i = 0; i < G_N_ELEMENTS(FORMS); i++) {
        expect_bounced(FORMS[i], "error", ERROR("remote-server-not-found"),
                       WITH_TEXT("wait", "remote-server-timeout", "the room does not answer"));
        expect_bounced(FORMS[i], "error", ERROR("remote-server-timeout"),
                       WITH_TEXT("wait", "remote-server-timeout", "the room does not answer"));
    }
}
END_TEST

START_TEST(a_room_that_is_gone_is_declined_through_it)
{
    invite_and_answer(MEDIATED, "error", ERROR("gone"));
    xmpp_stage_expect_stanza(stage, DECLINE("nina@xmpp.test", "the room is gone"));
    invite_and_answer(DIRECT, "error", ERROR("gone"));
    xmpp_stage_expect_stanza(stage, DECLINE("nina@xmpp.test", "the room is gone"));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_room_with_a_password_that_was_not_told_is_declined)
{
    invite_and_answer(MEDIATED, "result", INFO("<feature var='muc_passwordprotected'/>"));
    xmpp_stage_expect_stanza(stage, DECLINE("nina@xmpp.test", "password required"));
    xmpp_stage_quiet(stage);
    invite_and_answer("<message from='" ROOM "' to='romeo@sip.test'><x xmlns='" MUC_USER "'>"
                      "<invite from='nina@xmpp.test'/><password>open</password></x></message>",
                      "result", INFO("<feature var='muc_passwordprotected'/>"));
    xmpp_stage_expect_event(stage, "xmpp room-invite * password=open mediated=yes");
}
END_TEST

START_TEST(without_a_probe_all_are_told_at_once)
{
    xmpp_stage_settings(stage)->prejoin = PREJOIN_NONE;
    xmpp_stage_hear(stage, DIRECT);
    xmpp_stage_expect_event(stage, "xmpp room-invite *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_no_declines_through_the_room_to_the_inviter_as_named)
{
    static const struct {
        const char *invitation, *answer, *decline;
    } CASES[] = {
        {PROSODY, "how=no text=\"480 busy\"", DECLINE(ROOM "/Nina", "480 busy")},
        {MEDIATED, "how=no status=603", DECLINE("nina@xmpp.test", "603 Decline")},
        {DIRECT, "how=no failure=recipient-unavailable",
         DECLINE("nina@xmpp.test", "recipient-unavailable")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        expect_told(CASES[i].invitation, "result", INFO(""));
        g_autofree char *command =
            g_strdup_printf("xmpp answer-invite ref=%d %s", (int)i + 1, CASES[i].answer);
        xmpp_stage_tell(stage, command);
        xmpp_stage_expect_stanza(stage, CASES[i].decline);
        xmpp_stage_tell(stage, command); // it is answered, once
        xmpp_stage_quiet(stage);
    }
}
END_TEST

START_TEST(a_yes_says_nothing_and_ends_the_ref)
{
    expect_told(MEDIATED, "result", INFO(""));
    xmpp_stage_tell(stage, "xmpp answer-invite ref=1 how=yes");
    xmpp_stage_tell(stage, "xmpp answer-invite ref=1 how=no");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(more_than_a_thousand_open_ones_are_declined)
{
    xmpp_stage_settings(stage)->prejoin = PREJOIN_NONE;
    for (int i = 0; i < 1000; i++) {
        xmpp_stage_hear(stage, MEDIATED);
        xmpp_stage_expect_event(stage, "xmpp room-invite *");
    }
    xmpp_stage_hear(stage, MEDIATED);
    xmpp_stage_expect_stanza(stage, DECLINE("nina@xmpp.test", "too many invitations at once"));
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_mediated_invitation_is_told_with_continue_and_inviter,
        what_prosody_makes_of_it_is_one_invitation_and_no_line,
        a_direct_invitation_is_told_and_its_body_is_no_line,
        continue_is_a_boolean_and_a_thread_without_it_means_nothing,
        what_the_conference_child_adds_is_merged_and_of_another_room_it_is_not,
        an_invitation_that_names_no_room_is_dropped,
        a_new_affiliation_of_somebody_outside_is_told_and_said_to_nobody,
        a_user_cannot_pose_as_a_room_nor_an_account_be_one,
        a_mediated_invitation_goes_on_when_the_room_is_hidden_locked_or_silent,
        a_direct_one_goes_on_when_the_room_is_there_but_says_no_more,
        a_direct_one_to_no_room_comes_back_as_an_error,
        a_room_out_of_reach_comes_back_as_an_error_in_both_forms,
        a_room_that_is_gone_is_declined_through_it,
        a_room_with_a_password_that_was_not_told_is_declined,
        without_a_probe_all_are_told_at_once,
        a_no_declines_through_the_room_to_the_inviter_as_named,
        a_yes_says_nothing_and_ends_the_ref,
        more_than_a_thousand_open_ones_are_declined,
        NULL,
    };
    return suite_run_fixture("invitation", tests, set_up, tear_down);
}
