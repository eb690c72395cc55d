// SPDX-License-Identifier: MIT
// What an occupant asks of its room, and that each request has one result.
#include "xmpp/muc_requests.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

#define PIA "pia@xmpp.test"

static XmppStage *stage;

static void set_up(void)
{
    stage = muc_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

// Pia is invited; the id of the invitation, owned by the caller.
static char *invite(int ref)
{
    g_autofree char *line =
        g_strdup_printf("xmpp room-request leg=5 ref=%d how=invite to=" PIA, ref);
    xmpp_stage_tell(stage, line);
    g_autofree char *rings = g_strdup_printf("xmpp room-result how=ringing leg=5 ref=%d", ref);
    xmpp_stage_expect_event(stage, rings);
    return xmpp_stage_take_id(stage, "message");
}

static void come(const char *jid)
{
    g_autofree char *item =
        g_strdup_printf("<item affiliation='none' role='participant' jid='%s'/>", jid);
    muc_stage_presence(stage, "Pia", HERE, item);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 * nick=Pia *");
}

/* MUC-B12 */
START_TEST(an_invitation_goes_through_the_room_and_is_a_yes_when_the_guest_is_there)
{
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=7 how=invite to=" PIA
                           "/pad text=\"come in\" thread=T1 continues=yes");
    xmpp_stage_expect_stanza(stage, "<message from='" SELF "' to='" ROOM "' id='*'>"
                                    "<x xmlns='" MUC_USER "'><invite to='" PIA "/pad'>"
                                    "<reason>come in</reason><continue thread='T1'/></invite></x>"
                                    "</message>");
    xmpp_stage_expect_event(stage, "xmpp room-result how=ringing leg=5 ref=7");
    muc_stage_presence(stage, "Ugo", HERE, ITEM);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Ugo *");
    xmpp_stage_quiet(stage);
    come(PIA "/phone"); // the person is asked, whatever device
    xmpp_stage_expect_event(stage, "xmpp room-result how=yes leg=5 ref=7");
    xmpp_stage_pass(stage, 90000);
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B12 */
START_TEST(the_room_refuses_an_invitation)
{
    g_autofree char *id = invite(7);
    xmpp_stage_hear(stage,
                    "<message from='" ROOM "' to='" SELF "' type='error' id='%s'><error "
                    "type='auth'><forbidden " IN "/></error></message>",
                    id);
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=forbidden leg=5 ref=7");
    xmpp_stage_pass(stage, 90000);
    xmpp_stage_quiet(stage);
}
END_TEST

static void decline(const char *to)
{
    xmpp_stage_hear(stage,
                    "<message from='" ROOM "' to='%s'><x xmlns='" MUC_USER "'><decline from='" PIA
                    "/pad'><reason>no time</reason></decline></x></message>",
                    to);
}

/* MUC-B12 */
START_TEST(a_decline_comes_to_the_bare_address_too)
{
    static const char *const TO[] = {"romeo@sip.test", SELF};
    for (size_t i = 0; i < G_N_ELEMENTS(TO); i++) {
        g_free(invite(7));
        decline(TO[i]);
        xmpp_stage_expect_event(stage,
                                "xmpp room-result how=no failure=forbidden leg=5 ref=7 status=603 "
                                "text=\"no time\"");
        xmpp_stage_quiet(stage);
    }
    decline("romeo@sip.test"); // of nobody who was asked
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B12 */
START_TEST(a_guest_who_does_nothing_is_a_timeout)
{
    g_free(invite(7));
    xmpp_stage_pass(stage, 89999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage,
                            "xmpp room-result how=no failure=remote-server-timeout leg=5 ref=7");
    come(PIA "/pad");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_invitation_that_nobody_waits_for_is_sent_and_forgotten)
{
    xmpp_stage_tell(stage, "xmpp room-request leg=5 how=invite to=" PIA);
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_pass(stage, 90000);
    xmpp_stage_quiet(stage);
}
END_TEST

static char *kick(void)
{
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=8 how=kick nick=Nina text=spam");
    return xmpp_stage_take_id(stage, "iq");
}

/* ROSTER-020 */
START_TEST(a_kick_is_a_role_of_none_by_nick)
{
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=8 how=kick nick=Nina text=spam");
    xmpp_stage_expect_stanza(stage,
                             "<iq type='set' from='" SELF "' to='" ROOM "' id='*'>"
                             "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                             "<item nick='Nina' role='none'><reason>spam</reason></item></query>"
                             "</iq>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ROSTER-020 */
START_TEST(the_answer_to_a_kick_is_its_result)
{
    g_autofree char *id = kick();
    xmpp_stage_hear(stage, "<iq type='result' from='" ROOM "' to='" SELF "' id='%s'/>", id);
    xmpp_stage_expect_event(stage, "xmpp room-result how=yes leg=5 ref=8");
    static const char *const REASONS[] = {"not-allowed", "forbidden", "conflict"};
    for (size_t i = 0; i < G_N_ELEMENTS(REASONS); i++) {
        g_autofree char *next = kick();
        xmpp_stage_hear(stage,
                        "<iq type='error' from='" ROOM "' to='" SELF "' id='%s'><error "
                        "type='cancel'><%s " IN "/></error></iq>",
                        next, REASONS[i]);
        g_autofree char *result =
            g_strdup_printf("xmpp room-result how=no failure=%s leg=5 ref=8", REASONS[i]);
        xmpp_stage_expect_event(stage, result);
    }
    g_free(kick());
    xmpp_stage_pass(stage, 30000);
    xmpp_stage_expect_event(stage,
                            "xmpp room-result how=no failure=remote-server-timeout leg=5 ref=8");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_ban_needs_the_real_address)
{
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=8 how=ban nick=Nina");
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=not-allowed leg=5 ref=8");
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=9 how=ban nick=Pia to=" PIA "/pad");
    xmpp_stage_expect_stanza(stage, "<iq type='set' from='" SELF "' to='" ROOM "' id='*'>"
                                    "<query xmlns='http://jabber.org/protocol/muc#admin'>"
                                    "<item affiliation='outcast' jid='" PIA "'/></query></iq>");
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=7 how=kick");
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=item-not-found leg=5 ref=7");
    xmpp_stage_quiet(stage);
}
END_TEST

static void expect_refused(int ref)
{
    g_autofree char *result =
        g_strdup_printf("xmpp room-result how=no failure=recipient-unavailable leg=5 ref=%d", ref);
    xmpp_stage_expect_event(stage, result);
}

START_TEST(whatever_ends_the_stay_or_the_link_ends_the_requests)
{
    g_free(invite(7));
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    expect_refused(7);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=8 how=kick nick=Nina");
    expect_refused(8);
    tear_down();
    set_up();
    g_free(kick());
    muc_stage_presence(stage, "Omar", AWAY, NO_ITEM STATUS("110") STATUS("301"));
    expect_refused(8);
    xmpp_stage_expect_event(stage, "xmpp room-exit how=banned leg=5");
    tear_down();
    set_up();
    g_free(kick());
    xmpp_stage_link(stage, false);
    expect_refused(8);
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=9 how=invite to=" PIA);
    expect_refused(9);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(there_is_an_end_to_what_may_be_asked)
{
    for (int ref = 1; ref <= 100; ref++)
        g_free(invite(ref));
    xmpp_stage_tell(stage, "xmpp room-request leg=5 ref=101 how=invite to=" PIA);
    xmpp_stage_expect_event(stage,
                            "xmpp room-result how=no failure=resource-constraint leg=5 ref=101");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_invitation_goes_through_the_room_and_is_a_yes_when_the_guest_is_there,
        the_room_refuses_an_invitation,
        a_decline_comes_to_the_bare_address_too,
        a_guest_who_does_nothing_is_a_timeout,
        an_invitation_that_nobody_waits_for_is_sent_and_forgotten,
        a_kick_is_a_role_of_none_by_nick,
        the_answer_to_a_kick_is_its_result,
        a_ban_needs_the_real_address,
        whatever_ends_the_stay_or_the_link_ends_the_requests,
        there_is_an_end_to_what_may_be_asked,
        NULL,
    };
    return suite_run_fixture("muc_requests", tests, set_up, tear_down);
}
