// SPDX-License-Identifier: MIT
// Delivery receipts and displayed markers as stanzas of their own. XEP-0184, XEP-0333.
#pragma once
#include "xmpp/wire.h"

// What: the receipt or marker in a message without a text: fills how (delivered, displayed) and id
//   (that of the message it speaks of) of `fields`.
// Errors: false when there is none, or it names no message.
// Source: EXT-01, 03, 07; CHAT-32.
bool receipt_read(xmpp_stanza_t *stanza, Fields *fields);

// What: the stanza of a RECEIPT command; it asks for nothing itself (SEC-12).
// Shape: `id` is the stanza's own; owned by the caller.
// Errors: NULL when an address is missing.
// Source: EXT-02, 04; CHAT-31; XEP-0184 5.2; XEP-0333 4.
xmpp_stanza_t *receipt_write(Wire *wire, const Fields *fields, const char *id);
