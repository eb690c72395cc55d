// SPDX-License-Identifier: MIT
// Our own SEND requests: what is written, what becomes of it (RFC 4975 7.1.1, 7.3.2).
#include "sip/msrp/msrp_exchange.h"
#include "sip/msrp/msrp_message.h"
#include "tests/support/suite.h"

#include <string.h>

static GString *told;

static void on_outcome(void *user, uint64_t row, int status)
{
    g_string_append_printf(told, "outcome %d %d; ", (int)row, status);
}

static void on_report(void *user, uint64_t row, const char *message_id, int status, bool whole)
{
    g_string_append_printf(told, "report %d %s %d %s; ", (int)row, message_id, status,
                           whole ? "whole" : "part");
}

static void on_probe(void *user, int status)
{
    g_string_append_printf(told, "probe %d; ", status);
}

static const MsrpExchangeFuncs funcs = {on_outcome, on_report, on_probe, NULL};

static MsrpExchange *exchange_new(void)
{
    MsrpExchangeConfig config = {"msrp://u.example:3/uu;tcp", 30000, 10000};
    told = g_string_new(NULL);
    MsrpExchange *exchange = msrp_exchange_new(&config, &funcs, NULL);
    msrp_exchange_set_peer(exchange, "msrp://r.example:1/rr;tcp msrp://p.example:2/pp;tcp");
    return exchange;
}

static void exchange_done(MsrpExchange *exchange)
{
    msrp_exchange_free(exchange);
    g_string_free(told, TRUE);
}

static void was_told(const char *expected)
{
    ck_assert_str_eq(told->str, expected);
    g_string_truncate(told, 0);
}

static MsrpSessionSend queue_text(MsrpExchange *exchange, uint64_t row, const char *text,
                                  MsrpFailure failure, bool success)
{
    char id[33];
    g_autofree char *wish = g_strdup_printf("m%03d", (int)row);
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    MsrpSessionOutgoing content = {.message_id = wish, .content_type = "text/plain", .body = body,
                                   .row = row, .failure_report = failure,
                                   .success_report = success};
    return msrp_exchange_queue(exchange, &content, id);
}

// Takes the next chunk as the writer does; its text is head and body.
static char *open_chunk(MsrpExchange *exchange, char tid[33])
{
    MsrpExchangeChunk chunk;
    if (!msrp_exchange_open(exchange, &chunk))
        return NULL;
    g_strlcpy(tid, chunk.tid, 33);
    size_t head;
    size_t body;
    const char *head_text = g_bytes_get_data(chunk.head, &head);
    const char *body_text = g_bytes_get_data(chunk.body, &body);
    char *text = g_strdup_printf("%.*s%.*s", (int)head, head_text, (int)(body - chunk.from),
                                 body_text + chunk.from);
    g_bytes_unref(chunk.head);
    g_bytes_unref(chunk.body);
    return text;
}

// Writes the whole of the next message at `now_ms`.
static void write_next(MsrpExchange *exchange, char tid[33], size_t length, int64_t now_ms)
{
    g_autofree char *text = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(text);
    msrp_exchange_close(exchange, tid, length);
    msrp_exchange_written(exchange, tid, now_ms);
}

/* CHAT-11 MSRP-007 MSRP-002 MSRP-025 */
START_TEST(exchange_writes_a_send_to_the_octet)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    char id[33];
    g_autoptr(GBytes) body = g_bytes_new_static("d\xc3\xa9j\xc3\xa0", 6);
    MsrpHeader headers[] = {{"Content-Language", "fr"}, {"X-Thing", "one"}};
    MsrpSessionOutgoing content = {.message_id = "a786hjs2",
                                   .content_type = "text/plain;charset=utf-8",
                                   .headers = headers,
                                   .header_count = 2,
                                   .body = body,
                                   .success_report = true,
                                   .failure_report = MSRP_FAILURE_PARTIAL};
    ck_assert_int_eq(msrp_exchange_queue(exchange, &content, id), MSRP_SESSION_QUEUED);
    ck_assert_str_eq(id, "a786hjs2");
    g_autofree char *text = open_chunk(exchange, tid);
    g_autofree char *expected = g_strdup_printf(
        "MSRP %s SEND\r\n"
        "To-Path: msrp://r.example:1/rr;tcp msrp://p.example:2/pp;tcp\r\n"
        "From-Path: msrp://u.example:3/uu;tcp\r\n"
        "Message-ID: a786hjs2\r\n"
        "Byte-Range: 1-6/6\r\n"
        "Success-Report: yes\r\n"
        "Failure-Report: partial\r\n"
        "Content-Language: fr\r\n"
        "X-Thing: one\r\n"
        "Content-Type: text/plain;charset=utf-8\r\n"
        "\r\n"
        "d\xc3\xa9j\xc3\xa0", tid);
    ck_assert_str_eq(text, expected);
    msrp_exchange_close(exchange, tid, 6);
    exchange_done(exchange);
}
END_TEST

/* CHAT-12 */
START_TEST(exchange_makes_up_a_message_id_for_one_that_was_used_or_is_none)
{
    MsrpExchange *exchange = exchange_new();
    static const char *const wishes[] = {NULL, "abc", "used", "used", "_x12345", "a b c d"};
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++) {
        char id[33];
        MsrpSessionOutgoing content = {
            .message_id = wishes[i], .content_type = "text/plain", .body = body};
        ck_assert_int_eq(msrp_exchange_queue(exchange, &content, id), MSRP_SESSION_QUEUED);
        if (i == 2)
            ck_assert_str_eq(id, "used");
        else
            ck_assert_uint_eq(strlen(id), 32);
    }
    exchange_done(exchange);
}
END_TEST

// What a client calls its message, a UUID above all, seldom fits into 32 characters.
/* CHAT-12 CHAT-52 ESC-013 */
START_TEST(exchange_gives_a_message_the_same_id_in_every_session_and_another_one_twice)
{
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    MsrpSessionOutgoing content = {.message_id = "5e3b4cdd-0f0c-4b58-8e0f-1a2b3c4d5e6f",
                                   .content_type = "text/plain",
                                   .body = body};
    char first[33], again[33], elsewhere[33];
    MsrpExchange *exchange = exchange_new();
    msrp_exchange_queue(exchange, &content, first);
    msrp_exchange_queue(exchange, &content, again);
    exchange_done(exchange);
    exchange = exchange_new();
    msrp_exchange_queue(exchange, &content, elsewhere);
    exchange_done(exchange);
    ck_assert_uint_eq(strlen(first), 32);
    ck_assert_str_ne(first, again);
    ck_assert_str_eq(first, elsewhere);
}
END_TEST

START_TEST(exchange_does_not_let_headers_break_the_frame)
{
    MsrpExchange *exchange = exchange_new();
    char id[33];
    g_autoptr(GBytes) body = g_bytes_new_static("x", 1);
    static const MsrpHeader bad[] = {{"Content-Language", "en\r\nTo-Path: x"},
                                     {"Message-ID", "m999"}, {"Content Language", "en"}};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        MsrpSessionOutgoing content = {
            .content_type = "text/plain", .headers = &bad[i], .header_count = 1, .body = body};
        ck_assert_int_eq(msrp_exchange_queue(exchange, &content, id), MSRP_SESSION_BAD_HEADER);
    }
    MsrpSessionOutgoing typed = {.content_type = "text/plain\r\nX: y", .body = body};
    ck_assert_int_eq(msrp_exchange_queue(exchange, &typed, id), MSRP_SESSION_BAD_HEADER);
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_outcome_is_the_response)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, false);
    queue_text(exchange, 2, "two", MSRP_FAILURE_YES, false);
    ck_assert_uint_eq(msrp_exchange_outstanding(exchange), 2);
    write_next(exchange, tid, 3, 0);
    ck_assert(msrp_exchange_on_response(exchange, tid, 200));
    was_told("outcome 1 200; ");
    ck_assert(!msrp_exchange_on_response(exchange, tid, 200));
    write_next(exchange, tid, 3, 0);
    ck_assert(msrp_exchange_on_response(exchange, tid, 415));
    was_told("outcome 2 415; ");
    ck_assert_uint_eq(msrp_exchange_outstanding(exchange), 0);
    ck_assert_uint_eq(msrp_exchange_queued_octets(exchange), 0);
    exchange_done(exchange);
}
END_TEST

/* MSRP-001 */
START_TEST(exchange_ignores_responses_to_nothing)
{
    MsrpExchange *exchange = exchange_new();
    ck_assert(!msrp_exchange_on_response(exchange, "nothing1", 200));
    was_told("");
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_transaction_time_begins_when_the_last_octet_is_written)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, false);
    ck_assert_int_eq(msrp_exchange_deadline(exchange), INT64_MAX);
    write_next(exchange, tid, 3, 5000);
    ck_assert_int_eq(msrp_exchange_deadline(exchange), 35000);
    msrp_exchange_expire(exchange, 34999);
    was_told("");
    msrp_exchange_expire(exchange, 35000);
    was_told("outcome 1 408; ");
    ck_assert(!msrp_exchange_on_response(exchange, tid, 200));
    was_told("");
    exchange_done(exchange);
}
END_TEST

/* MSRP-008 */
START_TEST(exchange_without_wish_for_answers_is_through_when_written)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_NO, false);
    queue_text(exchange, 2, "two", MSRP_FAILURE_PARTIAL, false);
    queue_text(exchange, 3, "three", MSRP_FAILURE_PARTIAL, false);
    write_next(exchange, tid, 3, 0);
    was_told("outcome 1 200; ");
    write_next(exchange, tid, 3, 0);
    was_told("outcome 2 200; ");
    ck_assert(msrp_exchange_on_response(exchange, tid, 403));
    was_told("report 2 m002 403 whole; ");
    write_next(exchange, tid, 5, 0);
    was_told("outcome 3 200; ");
    msrp_exchange_expire(exchange, 30000);
    was_told("");
    exchange_done(exchange);
}
END_TEST

/* MSRP-009 CHAT-31 */
START_TEST(exchange_success_is_reported_when_all_of_the_message_is_covered)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "0123456789", MSRP_FAILURE_YES, true);
    write_next(exchange, tid, 10, 0);
    msrp_exchange_on_response(exchange, tid, 200);
    was_told("outcome 1 200; ");
    ck_assert(msrp_exchange_on_report(exchange, "m001", "6-10/10", 200));
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-4/10", 200));
    was_told("");
    ck_assert(msrp_exchange_on_report(exchange, "m001", "5-5/10", 200));
    was_told("report 1 m001 200 whole; ");
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-10/10", 200));
    was_told("");
    exchange_done(exchange);
}
END_TEST

/* MSRP-009 CHAT-31 */
START_TEST(exchange_success_of_the_beginning_may_come_while_the_rest_is_written)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    g_autofree char *text = g_strnfill(5000, 'a');
    queue_text(exchange, 1, text, MSRP_FAILURE_YES, true);
    g_autofree char *chunk = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(strstr(chunk, "\r\nSuccess-Report: yes\r\n"));
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-2048/5000", 200));
    ck_assert(msrp_exchange_on_report(exchange, "m001", NULL, 200)); // a lie, so far
    was_told("");
    msrp_exchange_close(exchange, tid, 5000);
    msrp_exchange_on_response(exchange, tid, 200);
    ck_assert(msrp_exchange_on_report(exchange, "m001", "2049-5000/5000", 200));
    was_told("outcome 1 200; report 1 m001 200 whole; ");
    exchange_done(exchange);
}
END_TEST

/* MSRP-009 CHAT-31 */
START_TEST(exchange_report_without_range_is_about_everything_and_unknown_ones_are_ignored)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, true);
    queue_text(exchange, 2, "two", MSRP_FAILURE_YES, false);
    ck_assert(!msrp_exchange_on_report(exchange, "m001", NULL, 200)); // not even sent
    write_next(exchange, tid, 3, 0);
    ck_assert(msrp_exchange_on_report(exchange, "m001", NULL, 200)); // overtakes the response
    was_told("outcome 1 200; report 1 m001 200 whole; ");
    ck_assert(msrp_exchange_on_response(exchange, tid, 200));
    write_next(exchange, tid, 3, 0);
    ck_assert(msrp_exchange_on_report(exchange, "m002", NULL, 200)); // nobody asked
    ck_assert(!msrp_exchange_on_report(exchange, "m009", NULL, 200));
    ck_assert(!msrp_exchange_on_report(exchange, "m002", "0-3/3", 200));
    ck_assert(!msrp_exchange_on_report(exchange, "m002", NULL, 0));
    was_told("");
    exchange_done(exchange);
}
END_TEST

/* MSRP-009 */
START_TEST(exchange_late_failure_is_reported_once)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, true);
    write_next(exchange, tid, 3, 0);
    msrp_exchange_on_response(exchange, tid, 200);
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-3/3", 404));
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-3/3", 404));
    ck_assert(msrp_exchange_on_report(exchange, "m001", "1-3/3", 200));
    was_told("outcome 1 200; report 1 m001 404 whole; ");
    queue_text(exchange, 2, "two", MSRP_FAILURE_YES, false);
    write_next(exchange, tid, 3, 0);
    ck_assert(msrp_exchange_on_report(exchange, "m002", "1-2/3", 408));
    ck_assert(msrp_exchange_on_response(exchange, tid, 200));
    was_told("outcome 2 408; ");
    exchange_done(exchange);
}
END_TEST

/* MSRP-007 */
START_TEST(exchange_goes_on_where_a_chunk_was_cut)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    char second_tid[33];
    g_autofree char *text = g_strnfill(5000, 'a');
    queue_text(exchange, 1, text, MSRP_FAILURE_YES, false);
    g_autofree char *first = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(strstr(first, "Byte-Range: 1-*/5000\r\n"));
    msrp_exchange_close(exchange, tid, 3000);
    msrp_exchange_written(exchange, tid, 0);
    g_autofree char *second = open_chunk(exchange, second_tid);
    ck_assert_ptr_nonnull(strstr(second, "Message-ID: m001\r\nByte-Range: 3001-5000/5000\r\n"));
    ck_assert_str_ne(tid, second_tid);
    msrp_exchange_on_response(exchange, tid, 200);
    was_told("");
    msrp_exchange_close(exchange, second_tid, 2000);
    msrp_exchange_on_response(exchange, second_tid, 200);
    was_told("outcome 1 200; ");
    exchange_done(exchange);
}
END_TEST

/* MSRP-007 */
START_TEST(exchange_sends_no_more_of_a_message_that_was_refused)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    g_autofree char *text = g_strnfill(5000, 'a');
    queue_text(exchange, 1, text, MSRP_FAILURE_YES, false);
    queue_text(exchange, 2, "next", MSRP_FAILURE_YES, false);
    g_autofree char *first = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(first);
    ck_assert(msrp_exchange_is_wanted(exchange, tid));
    msrp_exchange_on_response(exchange, tid, 413); // while it is being written
    was_told("outcome 1 413; ");
    ck_assert(!msrp_exchange_is_wanted(exchange, tid));
    msrp_exchange_close(exchange, tid, 2500);
    g_autofree char *next = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(strstr(next, "Message-ID: m002"));
    msrp_exchange_close(exchange, tid, 4);
    // Between two chunks it is the same.
    queue_text(exchange, 3, text, MSRP_FAILURE_YES, false);
    g_autofree char *third = open_chunk(exchange, tid);
    ck_assert_ptr_nonnull(strstr(third, "Message-ID: m003"));
    msrp_exchange_close(exchange, tid, 2500);
    msrp_exchange_on_response(exchange, tid, 413);
    was_told("outcome 3 413; ");
    ck_assert_ptr_null(open_chunk(exchange, tid));
    ck_assert_uint_eq(msrp_exchange_queued_octets(exchange), 0);
    exchange_done(exchange);
}
END_TEST

/* MSRP-031 */
START_TEST(exchange_is_full_when_too_much_waits_but_takes_one_message_of_any_size)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    g_autofree char *text = g_strnfill(20000, 'a');
    ck_assert_int_eq(queue_text(exchange, 1, text, MSRP_FAILURE_YES, false), MSRP_SESSION_QUEUED);
    ck_assert_int_eq(queue_text(exchange, 2, "x", MSRP_FAILURE_YES, false), MSRP_SESSION_FULL);
    write_next(exchange, tid, 20000, 0);
    for (int i = 3; i < 40; i++)
        ck_assert_int_eq(queue_text(exchange, (uint64_t)i, "x", MSRP_FAILURE_YES, false),
                         MSRP_SESSION_QUEUED);
    ck_assert_int_eq(queue_text(exchange, 50, text, MSRP_FAILURE_YES, false), MSRP_SESSION_FULL);
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_is_full_when_a_thousand_messages_have_no_answer)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(queue_text(exchange, (uint64_t)i, "x", MSRP_FAILURE_YES, false),
                         MSRP_SESSION_QUEUED);
        write_next(exchange, tid, 1, 0);
    }
    ck_assert_int_eq(queue_text(exchange, 1000, "x", MSRP_FAILURE_YES, false), MSRP_SESSION_FULL);
    msrp_exchange_on_response(exchange, tid, 200);
    ck_assert_int_eq(queue_text(exchange, 1000, "x", MSRP_FAILURE_YES, false),
                     MSRP_SESSION_QUEUED);
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_forgets_old_messages)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    for (int i = 0; i < 258; i++) {
        queue_text(exchange, (uint64_t)i, "x", MSRP_FAILURE_YES, true);
        write_next(exchange, tid, 1, 0);
        msrp_exchange_on_response(exchange, tid, 200);
    }
    ck_assert(!msrp_exchange_on_report(exchange, "m001", NULL, 200));
    ck_assert(msrp_exchange_on_report(exchange, "m002", NULL, 200));
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_end_leaves_nobody_without_an_outcome)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, false);
    write_next(exchange, tid, 3, 0);
    msrp_exchange_on_response(exchange, tid, 200);
    queue_text(exchange, 2, "two", MSRP_FAILURE_YES, false);
    was_told("outcome 1 200; ");
    msrp_exchange_end(exchange);
    was_told("outcome 2 0; ");
    ck_assert_uint_eq(msrp_exchange_outstanding(exchange), 0);
    exchange_done(exchange);
}
END_TEST

/* MSRP-011 MSRP-032 MSRP-033 */
START_TEST(exchange_probe_is_a_send_with_an_id_and_without_body)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    g_autoptr(GBytes) frame = msrp_exchange_probe(exchange, tid);
    size_t length;
    const char *octets = g_bytes_get_data(frame, &length);
    g_autofree char *text = g_strndup(octets, length);
    g_autofree char *end = g_strdup_printf("\r\nByte-Range: 1-0/0\r\n-------%s$\r\n", tid);
    ck_assert(g_str_has_suffix(text, end));
    ck_assert_ptr_nonnull(strstr(text, "\r\nMessage-ID: "));
    ck_assert_ptr_null(strstr(text, "Content-Type"));
    msrp_exchange_written(exchange, tid, 0);
    ck_assert(msrp_exchange_on_response(exchange, tid, 200));
    g_bytes_unref(msrp_exchange_probe(exchange, tid));
    msrp_exchange_written(exchange, tid, 0);
    msrp_exchange_expire(exchange, 30000);
    was_told("probe 200; probe 408; ");
    exchange_done(exchange);
}
END_TEST

START_TEST(exchange_dropped_probe_is_neither_awaited_nor_missed)
{
    MsrpExchange *exchange = exchange_new();
    char tid[33];
    char message_tid[33];
    g_bytes_unref(msrp_exchange_probe(exchange, tid));
    msrp_exchange_written(exchange, tid, 0);
    queue_text(exchange, 1, "one", MSRP_FAILURE_YES, false);
    write_next(exchange, message_tid, 3, 1000);
    msrp_exchange_drop_probe(exchange);
    ck_assert_int_eq(msrp_exchange_deadline(exchange), 31000);
    ck_assert(!msrp_exchange_on_response(exchange, tid, 200));
    ck_assert(msrp_exchange_on_response(exchange, message_tid, 200));
    was_told("outcome 1 200; ");
    exchange_done(exchange);
}
END_TEST

int main(void)
{
    return suite_run("msrp_exchange", (const TTest *const[]){
        exchange_writes_a_send_to_the_octet,
        exchange_makes_up_a_message_id_for_one_that_was_used_or_is_none,
        exchange_gives_a_message_the_same_id_in_every_session_and_another_one_twice,
        exchange_does_not_let_headers_break_the_frame,
        exchange_outcome_is_the_response,
        exchange_ignores_responses_to_nothing,
        exchange_transaction_time_begins_when_the_last_octet_is_written,
        exchange_without_wish_for_answers_is_through_when_written,
        exchange_success_is_reported_when_all_of_the_message_is_covered,
        exchange_success_of_the_beginning_may_come_while_the_rest_is_written,
        exchange_report_without_range_is_about_everything_and_unknown_ones_are_ignored,
        exchange_late_failure_is_reported_once,
        exchange_goes_on_where_a_chunk_was_cut,
        exchange_sends_no_more_of_a_message_that_was_refused,
        exchange_is_full_when_too_much_waits_but_takes_one_message_of_any_size,
        exchange_is_full_when_a_thousand_messages_have_no_answer,
        exchange_forgets_old_messages,
        exchange_end_leaves_nobody_without_an_outcome,
        exchange_probe_is_a_send_with_an_id_and_without_body,
        exchange_dropped_probe_is_neither_awaited_nor_missed,
        NULL,
    });
}
