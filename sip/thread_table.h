// SPDX-License-Identifier: MIT
// Threads of XMPP against Call-IDs of SIP, for page mode: the same thread of a pair is the same
// Call-ID with one From tag and rising CSeq, or the peer would take its second message for a merged
// request. What is forgotten (bounded) begins anew with another tag.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct ThreadTable ThreadTable;

// What stands in the headers of the next message; borrowed until the next call.
typedef struct {
    const char *call_id;
    const char *tag; // of From
    uint32_t cseq;
} ThreadTableLine;

// What: an empty table.
// Shape: at most `limit` threads are remembered; `sticky`: messages of a pair without a thread
//   share one for 30 min. Owned by the caller (thread_table_free).
// Source: IM-06, IM-07; `sticky_call_id`.
ThreadTable *thread_table_new(size_t limit, bool sticky);

// What: frees the table; NULL is allowed.
void thread_table_free(ThreadTable *table);

// What: the headers of the next message of a pair in a thread.
// Shape: `from`, `to` name the pair; `thread` may be NULL; `now_ms` is monotonic.
// Source: IM-06, IM-07.
ThreadTableLine thread_table_next(ThreadTable *table, const char *from, const char *to,
                                  const char *thread, int64_t now_ms);

// What: the Call-ID of a new dialog in a thread: the thread itself once, then and otherwise a fresh
//   one.
// Shape: owned by the caller (g_free).
// Source: CHAT-02, CHAT-51; RFC 3261 8.1.1.4.
char *thread_table_open(ThreadTable *table, const char *from, const char *to, const char *thread,
                        int64_t now_ms);

// What: the thread a received Call-ID stands for: the one it was made from, else itself.
// Shape: borrowed from the table or from the argument.
// Source: IM-22.
const char *thread_table_thread(const ThreadTable *table, const char *call_id);

// What: whether a thread may stand as a Call-ID: word["@"word], at most 255 octets.
// Source: RFC 3261 25.1.
bool thread_table_fits(const char *thread);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThreadTable, thread_table_free)
