// SPDX-License-Identifier: MIT
// Disposition notifications (message/imdn+xml): what became of a message. RFC 5438 11; one-to-one
// rows EXT-01..04.
#pragma once
#include <glib.h>
#include <stdbool.h>

#define IMDN_TYPE "message/imdn+xml"

// What a notification says. Everything else, known to RFC 5438 or not, is OTHER: the processing by
// somebody on the way, and the statuses forbidden and error, change nothing for the author.
typedef enum {
    IMDN_OTHER,
    IMDN_DELIVERED, // delivery-notification, delivered
    IMDN_FAILED,    // delivery-notification, failed
    IMDN_DISPLAYED, // display-notification, displayed
} ImdnOutcome;

typedef struct Imdn {
    ImdnOutcome outcome;
    char *message_id;             // owned; of the message it is about, never NULL after reading
    char *datetime;               // owned; when that was sent, in its author's words, or NULL
    char *recipient_uri;          // owned, or NULL
    char *original_recipient_uri; // owned, or NULL
} Imdn;

// What: reads a document; elements it does not know are skipped.
// Shape: `self` is overwritten; on failure it is left empty.
// Errors: WIRE (no imdn document, no message-id, no notification), LIMIT (as xml_read, and the
//         length of the message-id).
// Source: RFC 5438 11.1
bool imdn_read(Imdn *self, GBytes *bytes, GError **error);

// What: writes a document.
// Shape: returned bytes are owned by the caller; `outcome` is not OTHER; what is NULL is left out.
// Source: RFC 5438 7.2.1, 11.1
GBytes *imdn_write(const Imdn *self);

// What: frees what the value owns and leaves it empty.
// Shape: an empty value may be cleared again.
void imdn_clear(Imdn *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Imdn, imdn_clear)
