// SPDX-License-Identifier: MIT
// Invitations that XMPP users send through a room on SIP.
#include "xmpp/room_invites.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
    service_stage_enter(stage);
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void invite(const char *from, const char *inner)
{
    xmpp_stage_hear(stage, "<message from='%s' to='" HALL "' id='v1'><x xmlns='" NS_USER "'>%s</x></message>", from,
                    inner);
}

#define DECLINE_OF(from, words)                                                                    \
    "<message from='" HALL "' to='" NINA "' id='*'><x xmlns='" NS_USER "'><decline from='" from    \
    "'><reason>" words "</reason></decline></x></message>"

/* MUC-A16 */
START_TEST(each_invitation_of_a_stanza_is_a_request_of_its_own_and_a_no_is_a_decline)
{
    invite(NINA, "<invite to='ugo@sip.test'><reason>join us</reason></invite>"
                 "<invite to='pia@xmpp.test'><continue thread='T'/></invite>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=invite leg=5 ref=2 from=" NINA
                                   " to=ugo@sip.test room=" HALL " text=\"join us\"");
    xmpp_stage_expect_event(stage, "xmpp room-request how=invite leg=5 ref=3 from=" NINA
                                   " to=pia@xmpp.test room=" HALL " thread=T continues=yes");
    xmpp_stage_tell(stage, "xmpp room-result ref=2 how=ringing");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp room-result ref=2 how=no failure=forbidden status=603 text=Decline");
    xmpp_stage_expect_stanza(stage, DECLINE_OF("ugo@sip.test", "603 Decline"));
    xmpp_stage_tell(stage, "xmpp room-result ref=3 how=yes"); // is seen in the roster
    xmpp_stage_tell(stage, "xmpp room-result ref=3 how=no");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A16 */
START_TEST(a_request_that_is_refused_is_a_decline_too)
{
    invite(NINA, "<invite to='ugo@sip.test'/>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=invite *");
    xmpp_stage_tell(stage, "xmpp refuse ref=2 failure=not-allowed");
    xmpp_stage_expect_stanza(stage, DECLINE_OF("ugo@sip.test", "not-allowed"));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(who_is_not_inside_invites_nobody)
{
    invite(OMAR, "<invite to='ugo@sip.test'/>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" OMAR "' type='error' id='v1'>"
                                    "<error type='modify' by='" HALL "'><not-acceptable " IN_ERROR
                                    "/></error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_invitation_of_nobody_is_an_error)
{
    invite(NINA, "<invite to='@'/>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='error' id='v1'>"
                                    "<error type='modify' by='" HALL "'><jid-malformed " IN_ERROR
                                    "/></error></message>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A16 */
START_TEST(a_bad_address_keeps_nobody_else_out)
{
    invite(NINA, "<invite to='@'/><invite to='ugo@sip.test'/>");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='error' id='v1'>"
                                    "<error type='modify' by='" HALL "'><jid-malformed " IN_ERROR
                                    "/></error></message>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=invite leg=5 ref=2 from=" NINA
                                   " to=ugo@sip.test room=" HALL);
    xmpp_stage_quiet(stage);
}
END_TEST

static void invite_many(int number)
{
    g_autoptr(GString) invites = g_string_new(NULL);
    for (int i = 0; i < number; i++)
        g_string_append_printf(invites, "<invite to='u%d@sip.test'/>", i);
    invite(NINA, invites->str);
}

/* MUC-A16 */
START_TEST(too_many_at_once_are_refused_and_none_of_them_is_asked_for)
{
    invite_many(51);
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='error' id='v1'>"
                                    "<error type='modify' by='" HALL "'><policy-violation " IN_ERROR "/><text " IN_ERROR
                                    " xml:lang='en'>too many invitations at once</text></error></message>");
    xmpp_stage_quiet(stage);
    invite_many(50);
    for (int i = 0; i < 50; i++)
        xmpp_stage_expect_event(stage, "xmpp room-request how=invite *");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_invitation_of_a_stanza_is_a_request_of_its_own_and_a_no_is_a_decline,
        a_request_that_is_refused_is_a_decline_too,
        who_is_not_inside_invites_nobody,
        an_invitation_of_nobody_is_an_error,
        a_bad_address_keeps_nobody_else_out,
        too_many_at_once_are_refused_and_none_of_them_is_asked_for,
        NULL,
    };
    return suite_run_fixture("room_invites", tests, set_up, tear_down);
}
