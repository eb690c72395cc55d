// SPDX-License-Identifier: MIT
// The table of who waits to be told: found by id, by row, and up to here; bounded.
#include "mapping/receipts.h"

#include "tests/support/kit.h"
#include "tests/support/suite.h"

static const ReceiptsWish ALL = {true, true, true};
static uint64_t last_row;

static uint64_t note_at(Receipts *receipts, const char *notation, ReceiptsWish wish, int64_t at_ms)
{
    g_autoptr(Event) event = kit_event(notation);
    event->at_ms = at_ms;
    g_autoptr(Line) line = lines_new(
        event, event->side == SIDE_XMPP ? LINE_PAIR_TOWARDS : LINE_PAIR_FROM);
    line->row = ++last_row;
    receipts_note(receipts, line, wish);
    return line->row;
}

static uint64_t note(Receipts *receipts, const char *id, ReceiptsWish wish)
{
    g_autofree char *notation =
        g_strdup_printf("sip message from=romeo@sip.test/desk7 to=juliet@xmpp.test id=%s", id);
    return note_at(receipts, notation, wish, 0);
}

static ReceiptsEntry *find(Receipts *receipts, const char *from, const char *to, const char *id,
                           int64_t now_ms)
{
    g_autoptr(Address) author = address_from_jid(from);
    g_autoptr(Address) reader = address_from_jid(to);
    return receipts_find(receipts, author, reader, id, now_ms);
}

static ReceiptsEntry *find_romeos(Receipts *receipts, const char *id)
{
    return find(receipts, "romeo@sip.test", "juliet@xmpp.test/b", id, 0);
}

/* EXT-01 EXT-02 */
START_TEST(receipts_finds_a_message_by_author_reader_and_id_whatever_the_device)
{
    g_autoptr(Receipts) receipts = receipts_new();
    uint64_t row = note(receipts, "m1", ALL);
    const ReceiptsEntry *entry = find_romeos(receipts, "m1");
    ck_assert_ptr_nonnull(entry);
    ck_assert_uint_eq(entry->row, row);
    ck_assert_int_eq(entry->author, SIDE_SIP);
    ck_assert_ptr_eq(receipts_find_row(receipts, row), entry);
    ck_assert_ptr_null(find_romeos(receipts, "m2"));
    ck_assert_ptr_null(find_romeos(receipts, NULL));
    ck_assert_ptr_null(find(receipts, "juliet@xmpp.test", "romeo@sip.test", "m1", 0));
    ck_assert_ptr_null(find(receipts, "tybalt@sip.test", "juliet@xmpp.test", "m1", 0));
}
END_TEST

START_TEST(receipts_of_an_id_used_twice_gives_the_younger)
{
    g_autoptr(Receipts) receipts = receipts_new();
    uint64_t first = note(receipts, "m1", ALL);
    uint64_t second = note(receipts, "m1", ALL);
    ck_assert_uint_eq(find_romeos(receipts, "m1")->row, second);
    receipts_drop(receipts, receipts_find_row(receipts, second));
    ck_assert_uint_eq(find_romeos(receipts, "m1")->row, first);
}
END_TEST

START_TEST(receipts_notes_nothing_without_a_wish_or_an_id)
{
    g_autoptr(Receipts) receipts = receipts_new();
    note(receipts, "m1", (ReceiptsWish){0});
    note_at(receipts, "sip message from=romeo@sip.test to=juliet@xmpp.test body=x", ALL, 0);
    ck_assert_uint_eq(receipts_count(receipts), 0);
}
END_TEST

START_TEST(receipts_forgets_after_a_day)
{
    static const int64_t day_ms = 24 * 3600 * 1000;
    g_autoptr(Receipts) receipts = receipts_new();
    note(receipts, "m1", ALL);
    ck_assert_ptr_nonnull(find(receipts, "romeo@sip.test", "juliet@xmpp.test", "m1", day_ms));
    ck_assert_ptr_null(find(receipts, "romeo@sip.test", "juliet@xmpp.test", "m1", day_ms + 1));
}
END_TEST

/* EXT-03 */
START_TEST(receipts_up_to_here_are_the_older_ones_that_wait_oldest_first)
{
    static const ReceiptsWish receipt_only = {.delivered = true};
    ReceiptsEntry *found[RECEIPTS_UP_TO_MAX];
    g_autoptr(Receipts) receipts = receipts_new();
    note(receipts, "m1", ALL);
    note(receipts, "m2", receipt_only);
    note(receipts, "m3", ALL);
    note_at(receipts, "xmpp message from=juliet@xmpp.test to=romeo@sip.test id=x1", ALL, 0);
    note(receipts, "m4", ALL);
    note(receipts, "m5", ALL);
    ck_assert_uint_eq(receipts_up_to(find_romeos(receipts, "m4"), found), 3);
    ck_assert_str_eq(found[0]->id, "m1");
    ck_assert_str_eq(found[1]->id, "m3");
    ck_assert_str_eq(found[2]->id, "m4");
}
END_TEST

/* EXT-03 */
START_TEST(receipts_up_to_here_are_twenty_at_most_with_the_one_that_is_named)
{
    ReceiptsEntry *found[RECEIPTS_UP_TO_MAX];
    g_autoptr(Receipts) receipts = receipts_new();
    for (int i = 1; i <= 30; i++) {
        g_autofree char *id = g_strdup_printf("m%d", i);
        note(receipts, id, ALL);
    }
    ck_assert_uint_eq(receipts_up_to(find_romeos(receipts, "m30"), found), 20);
    ck_assert_str_eq(found[0]->id, "m1");
    ck_assert_str_eq(found[18]->id, "m19");
    ck_assert_str_eq(found[19]->id, "m30");
}
END_TEST

START_TEST(receipts_keeps_a_hundred_of_one_author_to_one_reader)
{
    g_autoptr(Receipts) receipts = receipts_new();
    uint64_t other =
        note_at(receipts, "sip message from=tybalt@sip.test to=juliet@xmpp.test id=t1", ALL, 0);
    uint64_t first = note(receipts, "first", ALL);
    for (int i = 0; i < 100; i++)
        note(receipts, "m", ALL);
    ck_assert_uint_eq(receipts_count(receipts), 101);
    ck_assert_ptr_null(receipts_find_row(receipts, first));
    ck_assert_ptr_nonnull(receipts_find_row(receipts, other));
}
END_TEST

START_TEST(receipts_forgets_the_oldest_of_all_when_it_is_full)
{
    g_autoptr(Receipts) receipts = receipts_new();
    uint64_t first = note(receipts, "first", ALL);
    for (int i = 0; i < 20000; i++) {
        g_autofree char *notation = g_strdup_printf(
            "sip message from=s%d@sip.test to=juliet@xmpp.test id=m", i);
        note_at(receipts, notation, ALL, 0);
    }
    ck_assert_uint_eq(receipts_count(receipts), 20000);
    ck_assert_ptr_null(receipts_find_row(receipts, first));
}
END_TEST

int main(void)
{
    return suite_run(
        "receipts",
        (const TTest *const[]){
            receipts_finds_a_message_by_author_reader_and_id_whatever_the_device,
            receipts_of_an_id_used_twice_gives_the_younger,
            receipts_notes_nothing_without_a_wish_or_an_id, receipts_forgets_after_a_day,
            receipts_up_to_here_are_the_older_ones_that_wait_oldest_first,
            receipts_up_to_here_are_twenty_at_most_with_the_one_that_is_named,
            receipts_keeps_a_hundred_of_one_author_to_one_reader,
            receipts_forgets_the_oldest_of_all_when_it_is_full, NULL});
}
