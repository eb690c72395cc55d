// SPDX-License-Identifier: MIT
// Getting into a room, and what is tried again beneath one leg number.
#include "xmpp/muc_entry.h"

#include "tests/support/suite.h"
#include "tests/support/xmpp_stage.h"

#define IN   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"
#define ROOM "verona@rooms.xmpp.test"
#define SELF "romeo@sip.test/leg5"
#define CAPS "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='*' ver='*'/>"
#define JOIN(nick, inner)                                                                          \
    "<presence from='" SELF "' to='" ROOM "/" nick "' id='*'>"                                     \
    "<x xmlns='http://jabber.org/protocol/muc'>" inner "</x>" CAPS "</presence>"
#define NO_HISTORY "<history maxchars='0'/>"
#define ENTER      "xmpp enter-room leg=5 from=romeo@sip.test room=" ROOM " nick=Omar"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

static void refuse(const char *nick, const char *condition)
{
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/%s' to='" SELF "' type='error'>"
                    "<x xmlns='http://jabber.org/protocol/muc'/><error type='cancel'><%s " IN
                    "/></error></presence>",
                    nick, condition);
}

static void let_in(const char *nick)
{
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/%s' to='" SELF "'>"
                    "<x xmlns='http://jabber.org/protocol/muc#user'>"
                    "<item affiliation='none' role='participant'/><status code='110'/></x>"
                    "</presence>",
                    nick);
    g_autofree char *roster = g_strdup_printf(
        "xmpp room-roster how=joined leg=5 nick=%s role=participant affiliation=none own=yes",
        nick);
    xmpp_stage_expect_event(stage, roster);
    g_autofree char *entry = g_strdup_printf("xmpp room-entry leg=5 room=" ROOM " nick=%s", nick);
    xmpp_stage_expect_event(stage, entry);
    g_free(xmpp_stage_take_id(stage, "iq")); // what it is called
}

/* MUC-B01 MUC-B03 */
START_TEST(the_entry_is_the_self_presence_and_not_before)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Nina' to='" SELF "'>"
                           "<x xmlns='http://jabber.org/protocol/muc#user'>"
                           "<item affiliation='owner' role='moderator' jid='nina@xmpp.test/pad'/>"
                           "</x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 real=nina@xmpp.test/pad "
                                   "nick=Nina role=moderator affiliation=owner");
    xmpp_stage_quiet(stage);
    let_in("Omar");
    xmpp_stage_pass(stage, 60000); // no patience runs on
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B01 ESC-018 */
START_TEST(history_and_password_are_asked_for_as_ordered)
{
    xmpp_stage_tell(stage, ENTER " stamp=2026-03-04T09:59:00.5Z password=s3same");
    xmpp_stage_expect_stanza(stage, JOIN("Omar", "<history since='2026-03-04T09:59:00Z'/>"
                                                 "<password>s3same</password>"));
    xmpp_stage_settings(stage)->history_max = 20;
    xmpp_stage_tell(stage,
                    "xmpp enter-room leg=6 from=romeo@sip.test/dev7 room=" ROOM " nick=Omar");
    xmpp_stage_expect_stanza(stage,
                             "<presence from='romeo@sip.test/dev7' to='" ROOM "/Omar' id='*'>"
                             "<x xmlns='http://jabber.org/protocol/muc'>"
                             "<history maxstanzas='20'/></x>" CAPS "</presence>");
}
END_TEST

/* MUC-B01 */
START_TEST(who_brings_no_usable_nick_is_called_by_his_address)
{
    xmpp_stage_tell(stage, "xmpp enter-room leg=5 from=romeo@sip.test room=" ROOM " nick=\"  \"");
    xmpp_stage_expect_stanza(stage, JOIN("romeo", NO_HISTORY));
}
END_TEST

/* MUC-B03 */
START_TEST(a_nick_changed_by_the_service_is_the_one_told)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    let_in("omar");
}
END_TEST

/* MUC-B02 */
START_TEST(on_conflict_suffixes_are_tried_up_to_nick_retry)
{
    xmpp_stage_settings(stage)->nick_retry = 3;
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "conflict");
    xmpp_stage_expect_stanza(stage, JOIN("Omar_2", NO_HISTORY));
    refuse("Omar_2", "conflict");
    xmpp_stage_expect_stanza(stage, JOIN("Omar_3", NO_HISTORY));
    refuse("Omar_3", "conflict");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=conflict leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B02 */
START_TEST(after_a_conflict_the_next_nick_gets_in)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "conflict");
    xmpp_stage_expect_stanza(stage, JOIN("Omar_2", NO_HISTORY));
    let_in("Omar_2");
}
END_TEST

START_TEST(where_conflict_is_an_error_it_is_one)
{
    xmpp_stage_settings(stage)->nick_conflict = NICK_CONFLICT_ERROR;
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "conflict");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=conflict leg=5");
}
END_TEST

#define ASK_RESERVED                                                                               \
    "<iq type='get' from='" SELF "' to='" ROOM "' id='*'>"                                         \
    "<query xmlns='http://jabber.org/protocol/disco#info' node='x-roomuser-item'/></iq>"

// The room is asked for the reserved nick and answers this.
static void answer_reserved(const char *type, const char *inner)
{
    char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage, "<iq type='%s' from='" ROOM "' to='" SELF "' id='%s'>%s</iq>", type, id,
                    inner);
    g_free(id);
}

/* MUC-B02 */
START_TEST(a_locked_nick_is_replaced_by_the_reserved_one_once)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "not-acceptable");
    xmpp_stage_expect_stanza(stage, ASK_RESERVED);
    tear_down();
    set_up();
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "not-acceptable");
    answer_reserved("result", "<query xmlns='http://jabber.org/protocol/disco#info' "
                              "node='x-roomuser-item'><identity category='conference' type='text' "
                              "name='thirdwitch'/></query>");
    xmpp_stage_expect_stanza(stage, JOIN("thirdwitch", NO_HISTORY));
    refuse("thirdwitch", "not-acceptable");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=not-acceptable leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B02 */
START_TEST(without_a_reserved_nick_a_locked_one_is_final)
{
    static const char *const ANSWERS[][2] = {
        {"result", "<query xmlns='http://jabber.org/protocol/disco#info'/>"},
        {"error", "<error type='cancel'><feature-not-implemented " IN "/></error>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ANSWERS); i++) {
        xmpp_stage_tell(stage, ENTER);
        xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
        refuse("Omar", "not-acceptable");
        answer_reserved(ANSWERS[i][0], ANSWERS[i][1]);
        xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=not-acceptable leg=5");
        xmpp_stage_quiet(stage);
    }
}
END_TEST

START_TEST(a_malformed_nick_is_replaced_by_the_plain_one_once)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "jid-malformed");
    xmpp_stage_expect_stanza(stage, JOIN("romeo", NO_HISTORY));
    refuse("romeo", "jid-malformed");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=jid-malformed leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_locked_room_is_asked_every_two_seconds)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    refuse("Omar", "item-not-found");
    xmpp_stage_pass(stage, 1999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    let_in("Omar");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_room_that_stays_locked_is_not_found_after_T_join)
{
    xmpp_stage_settings(stage)->T_join = 3000;
    xmpp_stage_tell(stage, ENTER);
    for (int i = 0; i < 2; i++) {
        xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
        refuse("Omar", "item-not-found");
        xmpp_stage_pass(stage, 2000);
    }
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=timeout failure=item-not-found leg=5");
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_room_that_says_nothing_is_a_time_out_and_is_left)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    xmpp_stage_pass(stage, 29999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=timeout failure=remote-server-timeout leg=5");
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "/Omar' to='" SELF "'>"
                    "<x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/>"
                    "<status code='110'/></x></presence>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B02 */
START_TEST(other_refusals_are_final_and_told_with_their_reason)
{
    static const char *const REASONS[] = {
        "not-authorized",
        "registration-required",
        "forbidden",
        "not-allowed",
        "service-unavailable",
        "resource-constraint",
        "remote-server-not-found",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(REASONS); i++) {
        xmpp_stage_tell(stage, ENTER " password=wrong");
        g_free(xmpp_stage_take_id(stage, "presence"));
        refuse("Omar", REASONS[i]);
        g_autofree char *event =
            g_strdup_printf("xmpp room-exit how=refused failure=%s leg=5", REASONS[i]);
        xmpp_stage_expect_event(stage, event);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

/* MUC-B02 */
START_TEST(an_error_without_the_muc_child_and_from_the_room_itself_is_matched)
{
    xmpp_stage_tell(stage, ENTER);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage,
                    "<presence from='" ROOM "' to='" SELF "' type='error'><error type='auth'>"
                    "<forbidden " IN "/><text " IN ">banned</text></error></presence>");
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=forbidden leg=5 text=banned");
}
END_TEST

/* MUC-B02 */
START_TEST(the_new_address_of_a_room_is_told)
{
    xmpp_stage_tell(stage, ENTER);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "' type='error'><error "
                           "type='cancel'><gone " IN ">xmpp:new@other.test?join</gone></error>"
                           "</presence>");
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=gone leg=5 real=new@other.test");
}
END_TEST

static void send_elsewhere(const char *from, const char *to)
{
    xmpp_stage_hear(stage,
                    "<presence from='%s@rooms.xmpp.test/Omar' to='" SELF "' type='error'><error "
                    "type='modify'><redirect " IN ">xmpp:%s@rooms.xmpp.test</redirect></error>"
                    "</presence>",
                    from, to);
    xmpp_stage_expect_stanza(
        stage, "<presence from='" SELF "' to='new@rooms.xmpp.test/Omar' id='*'>"
               "<x xmlns='http://jabber.org/protocol/muc'>" NO_HISTORY "</x>" CAPS "</presence>");
}

/* ESC-415 */
START_TEST(a_room_that_moved_within_its_service_is_followed_and_heard)
{
    xmpp_stage_tell(stage, ENTER " continues=yes");
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    send_elsewhere("verona", "new");
    xmpp_stage_hear(stage, "<presence from='new@rooms.xmpp.test/Omar' to='" SELF "'>"
                           "<x xmlns='http://jabber.org/protocol/muc#user'>"
                           "<item affiliation='none' role='participant'/><status code='110'/></x>"
                           "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=joined leg=5 nick=Omar role=participant "
                                   "affiliation=none own=yes");
    xmpp_stage_expect_event(stage, "xmpp room-entry leg=5 room=new@rooms.xmpp.test nick=Omar");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='new@rooms.xmpp.test/Omar' "
                                    "type='unavailable' id='*'/>");
}
END_TEST

/* MUC-B02 */
START_TEST(who_asked_for_the_room_itself_is_told_where_it_is)
{
    xmpp_stage_tell(stage, ENTER);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "' type='error'><error "
                           "type='cancel'><gone " IN ">xmpp:new@rooms.xmpp.test</gone></error>"
                           "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=gone leg=5 "
                                   "real=new@rooms.xmpp.test");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-415 */
START_TEST(a_room_is_followed_once)
{
    xmpp_stage_tell(stage, ENTER " continues=yes");
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    send_elsewhere("verona", "new");
    xmpp_stage_hear(stage,
                    "<presence from='new@rooms.xmpp.test/Omar' to='" SELF "' type='error'><error "
                    "type='modify'><redirect " IN ">xmpp:verona@rooms.xmpp.test</redirect></error>"
                    "</presence>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=redirect leg=5 "
                                   "real=verona@rooms.xmpp.test");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B03 */
START_TEST(a_room_that_our_entry_has_made_is_left_again)
{
    xmpp_stage_tell(stage, ENTER);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "'>"
                           "<x xmlns='http://jabber.org/protocol/muc#user'>"
                           "<item affiliation='owner' role='moderator'/><status code='110'/>"
                           "<status code='201'/></x></presence>");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=item-not-found leg=5 *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_entry_called_off_is_silent)
{
    xmpp_stage_tell(stage, ENTER);
    g_free(xmpp_stage_take_id(stage, "presence"));
    refuse("Omar", "item-not-found");
    xmpp_stage_tell(stage, "xmpp leave-room leg=5 text=declined");
    xmpp_stage_expect_stanza(stage,
                             "<presence from='" SELF "' to='" ROOM "/Omar' "
                             "type='unavailable' id='*'><status>declined</status></presence>");
    xmpp_stage_pass(stage, 60000);
    refuse("Omar", "forbidden");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_entry_ordered_without_a_link_begins_when_it_comes)
{
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 10000);
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    xmpp_stage_pass(stage, 19999); // within the patience it had from the start
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=timeout failure=remote-server-timeout leg=5");
}
END_TEST

START_TEST(an_order_that_names_no_room_is_refused)
{
    xmpp_stage_tell(stage, "xmpp enter-room leg=5 from=romeo@sip.test room=rooms.xmpp.test nick=O");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=jid-malformed leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B02 */
START_TEST(a_full_room_may_say_so_in_words)
{
    xmpp_stage_tell(stage, ENTER);
    xmpp_stage_expect_stanza(stage, JOIN("Omar", NO_HISTORY));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='" SELF "' type='error'>"
                           "<error type='wait'><resource-constraint " IN "/><text " IN
                           ">Too many users in this conference</text></error></presence>");
    xmpp_stage_expect_event(stage,
                            "xmpp room-exit how=refused failure=service-unavailable leg=5 text=*");
    xmpp_stage_tell(stage, "xmpp enter-room leg=6 from=romeo@sip.test room=" ROOM " nick=Omar");
    g_free(xmpp_stage_take_id(stage, "presence"));
    xmpp_stage_hear(stage, "<presence from='" ROOM "/Omar' to='romeo@sip.test/leg6' type='error'>"
                           "<error type='wait'><resource-constraint " IN "/></error></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=refused failure=resource-constraint leg=6");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_entry_is_the_self_presence_and_not_before,
        history_and_password_are_asked_for_as_ordered,
        who_brings_no_usable_nick_is_called_by_his_address,
        a_nick_changed_by_the_service_is_the_one_told,
        on_conflict_suffixes_are_tried_up_to_nick_retry,
        after_a_conflict_the_next_nick_gets_in,
        where_conflict_is_an_error_it_is_one,
        a_locked_nick_is_replaced_by_the_reserved_one_once,
        without_a_reserved_nick_a_locked_one_is_final,
        a_malformed_nick_is_replaced_by_the_plain_one_once,
        a_locked_room_is_asked_every_two_seconds,
        a_room_that_stays_locked_is_not_found_after_T_join,
        a_room_that_says_nothing_is_a_time_out_and_is_left,
        other_refusals_are_final_and_told_with_their_reason,
        an_error_without_the_muc_child_and_from_the_room_itself_is_matched,
        the_new_address_of_a_room_is_told,
        a_room_that_moved_within_its_service_is_followed_and_heard,
        who_asked_for_the_room_itself_is_told_where_it_is,
        a_room_is_followed_once,
        a_room_that_our_entry_has_made_is_left_again,
        an_entry_called_off_is_silent,
        an_entry_ordered_without_a_link_begins_when_it_comes,
        an_order_that_names_no_room_is_refused,
        a_full_room_may_say_so_in_words,
        NULL,
    };
    return suite_run_fixture("muc_entry", tests, set_up, tear_down);
}
