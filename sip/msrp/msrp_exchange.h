// SPDX-License-Identifier: MIT
// Our own SEND requests of one session: content waiting, transactions under way, reports on what
// was sent (RFC 4975 7.1.1, 7.3.2; MSRP-007, MSRP-009; CHAT-11, CHAT-12, CHAT-31).
#pragma once

#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_session.h"

typedef struct MsrpExchange MsrpExchange;

// All are called from msrp_exchange_on_*(), _written(), _expire() and _end() only.
typedef struct {
    void (*outcome)(void *user, uint64_t row, int status);
    void (*report)(void *user, uint64_t row, const char *message_id, int status, bool whole);
    // The answer to a SEND without body; 408 when there was none in time.
    void (*probe)(void *user, int status);
    // The answer to NICKNAME; 408 when there was none in time.
    void (*nickname)(void *user, int status);
} MsrpExchangeFuncs;

typedef struct {
    const char *uri;         // borrowed: our own, the From-Path
    int64_t transaction_ms;  // T_tx
    size_t queue_max;        // LIMIT: octets of content that wait
} MsrpExchangeConfig;

// A chunk about to be written: the head as it stands, then body octets from `from` on, as many as
// the writer can place, up to the end of the body.
typedef struct {
    char tid[MSRP_FRAME_TID_MAX + 1];
    GBytes *head; // owned by the taker
    GBytes *body; // owned reference
    size_t from;
} MsrpExchangeChunk;

// What: an exchange with nothing under way.
// Shape: owned by the caller (msrp_exchange_free).
MsrpExchange *msrp_exchange_new(const MsrpExchangeConfig *config, const MsrpExchangeFuncs *funcs,
                                void *user);
void msrp_exchange_free(MsrpExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpExchange, msrp_exchange_free)

// What: sets the To-Path of everything that follows.
void msrp_exchange_set_peer(MsrpExchange *exchange, const char *to_path);

// What: queues a message; see msrp_session_send().
// Errors: MSRP_SESSION_FULL, MSRP_SESSION_BAD_HEADER.
MsrpSessionSend msrp_exchange_queue(MsrpExchange *exchange, const MsrpSessionOutgoing *content,
                                    char message_id[33]);

// What: a SEND without body, and its transaction.
// Shape: `tid` has room for 33 octets; owned by the caller.
GBytes *msrp_exchange_probe(MsrpExchange *exchange, char *tid);

// What: a NICKNAME, and its transaction.
// Shape: `value` is that of Use-Nickname; `tid` as above; owned by the caller.
// Source: RFC 7701 7.1; MSRP-022.
GBytes *msrp_exchange_nickname(MsrpExchange *exchange, const char *value, char *tid);

// What: forgets the transactions of probes: their connection is gone.
void msrp_exchange_drop_probe(MsrpExchange *exchange);

// What: the next chunk to write, and its transaction.
// Errors: false when nothing waits.
bool msrp_exchange_open(MsrpExchange *exchange, MsrpExchangeChunk *chunk);

// What: whether the message of a chunk that is being written is still worth it; if not, it is to be
// ended with '#' (RFC 4975 7.3.2, 10.5).
bool msrp_exchange_is_wanted(const MsrpExchange *exchange, const char *tid);

// What: the chunk was ended after `octets` of its body; the rest, if any, is in the next one.
void msrp_exchange_close(MsrpExchange *exchange, const char *tid, size_t octets);

// What: the last octet of a chunk or probe went to the operating system: its time begins to run.
void msrp_exchange_written(MsrpExchange *exchange, const char *tid, int64_t now_ms);

// What: a transaction response came.
// Errors: false when it belongs to nothing.
bool msrp_exchange_on_response(MsrpExchange *exchange, const char *tid, int status);

// What: a REPORT came; `byte_range` is NULL when it has none.
// Errors: false when it belongs to nothing, or cannot be understood.
bool msrp_exchange_on_report(MsrpExchange *exchange, const char *message_id,
                             const char *byte_range, int status);

// What: ends the transactions whose time is over.
void msrp_exchange_expire(MsrpExchange *exchange, int64_t now_ms);

// What: when that is to be done next; INT64_MAX for never.
int64_t msrp_exchange_deadline(const MsrpExchange *exchange);

// What: gives every message without an outcome the outcome MSRP_SESSION_STATUS_UNKNOWN.
void msrp_exchange_end(MsrpExchange *exchange);

// What: messages without outcome; octets of content that wait to be written.
size_t msrp_exchange_outstanding(const MsrpExchange *exchange);
size_t msrp_exchange_queued_octets(const MsrpExchange *exchange);
