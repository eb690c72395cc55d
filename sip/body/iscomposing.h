// SPDX-License-Identifier: MIT
// isComposing documents: that somebody is writing, or no longer is. RFC 3994; one-to-one rows
// CHAT-41, CHAT-42.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define ISCOMPOSING_TYPE "application/im-iscomposing+xml"

typedef struct Iscomposing {
    bool is_active;     // somebody is writing; every other state, known or not, is idle
    uint32_t refresh_s; // how long that holds; 0: the document does not say
} Iscomposing;

// What: reads a document; what it says of the kind of content and of the last activity is skipped.
// Shape: `self` is overwritten; on failure it is left empty.
// Errors: WIRE (no isComposing document, no state in it), LIMIT (as xml_read).
// Source: RFC 3994 3.5 (unknown states), 6
bool iscomposing_read(Iscomposing *self, GBytes *bytes, GError **error);

// What: writes the document for text.
// Shape: returned bytes are owned by the caller; a refresh of 0, or of idle, is not written.
// Source: RFC 3994 3.2, 6; one-to-one row CHAT-42
GBytes *iscomposing_write(const Iscomposing *self);
