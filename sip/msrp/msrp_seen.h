// SPDX-License-Identifier: MIT
// The last complete messages of a session, so that none is delivered twice
// (RFC 4975 5.4; MSRP-024: the last 1000).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MsrpSeen MsrpSeen;

typedef struct {
    uint64_t hash; // of the Message-ID; 0: no entry
    uint32_t ref;  // the number the owner knows it by
    bool accepted; // it was answered 200
    bool reported; // a success report was sent
} MsrpSeenEntry;

// What: a memory of nothing.
// Shape: owned by the caller (msrp_seen_free).
MsrpSeen *msrp_seen_new(void);
void msrp_seen_free(MsrpSeen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpSeen, msrp_seen_free)

// What: the entry of a Message-ID.
// Shape: borrowed until the next msrp_seen_add(); NULL: not seen, or forgotten.
MsrpSeenEntry *msrp_seen_find(MsrpSeen *seen, const char *message_id);

// What: remembers a message; the oldest one goes when there are too many.
void msrp_seen_add(MsrpSeen *seen, const char *message_id, uint32_t ref);

// What: forgets a message that was refused: the sender may try it again.
void msrp_seen_remove(MsrpSeen *seen, const char *message_id);
