// SPDX-License-Identifier: MIT
// Coming into a room of our MUC service, another nick, news of oneself, and leaving.
#include "xmpp/room_entry.h"

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

#define OFFER_1 "xmpp room-offered ref=1 from=" NINA " room=" HALL " nick=Nina"

static void expect_error(const char *from, const char *to, const char *id, const char *error)
{
    g_autofree char *stanza = g_strdup_printf(
        "<presence from='%s' to='%s' type='error'%s>" JOIN_X "%s</presence>", from, to, id, error);
    xmpp_stage_expect_stanza(stage, stanza);
}

#define ERROR_OF(type, name)                                                                       \
    "<error type='" type "' by='" HALL "'><" name " " IN_ERROR "/></error>"

/* MUC-A01 */
START_TEST(an_entry_is_told_whole)
{
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j1'><x xmlns='" NS_X
                           "'><password>p</password><history maxstanzas='5' "
                           "since='2026-03-04T09:00:00Z'/></x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-offered ref=1 from=" NINA " room=" HALL
                                   " nick=Nina stamp=2026-03-04T09:00:00Z password=p");
    xmpp_stage_hear(stage, "<presence from='" OMAR "' to='" HALL "/Omar'><x xmlns='" NS_X
                           "'><history seconds='60'/></x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-offered ref=2 from=" OMAR " room=" HALL
                                   " nick=Omar stamp=2026-03-04T09:59:01Z");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A01 */
START_TEST(without_a_nick_and_with_a_blank_one_nobody_comes_in)
{
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "' id='j1'>" JOIN_X "</presence>");
    expect_error(HALL, NINA, " id='j1'", ERROR_OF("modify", "jid-malformed"));
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/  '>" JOIN_X "</presence>");
    expect_error(HALL "/  ", NINA, "", ERROR_OF("modify", "jid-malformed"));
    static const char *const TYPES[] = {"probe", "subscribed", "unavailable", "error"};
    for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++)
        xmpp_stage_hear(stage,
                        "<presence from='" NINA "' to='" HALL "/Nina' type='%s'>" JOIN_X
                        "</presence>",
                        TYPES[i]);
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A02 */
START_TEST(a_presence_of_one_who_is_not_inside_is_answered_by_a_kick)
{
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'><show>away</show></presence>");
    xmpp_stage_expect_stanza(
        stage, GONE("Nina", NINA,
                    "<item affiliation='none' role='none'><reason>You are not in the "
                    "room.</reason></item>" CODE_OF("110") CODE_OF("307") CODE_OF("333")));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A02 MUC-A15 */
START_TEST(news_of_a_device_that_is_coming_in_are_no_kick_and_are_shown_with_it)
{
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j1'>" JOIN_X "</presence>");
    xmpp_stage_expect_event(stage, OFFER_1);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/N' id='p2'><show>away</show></presence>");
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "'><show>dnd</show></presence>");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=5 *");
    xmpp_stage_tell(stage, "xmpp room-roster how=joined room=" HALL " nick=Nina");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(
        stage, "<presence from='" HALL "/Nina' to='" NINA "' id='j1'><show>away</show><x xmlns='" NS_USER
               "'>" ITEM_OF("participant") CODE_OF("110") CODE_OF("210") "</x></presence>");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_quiet(stage);
}
END_TEST

/* CONF-034 */
START_TEST(users_of_our_own_do_not_come_in_by_this_door)
{
    xmpp_stage_hear(stage, "<presence from='romeo@sip.test/x' to='" HALL "/R'>" JOIN_X "</presence>");
    expect_error(HALL "/R", "romeo@sip.test/x", "", ERROR_OF("modify", "not-acceptable"));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A01 CONF-022 CONF-023 CONF-024 */
START_TEST(a_no_of_the_conference_is_an_error_in_the_words_of_table_6_4)
{
    static const struct {
        const char *refusal;
        const char *error;
    } ROWS[] = {
        {"status=404", "<error type='cancel' by='" HALL "'><item-not-found " IN_ERROR
                       "/><text " IN_ERROR " xml:lang='en'>404 Not Found</text></error>"},
        {"failure=service-unavailable status=486 text=\"486 Too many\"",
         "<error type='wait' by='" HALL "'><service-unavailable " IN_ERROR "/><text " IN_ERROR
         " xml:lang='en'>486 Too many</text></error>"},
        {"failure=not-authorized", ERROR_OF("auth", "not-authorized")},
        {"failure=gone real=new@conf.sip.test",
         "<error type='cancel' by='" HALL "'><gone " IN_ERROR
         ">xmpp:new@conf.sip.test</gone></error>"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j1'>" JOIN_X
                               "</presence>");
        xmpp_stage_expect_event(stage, "xmpp room-offered ref=*");
        g_autofree char *refuse =
            g_strdup_printf("xmpp refuse ref=%zu %s", i + 1, ROWS[i].refusal);
        xmpp_stage_tell(stage, refuse);
        expect_error(HALL "/Nina", NINA, " id='j1'", ROWS[i].error);
        xmpp_stage_tell(stage, refuse);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

START_TEST(asking_again_is_one_question_with_one_answer)
{
    service_stage_ask(stage, NINA, "Nina", OFFER_1);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j2'>" JOIN_X "</presence>");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp refuse ref=1 failure=forbidden");
    expect_error(HALL "/Nina", NINA, " id='j2'", ERROR_OF("auth", "forbidden"));
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(who_has_gone_meanwhile_is_not_let_in)
{
    service_stage_ask(stage, NINA, "Nina", OFFER_1);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' type='unavailable'/>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=left ref=1");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=Nina");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=no failure=recipient-unavailable leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A05 */
START_TEST(a_nick_of_invisible_or_wide_characters_is_asked_for_prepared)
{
    service_stage_ask(stage, NINA, "Ｎi\xC2\xADna  B",
                      "xmpp room-offered ref=1 from=" NINA " room=" HALL " nick=\"Nina B\"");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=1 leg=5 nick=\"Nina B\"");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=5 *");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(
        stage, HERE("Nina B", NINA, ITEM_OF("participant") CODE_OF("110") CODE_OF("210")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A03 */
START_TEST(who_comes_in_again_is_shown_the_room_again_and_the_conference_hears_nothing)
{
    service_stage_enter(stage);
    xmpp_stage_tell(stage, "xmpp room-subject room=" HALL " subject=S");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, "S"));
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' id='j7'>" JOIN_X "</presence>");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Nina' to='" NINA "' id='j7'><x xmlns='" NS_USER
                                    "'>" ITEM_OF("participant") CODE_OF("110") "</x></presence>");
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, "S"));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A03 */
START_TEST(coming_in_again_under_another_nick_asks_for_it_as_well)
{
    service_stage_enter(stage);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/N'>" JOIN_X "</presence>");
    xmpp_stage_expect_stanza(stage, HERE("Omar", NINA, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110") CODE_OF("210")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_expect_event(stage, "xmpp room-nick leg=5 ref=2 nick=N");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A13 ROSTER-008 */
START_TEST(another_nick_is_asked_for_and_seen_when_the_roster_tells_it)
{
    service_stage_enter(stage);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/N'/>");
    xmpp_stage_expect_event(stage, "xmpp room-nick leg=5 ref=2 nick=N");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp accept ref=2");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp room-roster how=renamed room=" HALL " nick=Nina new_nick=N");
    xmpp_stage_expect_stanza(
        stage, GONE("Nina", NINA, "<item affiliation='none' role='participant' nick='N'/>" CODE_OF("303")
                                      CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, HERE("N", NINA, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-A13 */
START_TEST(a_nick_that_cannot_be_had_leaves_the_old_one)
{
    static const struct {
        const char *refusal;
        const char *error;
    } ROWS[] = {
        {"status=425", ERROR_OF("cancel", "conflict")},
        {"failure=conflict", ERROR_OF("cancel", "conflict")},
        {"status=424", ERROR_OF("modify", "not-acceptable")},
        {"status=403", ERROR_OF("modify", "not-acceptable")},
        {"status=501", ERROR_OF("modify", "not-acceptable")},
        {"failure=remote-server-timeout", ERROR_OF("wait", "remote-server-timeout")},
    };
    service_stage_enter(stage);
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/N' id='n1'/>");
        xmpp_stage_expect_event(stage, "xmpp room-nick leg=5 ref=* nick=N");
        g_autofree char *refuse = g_strdup_printf("xmpp refuse ref=%zu %s", i + 2, ROWS[i].refusal);
        xmpp_stage_tell(stage, refuse);
        expect_error(HALL "/Nina", NINA, " id='n1'", ROWS[i].error);
        xmpp_stage_quiet(stage);
    }
}
END_TEST

/* MUC-A15 */
START_TEST(what_one_says_of_oneself_is_shown_to_all_who_are_behind_us_and_to_nobody_else)
{
    service_stage_enter(stage);
    service_stage_ask(stage, OMAR, "Ugo", "xmpp room-offered ref=2 from=" OMAR " *");
    xmpp_stage_tell(stage, "xmpp answer-leg ref=2 leg=6 nick=Ugo");
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=6 *");
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina'><show>away</show><status>tea</status>"
                           "<x xmlns='" NS_USER "'><status code='110'/></x>"
                           "<c xmlns='http://jabber.org/protocol/caps' ver='v'/></presence>");
    xmpp_stage_expect_stanza(
        stage, "<presence from='" HALL "/Nina' to='" NINA "'><show>away</show><status>tea</status>"
               "<c xmlns='http://jabber.org/protocol/caps' ver='v'/><x xmlns='" NS_USER
               "'>" ITEM_OF("participant") CODE_OF("110") "</x></presence>");
    xmpp_stage_quiet(stage);
    xmpp_stage_tell(stage, "xmpp admit leg=6"); // who comes later sees it too
    xmpp_stage_expect_stanza(stage, HERE("Omar", OMAR, ITEM_OF("moderator")));
    xmpp_stage_expect_stanza(
        stage, "<presence from='" HALL "/Nina' to='" OMAR "'><show>away</show><status>tea</status>"
               "<c xmlns='http://jabber.org/protocol/caps' ver='v'/><x xmlns='" NS_USER
               "'>" ITEM_OF("participant") "</x></presence>");
    xmpp_stage_expect_stanza(stage, HERE("Ugo", OMAR, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(OMAR, ""));
    xmpp_stage_quiet(stage);
}
END_TEST

/* CONF-029 */
START_TEST(who_leaves_is_answered_at_once)
{
    service_stage_enter(stage);
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' type='unavailable'><status>bye"
                           "</status></presence>");
    xmpp_stage_expect_stanza(stage, "<presence from='" HALL "/Nina' to='" NINA
                                    "' type='unavailable'><status>bye</status><x xmlns='" NS_USER
                                    "'>" ITEM_OF("none") CODE_OF("110") "</x></presence>");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=left leg=5 text=bye");
    xmpp_stage_hear(stage, "<presence from='" NINA "' to='" HALL "/Nina' type='unavailable'/>");
    xmpp_stage_tell(stage, "xmpp expel leg=5 how=left");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_subscription_to_a_room_is_refused)
{
    xmpp_stage_hear(stage, "<presence from='nina@xmpp.test' to='" HALL "' type='subscribe'/>");
    xmpp_stage_expect_stanza(stage,
                             "<presence from='" HALL "' to='nina@xmpp.test' type='unsubscribed'/>");
    xmpp_stage_quiet(stage);
}
END_TEST

/* ESC-604 */
START_TEST(a_device_of_an_earlier_run_is_back_without_having_asked)
{
    xmpp_stage_tell(stage, "xmpp answer-leg leg=5 nick=Nina room=" HALL " to=" NINA);
    xmpp_stage_expect_event(stage, "xmpp room-answer how=yes leg=5 *");
    xmpp_stage_tell(stage, "xmpp admit leg=5");
    xmpp_stage_expect_stanza(stage, HERE("Nina", NINA, ITEM_OF("participant") CODE_OF("110")));
    xmpp_stage_expect_stanza(stage, SUBJECT_OF(NINA, ""));
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_entry_is_told_whole,
        without_a_nick_and_with_a_blank_one_nobody_comes_in,
        a_presence_of_one_who_is_not_inside_is_answered_by_a_kick,
        news_of_a_device_that_is_coming_in_are_no_kick_and_are_shown_with_it,
        users_of_our_own_do_not_come_in_by_this_door,
        a_no_of_the_conference_is_an_error_in_the_words_of_table_6_4,
        asking_again_is_one_question_with_one_answer,
        who_has_gone_meanwhile_is_not_let_in,
        a_nick_of_invisible_or_wide_characters_is_asked_for_prepared,
        who_comes_in_again_is_shown_the_room_again_and_the_conference_hears_nothing,
        coming_in_again_under_another_nick_asks_for_it_as_well,
        another_nick_is_asked_for_and_seen_when_the_roster_tells_it,
        a_nick_that_cannot_be_had_leaves_the_old_one,
        what_one_says_of_oneself_is_shown_to_all_who_are_behind_us_and_to_nobody_else,
        who_leaves_is_answered_at_once,
        a_subscription_to_a_room_is_refused,
        a_device_of_an_earlier_run_is_back_without_having_asked,
        NULL,
    };
    return suite_run_fixture("room_entry", tests, set_up, tear_down);
}
