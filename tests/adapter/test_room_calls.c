// SPDX-License-Identifier: MIT
// XMPP users whom a conference on SIP calls into its room.
#include "xmpp/room_calls.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;
static char *id; // of the invitation

static void call(void)
{
    xmpp_stage_tell(stage, "xmpp invite-to-room leg=9 room=" HALL
                           " from=omar@sip.test to=nina@xmpp.test text=\"join us\"");
    id = xmpp_stage_take_id(stage, "message");
}

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
    g_clear_pointer(&id, g_free);
}

/* MUC-A17 */
START_TEST(a_call_is_both_forms_of_an_invitation_in_one_stanza)
{
    xmpp_stage_tell(stage, "xmpp invite-to-room leg=9 room=" HALL
                           " from=omar@sip.test to=nina@xmpp.test text=\"join us\"");
    xmpp_stage_expect_stanza(
        stage, "<message from='" HALL "' to='nina@xmpp.test' id='*'><x xmlns='" NS_USER
               "'><invite from='omar@sip.test'><reason>join us</reason></invite></x>"
               "<x xmlns='jabber:x:conference' jid='" HALL "' reason='join us'/></message>");
    xmpp_stage_tell(stage, "xmpp invite-to-room leg=10 room=" HALL
                           " from=omar@sip.test to=" OMAR " thread=T continues=yes");
    xmpp_stage_expect_stanza(
        stage, "<message from='" HALL "' to='" OMAR "' id='*'><x xmlns='" NS_USER
               "'><invite from='omar@sip.test'><continue thread='T'/></invite></x>"
               "<x xmlns='jabber:x:conference' jid='" HALL "' continue='true' thread='T'/></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A17 */
START_TEST(coming_to_the_room_is_the_yes_to_the_call)
{
    call();
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=9 from=" NINA " room=" HALL
                                   " nick=Nina private=yes composing=yes");
    xmpp_stage_tell(stage, "xmpp room-roster leg=9 how=changed own=yes nick=Nina");
    xmpp_stage_tell(stage, "xmpp admit leg=9");
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    service_stage_ask(stage, "nina@xmpp.test/phone", "Nina", "xmpp room-offered ref=1 *"); // a further one
    xmpp_stage_pass(stage, 100000);
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A17 */
START_TEST(a_called_device_that_the_conference_does_not_let_in_gets_an_error)
{
    call();
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=9 *");
    xmpp_stage_tell(stage, "xmpp expel leg=9 failure=forbidden");
    xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Nina' to='" NINA "' type='error' id='j'>" JOIN_X
                                    "<error type='auth' by='" HALL "'><forbidden " IN_ERROR
                                    "/></error></presence>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A18 */
START_TEST(a_decline_is_a_no_once)
{
    static const char DECLINE[] = "<message from='" NINA "' to='" HALL "'><x xmlns='" NS_USER
                                  "'><decline to='omar@sip.test'><reason>busy</reason></decline></x></message>";
    call();
    xmpp_stage_hear(stage, "%s", DECLINE);
    xmpp_stage_expect_event(stage, "xmpp room-answer how=no failure=forbidden leg=9 status=603 text=busy");
    xmpp_stage_hear(stage, "%s", DECLINE);
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-offered ref=1 *"); // a plain entry
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A18 */
START_TEST(a_decline_after_coming_in_is_ignored)
{
    call();
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=9 *");
    xmpp_stage_hear(stage, "<message from='" NINA "' to='" HALL "'><x xmlns='" NS_USER
                           "'><decline to='omar@sip.test'/></x></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_call_that_comes_back_is_a_no_in_the_words_of_6_6)
{
    static const struct {
        const char *condition;
        const char *no;
    } ROWS[] = {
        {"item-not-found", "xmpp room-answer how=no failure=item-not-found leg=9 status=404"},
        {"forbidden", "xmpp room-answer how=no failure=forbidden leg=9 status=403"},
        {"service-unavailable", "xmpp room-answer how=no failure=service-unavailable leg=9 status=480"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        call();
        xmpp_stage_hear(stage,
                        "<message from='nina@xmpp.test' to='" HALL "' type='error' id='%s'><error "
                        "type='cancel'><%s " IN_ERROR "/></error></message>",
                        id, ROWS[i].condition);
        xmpp_stage_expect_event(stage, ROWS[i].no);
        xmpp_stage_quiet(stage);
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(silence_is_a_no_after_its_time_and_a_withdrawn_call_at_once)
{
    call();
    xmpp_stage_pass(stage, 89000);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 2000);
    xmpp_stage_expect_event(stage, "xmpp room-answer how=no failure=remote-server-timeout leg=9 status=408");
    g_clear_pointer(&id, g_free);
    call();
    xmpp_stage_tell(stage, "xmpp withdraw-invite leg=9");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=no leg=9 status=487");
    xmpp_stage_tell(stage, "xmpp withdraw-invite leg=9");
    xmpp_stage_pass(stage, 100000);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(without_a_link_nobody_is_called)
{
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_tell(stage, "xmpp invite-to-room leg=9 room=" HALL " from=omar@sip.test to=nina@xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=no failure=recipient-unavailable leg=9 *");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_call_is_both_forms_of_an_invitation_in_one_stanza,
        coming_to_the_room_is_the_yes_to_the_call,
        a_called_device_that_the_conference_does_not_let_in_gets_an_error,
        a_decline_is_a_no_once,
        a_decline_after_coming_in_is_ignored,
        a_call_that_comes_back_is_a_no_in_the_words_of_6_6,
        silence_is_a_no_after_its_time_and_a_withdrawn_call_at_once,
        without_a_link_nobody_is_called,
        NULL,
    };
    return suite_run_fixture("room_calls", tests, set_up, tear_down);
}
