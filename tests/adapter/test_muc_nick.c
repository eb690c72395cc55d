// SPDX-License-Identifier: MIT
// A nick change from the order to its one answer.
#include "xmpp/muc_nick.h"

#include "tests/support/muc_stage.h"
#include "tests/support/suite.h"

static XmppStage *stage;

static void set_up(void)
{
    stage = muc_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

// The order, and the presence that it becomes.
static char *ask(const char *nick)
{
    g_autofree char *line = g_strdup_printf("xmpp room-nick leg=5 nick=%s", nick);
    xmpp_stage_tell(stage, line);
    return xmpp_stage_take_id(stage, "presence");
}

// The room has taken it, and everybody was told.
static void renamed(const char *nick, const char *new_nick)
{
    g_autofree char *inner = g_strdup_printf(
        "<item affiliation='none' role='participant' nick='%s'/>" STATUS("303") STATUS("110"),
        new_nick);
    muc_stage_presence(stage, nick, AWAY, inner);
    g_autofree char *line =
        g_strdup_printf("xmpp room-roster how=renamed leg=5 nick=%s new_nick=%s role=participant "
                        "affiliation=none own=yes",
                        nick, new_nick);
    xmpp_stage_expect_event(stage, line);
}

/* MUC-B11 */
START_TEST(a_new_nick_is_asked_for_and_true_when_the_room_shows_it)
{
    xmpp_stage_tell(stage, "xmpp room-nick leg=5 nick=Omar-the-2nd");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM
                                    "/Omar-the-2nd' id='*'>" CAPS "</presence>");
    renamed("Omar", "Omar-the-2nd");
    xmpp_stage_quiet(stage); // not before we are there under it
    muc_stage_presence(stage, "Omar-the-2nd", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=Omar-the-2nd");
    xmpp_stage_pass(stage, 60000); // no patience runs on
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B11 */
START_TEST(the_nick_that_we_have_is_given_at_once)
{
    xmpp_stage_tell(stage, "xmpp room-nick leg=5 nick=Omar");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=Omar");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B11 */
START_TEST(a_refusal_is_told_with_its_reason_and_we_stay_who_we_are)
{
    static const char *const CONDITIONS[] = {"conflict", "not-acceptable", "not-allowed",
                                             "not-authorized", "forbidden"};
    for (size_t i = 0; i < G_N_ELEMENTS(CONDITIONS); i++) {
        g_autofree char *id = ask("Nina");
        muc_stage_refuse(stage, "Nina", id, CONDITIONS[i]);
        g_autofree char *answer =
            g_strdup_printf("xmpp room-nick how=no failure=%s leg=5", CONDITIONS[i]);
        xmpp_stage_expect_event(stage, answer);
        xmpp_stage_quiet(stage);
    }
    xmpp_stage_tell(stage, "xmpp leave-room leg=5");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' "
                                    "type='unavailable' id='*'/>");
}
END_TEST

START_TEST(a_refusal_without_an_id_is_known_by_the_nick_and_another_is_none)
{
    g_free(ask("Nina"));
    muc_stage_refuse(stage, "Pia", NULL, "conflict");
    muc_stage_refuse(stage, "Nina", "other", "conflict");
    xmpp_stage_quiet(stage);
    muc_stage_refuse(stage, "Nina", NULL, "conflict");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=conflict leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B11 */
START_TEST(a_nick_that_is_none_is_not_asked_for)
{
    g_autofree char *nick = g_strnfill(1024, 'n');
    g_autofree char *line = g_strdup_printf("xmpp room-nick leg=5 nick=%s", nick);
    xmpp_stage_tell(stage, line);
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=jid-malformed leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B11 MSRP-022 */
START_TEST(without_a_nick_it_is_the_one_of_the_entry)
{
    g_free(ask("O2"));
    renamed("Omar", "O2");
    muc_stage_presence(stage, "O2", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=O2");
    xmpp_stage_tell(stage, "xmpp room-nick leg=5");
    xmpp_stage_expect_stanza(stage, "<presence from='" SELF "' to='" ROOM "/Omar' id='*'>" CAPS
                                    "</presence>");
}
END_TEST

START_TEST(a_nick_that_the_room_has_made_of_it_is_a_yes)
{
    g_free(ask("OMAR"));
    renamed("Omar", "omar");
    muc_stage_presence(stage, "omar", HERE, ITEM STATUS("110") STATUS("210"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=omar");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_nick_that_nobody_asked_for_answers_nothing)
{
    g_free(ask("O2"));
    renamed("Omar", "Forced");
    muc_stage_presence(stage, "Forced", HERE, ITEM STATUS("110"));
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 30000);
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=remote-server-timeout leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(the_next_nick_asked_for_puts_the_first_one_aside)
{
    g_free(ask("O2"));
    g_free(ask("O3"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=unexpected-request leg=5");
    xmpp_stage_tell(stage, "xmpp room-nick leg=5 nick=Omar");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=unexpected-request leg=5");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=Omar");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(whatever_ends_the_stay_ends_the_asking_first)
{
    g_free(ask("O2"));
    muc_stage_presence(stage, "Omar", AWAY, NO_ITEM STATUS("110") STATUS("307"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=recipient-unavailable leg=5");
    xmpp_stage_expect_event(stage, "xmpp room-exit how=kicked leg=5");
    xmpp_stage_tell(stage, "xmpp room-nick leg=5 nick=O3");
    xmpp_stage_quiet(stage); // it is out, and that was told
    tear_down();
    set_up();
    g_free(ask("O2"));
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=recipient-unavailable leg=5");
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    xmpp_stage_expect_event(stage, "xmpp link how=down *");
    xmpp_stage_tell(stage, "xmpp room-nick leg=5 nick=O3");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=no failure=recipient-unavailable leg=5");
    xmpp_stage_quiet(stage);
}
END_TEST

/* MUC-B02 */
START_TEST(an_entry_after_a_break_is_under_the_new_nick_and_varies_that)
{
    g_free(ask("O2"));
    renamed("Omar", "O2");
    muc_stage_presence(stage, "O2", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes *");
    muc_stage_presence(stage, "O2", AWAY, NO_ITEM STATUS("110") STATUS("333"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=forget leg=5");
    g_free(xmpp_stage_take_id(stage, "presence"));
    muc_stage_refuse(stage, "O2", NULL, "conflict");
    xmpp_stage_expect_stanza(
        stage,
        "<presence from='" SELF "' to='" ROOM "/O2_2' id='*'>"
        "<x xmlns='http://jabber.org/protocol/muc'><history since='*'/></x>" CAPS "</presence>");
}
END_TEST

/* MUC-B01 MUC-B11 */
START_TEST(a_new_nick_that_no_303_told_of_is_told_all_the_same)
{
    g_free(ask("Pad"));
    muc_stage_presence(stage, "Pad", HERE, ITEM STATUS("110"));
    xmpp_stage_expect_event(stage, "xmpp room-roster how=renamed leg=5 nick=Omar new_nick=Pad "
                                   "role=participant affiliation=none own=yes");
    xmpp_stage_expect_event(stage, "xmpp room-nick how=yes leg=5 nick=Pad");
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_new_nick_is_asked_for_and_true_when_the_room_shows_it,
        the_nick_that_we_have_is_given_at_once,
        a_refusal_is_told_with_its_reason_and_we_stay_who_we_are,
        a_refusal_without_an_id_is_known_by_the_nick_and_another_is_none,
        a_nick_that_is_none_is_not_asked_for,
        without_a_nick_it_is_the_one_of_the_entry,
        a_nick_that_the_room_has_made_of_it_is_a_yes,
        a_nick_that_nobody_asked_for_answers_nothing,
        the_next_nick_asked_for_puts_the_first_one_aside,
        whatever_ends_the_stay_ends_the_asking_first,
        an_entry_after_a_break_is_under_the_new_nick_and_varies_that,
        a_new_nick_that_no_303_told_of_is_told_all_the_same,
        NULL,
    };
    return suite_run_fixture("muc_nick", tests, set_up, tear_down);
}
