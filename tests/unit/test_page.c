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

static const char FIRST[] =
    "sip message row=1 from=juliet@xmpp.test/b to=romeo@sip.test id=a body=x";
static const char SECOND[] =
    "sip message row=2 from=juliet@xmpp.test/b to=romeo@sip.test/desk7 id=b body=x";
static const char THIRD[] =
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
    kit_expect(kit, "sip message row=4 from=juliet@xmpp.test/b to=romeo@sip.test id=d body=x");
}
END_TEST

/* IM-15 */
START_TEST(page_targets_do_not_wait_for_each_other)
{
    g_autoptr(Kit) kit = kit_new();
    paged(kit, "romeo@sip.test", "a");
    kit_expect(kit, FIRST);
    paged(kit, "mercutio@sip.test", "b");
    kit_expect(kit, "sip message row=2 from=juliet@xmpp.test/b to=mercutio@sip.test id=b body=x");
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

static void notified(Kit *kit, const char *id)
{
    Command *command = command_new(COMMAND_RECEIPT, SIDE_SIP);
    command->f.to = address_from_jid("romeo@sip.test/desk7");
    fields_set_text(&command->f.id, id);
    page_send_notice(&kit->turn, command);
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
    kit_expect(kit, "sip message row=3 from=juliet@xmpp.test/b to=romeo@sip.test id=b body=x");
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

int main(void)
{
    return suite_run("page", (const TTest *const[]){
                                 page_sends_the_next_when_one_is_answered_whatever_the_device,
                                 page_targets_do_not_wait_for_each_other, page_queue_is_bounded,
                                 page_passes_over_what_went_another_way_meanwhile,
                                 page_answer_to_one_that_waits_sends_nothing,
                                 page_notice_takes_its_turn_among_lines,
                                 page_notice_is_dropped_when_too_much_waits, NULL});
}
