// SPDX-License-Identifier: MIT
// One MESSAGE outstanding per target (RFC 3428 8).
#include "mapping/page.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static Line *paged(Kit *kit, const char *to, const char *id)
{
    g_autofree char *notation =
        g_strdup_printf("xmpp message from=juliet@xmpp.test/b to=%s id=%s body=x", to, id);
    Line *line = kit_line(kit, notation, LINE_PAIR_TOWARDS);
    page_send(&kit->turn, line);
    return line;
}

static void answered(Kit *kit, Line *line)
{
    page_on_answer(&kit->turn, line);
    lines_free(session_map_line_drop(kit->turn.sessions, line));
}

// The row of each says that it leaves, when it does and not before.
static const char FIRST[] =
    "sip store how=row-hand row=1 carrier=page\n"
    "sip message row=1 from=juliet@xmpp.test/b to=romeo@sip.test id=a body=x";
static const char SECOND[] =
    "sip store how=row-hand row=2 carrier=page\n"
    "sip message row=2 from=juliet@xmpp.test/b to=romeo@sip.test/desk7 id=b body=x";
static const char THIRD[] =
    "sip store how=row-hand row=3 carrier=page\n"
    "sip message row=3 from=juliet@xmpp.test/b to=romeo@sip.test id=c body=x";

/* IM-15 */
START_TEST(page_sends_the_next_when_one_is_answered_whatever_the_device)
{
    g_autoptr(Kit) kit = kit_new();
    Line *a = paged(kit, "romeo@sip.test", "a");
    kit_expect(kit, FIRST);
    Line *b = paged(kit, "romeo@sip.test/desk7", "b");
    Line *c = paged(kit, "romeo@sip.test", "c");
    kit_expect(kit, "");
    ck_assert(b->in_flight && c->in_flight);
    answered(kit, a);
    kit_expect(kit, SECOND);
    answered(kit, b);
    kit_expect(kit, THIRD);
    answered(kit, c);
    kit_expect(kit, "");
    paged(kit, "romeo@sip.test", "d");
    kit_expect(kit, "sip store how=row-hand row=4 carrier=page\n"
                    "sip message row=4 from=juliet@xmpp.test/b to=romeo@sip.test id=d body=x");
}
END_TEST

/* IM-15 */
START_TEST(page_targets_do_not_wait_for_each_other)
{
    g_autoptr(Kit) kit = kit_new();
    paged(kit, "romeo@sip.test", "a");
    kit_expect(kit, FIRST);
    paged(kit, "mercutio@sip.test", "b");
    kit_expect(kit, "sip store how=row-hand row=2 carrier=page\n"
                    "sip message row=2 from=juliet@xmpp.test/b to=mercutio@sip.test id=b body=x");
}
END_TEST

/* IM-15 */
START_TEST(page_queue_is_bounded)
{
    g_autoptr(Kit) kit = kit_new();
    kit->settings.im_queue = 1;
    paged(kit, "romeo@sip.test", "a");
    paged(kit, "romeo@sip.test", "b");
    g_free(kit_said(kit));
    paged(kit, "romeo@sip.test", "c");
    kit_expect(kit,
               "sip store how=row-close failure=resource-constraint row=3\n"
               "xmpp refuse failure=resource-constraint from=romeo@sip.test "
               "to=juliet@xmpp.test/b id=c text=\"too many messages wait for this recipient\"");
}
END_TEST

START_TEST(page_passes_over_what_went_another_way_meanwhile)
{
    g_autoptr(Kit) kit = kit_new();
    Line *a = paged(kit, "romeo@sip.test", "a");
    Line *b = paged(kit, "romeo@sip.test", "b");
    paged(kit, "romeo@sip.test", "c");
    g_free(kit_said(kit));
    journal_take_back(&kit->turn, b);
    answered(kit, a);
    kit_expect(kit, THIRD);
}
END_TEST

START_TEST(page_answer_to_one_that_waits_sends_nothing)
{
    g_autoptr(Kit) kit = kit_new();
    paged(kit, "romeo@sip.test", "a");
    Line *b = paged(kit, "romeo@sip.test", "b");
    g_free(kit_said(kit));
    page_on_answer(&kit->turn, b);
    kit_expect(kit, "");
}
END_TEST

static void notified_of(Kit *kit, const char *id, How how)
{
    Command *command = command_new(COMMAND_RECEIPT, SIDE_SIP);
    command->f.how = how;
    command->f.to = address_from_jid("romeo@sip.test/desk7");
    fields_set_text(&command->f.id, id);
    page_send_notice(&kit->turn, command);
}

static void notified(Kit *kit, const char *id)
{
    notified_of(kit, id, HOW_NONE);
}

static bool notice_is_answered(Kit *kit, uint64_t row)
{
    g_autofree char *text = g_strdup_printf("sip delivery row=%d", (int)row);
    g_autoptr(Event) answer = kit_event(text);
    return page_on_notice_answer(&kit->turn, answer);
}

/* IM-15 */
START_TEST(page_notice_takes_its_turn_among_lines)
{
    g_autoptr(Kit) kit = kit_new();
    Line *a = paged(kit, "romeo@sip.test", "a");
    notified(kit, "n");
    Line *b = paged(kit, "romeo@sip.test", "b");
    g_free(kit_said(kit));
    answered(kit, a);
    kit_expect(kit, "sip receipt row=2 to=romeo@sip.test/desk7 id=n");
    ck_assert(!notice_is_answered(kit, b->row));
    kit_expect(kit, "");
    ck_assert(notice_is_answered(kit, 2));
    kit_expect(kit, "sip store how=row-hand row=3 carrier=page\n"
                    "sip message row=3 from=juliet@xmpp.test/b to=romeo@sip.test id=b body=x");
    ck_assert(!notice_is_answered(kit, 2));
    answered(kit, b);
    notified(kit, "m");
    kit_expect(kit, "sip receipt row=4 to=romeo@sip.test/desk7 id=m");
}
END_TEST

START_TEST(page_notice_is_dropped_when_too_much_waits)
{
    g_autoptr(Kit) kit = kit_new();
    kit->settings.im_queue = 1;
    Line *a = paged(kit, "romeo@sip.test", "a");
    notified(kit, "n1");
    notified(kit, "n2");
    g_free(kit_said(kit));
    answered(kit, a);
    kit_expect(kit, "sip receipt row=2 to=romeo@sip.test/desk7 id=n1");
    ck_assert(notice_is_answered(kit, 2));
    kit_expect(kit, "");
}
END_TEST

/* IM-29 ESC-004 */
START_TEST(page_queue_that_is_full_takes_what_must_be_told)
{
    g_autoptr(Kit) kit = kit_new();
    kit->settings.im_queue = 1;
    Line *a = paged(kit, "romeo@sip.test", "a");
    Line *b = paged(kit, "romeo@sip.test", "b");
    notified_of(kit, "lost", HOW_DELIVERED);
    notified_of(kit, "told", HOW_REFUSED);
    Line *notice = kit_line(kit, "xmpp message from=juliet@xmpp.test to=romeo@sip.test own=yes "
                                 "type=headline body=x", LINE_PAIR_TOWARDS);
    page_send(&kit->turn, notice);
    g_free(kit_said(kit));
    answered(kit, a);
    g_free(kit_said(kit));
    answered(kit, b);
    kit_expect(kit, "sip receipt how=refused row=4 to=romeo@sip.test/desk7 id=told");
    ck_assert(notice_is_answered(kit, 4));
    kit_expect(kit, "sip store how=row-hand row=5 carrier=page\n"
                    "sip message row=5 from=juliet@xmpp.test to=romeo@sip.test body=x");
}
END_TEST

START_TEST(page_queue_is_bounded_even_for_what_must_be_told)
{
    g_autoptr(Kit) kit = kit_new();
    paged(kit, "romeo@sip.test", "a");
    guint sent = 0;
    for (int i = 0; i < 2000; i++)
        notified_of(kit, "told", HOW_REFUSED);
    g_free(kit_said(kit));
    page_on_answer(&kit->turn, session_map_find_row(kit->turn.sessions, 1));
    while (notice_is_answered(kit, 2 + sent))
        sent++;
    ck_assert_uint_eq(sent, kit->settings.im_queue + 1000);
}
END_TEST

static void knows(Kit *kit, const char *domain, PeerMemoryRules rules)
{
    peer_memory_set_rules(kit->turn.peers, domain, &rules);
}

static void paged_with(Kit *kit, const char *more)
{
    g_autofree char *notation = g_strdup_printf(
        "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=a body=x %s", more);
    page_send(&kit->turn, kit_line(kit, notation, LINE_PAIR_TOWARDS));
}

#define HEAD                                                                                       \
    "sip store how=row-hand row=1 carrier=page\n"                                                  \
    "sip message row=1 from=juliet@xmpp.test/b to=romeo@sip.test id=a "

/* EXT-01 */
START_TEST(page_is_wrapped_for_who_takes_that_where_it_gains_something)
{
    static const struct {
        PeerMemoryRule cpim;
        const char *more;
        const char *said;
    } CASES[] = {
        {PEER_MEMORY_ALWAYS, "receipt=yes", HEAD "body=x receipt=yes wrapped=yes"},
        {PEER_MEMORY_ALWAYS, "stamp=2026-01-02T03:04:05Z",
         HEAD "body=x stamp=2026-01-02T03:04:05Z wrapped=yes"},
        {PEER_MEMORY_ALWAYS, "", HEAD "body=x"},
        {PEER_MEMORY_AUTO, "receipt=yes", HEAD "body=x receipt=yes"},
        {PEER_MEMORY_NEVER, "receipt=yes", HEAD "body=x receipt=yes"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(Kit) kit = kit_new();
        knows(kit, "sip.test", (PeerMemoryRules){.traits = {[PEER_MEMORY_CPIM] = CASES[i].cpim}});
        paged_with(kit, CASES[i].more);
        kit_expect(kit, CASES[i].said);
    }
}
END_TEST

/* EXT-16 */
START_TEST(page_has_html_beside_the_text_when_that_is_wanted_and_taken)
{
    PeerMemoryRules takes = {.traits = {[PEER_MEMORY_HTML] = PEER_MEMORY_ALWAYS}};
    PeerMemoryRules alone = {.traits = {[PEER_MEMORY_HTML] = PEER_MEMORY_ALWAYS,
                                        [PEER_MEMORY_MULTIPART] = PEER_MEMORY_NEVER}};
    const struct {
        bool send_html;
        PeerMemoryRules rules;
        const char *said;
    } cases[] = {
        {true, takes, HEAD "body=x html=<b>x</b>"},
        {false, takes, HEAD "body=x"},
        {true, alone, HEAD "body=x"},
        {true, (PeerMemoryRules){.max_size = 1}, HEAD "body=x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Kit) kit = kit_new();
        kit->settings.send_html = cases[i].send_html;
        knows(kit, "*", cases[i].rules);
        paged_with(kit, "html=<b>x</b>");
        kit_expect(kit, cases[i].said);
    }
}
END_TEST

/* IM-14 */
START_TEST(page_may_be_of_any_size_for_a_peer_whose_way_is_safe)
{
    g_autoptr(Kit) kit = kit_new();
    knows(kit, "romeo@sip.test", (PeerMemoryRules){.congestion_safe = PEER_MEMORY_ALWAYS});
    paged_with(kit, "");
    kit_expect(kit, HEAD "body=x any_size=yes");
}
END_TEST

int main(void)
{
    return suite_run("page", (const TTest *const[]){
                                 page_sends_the_next_when_one_is_answered_whatever_the_device,
                                 page_targets_do_not_wait_for_each_other, page_queue_is_bounded,
                                 page_passes_over_what_went_another_way_meanwhile,
                                 page_answer_to_one_that_waits_sends_nothing,
                                 page_notice_takes_its_turn_among_lines,
                                 page_notice_is_dropped_when_too_much_waits,
                                 page_queue_that_is_full_takes_what_must_be_told,
                                 page_queue_is_bounded_even_for_what_must_be_told,
                                 page_is_wrapped_for_who_takes_that_where_it_gains_something,
                                 page_has_html_beside_the_text_when_that_is_wanted_and_taken,
                                 page_may_be_of_any_size_for_a_peer_whose_way_is_safe, NULL});
}
