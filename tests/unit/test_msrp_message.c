// SPDX-License-Identifier: MIT
// Byte ranges and reassembly (RFC 4975 7.1.1, 7.3.1); GV-003, 004, 006 are in test_msrp_vectors.c.
#include "sip/msrp/msrp_message.h"
#include "tests/support/suite.h"

#include <string.h>

static MsrpBudget budget;
static int64_t clock_now_ms;
static GArray *no_headers;

static MsrpMessage *message_new(size_t max_size)
{
    budget = (MsrpBudget){NULL, 4 * max_size + 8192, 0};
    MsrpMessageLimits limits = {max_size, 1000, &budget};
    if (no_headers == NULL)
        no_headers = g_array_new(FALSE, FALSE, 16);
    return msrp_message_new(&limits);
}

// What becomes of a chunk: "part", "whole TEXT", ...
static char *take(MsrpMessage *message, const char *id, const char *range, const char *text,
                  char flag)
{
    g_auto(MsrpMessageWhole) whole = {0};
    MsrpMessageChunk chunk = {.message_id = id, .octets = (const uint8_t *)text,
                              .length = strlen(text), .flag = flag, .headers = no_headers,
                              .content_type = "text/plain"};
    ck_assert(msrp_message_range_read(range, &chunk.range));
    switch (msrp_message_take(message, &chunk, clock_now_ms, &whole)) {
    case MSRP_MESSAGE_PART: return g_strdup("part");
    case MSRP_MESSAGE_WHOLE:
        return g_strdup_printf("whole %.*s", (int)whole.length, (const char *)whole.octets);
    case MSRP_MESSAGE_ABORTED: return g_strdup("aborted");
    case MSRP_MESSAGE_TOO_LARGE: return g_strdup("too large");
    case MSRP_MESSAGE_IGNORED: return g_strdup("ignored");
    }
    return NULL;
}

static void takes(MsrpMessage *message, const char *id, const char *range, const char *text,
                  char flag, const char *expected)
{
    g_autofree char *seen = take(message, id, range, text, flag);
    ck_assert_str_eq(seen, expected);
}

/* MSRP-005 */
START_TEST(message_range_is_written_as_it_is_read)
{
    static const char *const texts[] = {"1-8/8", "1-*/*", "5-*/900", "1-0/0",
                                        "7-9007199254740992/*"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        MsrpMessageRange range;
        ck_assert(msrp_message_range_read(texts[i], &range));
        g_autofree char *written = msrp_message_range_write(&range);
        ck_assert_str_eq(written, texts[i]);
    }
    MsrpMessageRange absent;
    ck_assert(msrp_message_range_read(NULL, &absent));
    ck_assert(absent.start == 1 && absent.end == MSRP_MESSAGE_OPEN);
}
END_TEST

/* MSRP-005 */
START_TEST(message_range_out_of_form_is_refused)
{
    static const char *const bad[] = {"", "1", "1-", "1-2", "1-2/", "1-2/3 ", " 1-2/3", "1-2/3/4",
                                      "-1-2/3", "1-2/x", "1--2/3", "+1-2/3", "1-2/**",
                                      "99999999999999999999-2/3", "1-99999999999999999999/3"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        MsrpMessageRange range;
        ck_assert_msg(!msrp_message_range_read(bad[i], &range), "%s was read", bad[i]);
    }
}
END_TEST

/* MSRP-006 CHAT-21 */
START_TEST(message_in_one_piece_goes_through_at_once)
{
    g_autoptr(MsrpMessage) message = message_new(100);
    takes(message, "m1", NULL, "hello", '$', "whole hello");
    takes(message, "m2", "1-0/0", "", '$', "whole ");
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* MSRP-006 CHAT-21 */
START_TEST(message_end_may_come_first_and_fixes_the_total)
{
    g_autoptr(MsrpMessage) message = message_new(100);
    takes(message, "m1", "9-*/*", "ij", '$', "part");
    takes(message, "m1", "5-*/*", "efgh", '+', "part");
    takes(message, "m1", "1-*/*", "abcd", '+', "whole abcdefghij");
    // A total that was announced wrongly does not count.
    takes(message, "m2", "1-4/99", "abcd", '+', "part");
    takes(message, "m2", "5-6/99", "ef", '$', "whole abcdef");
    // Octets beyond the end that came before it do not count either.
    takes(message, "m3", "1-6/*", "abcdef", '+', "part");
    takes(message, "m3", "3-4/*", "XY", '$', "whole abXY");
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* MSRP-006 CHAT-21 */
START_TEST(message_chunks_of_several_messages_may_alternate)
{
    g_autoptr(MsrpMessage) message = message_new(100);
    takes(message, "m1", "1-*/4", "ab", '+', "part");
    takes(message, "m2", "1-*/4", "AB", '+', "part");
    takes(message, "m1", "3-*/4", "cd", '$', "whole abcd");
    ck_assert(msrp_message_is_partial(message));
    takes(message, "m2", "3-*/4", "CD", '$', "whole ABCD");
    ck_assert(!msrp_message_is_partial(message));
}
END_TEST

/* MSRP-006 CHAT-21 */
START_TEST(message_given_up_by_its_sender_is_forgotten)
{
    g_autoptr(MsrpMessage) message = message_new(100);
    takes(message, "m1", "1-*/8", "abcd", '+', "part");
    takes(message, "m1", "5-*/8", "e", '#', "aborted");
    ck_assert_int_eq(msrp_message_deadline(message), INT64_MAX);
    ck_assert_uint_eq(budget.used, 0);
    takes(message, "m1", "5-8/8", "efgh", '$', "part"); // as if it were new
}
END_TEST

/* MSRP-006 CHAT-22 MSRP-019 */
START_TEST(message_too_large_is_refused_once_and_then_ignored)
{
    g_autoptr(MsrpMessage) message = message_new(10);
    takes(message, "m1", "1-*/10", "abcdefghij", '$', "whole abcdefghij");
    takes(message, "m2", "1-*/*", "abcdefghijk", '$', "too large");
    takes(message, "m3", "1-*/11", "a", '+', "too large");
    takes(message, "m3", "2-*/11", "b", '+', "ignored");
    ck_assert(!msrp_message_is_partial(message)); // nobody waits for the rest of it
    takes(message, "m3", "3-*/11", "cdefghijk", '$', "ignored");
    takes(message, "m4", "1-*/*", "abcdefgh", '+', "part");
    takes(message, "m4", "9-*/*", "ijk", '+', "too large"); // by sum
    takes(message, "m4", "12-*/*", "l", '#', "ignored");
    takes(message, "m5", "9007199254740992-*/*", "x", '+', "too large");
    ck_assert_int_lt(msrp_message_deadline(message), INT64_MAX); // m5 may go on
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* MSRP-006 */
START_TEST(message_of_which_nothing_comes_is_forgotten_after_its_time)
{
    g_autoptr(MsrpMessage) message = message_new(100);
    clock_now_ms = 5000;
    takes(message, "m1", "1-*/8", "abcd", '+', "part");
    ck_assert_int_eq(msrp_message_deadline(message), 6000);
    clock_now_ms = 5900;
    takes(message, "m1", "5-*/8", "e", '+', "part");
    ck_assert_int_eq(msrp_message_deadline(message), 6900);
    msrp_message_expire(message, 6899);
    ck_assert_int_lt(msrp_message_deadline(message), INT64_MAX);
    msrp_message_expire(message, 6900);
    ck_assert_int_eq(msrp_message_deadline(message), INT64_MAX);
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(message_parts_are_bounded_in_number_and_memory)
{
    g_autoptr(MsrpMessage) message = message_new(100000);
    budget.limit = 40000;
    takes(message, "big1", "20000-*/*", "x", '+', "part"); // a hole takes memory, too
    takes(message, "big2", "20000-*/*", "x", '+', "too large");
    budget.limit = 1000000;
    for (int i = 0; i < 30; i++) {
        g_autofree char *id = g_strdup_printf("m-%d", i);
        takes(message, id, "1-*/*", "x", '+', "part");
    }
    takes(message, "one-more", "1-*/*", "x", '+', "too large");
    takes(message, "whole-one", "1-1/1", "x", '$', "whole x"); // needs no memory
}
END_TEST

START_TEST(message_in_more_pieces_than_anybody_sends_is_refused)
{
    g_autoptr(MsrpMessage) message = message_new(100000);
    for (int i = 0; i < 256; i++) {
        g_autofree char *range = g_strdup_printf("%d-*/*", 2 * i + 1);
        takes(message, "m1", range, "x", '+', "part");
    }
    takes(message, "m1", "2001-*/*", "x", '+', "too large");
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* MSRP-007 */
START_TEST(message_cut_is_exact_up_to_2048_octets_and_open_beyond)
{
    MsrpMessageRange shortest = msrp_message_cut(0, 2048, UINT64_MAX);
    MsrpMessageRange longer = msrp_message_cut(0, 2049, UINT64_MAX);
    MsrpMessageRange rest = msrp_message_cut(1, 2049, UINT64_MAX);
    ck_assert_uint_eq(shortest.end, 2048);
    ck_assert_uint_eq(longer.end, MSRP_MESSAGE_OPEN);
    ck_assert_uint_eq(longer.total, 2049);
    ck_assert(rest.start == 2 && rest.end == 2049);
}
END_TEST

int main(void)
{
    return suite_run("msrp_message", (const TTest *const[]){
        message_range_is_written_as_it_is_read,
        message_range_out_of_form_is_refused,
        message_in_one_piece_goes_through_at_once,
        message_end_may_come_first_and_fixes_the_total,
        message_chunks_of_several_messages_may_alternate,
        message_given_up_by_its_sender_is_forgotten,
        message_too_large_is_refused_once_and_then_ignored,
        message_of_which_nothing_comes_is_forgotten_after_its_time,
        message_parts_are_bounded_in_number_and_memory,
        message_in_more_pieces_than_anybody_sends_is_refused,
        message_cut_is_exact_up_to_2048_octets_and_open_beyond,
        NULL,
    });
}
