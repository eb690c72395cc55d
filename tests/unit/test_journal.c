// SPDX-License-Identifier: MIT
// Each line has one row: opened first, closed once, and its author hears the end he has to hear.
#include "mapping/journal.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static Line *admitted(Kit *kit, const char *notation, LineClass class)
{
    g_autoptr(Event) event = kit_event(notation);
    journal_admit(&kit->turn, kit->session, lines_new(event, class));
    Line *line = kit->session->waiting.tail->data;
    g_free(kit_said(kit));
    return line;
}

static const char PAGE[] =
    "sip message ref=4 from=romeo@sip.test to=juliet@xmpp.test id=a body=One";
static const char SEND[] =
    "sip message ref=4 leg=8 from=romeo@sip.test to=juliet@xmpp.test id=a body=One";
static const char STANZA[] =
    "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m type=chat body=One";

static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};

/* ESC-004 */
START_TEST(journal_opens_the_row_with_its_content)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) event = kit_event(SEND);
    journal_admit(&kit->turn, kit->session, lines_new(event, LINE_PAIR_FROM));
    kit_expect(kit, "xmpp store how=row-open leg=8 ref=4 row=1 from=romeo@sip.test "
                    "to=juliet@xmpp.test id=a body=One");
    ck_assert_uint_eq(kit->session->waiting.length, 1);
}
END_TEST

/* ESC-004 IM-28 */
START_TEST(journal_closes_a_page_with_its_200)
{
    g_autoptr(Kit) kit = kit_new();
    journal_close(&kit->turn, admitted(kit, PAGE, LINE_PAIR_FROM));
    kit_expect(kit, "xmpp store how=row-close row=1\nsip accept ref=4");
    ck_assert_ptr_null(session_map_find_row(kit->turn.sessions, 1));
}
END_TEST

START_TEST(journal_accepts_a_send_once_and_reports_its_end)
{
    g_autoptr(Kit) kit = kit_new();
    Line *line = admitted(kit, SEND, LINE_PAIR_FROM);
    journal_accept(&kit->turn, line);
    journal_accept(&kit->turn, line);
    kit_expect(kit, "sip accept ref=4");
    journal_close(&kit->turn, line);
    kit_expect(kit, "xmpp store how=row-close row=1\nsip report ref=4");
}
END_TEST

START_TEST(journal_closes_a_stanza_without_a_word)
{
    g_autoptr(Kit) kit = kit_new();
    journal_close(&kit->turn, admitted(kit, STANZA, LINE_PAIR_TOWARDS));
    kit_expect(kit, "sip store how=row-close row=1");
}
END_TEST

/* ESC-004 */
START_TEST(journal_tells_the_author_of_a_failure)
{
    g_autoptr(Kit) kit = kit_new();
    journal_fail(&kit->turn, admitted(kit, STANZA, LINE_PAIR_TOWARDS), &NOBODY);
    kit_expect(kit, "sip store how=row-close failure=item-not-found row=1\n"
                    "xmpp refuse failure=item-not-found from=romeo@sip.test "
                    "to=juliet@xmpp.test/b id=m type=chat");
    journal_fail(&kit->turn, admitted(kit, PAGE, LINE_PAIR_FROM), &NOBODY);
    kit_expect(kit, "xmpp store how=row-close failure=item-not-found row=2\n"
                    "sip refuse failure=item-not-found ref=4 status=604");
}
END_TEST

START_TEST(journal_reports_the_failure_of_an_accepted_send)
{
    g_autoptr(Kit) kit = kit_new();
    kit->session->chat_leg = (ChatLeg){.state = CHAT_LEG_UP, .number = 8};
    session_map_bind_leg(kit->turn.sessions, kit->session, 8, SESSION_LEG_CHAT);
    Line *line = admitted(kit, SEND, LINE_PAIR_FROM);
    journal_accept(&kit->turn, line);
    g_free(kit_said(kit));
    journal_fail(&kit->turn, line, &NOBODY);
    kit_expect(kit, "xmpp store how=row-close failure=item-not-found row=1\n"
                    "sip report failure=item-not-found ref=4");
}
END_TEST

/* ESC-004 */
START_TEST(journal_tells_the_author_by_page_when_his_session_is_gone)
{
    g_autoptr(Kit) kit = kit_new();
    Line *line = admitted(kit, SEND, LINE_PAIR_FROM);
    journal_accept(&kit->turn, line);
    g_free(kit_said(kit));
    journal_fail(&kit->turn, line, &NOBODY);
    kit_expect(kit,
               "xmpp store how=row-close failure=item-not-found row=1\n"
               "sip report failure=item-not-found ref=4\n"
               "sip store how=row-open row=2 from=juliet@xmpp.test to=romeo@sip.test "
               "type=headline body=\"Your message \\\"One\\\" was not delivered: "
               "item-not-found.\" carrier=page own=yes\n"
               "sip message row=2 from=juliet@xmpp.test to=romeo@sip.test "
               "body=\"Your message \\\"One\\\" was not delivered: item-not-found.\"");
    journal_fail(&kit->turn, session_map_find_row(kit->turn.sessions, 2), &NOBODY);
    kit_expect(kit, "sip store how=row-close failure=item-not-found row=2");
}
END_TEST

START_TEST(journal_row_of_a_session_names_whom_it_is_locked_to)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Address) balcony = address_from_jid("juliet@xmpp.test/balcony");
    g_autoptr(Event) event = kit_event(SEND);
    session_lock(kit->session, balcony);
    session_map_set_thread(kit->turn.sessions, kit->session, "T1");
    journal_admit(&kit->turn, kit->session, lines_new(event, LINE_PAIR_FROM));
    kit_expect(kit, "xmpp store how=row-open leg=8 ref=4 row=1 from=romeo@sip.test "
                    "to=juliet@xmpp.test/balcony id=a thread=T1 body=One");
}
END_TEST

/* */
START_TEST(journal_writes_down_how_a_line_leaves_before_it_leaves)
{
    g_autoptr(Kit) kit = kit_new();
    g_autoptr(Event) event = kit_event(STANZA);
    journal_admit(&kit->turn, kit->session, lines_new(event, LINE_PAIR_TOWARDS));
    Line *line = kit->session->waiting.tail->data;
    journal_hand_over(&kit->turn, line, LINE_BY_LEG, 5);
    kit_expect(kit, "sip store how=row-open row=1 from=juliet@xmpp.test/b to=romeo@sip.test "
                    "id=m type=chat body=One carrier=leg");
    journal_take_back(&kit->turn, line); // it may have arrived: its row goes on saying so
    journal_hand_over(&kit->turn, line, LINE_BY_LEG, 6);
    kit_expect(kit, "");
    journal_take_back(&kit->turn, line);
    journal_hand_over(&kit->turn, line, LINE_BY_PAGE, 0);
    kit_expect(kit, "sip store how=row-hand row=1 carrier=page");
    journal_never_left(&kit->turn, line);
    kit_expect(kit, "sip store how=row-hand row=1");
    ck_assert_int_eq(line->tries, 0);
}
END_TEST

/* CHAT-52 ESC-013 */
START_TEST(journal_takes_back_only_what_went_by_that_leg)
{
    g_autoptr(Kit) kit = kit_new();
    Line *lines[4];
    for (int i = 0; i < 4; i++) {
        lines[i] = kit_line(kit, STANZA, LINE_PAIR_TOWARDS);
        journal_hand_over(&kit->turn, lines[i], LINE_BY_LEG, i == 2 ? 6 : 5);
    }
    journal_take_back_leg(&kit->turn, kit->session, 5);
    ck_assert_uint_eq(kit->session->in_flight.length, 1);
    ck_assert(lines[2]->in_flight);
    ck_assert_ptr_eq(kit->session->waiting.head->data, lines[0]);
    ck_assert_ptr_eq(kit->session->waiting.tail->data, lines[3]);
    session_map_check(kit->turn.sessions);
}
END_TEST

START_TEST(journal_counts_how_often_a_line_is_handed_over)
{
    g_autoptr(Kit) kit = kit_new();
    Line *line = kit_line(kit, STANZA, LINE_PAIR_TOWARDS);
    for (int i = 1; i <= 3; i++) {
        journal_hand_over(&kit->turn, line, LINE_BY_LEG, 5);
        ck_assert_int_eq(line->tries, i);
        journal_take_back(&kit->turn, line);
    }
}
END_TEST

int main(void)
{
    return suite_run(
        "journal",
        (const TTest *const[]){
            journal_opens_the_row_with_its_content, journal_closes_a_page_with_its_200,
            journal_accepts_a_send_once_and_reports_its_end, journal_closes_a_stanza_without_a_word,
            journal_tells_the_author_of_a_failure, journal_reports_the_failure_of_an_accepted_send,
            journal_tells_the_author_by_page_when_his_session_is_gone,
            journal_row_of_a_session_names_whom_it_is_locked_to,
            journal_writes_down_how_a_line_leaves_before_it_leaves,
            journal_takes_back_only_what_went_by_that_leg,
            journal_counts_how_often_a_line_is_handed_over, NULL});
}
