// SPDX-License-Identifier: MIT
// Failure to and from the error element of stanzas. Sources: RFC 6120 8.3; ERR-03, ERR-06.
#pragma once
#include "mapping/address.h"
#include "mapping/failure.h"
#include "xmpp/stanza.h"

typedef struct {
    FailureReason reason;
    char *text;      // owned, or NULL
    Address *target; // shared; the new address of gone and redirect, or NULL
} StanzaError;

// What: what a stanza of type error says; a missing or unknown error element is a reason, too.
// Shape: `error` is overwritten; to be cleared by the caller.
// Source: RFC 6120 8.3.2, 8.3.3.5, 8.3.3.14; failure_from_error().
void stanza_error_read(xmpp_stanza_t *stanza, StanzaError *error);
void stanza_error_clear(StanzaError *error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StanzaError, stanza_error_clear)

// What: appends the error element to a stanza of type error.
// Shape: `text` and `target` may be NULL; a target is told by gone and redirect only.
// Source: RFC 6120 8.3.2; RFC 5122 (the URI of the target).
void stanza_error_add(xmpp_stanza_t *stanza, FailureReason reason, const char *text,
                      const Address *target);

// What: the error answer to a stanza: same kind and id, addresses swapped.
// Shape: owned by the caller; NULL for a stanza of type error (or result), which is never answered.
// Source: RFC 6120 8.3.1; ERR-03, ERR-06.
xmpp_stanza_t *stanza_error_reply(xmpp_stanza_t *stanza, FailureReason reason, const char *text);
