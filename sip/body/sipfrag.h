// SPDX-License-Identifier: MIT
// message/sipfrag, as far as REFER needs it: the status line. RFC 3420; RFC 3515 2.4.5.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Sipfrag {
    unsigned status; // 100 to 699
    char *reason;    // owned; reason phrase, may be empty
} Sipfrag;

// What: reads the status line of a fragment; whatever follows it is not looked at.
// Shape: `self` is overwritten; on failure it is left empty.
// Errors: WIRE (no status line), LIMIT (its length).
// Source: RFC 3420 2; RFC 3261 7.2
bool sipfrag_read(Sipfrag *self, GBytes *bytes, GError **error);

// What: writes a fragment of one status line.
// Shape: returned bytes are owned by the caller; controls in `reason` become spaces, and it
//        is cut to what sipfrag_read() takes.
// Source: RFC 3515 2.4.5
GBytes *sipfrag_write(unsigned status, const char *reason);

// What: frees what the value owns and leaves it empty.
void sipfrag_clear(Sipfrag *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sipfrag, sipfrag_clear)
