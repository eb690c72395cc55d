// SPDX-License-Identifier: MIT
// Making a room: it has to be new, and is configured before anybody may come.
#include "xmpp/muc_make.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

#define FIELD(var, value) "<field var='" var "'><value>" value "</value></field>"
#define OWNER             "http://jabber.org/protocol/muc#owner"
#define OWNS              "<item affiliation='owner' role='moderator'/>"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
    xmpp_stage_tell(stage,
                    "xmpp enter-room leg=5 how=make from=romeo@sip.test room=" ROOM " nick=Omar");
    g_free(xmpp_stage_take_id(stage, "presence"));
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void come_in(void)
{
    muc_stage_presence(stage, "Omar", HERE, OWNS STATUS("201") STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar * own=yes *");
}

// The room answers what was submitted: with a result, or this error.
static void answer(const char *condition)
{
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    if (condition == NULL)
        xmpp_stage_hear(stage, "<iq type='result' from='" ROOM "' to='" SELF "' id='%s'/>", id);
    else
        xmpp_stage_hear(stage,
                        "<iq type='error' from='" ROOM "' to='" SELF "' id='%s'><error "
                        "type='cancel'><%s " IN "/></error></iq>",
                        id, condition);
}

static void expect_leave(void)
{
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
}

/* MUC-B10 */
START_TEST(a_new_room_is_configured_before_we_are_in_it)
{
    come_in();
    xmpp_stage_expect_stanza(
        stage,
        "<iq type='set' from='" SELF "' to='" ROOM "' id='*'><query xmlns='" OWNER "'>"
        "<x xmlns='jabber:x:data' type='submit'>" FIELD("FORM_TYPE",
                                                        "http://jabber.org/protocol/muc#roomconfig")
            FIELD("muc#roomconfig_whois", "anyone") FIELD("muc#roomconfig_membersonly", "0")
                FIELD("muc#roomconfig_persistentroom", "0") FIELD("muc#roomconfig_publicroom", "0")
                    FIELD("muc#roomconfig_allowinvites", "1") "</x></query></iq>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(the_entry_is_told_when_the_room_is_open)
{
    come_in();
    muc_stage_presence(stage, "Omar", HERE, OWNS STATUS("110")); // told once more meanwhile
    xmpp_stage_pass(stage, 29000);
    answer(NULL);
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar made=yes");
    muc_stage_answer_info(stage, "");
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(a_form_that_is_refused_is_followed_by_an_empty_one)
{
    come_in();
    answer("not-acceptable");
    xmpp_stage_expect_stanza(stage, "<iq type='set' from='" SELF "' to='" ROOM
                                    "' id='*'><query xmlns='" OWNER
                                    "'><x xmlns='jabber:x:data' type='submit'/></query></iq>");
    tear_down();
    set_up();
    come_in();
    answer("not-acceptable");
    answer(NULL);
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=" ROOM " nick=Omar made=yes");
    muc_stage_answer_info(stage, "");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(a_room_that_cannot_be_opened_is_left)
{
    come_in();
    answer("not-acceptable");
    answer("forbidden");
    expect_leave();
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=internal-server-error leg=5 *");
    xmpp_stage_quiet(stage);
    tear_down();
    set_up();
    come_in();
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 30000);
    expect_leave();
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=internal-server-error leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(a_room_that_was_there_already_is_left)
{
    muc_stage_presence(stage, "Omar", HERE, ITEM STATUS("110"));
    expect_leave();
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=conflict leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(a_refusal_is_final_for_it_is_not_about_our_nick)
{
    static const char *const REASONS[] = {"conflict", "item-not-found", "not-allowed",
                                          "registration-required"};
    for (size_t i = 0; i < G_N_ELEMENTS(REASONS); i++) {
        muc_stage_refuse(stage, "Omar", NULL, REASONS[i]);
        g_autofree char *exit =
            g_strdup_printf("xmpp room-exit how=refused failure=%s leg=5", REASONS[i]);
        xmpp_stage_expect_event(stage, exit);
        xmpp_stage_quiet(stage);
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(a_lost_link_ends_the_making)
{
    come_in();
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=internal-server-error leg=5 *");
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up *");
    expect_leave();
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B10 */
START_TEST(the_room_can_be_called_off_while_it_is_made)
{
    come_in();
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    expect_leave();
    xmpp_stage_hear(stage, "<iq type='result' from='" ROOM "' to='" SELF "' id='%s'/>", id);
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_new_room_is_configured_before_we_are_in_it,
        the_entry_is_told_when_the_room_is_open,
        a_form_that_is_refused_is_followed_by_an_empty_one,
        a_room_that_cannot_be_opened_is_left,
        a_room_that_was_there_already_is_left,
        a_refusal_is_final_for_it_is_not_about_our_nick,
        a_lost_link_ends_the_making,
        the_room_can_be_called_off_while_it_is_made,
        NULL,
    };
    return suite_run_fixture("muc_make", tests, set_up, tear_down);
}
