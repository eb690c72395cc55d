// SPDX-License-Identifier: MIT
// What a room says of itself: what it is called, whom it shows, what it keeps, in its own words.
#include "xmpp/room_facts.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

#define NAMED(name) "<identity category='conference' type='text' name='" name "'/>"
#define INFO                                                                                       \
    "<x xmlns='jabber:x:data' type='result'>"                                                      \
    "<field var='muc#roominfo_description'><value>By the river</value></field>"                    \
    "<field var='muc#roomconfig_maxusers'><value>30</value></field></x>"

static XmppStage *stage;

static void set_up(void)
{
    stage = muc_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void say_of_itself(const char *inner)
{
    xmpp_stage_hear(stage, "<message from='" ROOM "' to='" SELF "' type='groupchat'>%s</message>",
                    inner);
}

#define CODE(code) "<x xmlns='" MUC_USER "'>" STATUS(code) "</x>"

START_TEST(a_changed_room_is_asked_again_and_told_once)
{
    say_of_itself(CODE("104"));
    muc_stage_answer_info(stage, NAMED("Verona") INFO);
    xmpp_stage_expect_event(stage, "xmpp room-subject how=changed leg=5 number=30 "
                                   "body=\"By the river\" text=Verona");
    say_of_itself(CODE("104"));
    muc_stage_answer_info(stage, NAMED("Verona") INFO);
    xmpp_stage_quiet(stage); // nothing of that is new
}
END_TEST

START_TEST(what_changes_while_the_room_is_asked_is_asked_for_behind_it)
{
    say_of_itself(CODE("104"));
    say_of_itself(CODE("104"));
    say_of_itself(CODE("104"));
    muc_stage_answer_info(stage, NAMED("One"));
    xmpp_stage_expect_event(stage, "xmpp room-subject how=changed leg=5 text=One");
    muc_stage_answer_info(stage, NAMED("Two"));
    xmpp_stage_expect_event(stage, "xmpp room-subject how=changed leg=5 text=Two");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(the_next_leg_is_told_without_asking_and_the_last_one_forgets)
{
    say_of_itself(CODE("104"));
    muc_stage_answer_info(stage, NAMED("Verona"));
    xmpp_stage_expect_event(stage, "xmpp room-subject how=changed leg=5 *");
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=ugo@sip.test room=" ROOM " nick=Ugo");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Ugo' to='ugo@sip.test/leg6'>"
                           "<x xmlns='" MUC_USER "'>" ITEM STATUS("110") "</x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=6 nick=Ugo *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=6 *");
    xmpp_stage_expect_event(stage, "xmpp room-subject how=changed leg=6 text=Verona");
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_tell(stage, "xmpp leave-room leg=6");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_tell(stage, "xmpp enter-room leg=5 from=romeo@sip.test room=" ROOM " nick=Omar");
    g_free(xmpp_stage_take_id(stage, "presence"));
    muc_stage_presence(stage, "Omar", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 *");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 *");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_room_that_does_not_say_what_it_is_is_no_matter)
{
    say_of_itself(CODE("104"));
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 10000);
    say_of_itself(CODE("104"));
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_tell(stage, "xmpp leave-room leg=5"); // while it is asked
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_pass(stage, 10000);
    xmpp_stage_quiet(stage);
}
END_TEST

static void expect_reals(const char *rest)
{
    g_autofree char *line =
        g_strdup_printf("xmpp room-roster how=changed leg=5 nick=Omar %s", rest);
    xmpp_stage_expect_event(stage, line);
}

/* MUC-B14 */
START_TEST(whether_we_see_who_the_others_are_is_told_as_a_change_of_our_own)
{
    say_of_itself(CODE("172"));
    expect_reals("role=participant affiliation=none own=yes reals=yes");
    g_free(xmpp_stage_take_id(stage, "iq"));
    say_of_itself(CODE("173"));
    expect_reals("role=participant affiliation=none own=yes");
    muc_stage_presence(stage, "Omar", HERE,
                       "<item affiliation='none' role='moderator'/>" STATUS("110"));
    expect_reals("role=moderator affiliation=none own=yes reals=yes");
    say_of_itself(CODE("174"));
    xmpp_stage_quiet(stage); // a moderator sees them anyway
    muc_stage_presence(stage, "Omar", HERE, ITEM STATUS("110") STATUS("100"));
    expect_reals("role=participant affiliation=none own=yes reals=yes");
}
END_TEST

START_TEST(what_is_kept_of_us_is_said_in_words)
{
    say_of_itself(CODE("170"));
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 body=\"This room is logged.\"");
    say_of_itself(CODE("171"));
    xmpp_stage_expect_event(stage,
                            "xmpp room-message leg=5 body=\"This room is logged no longer.\"");
    say_of_itself(CODE("101") CODE("102"));
    say_of_itself("<body>This room is not anonymous</body>" CODE("999"));
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 body=\"This room is not anonymous\"");
    xmpp_stage_quiet(stage);
}
END_TEST

// Table 6.1; whoever comes in hears it by his own presence.
START_TEST(who_comes_into_a_logged_room_is_told)
{
    static const char *const events[] = {
        "xmpp room-roster how=joined leg=6 nick=Paris * own=yes",
        "xmpp room-message leg=6 body=\"This room is logged.\"",
        "xmpp room-entry leg=6 room=" ROOM " nick=Paris",
    };
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=paris@sip.test room=" ROOM " nick=Paris");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Paris' to='paris@sip.test/leg6'><x xmlns='" MUC_USER
                           "'>" ITEM STATUS("110") STATUS("170") "</x></presence>");
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++)
        xmpp_stage_expect_event(stage, events[i]);
}
END_TEST

START_TEST(the_room_has_words_of_its_own)
{
    say_of_itself("<body>The bar closes</body>");
    xmpp_stage_expect_event(stage, "xmpp room-message leg=5 body=\"The bar closes\"");
    say_of_itself("<body>It opened</body><delay xmlns='urn:xmpp:delay' from='" ROOM
                  "' stamp='2026-03-04T09:00:00Z'/>");
    say_of_itself("<body>This room is not anonymous</body>" CODE("100"));
    expect_reals("role=participant affiliation=none own=yes reals=yes");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_quiet(stage);
    say_of_itself("<subject>Topic</subject>");
    xmpp_stage_expect_event(stage, "xmpp room-subject leg=5 subject=Topic");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_changed_room_is_asked_again_and_told_once,
        what_changes_while_the_room_is_asked_is_asked_for_behind_it,
        the_next_leg_is_told_without_asking_and_the_last_one_forgets,
        a_room_that_does_not_say_what_it_is_is_no_matter,
        whether_we_see_who_the_others_are_is_told_as_a_change_of_our_own,
        what_is_kept_of_us_is_said_in_words,
        who_comes_into_a_logged_room_is_told,
        the_room_has_words_of_its_own,
        NULL,
    };
    return suite_run_fixture("room_facts", tests, set_up, tear_down);
}
