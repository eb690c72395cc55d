// SPDX-License-Identifier: MIT
// Who wants to be told of what he wrote: one entry per message between a pair whose author asked for
// a receipt, a display marker or word of a failure, until all of it was told. A table and nothing
// more; chat_receipt.c says what follows. Bounded, and forgotten with the process.
// Source: EXT-01..04, CHAT-30..32, IM-29.
#pragma once
#include "mapping/lines.h"

enum { RECEIPTS_UP_TO_MAX = 20 }; // EXT-03: messages that one marker speaks of

typedef struct Receipts Receipts;

// What an author still waits to hear.
typedef struct {
    bool delivered; // EXT-01, EXT-02; CHAT-30, CHAT-32
    bool displayed; // EXT-03, EXT-04
    bool failed;    // IM-29; CHAT-31
} ReceiptsWish;

// A message that was let in.
typedef struct {
    Side author;        // the side it was written on
    char *id;           // owned
    char *type;         // owned, or NULL
    char *thread;       // owned, or NULL
    Address *from, *to; // shared; as the message said
    uint64_t row;       // of its line
    uint64_t ref;       // of a SEND, or 0
    uint64_t leg;       // that it came on, or 0
    bool notify;        // its author asked for notifications of their own
    ReceiptsWish open;  // what was granted is gone from here
    int64_t at_ms;      // arrival
    // kept by receipts.c
    GQueue *pair;  // borrowed
    GList in_pair; // its place among those of its pair and author
    GList in_all;
} ReceiptsEntry;

// What: an empty table.
// Shape: owned by the caller.
Receipts *receipts_new(void);

// What: frees the table; NULL is allowed.
void receipts_free(Receipts *receipts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Receipts, receipts_free)

// What: notes what the author of a line wishes; a line without id, or without a wish, is not noted.
// Shape: when the table is full the oldest entry goes: of the pair, or of all.
void receipts_note(Receipts *receipts, const Line *line, ReceiptsWish wish);

// What: the youngest message of `from` to `to` with this id; the message of a row.
// Shape: borrowed until the table changes. Of the addresses only the bare part counts.
// Errors: NULL when there is none, or it is more than a day old.
ReceiptsEntry *receipts_find(Receipts *receipts, const Address *from, const Address *to,
                             const char *id, int64_t now_ms);
ReceiptsEntry *receipts_find_row(Receipts *receipts, uint64_t row);

// What: the messages that a display marker on `entry` speaks of: older ones between the same two
//   whose author waits for theirs, oldest first, and `entry` as the last.
// Shape: `found` is filled, borrowed; answers how many there are, at least 1.
// Source: EXT-03; XEP-0333 (a marker means "up to here").
size_t receipts_up_to(ReceiptsEntry *entry, ReceiptsEntry *found[RECEIPTS_UP_TO_MAX]);

// What: forgets an entry.
void receipts_drop(Receipts *receipts, ReceiptsEntry *entry);

// What: how many entries there are.
size_t receipts_count(const Receipts *receipts);
