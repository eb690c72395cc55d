// SPDX-License-Identifier: MIT
// What our MUC service, its rooms and their occupants say when they are asked.
#include "xmpp/room_iq.h"

#include "tests/support/service_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

#define INFO  "http://jabber.org/protocol/disco#info"
#define ITEMS "http://jabber.org/protocol/disco#items"
#define PING  "<ping xmlns='urn:xmpp:ping'/>"

static void ask(const char *from, const char *to, const char *inner)
{
    xmpp_stage_hear(stage, "<iq type='get' id='q' from='%s' to='%s'>%s</iq>", from, to, inner);
}

static void expect_result(const char *from, const char *to, const char *inner)
{
    g_autofree char *stanza =
        g_strdup_printf("<iq type='result' id='q' from='%s' to='%s'>%s</iq>", from, to, inner);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

static void expect_error(const char *from, const char *to, const char *type, const char *name)
{
    g_autofree char *stanza = g_strdup_printf(
        "<iq type='error' id='q' from='%s' to='%s'><error type='%s' by='*'><%s " IN_ERROR "/></error></iq>",
        from, to, type, name);
    xmpp_stage_expect_stanza(stage, stanza);
    xmpp_stage_quiet(stage);
}

#define FEATURE(name) "<feature var='" name "'/>"
#define ROOM_FEATURES                                                                              \
    FEATURE(INFO)                                                                                  \
    FEATURE(ITEMS)                                                                                 \
    FEATURE("http://jabber.org/protocol/muc")                                                      \
    FEATURE("http://jabber.org/protocol/muc#self-ping-optimization")                               \
    FEATURE("http://jabber.org/protocol/muc#stable_id")                                            \
    FEATURE("muc_hidden") FEATURE("muc_temporary") FEATURE("muc_unmoderated")  \
    FEATURE("muc_unsecured") FEATURE("urn:xmpp:ping") FEATURE("urn:xmpp:sid:0")
#define FORM(fields)                                                                               \
    "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>"          \
    "http://jabber.org/protocol/muc#roominfo</value></field>" fields "</x>"
#define FIELD(name, value) "<field var='muc#roominfo_" name "'><value>" value "</value></field>"

/* MUC-A26 */
START_TEST(the_service_is_a_conference_and_lists_what_the_asker_is_in)
{
    ask(NINA, "conf.sip.test", "<query xmlns='" INFO "'/>");
    expect_result("conf.sip.test", NINA,
                  "<query xmlns='" INFO "'><identity category='conference' type='text' "
                  "name='SIP conferences'/>" FEATURE(INFO) FEATURE(ITEMS) FEATURE("http://jabber.org/protocol/muc")
                  FEATURE("http://jabber.org/protocol/muc#stable_id") FEATURE("jabber:iq:version")
                  FEATURE("urn:xmpp:ping") "</query>");
    service_stage_enter(stage);
    ask(NINA, "conf.sip.test", "<query xmlns='" ITEMS "'/>");
    expect_result("conf.sip.test", NINA, "<query xmlns='" ITEMS "'><item jid='" HALL "'/></query>");
    ask(OMAR, "conf.sip.test", "<query xmlns='" ITEMS "'/>");
    expect_result("conf.sip.test", OMAR, "<query xmlns='" ITEMS "'/>");
}
END_TEST

/* MUC-A26 */
START_TEST(a_room_that_is_known_says_what_it_is)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=S");
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=\"The Hall\" body=Big");
    ask(OMAR, HALL, "<query xmlns='" INFO "'/>");
    expect_result(HALL, OMAR,
                  "<query xmlns='" INFO "'><identity category='conference' type='text' name='The Hall'/>"
                  ROOM_FEATURES FEATURE("muc_open") FEATURE("muc_semianonymous")
                  FORM(FIELD("description", "Big") FIELD("subject", "S") FIELD("occupants", "2")) "</query>");
    ask(OMAR, HALL, "<query xmlns='" ITEMS "'/>");
    expect_result(HALL, OMAR, "<query xmlns='" ITEMS "'/>");
    ask(NINA, HALL, "<query xmlns='" ITEMS "'/>");
    expect_result(HALL, NINA, "<query xmlns='" ITEMS "'><item jid='" HALL "/Omar'/><item jid='" HALL
                              "/Nina'/></query>");
    xmpp_stage_tell(stage, "xmpp room-roster leg=5 how=changed own=yes nick=Nina reals=yes");
    g_free(xmpp_stage_take_id(stage, "message"));
    ask(OMAR, HALL, "<query xmlns='" INFO "'/>");
    expect_result(HALL, OMAR,
                  "<query xmlns='" INFO "'><identity category='conference' type='text' name='The Hall'/>"
                  ROOM_FEATURES FEATURE("muc_open") FEATURE("muc_nonanonymous")
                  FORM(FIELD("description", "Big") FIELD("subject", "S") FIELD("occupants", "2")) "</query>");
}
END_TEST

/* MUC-A26 */
START_TEST(a_room_that_is_locked_is_for_members_and_says_how_many_it_takes)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=Hall");
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " how=changed text=Hall number=7 locked=yes");
    xmpp_stage_expect_stanza(stage, "<message from='" HALL "' to='" NINA "' type='groupchat' id='*'><x xmlns='"
                                    NS_USER "'>" CODE_OF("104") "</x></message>");
    ask(OMAR, HALL, "<query xmlns='" INFO "'/>");
    expect_result(HALL, OMAR,
                  "<query xmlns='" INFO "'><identity category='conference' type='text' name='Hall'/>"
                  ROOM_FEATURES FEATURE("muc_membersonly") FEATURE("muc_semianonymous")
                  FORM(FIELD("occupants", "2") "<field var='muc#roomconfig_maxusers'><value>7</value></field>")
                  "</query>");
}
END_TEST

/* MUC-A26 */
START_TEST(a_room_that_is_not_known_is_asked_for_first)
{
    ask(NINA, HALL, "<query xmlns='" INFO "'/>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=probe ref=1 from=" NINA " room=" HALL);
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp room-result ref=1 how=yes number=3 subject=\"about it\"");
    expect_result(HALL, NINA,
                  "<query xmlns='" INFO "'><identity category='conference' type='text' name='hall'/>"
                  ROOM_FEATURES FEATURE("muc_open") FEATURE("muc_semianonymous")
                  FORM(FIELD("description", "about it") FIELD("occupants", "3")) "</query>");
    ask(NINA, HALL, "<query xmlns='" INFO "'/>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=probe ref=2 *");
    xmpp_stage_tell(stage, "xmpp room-result ref=2 how=no failure=item-not-found");
    expect_error(HALL, NINA, "cancel", "item-not-found");
    ask(NINA, HALL, "<query xmlns='" INFO "'/>");
    xmpp_stage_expect_event(stage, "xmpp room-request how=probe ref=3 *");
    xmpp_stage_pass(stage, 11000);
    expect_error(HALL, NINA, "wait", "remote-server-timeout");
    xmpp_stage_tell(stage, "xmpp room-result ref=3 how=yes");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(no_nick_is_reserved_and_other_nodes_are_not_known)
{
    service_stage_enter(stage);
    ask(NINA, HALL, "<query xmlns='" INFO "' node='x-roomuser-item'/>");
    expect_result(HALL, NINA, "<query xmlns='" INFO "' node='x-roomuser-item'/>");
    ask(NINA, HALL, "<query xmlns='" INFO "' node='http://jabber.org/protocol/muc#traffic'/>");
    expect_error(HALL, NINA, "cancel", "feature-not-implemented");
}
END_TEST

/* MUC-A27 ESC-607 */
START_TEST(a_ping_to_oneself_tells_whether_one_is_inside)
{
    ask(NINA, HALL "/Nina", PING);
    expect_error(HALL "/Nina", NINA, "modify", "not-acceptable");
    service_stage_enter(stage);
    ask(NINA, HALL "/Nina", PING);
    expect_result(HALL "/Nina", NINA, "");
    ask("nina@xmpp.test/phone", HALL "/Nina", PING);
    expect_error(HALL "/Nina", "nina@xmpp.test/phone", "modify", "not-acceptable");
    ask(NINA, HALL "/Omar", PING);
    expect_error(HALL "/Omar", NINA, "cancel", "service-unavailable");
    ask(NINA, HALL "/Old", PING);
    expect_error(HALL "/Old", NINA, "cancel", "item-not-found");
    ask(NINA, HALL, PING);
    expect_result(HALL, NINA, "");
    ask(OMAR, HALL "/Nina", "<query xmlns='" INFO "'/>");
    expect_error(HALL "/Nina", OMAR, "modify", "bad-request");
    ask(NINA, HALL "/Omar", "<vCard xmlns='vcard-temp'/>");
    expect_error(HALL "/Omar", NINA, "cancel", "service-unavailable");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_service_is_a_conference_and_lists_what_the_asker_is_in,
        a_room_that_is_known_says_what_it_is,
        a_room_that_is_locked_is_for_members_and_says_how_many_it_takes,
        a_room_that_is_not_known_is_asked_for_first,
        no_nick_is_reserved_and_other_nodes_are_not_known,
        a_ping_to_oneself_tells_whether_one_is_inside,
        NULL,
    };
    return suite_run_fixture("room_iq", tests, set_up, tear_down);
}
