// SPDX-License-Identifier: MIT
// Whether a room exists and what it is.
#include "xmpp/room_probe.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

#define PROBE    "xmpp room-request ref=3 how=probe from=romeo@sip.test room=" ROOM
#define FEATURES "<feature var='http://jabber.org/protocol/muc'/>"
#define IDENTITY "<identity category='conference' type='text' name='Verona at night'/>"
#define INFO                                                                                       \
    "<x xmlns='jabber:x:data' type='result'>"                                                      \
    "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roominfo</value></field>"        \
    "<field var='muc#roominfo_description'><value>By the river</value></field>"                    \
    "<field var='muc#roominfo_occupants'><value>3</value></field></x>"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void answer(const char *to, const char *inner)
{
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage,
                    "<iq type='result' from='" ROOM "' to='%s' id='%s'>"
                    "<query xmlns='http://jabber.org/protocol/disco#info'>%s</query></iq>",
                    to, id, inner);
}

/* CONF-007 */
START_TEST(a_room_is_told_with_its_name_and_how_many_are_inside)
{
    xmpp_stage_tell(stage, PROBE);
    xmpp_stage_expect_stanza(stage, "<iq type='get' from='romeo@sip.test' to='" ROOM "' id='*'>"
                                    "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
    xmpp_stage_tell(stage, PROBE);
    answer("romeo@sip.test", IDENTITY FEATURES INFO);
    xmpp_stage_expect_event(stage, "xmpp room-result how=yes ref=3 number=3 "
                                   "subject=\"By the river\" text=\"Verona at night\"");
    xmpp_stage_quiet(stage);
}
END_TEST

/* CONF-007 */
START_TEST(a_room_that_hides_is_none_but_for_those_inside)
{
    xmpp_stage_tell(stage, PROBE);
    answer("romeo@sip.test", IDENTITY FEATURES "<feature var='muc_hidden'/>");
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=item-not-found ref=3");
    tear_down();
    stage = muc_stage_new();
    xmpp_stage_tell(stage, PROBE " leg=5");
    answer(SELF, IDENTITY FEATURES "<feature var='muc_hidden'/>");
    xmpp_stage_expect_event(stage, "xmpp room-result how=yes leg=5 ref=3 text=\"Verona at night\"");
    xmpp_stage_quiet(stage);
}
END_TEST

/* CONF-007 */
START_TEST(what_is_no_room_is_not_found)
{
    xmpp_stage_tell(stage, PROBE);
    answer("romeo@sip.test", "<identity category='client' type='pc'/>");
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=item-not-found ref=3");
    static const struct {
        const char *condition;
        const char *result;
    } ERRORS[] = {
        {"item-not-found", "item-not-found"},
        {"forbidden", "item-not-found"},
        {"registration-required", "item-not-found"},
        {"service-unavailable", "item-not-found"},
        {"remote-server-not-found", "remote-server-not-found"},
        {"gone", "gone"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ERRORS); i++) {
        xmpp_stage_tell(stage, PROBE);
        g_autofree char *id = xmpp_stage_take_id(stage, "iq");
        xmpp_stage_hear(stage,
                        "<iq type='error' from='" ROOM "' to='romeo@sip.test' id='%s'>"
                        "<error type='cancel'><%s " IN "/></error></iq>",
                        id, ERRORS[i].condition);
        g_autofree char *result =
            g_strdup_printf("xmpp room-result how=no failure=%s ref=3", ERRORS[i].result);
        xmpp_stage_expect_event(stage, result);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

/* CONF-007 */
START_TEST(a_room_that_does_not_answer_is_a_timeout_and_without_a_link_nobody_is_asked)
{
    xmpp_stage_tell(stage, PROBE);
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 10000);
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=remote-server-timeout ref=3");
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_tell(stage, PROBE);
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=recipient-unavailable ref=3");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(who_is_none_of_our_users_is_asked_for_by_our_domain)
{
    xmpp_stage_tell(stage, "xmpp room-request ref=3 how=probe from=a@else.test room=" ROOM);
    answer("sip.test", IDENTITY FEATURES);
    xmpp_stage_expect_event(stage, "xmpp room-result how=yes ref=3 text=\"Verona at night\"");
    xmpp_stage_tell(stage, "xmpp room-request ref=4 how=probe");
    xmpp_stage_expect_event(stage, "xmpp room-result how=no failure=item-not-found ref=4");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_room_is_told_with_its_name_and_how_many_are_inside,
        a_room_that_hides_is_none_but_for_those_inside,
        what_is_no_room_is_not_found,
        a_room_that_does_not_answer_is_a_timeout_and_without_a_link_nobody_is_asked,
        who_is_none_of_our_users_is_asked_for_by_our_domain,
        NULL,
    };
    return suite_run_fixture("room_probe", tests, set_up, tear_down);
}
