// SPDX-License-Identifier: MIT
// Octets to frames: the grammar of RFC 4975 9, in pieces of any size, and its bounds.
#include "sip/msrp/msrp_parser.h"
#include "tests/support/suite.h"

#include <string.h>

#define PATHS "To-Path: msrp://a.example:1/aa;tcp\r\nFrom-Path: msrp://b.example:2/bb;tcp\r\n"

static MsrpBudget budget;

static MsrpParser *parser_new(size_t body_max)
{
    budget = (MsrpBudget){NULL, 1 << 20, 0};
    return msrp_parser_new(body_max, &budget);
}

static void describe(GString *out, const MsrpFrame *frame)
{
    if (frame->kind == MSRP_KIND_RESPONSE)
        g_string_append_printf(out, "%s %d [%s]", frame->tid, frame->status,
                               frame->comment != NULL ? frame->comment : "-");
    else
        g_string_append_printf(out, "%s %s", frame->tid, frame->method);
    if (frame->has_body)
        g_string_append_printf(out, " [%.*s]", (int)frame->length, frame->body);
    g_string_append_printf(out, " %c%s%s\n", frame->flag, frame->too_long ? " too-long" : "",
                           frame->fault != 0 ? " bad" : "");
}

// Everything that comes out of `text`, fed in pieces of `piece` octets.
static char *parse(MsrpParser *parser, const char *text, size_t length, size_t piece)
{
    GString *out = g_string_new(NULL);
    for (size_t at = 0; at < length; at += piece) {
        const uint8_t *octets = (const uint8_t *)text + at;
        size_t left = MIN(piece, length - at);
        MsrpFrame *frame;
        MsrpParserResult result;
        while ((result = msrp_parser_feed(parser, &octets, &left, &frame)) == MSRP_PARSER_FRAME) {
            describe(out, frame);
            msrp_frame_free(frame);
        }
        msrp_frame_free(frame);
        if (result == MSRP_PARSER_BROKEN) {
            g_string_append(out, "broken\n");
            break;
        }
    }
    return g_string_free(out, FALSE);
}

// The same in all sizes of pieces; nothing of it stays charged.
static void reads_as(const char *text, size_t body_max, const char *expected)
{
    static const size_t pieces[] = {1, 2, 3, 7, 41, 1000000};
    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        MsrpParser *parser = parser_new(body_max);
        g_autofree char *seen = parse(parser, text, strlen(text), pieces[i]);
        msrp_parser_free(parser);
        ck_assert_msg(strcmp(seen, expected) == 0, "pieces of %zu: %s instead of %s", pieces[i],
                      seen, expected);
        ck_assert_uint_eq(budget.used, 0);
    }
}

/* MSRP-001 MSRP-003 MSRP-004 */
START_TEST(parser_finds_frames_wherever_the_pieces_begin_and_end)
{
    reads_as("MSRP d93kswow SEND\r\n" PATHS "Message-ID: 12339sdqwer\r\nByte-Range: 1-16/16\r\n"
             "Content-Type: text/plain\r\n\r\nHi, I'm Alice!\r\n\r\n-------d93kswow$\r\n"
             "MSRP d93kswow 200 OK\r\n" PATHS "-------d93kswow$\r\n"
             "MSRP d93kswox 200\r\n" PATHS "-------d93kswox$\r\n"
             "MSRP dkei38sd SEND\r\n" PATHS "Message-ID: 4564dpWd\r\nByte-Range: 1-*/8\r\n"
             "Content-Type: text/plain\r\n\r\nabcd\r\n-------dkei38sd+\r\n"
             "MSRP keep0001 SEND\r\n" PATHS "Message-ID: 9992\r\n-------keep0001$\r\n"
             "MSRP gone0001 SEND\r\n" PATHS "Message-ID: 4564dpWd\r\nByte-Range: 5-*/8\r\n"
             "Content-Type: text/plain\r\n\r\nx\r\n-------gone0001#\r\n",
             1000,
             "d93kswow SEND [Hi, I'm Alice!\r\n] $\n"
             "d93kswow 200 [OK] $\n"
             "d93kswox 200 [-] $\n"
             "dkei38sd SEND [abcd] +\n"
             "keep0001 SEND $\n"
             "gone0001 SEND [x] #\n");
}
END_TEST

/* MSRP-003 */
START_TEST(parser_takes_only_the_whole_end_line_of_this_transaction_for_the_end)
{
    reads_as("MSRP tid00001 SEND\r\n" PATHS "Message-ID: 1234\r\nContent-Type: text/plain\r\n\r\n"
             "x-------tid00001$\r\n"     // not at the beginning of a line
             "\r\n-------tid00001\r\n"   // no flag
             "\r\n-------tid00001!\r\n"  // none of the flags
             "\r\n-------tid00001$ \r\n" // not the end of the line
             "\r\n-------tid00002$\r\n"  // somebody else's
             "\r\n------tid00001$\r\n"   // six dashes
             "\n-------tid00001$\r\n"    // no carriage return before
             "\r\n-------tid00001$\r\n",
             1000,
             "tid00001 SEND [x-------tid00001$\r\n\r\n-------tid00001\r\n\r\n-------tid00001!\r\n"
             "\r\n-------tid00001$ \r\n\r\n-------tid00002$\r\n\r\n------tid00001$\r\n"
             "\n-------tid00001$\r\n] $\n");
}
END_TEST

/* MSRP-004 */
START_TEST(parser_tells_an_empty_body_from_none)
{
    reads_as("MSRP empty001 SEND\r\n" PATHS "Message-ID: 1234\r\nContent-Type: text/plain\r\n\r\n"
             "\r\n-------empty001$\r\n"
             "MSRP empty002 SEND\r\n" PATHS "Message-ID: 1234\r\nContent-Type: text/plain\r\n\r\n"
             "-------empty002$\r\n"
             "MSRP none0001 SEND\r\n" PATHS "Message-ID: 1234\r\n-------none0001$\r\n",
             1000, "empty001 SEND [] $\nempty002 SEND [] $\nnone0001 SEND $\n");
}
END_TEST

/* MSRP-001 */
START_TEST(parser_accepts_short_ids_and_unknown_methods)
{
    reads_as("MSRP a SEND\r\n" PATHS "-------a$\r\n"
             "MSRP a.-+%=b AUTH\r\n" PATHS "-------a.-+%=b$\r\n"
             "MSRP abcdefghijklmnopqrstuvwxyz012345 FLY\r\n" PATHS
             "-------abcdefghijklmnopqrstuvwxyz012345$\r\n",
             1000,
             "a SEND $\na.-+%=b AUTH $\nabcdefghijklmnopqrstuvwxyz012345 FLY $\n");
}
END_TEST

/* MSRP-001 */
START_TEST(parser_gives_up_at_a_start_line_that_is_none)
{
    static const char *const lines[] = {
        "\r\n",
        "MSRPS abcd SEND\r\n",
        "msrp abcd SEND\r\n",
        "MSRP  abcd SEND\r\n",
        "MSRP abcd\r\n",
        "MSRP abcd \r\n",
        "MSRP -abc SEND\r\n",
        "MSRP ab/c SEND\r\n",
        "MSRP abcdefghijklmnopqrstuvwxyz0123456 SEND\r\n",
        "MSRP abcd send\r\n",
        "MSRP abcd SEND \r\n",
        "MSRP abcd 20\r\n",
        "MSRP abcd 2000\r\n",
        "MSRP abcd 200OK\r\n",
        "MSRP abcd 200 \x01\r\n",
        "MSRP abcd AVERYLONGMETHODTHATNOBODYHASEVERHEARDOF\r\n",
        "GET / HTTP/1.1\r\n",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        reads_as(lines[i], 1000, "broken\n");
}
END_TEST

/* MSRP-002 */
START_TEST(parser_marks_frames_whose_headers_are_out_of_form)
{
#define TO   "To-Path: msrp://a.example:1/aa;tcp\r\n"
#define FROM "From-Path: msrp://b.example:2/bb;tcp\r\n"
#define ID   "Message-ID: 1234\r\n"
    static const char *const heads[] = {
        FROM TO ID,
        TO ID FROM,
        ID TO FROM,
        TO ID,
        FROM ID,
        ID,
        TO FROM TO,
        TO FROM ID ID,
        TO FROM "Message-ID: \r\n",
        TO FROM "Message-ID: a b\r\n",
        TO FROM "Message-ID:1234\r\n",
        TO FROM "Message-ID : 1234\r\n",
        TO FROM ID " folded\r\n",
        TO FROM ID "nonsense\r\n",
        TO FROM ID "X-Thing: a\tb\x7f\r\n",
        TO FROM ID "X-Thing: \xff\xfe\r\n",
        TO FROM ID "X-Thing: a\rb\r\n",
        TO FROM ID "X-Thing: a\nb\r\n",
        TO FROM ID "Failure-Report: maybe\r\n",
        TO FROM ID "Success-Report: partial\r\n",
        TO FROM ID "Content-Type: text/plain\r\n",
        "To-Path: msrp://a.example:1/aa;tcp  msrp://a.example:1/aa;tcp\r\n" FROM ID,
        "To-Path: sip:a@b\r\n" FROM ID,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        g_autofree char *text =
            g_strconcat("MSRP abcd SEND\r\n", heads[i], "-------abcd$\r\n", NULL);
        reads_as(text, 1000, "abcd SEND $ bad\n");
    }
}
END_TEST

/* MSRP-002 */
START_TEST(parser_wants_content_type_last_and_only_before_a_body)
{
    reads_as("MSRP abcd SEND\r\n" PATHS ID "\r\nbody\r\n-------abcd$\r\n", 1000,
             "abcd SEND [body] $ bad\n");
    reads_as("MSRP abcd SEND\r\n" PATHS "Content-Type: text/plain\r\n" ID
             "\r\nbody\r\n-------abcd$\r\n",
             1000, "abcd SEND [body] $ bad\n");
    reads_as("MSRP abcd 200 OK\r\n" PATHS "Content-Type: text/plain\r\n\r\nbody\r\n"
             "-------abcd$\r\n",
             1000, "abcd 200 [OK] [body] $ bad\n");
    reads_as("MSRP abcd SEND\r\n" PATHS ID "Content-Language: en\r\nContent-Type: text/plain\r\n"
             "\r\nbody\r\n-------abcd$\r\n",
             1000, "abcd SEND [body] $\n");
}
END_TEST

/* MSRP-002 */
START_TEST(parser_compares_header_names_without_case)
{
    g_autoptr(MsrpParser) parser = parser_new(1000);
    const char *text = "MSRP abcd SEND\r\nTO-PATH: msrp://a.example:1/aa;tcp\r\n"
                       "from-path: msrp://b.example:2/bb;tcp\r\nmessage-id: 1234\r\n"
                       "X-Other: one\r\nx-other: two\r\n-------abcd$\r\n";
    const uint8_t *octets = (const uint8_t *)text;
    size_t length = strlen(text);
    g_autoptr(MsrpFrame) frame = NULL;
    ck_assert_int_eq(msrp_parser_feed(parser, &octets, &length, &frame), MSRP_PARSER_FRAME);
    ck_assert_int_eq(frame->fault, 0);
    ck_assert_str_eq(frame->field[MSRP_FRAME_MESSAGE_ID], "1234");
    ck_assert_uint_eq(frame->others->len, 2);
    ck_assert_str_eq(g_array_index(frame->others, MsrpHeader, 1).name, "x-other");
    ck_assert_str_eq(g_array_index(frame->others, MsrpHeader, 1).value, "two");
}
END_TEST

START_TEST(parser_gives_up_at_an_end_line_of_another_transaction_in_the_head)
{
    reads_as("MSRP abcd SEND\r\n" PATHS "-------abce$\r\n", 1000, "broken\n");
    reads_as("MSRP abcd SEND\r\n" PATHS "-------abcd\r\n", 1000, "broken\n");
}
END_TEST

// A frame with a header line repeated, or of a given length.
static char *head_of(size_t lines, size_t line_length)
{
    GString *text = g_string_new("MSRP abcd SEND\r\n" PATHS);
    for (size_t i = 0; i < lines; i++) {
        g_string_append(text, "X-A: ");
        for (size_t k = 0; k < line_length - 7; k++)
            g_string_append_c(text, 'a');
        g_string_append(text, "\r\n");
    }
    g_string_append(text, "-------abcd$\r\n");
    return g_string_free(text, FALSE);
}

START_TEST(parser_bounds_lines_and_heads)
{
    g_autofree char *longest = head_of(1, 8192);
    g_autofree char *too_long = head_of(1, 8193);
    g_autofree char *most = head_of(62, 20);
    g_autofree char *too_many = head_of(63, 20);
    g_autofree char *too_big = head_of(3, 8000);
    reads_as(longest, 1000, "abcd SEND $\n");
    reads_as(too_long, 1000, "broken\n");
    reads_as(most, 1000, "abcd SEND $\n");
    reads_as(too_many, 1000, "broken\n");
    reads_as(too_big, 1000, "broken\n");
}
END_TEST

START_TEST(parser_holds_little_of_a_line_that_never_ends)
{
    g_autoptr(MsrpParser) parser = parser_new(1000);
    g_autofree char *megabyte = g_strnfill(1 << 20, 'a');
    g_autofree char *begun = parse(parser, "MSRP abcd SEND\r\nX: ", 19, 19);
    ck_assert_str_eq(begun, "");
    const uint8_t *octets = (const uint8_t *)megabyte;
    size_t left = 1 << 20;
    MsrpFrame *frame = NULL;
    while (left > 0) {
        size_t piece = 100;
        const uint8_t *at = octets;
        if (msrp_parser_feed(parser, &at, &piece, &frame) == MSRP_PARSER_BROKEN)
            break;
        octets += 100;
        left -= 100;
    }
    msrp_frame_free(frame);
    ck_assert_uint_gt(left, (1 << 20) - 10000);
    ck_assert_uint_eq(msrp_parser_feed(parser, &octets, &left, &frame), MSRP_PARSER_BROKEN);
}
END_TEST

/* MSRP-006 CHAT-22 */
START_TEST(parser_hands_out_a_frame_that_is_too_long_and_skips_the_rest)
{
    for (size_t length = 95; length < 160; length++) {
        g_autofree char *body = g_strnfill(length, 'b');
        g_autofree char *text = g_strconcat(
            "MSRP long0001 SEND\r\n" PATHS "Message-ID: 1234\r\nContent-Type: text/plain\r\n\r\n",
            body, "\r\n-------long0001$\r\nMSRP next0001 200 OK\r\n" PATHS "-------next0001$\r\n",
            NULL);
        // Slightly more than the limit is kept, in case it is the end-line; the frame says so.
        for (size_t piece = 1; piece < 50; piece += 7) {
            g_autoptr(MsrpParser) parser = parser_new(100);
            g_autofree char *seen = parse(parser, text, strlen(text), piece);
            ck_assert(g_str_has_suffix(seen, "\nnext0001 200 [OK] $\n"));
            ck_assert_int_eq(strstr(seen, "too-long") != NULL, length > 100);
        }
    }
}
END_TEST

START_TEST(parser_says_too_long_before_the_body_ends_and_stops_skipping_some_time)
{
    g_autoptr(MsrpParser) parser = parser_new(100);
    g_autofree char *piece = g_strnfill(1 << 16, 'b');
    const char *head = "MSRP long0001 SEND\r\n" PATHS "Content-Type: text/plain\r\n\r\n";
    g_autofree char *begun = parse(parser, head, strlen(head), 1000);
    ck_assert_str_eq(begun, "");
    g_autofree char *known = parse(parser, piece, 1 << 16, 1 << 16);
    ck_assert_str_eq(known, "long0001 SEND [] $ too-long\n");
    size_t skipped = 0;
    for (; skipped < 400; skipped++) {
        g_autofree char *more = parse(parser, piece, 1 << 16, 1 << 16);
        if (more[0] != '\0')
            break;
    }
    ck_assert_uint_ge(skipped, 250);
    ck_assert_uint_lt(skipped, 260);
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* MSRP-034 */
START_TEST(parser_takes_10240_octets_in_anything_but_content)
{
    g_autofree char *most = g_strnfill(10240, 'b');
    for (size_t more = 0; more < 2; more++) {
        g_autofree char *text =
            g_strconcat("MSRP nick0001 NICKNAME\r\n" PATHS "Content-Type: text/plain\r\n\r\n", most,
                        more ? "b" : "", "\r\n-------nick0001$\r\n", NULL);
        g_autoptr(MsrpParser) parser = parser_new(1 << 20);
        const uint8_t *octets = (const uint8_t *)text;
        size_t length = strlen(text);
        g_autoptr(MsrpFrame) frame = NULL;
        ck_assert_int_eq(msrp_parser_feed(parser, &octets, &length, &frame), MSRP_PARSER_FRAME);
        ck_assert_int_eq(frame->fault, more ? 400 : 0);
    }
}
END_TEST

START_TEST(parser_holds_no_more_than_the_budget_has)
{
    g_autofree char *body = g_strnfill(60000, 'b');
    g_autofree char *text = g_strconcat(
        "MSRP long0001 SEND\r\n" PATHS "Content-Type: text/plain\r\n\r\n", body,
        "\r\n-------long0001$\r\n", NULL);
    g_autoptr(MsrpParser) parser = parser_new(1 << 20);
    budget.limit = 20000;
    g_autofree char *seen = parse(parser, text, strlen(text), 1000);
    ck_assert_str_eq(seen, "long0001 SEND [] $ too-long\n");
    budget.limit = 100000;
    g_autofree char *again = parse(parser, text, strlen(text), 1000);
    ck_assert(g_str_has_prefix(again, "long0001 SEND [bbb"));
    ck_assert_uint_eq(budget.used, 0);
}
END_TEST

START_TEST(parser_reads_what_is_left_of_a_broken_head_for_the_refusal)
{
    g_autoptr(MsrpParser) parser = parser_new(100);
    const char *text = "MSRP abcd SEND\r\n" PATHS "-------abce$\r\n";
    const uint8_t *octets = (const uint8_t *)text;
    size_t length = strlen(text);
    g_autoptr(MsrpFrame) frame = NULL;
    ck_assert_int_eq(msrp_parser_feed(parser, &octets, &length, &frame), MSRP_PARSER_BROKEN);
    ck_assert_ptr_nonnull(frame);
    ck_assert_ptr_nonnull(frame->from_path);
}
END_TEST

int main(void)
{
    return suite_run("msrp_parser", (const TTest *const[]){
        parser_finds_frames_wherever_the_pieces_begin_and_end,
        parser_takes_only_the_whole_end_line_of_this_transaction_for_the_end,
        parser_tells_an_empty_body_from_none,
        parser_accepts_short_ids_and_unknown_methods,
        parser_gives_up_at_a_start_line_that_is_none,
        parser_marks_frames_whose_headers_are_out_of_form,
        parser_wants_content_type_last_and_only_before_a_body,
        parser_compares_header_names_without_case,
        parser_gives_up_at_an_end_line_of_another_transaction_in_the_head,
        parser_bounds_lines_and_heads,
        parser_holds_little_of_a_line_that_never_ends,
        parser_hands_out_a_frame_that_is_too_long_and_skips_the_rest,
        parser_says_too_long_before_the_body_ends_and_stops_skipping_some_time,
        parser_takes_10240_octets_in_anything_but_content,
        parser_holds_no_more_than_the_budget_has,
        parser_reads_what_is_left_of_a_broken_head_for_the_refusal,
        NULL,
    });
}
