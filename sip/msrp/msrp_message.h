// SPDX-License-Identifier: MIT
// Byte ranges, and parts of messages put together again (RFC 4975 7.1.1, 7.3.1; MSRP-005 to 007).
#pragma once

#include "sip/msrp/msrp_budget.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MSRP_MESSAGE_OPEN UINT64_MAX // "*" in a range

typedef struct {
    uint64_t start; // the first octet is 1
    uint64_t end;   // or MSRP_MESSAGE_OPEN
    uint64_t total; // or MSRP_MESSAGE_OPEN
} MsrpMessageRange;

// What: reads the value of Byte-Range; NULL reads as "1-*/*", the meaning of its absence.
// Errors: false for a bad syntax, a start of 0 and numbers nobody means.
// Source: RFC 4975 9.
bool msrp_message_range_read(const char *text, MsrpMessageRange *range);

// What: writes it.
// Shape: owned by the caller.
char *msrp_message_range_write(const MsrpMessageRange *range);

#define MSRP_MESSAGE_UNCUT 2048 // octets that a chunk may have without being interruptible

// What: the range to announce for a chunk that begins behind `sent` octets of `total`, when at most
// `limit` octets go into it: exact if it is short, open-ended if it has to be interruptible.
// Shape: `limit` is at least 1.
// Source: RFC 4975 7.1.1; MSRP-007.
MsrpMessageRange msrp_message_cut(uint64_t sent, uint64_t total, uint64_t limit);

// The messages of one session that are not complete yet.
typedef struct MsrpMessage MsrpMessage;

typedef struct {
    size_t max_size;    // LIMIT: octets of one message
    int64_t wait_ms;    // T_chunk
    MsrpBudget *budget; // borrowed: what parts are charged to
} MsrpMessageLimits;

// One SEND with content; everything is borrowed for the call, `headers` is kept by reference.
typedef struct {
    const char *message_id;
    MsrpMessageRange range;
    const uint8_t *octets;
    size_t length;
    char flag;
    bool too_long;      // the parser did not keep the body
    GArray *headers;    // of MsrpHeader
    const char *content_type;
} MsrpMessageChunk;

typedef enum {
    MSRP_MESSAGE_PART,      // taken, something is missing
    MSRP_MESSAGE_WHOLE,     // the message is complete
    MSRP_MESSAGE_ABORTED,   // the sender gave it up
    MSRP_MESSAGE_TOO_LARGE, // refuse with 413
    MSRP_MESSAGE_IGNORED    // rest of a message that was refused
} MsrpMessageResult;

// A complete message.
typedef struct {
    const uint8_t *octets; // borrowed: from the chunk or from `owned`
    size_t length;
    GArray *headers;          // borrowed or in `owned`: those of the chunk with the first octet
    const char *content_type; // likewise
    void *owned;
} MsrpMessageWhole;

void msrp_message_whole_clear(MsrpMessageWhole *whole);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MsrpMessageWhole, msrp_message_whole_clear)

// What: a message of which nothing has come yet.
// Shape: owned by the caller (msrp_message_free).
MsrpMessage *msrp_message_new(const MsrpMessageLimits *limits);
void msrp_message_free(MsrpMessage *assembly);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpMessage, msrp_message_free)

// What: takes a chunk; chunks may come in any order, later octets win over earlier ones.
// Shape: `whole` is filled for MSRP_MESSAGE_WHOLE only and must be cleared before `chunk` goes
// away.
// Source: RFC 4975 7.3.1; MSRP-006.
MsrpMessageResult msrp_message_take(MsrpMessage *assembly, const MsrpMessageChunk *chunk,
                                    int64_t now_ms, MsrpMessageWhole *whole);

// What: whether part of a message is there whose rest may still come.
bool msrp_message_is_partial(const MsrpMessage *assembly);

// What: forgets the messages of which nothing came for wait_ms.
void msrp_message_expire(MsrpMessage *assembly, int64_t now_ms);

// What: when to call msrp_message_expire() next; INT64_MAX for never.
int64_t msrp_message_deadline(const MsrpMessage *assembly);
