// SPDX-License-Identifier: MIT
// Our own SEND requests of one session (RFC 4975 7.1.1, 7.3.2).
//
// A message lives in `messages` from being queued until long after its outcome, because a report
// may come late. It is in `waiting` while octets of it are left to write, and in `done` once it has
// its outcome and no transaction any more; the oldest of those are forgotten.
#include "sip/msrp/msrp_exchange.h"

#include "sip/msrp/msrp_cover.h"
#include "sip/msrp/msrp_message.h"
#include "sip/msrp/msrp_random.h"
#include "sip/msrp/msrp_seen.h"

#include <string.h>

#define DONE_MAX        256  // LIMIT: messages with an outcome on which a report may still come
#define OUTSTANDING_MAX 1000 // LIMIT: messages without an outcome
#define OVERHEAD        256  // counted for a message beside its body

typedef struct {
    uint64_t row;
    char *id;          // owned
    char *headers;     // owned: those behind Byte-Range, with the blank line
    GBytes *body;      // owned; NULL once written
    size_t total;
    size_t sent;
    MsrpFailure failure;
    bool success;
    bool writing;      // a chunk is open
    bool failed;       // what is left is not sent
    bool told;         // it has its outcome
    bool reported;     // it had its report
    bool retired;      // it is in `done`
    guint open;        // transactions without an end
    MsrpCover *cover;  // owned: octets with a success report; NULL before the first
} Message;

typedef struct {
    char tid[MSRP_FRAME_TID_MAX + 1];
    Message *message; // borrowed; NULL for a probe or NICKNAME
    bool is_nickname;
    bool whole;       // the chunk was all of the message
    bool closed;      // its end-line is written
    bool answered;    // before that
    int64_t due_ms;   // INT64_MAX: not yet written
    GList link;       // in `timed` once written
} Transaction;

struct MsrpExchange {
    MsrpExchangeConfig config;
    const MsrpExchangeFuncs *funcs; // borrowed for ever
    void *user;                     // borrowed
    char *to_path;                  // owned
    GHashTable *messages;           // id (borrowed from the value) -> owned Message
    GQueue waiting;                 // of borrowed Message
    GQueue done;                    // of borrowed Message, oldest first
    GHashTable *transactions;       // tid (borrowed from the value) -> owned Transaction
    GQueue timed;                   // transactions in the order of due_ms
    MsrpSeen *used;                 // owned: Message-IDs given out
    size_t queued_octets;
    size_t outstanding;
};

static void message_free(void *data)
{
    Message *message = data;
    g_free(message->id);
    g_free(message->headers);
    g_clear_pointer(&message->body, g_bytes_unref);
    msrp_cover_free(message->cover);
    g_free(message);
}

MsrpExchange *msrp_exchange_new(const MsrpExchangeConfig *config, const MsrpExchangeFuncs *funcs,
                                void *user)
{
    MsrpExchange *exchange = g_new0(MsrpExchange, 1);
    exchange->config = *config;
    exchange->funcs = funcs;
    exchange->user = user;
    exchange->messages = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, message_free);
    exchange->transactions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_queue_init(&exchange->waiting);
    g_queue_init(&exchange->done);
    g_queue_init(&exchange->timed);
    exchange->used = msrp_seen_new();
    return exchange;
}

void msrp_exchange_free(MsrpExchange *exchange)
{
    if (exchange == NULL)
        return;
    g_queue_clear(&exchange->waiting);
    g_queue_clear(&exchange->done);
    g_hash_table_unref(exchange->transactions);
    g_hash_table_unref(exchange->messages);
    msrp_seen_free(exchange->used);
    g_free(exchange->to_path);
    g_free(exchange);
}

void msrp_exchange_set_peer(MsrpExchange *exchange, const char *to_path)
{
    g_free(exchange->to_path);
    exchange->to_path = g_strdup(to_path);
}

static void random_tid(void *unused, char *tid)
{
    msrp_random_hex(tid, MSRP_RANDOM_TRANSACTION_DIGITS);
}

// The id asked for, or what it becomes where the grammar does not allow it: always the same, so that a message
// sent again in another session has the Message-ID it had (CHAT-52, ESC-013).
static void ident_write(const char *wish, char message_id[33])
{
    if (msrp_frame_is_ident(wish)) {
        g_strlcpy(message_id, wish, 33);
        return;
    }
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, wish, -1);
    g_strlcpy(message_id, digest, MSRP_RANDOM_MESSAGE_DIGITS + 1);
}

// One that was not used before, else a random one (CHAT-12).
static void message_id_choose(MsrpExchange *exchange, const char *wish, char message_id[33])
{
    if (wish != NULL)
        ident_write(wish, message_id);
    if (wish == NULL || msrp_seen_find(exchange->used, message_id) != NULL)
        msrp_random_hex(message_id, MSRP_RANDOM_MESSAGE_DIGITS);
    msrp_seen_add(exchange->used, message_id, 0);
}

static bool content_is_good(const MsrpSessionOutgoing *content)
{
    for (size_t i = 0; i < content->header_count; i++) {
        if (!msrp_frame_is_foreign_name(content->headers[i].name) ||
            !msrp_frame_is_text(content->headers[i].value))
            return false;
    }
    return content->content_type[0] != '\0' && msrp_frame_is_text(content->content_type);
}

// Failure-Report "yes" is the meaning of its absence, Success-Report "no" likewise.
static char *headers_write(const MsrpSessionOutgoing *content)
{
    static const char *const failures[] = {
        [MSRP_FAILURE_PARTIAL] = "partial", [MSRP_FAILURE_NO] = "no"};
    GString *out = g_string_new(NULL);
    if (content->success_report)
        msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_SUCCESS_REPORT), "yes");
    if (content->failure_report != MSRP_FAILURE_YES)
        msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_FAILURE_REPORT),
                                failures[content->failure_report]);
    for (size_t i = 0; i < content->header_count; i++)
        msrp_frame_write_header(out, content->headers[i].name, content->headers[i].value);
    msrp_frame_write_header(out, msrp_frame_field_name(MSRP_FRAME_CONTENT_TYPE),
                            content->content_type);
    g_string_append(out, "\r\n");
    return g_string_free(out, FALSE);
}

// One message always fits, whatever its size; the peer's max-size is checked elsewhere.
static bool is_full(const MsrpExchange *exchange, size_t more)
{
    size_t queued = exchange->queued_octets;
    size_t room = exchange->config.queue_max - MIN(queued, exchange->config.queue_max);
    return exchange->outstanding >= OUTSTANDING_MAX || (queued > 0 && more > room);
}

MsrpSessionSend msrp_exchange_queue(MsrpExchange *exchange, const MsrpSessionOutgoing *content,
                                    char message_id[33])
{
    size_t total = g_bytes_get_size(content->body);
    if (!content_is_good(content))
        return MSRP_SESSION_BAD_HEADER;
    if (is_full(exchange, total + OVERHEAD))
        return MSRP_SESSION_FULL;
    message_id_choose(exchange, content->message_id, message_id);
    Message *message = g_new0(Message, 1);
    message->row = content->row;
    message->id = g_strdup(message_id);
    message->headers = headers_write(content);
    message->body = g_bytes_ref(content->body);
    message->total = total;
    message->failure = content->failure_report;
    message->success = content->success_report;
    g_hash_table_insert(exchange->messages, message->id, message);
    g_queue_push_tail(&exchange->waiting, message);
    exchange->queued_octets += total + OVERHEAD;
    exchange->outstanding++;
    return MSRP_SESSION_QUEUED;
}

static Transaction *transaction_add(MsrpExchange *exchange, const char *tid, Message *message)
{
    Transaction *transaction = g_new0(Transaction, 1);
    g_strlcpy(transaction->tid, tid, sizeof transaction->tid);
    transaction->message = message;
    transaction->due_ms = INT64_MAX;
    transaction->link.data = transaction;
    g_hash_table_replace(exchange->transactions, transaction->tid, transaction);
    return transaction;
}

static void transaction_remove(MsrpExchange *exchange, Transaction *transaction)
{
    if (transaction->due_ms != INT64_MAX)
        g_queue_unlink(&exchange->timed, &transaction->link);
    g_hash_table_remove(exchange->transactions, transaction->tid);
}

// Start line, paths, Message-ID and Byte-Range of a SEND.
static GString *head_begin(const MsrpExchange *exchange, const char *tid, const char *message_id,
                           const MsrpMessageRange *range)
{
    GString *head = g_string_new(NULL);
    g_autofree char *text = msrp_message_range_write(range);
    msrp_frame_write_request(head, tid, "SEND", exchange->to_path, exchange->config.uri);
    msrp_frame_write_header(head, msrp_frame_field_name(MSRP_FRAME_MESSAGE_ID), message_id);
    msrp_frame_write_header(head, msrp_frame_field_name(MSRP_FRAME_BYTE_RANGE), text);
    return head;
}

GBytes *msrp_exchange_probe(MsrpExchange *exchange, char *tid)
{
    char message_id[MSRP_RANDOM_MESSAGE_DIGITS + 1];
    MsrpMessageRange nothing = {1, 0, 0};
    msrp_random_hex(tid, MSRP_RANDOM_TRANSACTION_DIGITS);
    msrp_random_hex(message_id, MSRP_RANDOM_MESSAGE_DIGITS);
    GString *head = head_begin(exchange, tid, message_id, &nothing);
    msrp_frame_write_end(head, tid, '$', false);
    transaction_add(exchange, tid, NULL);
    return g_string_free_to_bytes(head);
}

GBytes *msrp_exchange_nickname(MsrpExchange *exchange, const char *value, char *tid)
{
    GString *head = g_string_new(NULL);
    msrp_random_hex(tid, MSRP_RANDOM_TRANSACTION_DIGITS);
    msrp_frame_write_request(head, tid, "NICKNAME", exchange->to_path, exchange->config.uri);
    msrp_frame_write_header(head, msrp_frame_field_name(MSRP_FRAME_USE_NICKNAME), value);
    msrp_frame_write_end(head, tid, '$', false);
    transaction_add(exchange, tid, NULL)->is_nickname = true;
    return g_string_free_to_bytes(head);
}

void msrp_exchange_drop_probe(MsrpExchange *exchange)
{
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, exchange->transactions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Transaction *transaction = value;
        if (transaction->message != NULL)
            continue;
        if (transaction->due_ms != INT64_MAX)
            g_queue_unlink(&exchange->timed, &transaction->link);
        g_hash_table_iter_remove(&iter);
    }
}

bool msrp_exchange_open(MsrpExchange *exchange, MsrpExchangeChunk *chunk)
{
    Message *message = g_queue_peek_head(&exchange->waiting);
    if (message == NULL)
        return false;
    size_t length;
    const uint8_t *octets = g_bytes_get_data(message->body, &length);
    const uint8_t *rest = length > 0 ? octets + message->sent : octets;
    msrp_frame_choose_tid(chunk->tid, rest, length - message->sent, random_tid, NULL);
    MsrpMessageRange range = msrp_message_cut(message->sent, message->total, UINT64_MAX);
    GString *head = head_begin(exchange, chunk->tid, message->id, &range);
    g_string_append(head, message->headers);
    chunk->head = g_string_free_to_bytes(head);
    chunk->body = g_bytes_ref(message->body);
    chunk->from = message->sent;
    message->writing = true;
    message->open++;
    transaction_add(exchange, chunk->tid, message);
    return true;
}

bool msrp_exchange_is_wanted(const MsrpExchange *exchange, const char *tid)
{
    const Transaction *transaction = g_hash_table_lookup(exchange->transactions, tid);
    return transaction != NULL && !transaction->message->failed;
}

// Nothing of it is written any more.
static void stop_waiting(MsrpExchange *exchange, Message *message)
{
    if (message->body == NULL)
        return;
    g_queue_remove(&exchange->waiting, message);
    exchange->queued_octets -= message->total - message->sent + OVERHEAD;
    g_clear_pointer(&message->body, g_bytes_unref);
}

// Moves a message that is through to the ones that only wait for a report.
static void retire(MsrpExchange *exchange, Message *message)
{
    if (!message->told || message->open > 0 || message->body != NULL || message->retired)
        return;
    message->retired = true;
    g_queue_push_tail(&exchange->done, message);
    if (exchange->done.length > DONE_MAX) {
        Message *oldest = g_queue_pop_head(&exchange->done);
        g_hash_table_remove(exchange->messages, oldest->id);
    }
}

static void tell(MsrpExchange *exchange, Message *message, int status)
{
    if (message->told)
        return;
    message->told = true;
    exchange->outstanding--;
    exchange->funcs->outcome(exchange->user, message->row, status);
}

static void tell_report(MsrpExchange *exchange, Message *message, int status, bool whole)
{
    if (message->reported)
        return;
    message->reported = true;
    exchange->funcs->report(exchange->user, message->row, message->id, status, whole);
}

// The first bad news is the outcome, a later one the report. What is being written is given up by
// the writer, which asks msrp_exchange_is_wanted().
static void fail(MsrpExchange *exchange, Message *message, int status, bool whole)
{
    if (message->told && !message->failed)
        tell_report(exchange, message, status, whole);
    message->failed = true;
    if (!message->writing)
        stop_waiting(exchange, message);
    tell(exchange, message, status);
}

// Whether everything has been written and nothing is awaited.
static bool is_through(const Message *message)
{
    return message->body == NULL && message->open == 0 && !message->failed;
}

static void transaction_end(MsrpExchange *exchange, Transaction *transaction)
{
    Message *message = transaction->message;
    transaction_remove(exchange, transaction);
    message->open--;
    if (is_through(message))
        tell(exchange, message, 200);
    retire(exchange, message);
}

void msrp_exchange_close(MsrpExchange *exchange, const char *tid, size_t octets)
{
    Transaction *transaction = g_hash_table_lookup(exchange->transactions, tid);
    g_assert(transaction != NULL && transaction->message != NULL);
    Message *message = transaction->message;
    transaction->whole = octets == message->total;
    transaction->closed = true;
    message->writing = false;
    message->sent += octets;
    exchange->queued_octets -= octets;
    if (message->sent == message->total || message->failed)
        stop_waiting(exchange, message);
    if (transaction->answered)
        transaction_end(exchange, transaction);
}

// Without the wish for a 200 the message is out when it is written; with "partial" an error may
// follow.
void msrp_exchange_written(MsrpExchange *exchange, const char *tid, int64_t now_ms)
{
    Transaction *transaction = g_hash_table_lookup(exchange->transactions, tid);
    if (transaction == NULL || transaction->due_ms != INT64_MAX)
        return;
    Message *message = transaction->message;
    if (message != NULL && message->failure == MSRP_FAILURE_NO) {
        transaction_end(exchange, transaction);
        return;
    }
    transaction->due_ms = now_ms + exchange->config.transaction_ms;
    g_queue_push_tail_link(&exchange->timed, &transaction->link);
    if (message != NULL && message->failure == MSRP_FAILURE_PARTIAL && message->body == NULL &&
        !message->failed)
        tell(exchange, message, 200);
}

// The end of a transaction that has no message.
static void answer_bare(MsrpExchange *exchange, Transaction *transaction, int status)
{
    bool is_nickname = transaction->is_nickname;
    transaction_remove(exchange, transaction);
    if (is_nickname)
        exchange->funcs->nickname(exchange->user, status);
    else
        exchange->funcs->probe(exchange->user, status);
}

bool msrp_exchange_on_response(MsrpExchange *exchange, const char *tid, int status)
{
    Transaction *transaction = g_hash_table_lookup(exchange->transactions, tid);
    if (transaction == NULL)
        return false;
    if (transaction->message == NULL) {
        answer_bare(exchange, transaction, status);
        return true;
    }
    if (status < 200 || status > 299)
        fail(exchange, transaction->message, status, transaction->whole);
    // A chunk that is still being written keeps its transaction until it is closed.
    transaction->answered = true;
    if (transaction->closed)
        transaction_end(exchange, transaction);
    return true;
}

// A success report proves more than the response that is still under way. One about the beginning
// may come while the rest is being written; one about everything cannot.
static void succeed(MsrpExchange *exchange, Message *message, const MsrpMessageRange *range)
{
    uint64_t end = MIN(range->end, message->total);
    if (!message->success || message->failed)
        return;
    if (message->cover == NULL)
        message->cover = msrp_cover_new();
    if (!msrp_cover_add(message->cover, range->start - 1, end) || message->body != NULL ||
        !msrp_cover_whole(message->cover, message->total))
        return;
    tell(exchange, message, 200);
    tell_report(exchange, message, 200, true);
}

bool msrp_exchange_on_report(MsrpExchange *exchange, const char *message_id,
                             const char *byte_range, int status)
{
    MsrpMessageRange range;
    Message *message = g_hash_table_lookup(exchange->messages, message_id);
    if (message == NULL || status == 0 || !msrp_message_range_read(byte_range, &range))
        return false;
    if (message->sent == 0 && message->body != NULL && !message->writing)
        return false;
    if (status >= 200 && status <= 299)
        succeed(exchange, message, &range);
    else
        fail(exchange, message, status, range.start == 1 && range.end >= message->total);
    retire(exchange, message);
    return true;
}

// A "partial" one simply had no error in time.
static void time_out(MsrpExchange *exchange, Transaction *transaction)
{
    Message *message = transaction->message;
    if (message == NULL) {
        answer_bare(exchange, transaction, 408);
        return;
    }
    if (message->failure == MSRP_FAILURE_YES)
        fail(exchange, message, 408, transaction->whole);
    transaction_end(exchange, transaction);
}

void msrp_exchange_expire(MsrpExchange *exchange, int64_t now_ms)
{
    Transaction *first = g_queue_peek_head(&exchange->timed);
    while (first != NULL && first->due_ms <= now_ms) {
        time_out(exchange, first);
        first = g_queue_peek_head(&exchange->timed);
    }
}

int64_t msrp_exchange_deadline(const MsrpExchange *exchange)
{
    const Transaction *first = exchange->timed.head != NULL ? exchange->timed.head->data : NULL;
    return first != NULL ? first->due_ms : INT64_MAX;
}

void msrp_exchange_end(MsrpExchange *exchange)
{
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, exchange->messages);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        tell(exchange, value, MSRP_SESSION_STATUS_UNKNOWN);
}

size_t msrp_exchange_outstanding(const MsrpExchange *exchange)
{
    return exchange->outstanding;
}

size_t msrp_exchange_queued_octets(const MsrpExchange *exchange)
{
    return exchange->queued_octets;
}
