// SPDX-License-Identifier: MIT
// Why the other side said no: one neutral list of reasons (the defined conditions of RFC 6120 8.3.3)
// and the tables that turn them into SIP and MSRP statuses and back. Pure data: a Failure is a value
// in events and commands, never a GError. Tables: docs/conformance/one-to-one.md section 3 and
// groupchat-and-escalation.md section 6.
#pragma once
#include <stdbool.h>

typedef enum {
    FAILURE_NONE = 0,
    FAILURE_BAD_REQUEST,
    FAILURE_CONFLICT,
    FAILURE_FEATURE_NOT_IMPLEMENTED,
    FAILURE_FORBIDDEN,
    FAILURE_GONE,
    FAILURE_INTERNAL_SERVER_ERROR,
    FAILURE_ITEM_NOT_FOUND,
    FAILURE_JID_MALFORMED,
    FAILURE_NOT_ACCEPTABLE,
    FAILURE_NOT_ALLOWED,
    FAILURE_NOT_AUTHORIZED,
    FAILURE_POLICY_VIOLATION,
    FAILURE_RECIPIENT_UNAVAILABLE,
    FAILURE_REDIRECT,
    FAILURE_REGISTRATION_REQUIRED,
    FAILURE_REMOTE_SERVER_NOT_FOUND,
    FAILURE_REMOTE_SERVER_TIMEOUT,
    FAILURE_RESOURCE_CONSTRAINT,
    FAILURE_SERVICE_UNAVAILABLE,
    FAILURE_SUBSCRIPTION_REQUIRED,
    FAILURE_UNDEFINED_CONDITION,
    FAILURE_UNEXPECTED_REQUEST,
    FAILURE_COUNT // how many there are, FAILURE_NONE included; never a reason
} FailureReason;

// What: the wire name of a reason, e.g. "item-not-found".
// Shape: static text; "none" for FAILURE_NONE.
// Source: RFC 6120 8.3.3.
const char *failure_name(FailureReason reason);

// What: the reason with this wire name.
// Shape: NULL is allowed.
// Errors: FAILURE_NONE for NULL and for a name that is none of the 22.
// Source: RFC 6120 8.3.3.
FailureReason failure_from_name(const char *name);

// What: what an error stanza says, also when its condition is unknown or missing.
// Shape: `condition`, `type` (the error's type attribute) and `text` may be NULL.
// Errors: never FAILURE_NONE; unknown conditions become internal-server-error (type cancel or wait)
//   or bad-request, a server not found whose text tells that its name did not resolve a time-out.
// Source: ERR-02, last row of table 3.1; RFC 7247 table 1 (note on remote-server-not-found).
FailureReason failure_from_error(const char *condition, const char *type, const char *text);

// What: the error type that goes with a reason towards XMPP: "cancel", "modify", "auth" or "wait".
// Shape: static text.
// Source: ERR-03 (table 3.2), RFC 6120 8.3.3 for conditions which that table does not produce.
const char *failure_type(FailureReason reason);

// What: the reason that a final SIP response means.
// Shape: `has_contact`: the response names another address.
// Errors: FAILURE_NONE below 300; a number from 700 on counts as a broken server.
// Source: ERR-01, ERR-03, ERR-05 (local failures come as 408 and 503).
FailureReason failure_from_status(int status, bool has_contact);

// What: the SIP final response that a reason means when no other address is known.
// Shape: `to_full_jid`: the stanza which failed was addressed to a full JID; `error_type` (may be
//   NULL) is only looked at for FAILURE_NONE = condition unknown.
// Errors: may be 401 or 407: see failure_on_wire().
// Source: ERR-02 (table 3.1).
int failure_to_status(FailureReason reason, bool to_full_jid, const char *error_type);

// What: the SIP final response for a reason that came with a usable new address.
// Errors: 0 when such a reason (neither gone nor redirect) has no address to give.
// Source: ERR-02 (table 3.1, gone and redirect).
int failure_to_moved_status(FailureReason reason);

// What: the status as it is sent: 401 and 407 go out as 403, since we have no challenge to offer.
// Source: ERR-02 (notes in table 3.1), D-11.
int failure_on_wire(int status);

// What: the reason that an MSRP response or REPORT status means for the sender of the message.
// Errors: FAILURE_NONE for 2xx; 481 and 506 say that the session is lost: recipient-unavailable.
// Source: ERR-07; RFC 4975 10.
FailureReason failure_from_msrp(int status);

// What: the status of a response or failure REPORT that tells an MSRP sender of a reason.
// Source: table 6.5 (hosting B column); RFC 4975 10.
int failure_to_msrp(FailureReason reason);

// What: the answer to an INVITE of a room that did not let the SIP user in.
// Shape: `text` (may be NULL) receives the reason phrase, static.
// Source: table 6.3.
int failure_join_to_status(FailureReason reason, const char **text);

// What: the reason that an XMPP user is told when a SIP conference did not let him in.
// Shape: `has_contact`: the response names another address.
// Errors: FAILURE_NONE below 300.
// Source: table 6.4.
FailureReason failure_join_from_status(int status, bool has_contact);

// What: the error type of a refused entry; `status` is that of the focus, 0 = none.
// Shape: static text.
// Source: table 6.4.
const char *failure_join_type(FailureReason reason, int status);

// What: the standard reason phrase of a SIP status.
// Shape: static text, never NULL: an unknown number gets the phrase of its class.
// Source: RFC 3261 21; IANA SIP response codes.
const char *failure_phrase(int status);

// What: the reason phrase made of an error's text: one line, at most 120 octets of whole characters.
// Shape: owned by the caller (g_free); the standard phrase when `text` is NULL or nothing is left.
// Source: ERR-02.
char *failure_phrase_from_text(const char *text, int status);

// What: the text of an error stanza for a SIP failure: "CODE reason".
// Shape: owned by the caller (g_free); `phrase` NULL or empty = the standard one.
// Source: ERR-03.
char *failure_text_from_status(int status, const char *phrase);
