// SPDX-License-Identifier: MIT
// How a no is spelled on SIP: status, phrase, Retry-After and Warning of a final response, the
// Reason header of a BYE or CANCEL; and what a final response means as a DELIVERY, LEG_DOWN or
// ROOM_ANSWER.
#pragma once
#include "mapping/event.h"

// The one answer to one request.
typedef struct {
    int status;
    char *phrase;     // owned
    unsigned retry_s; // Retry-After, 0: none
    char *contact;    // owned; where to go instead, NULL: nowhere
    char *warning;    // owned; Warning, NULL: none
} Sipcode;

// What: a display name as it stands before the address of a header, quoted, with a space behind it.
// Shape: owned by the caller (g_free); "" for NULL.
// Source: EXT-10; RFC 3261 25.1 (quoted-string); SEC-06.
char *sipcode_quote(const char *name);

// What: the final response that a REFUSE or CLOSE_LEG asks for: its status, else the table for its
//   failure; its text as the phrase.
// Shape: `to_full_jid`: the request was for a device, not for a user; clear with sipcode_clear().
// Errors: neither status nor failure: 500.
// Source: ERR-02 (table 3.1), D-11.
Sipcode sipcode_from_fields(const Fields *fields, bool to_full_jid);

// What: frees what the answer owns.
void sipcode_clear(Sipcode *self);

// What: the cause of a BYE that a CLOSE_LEG or EXPEL asks for: its status, else the table for its
//   failure, else 200.
// Source: ESC-016, table 6.1 of the groupchat matrix.
int sipcode_cause(const Fields *fields);

// What: the value of a Reason header: `SIP;cause=480;text="gone home"`.
// Shape: `text` (may be NULL) is freed of controls, quotes escaped; owned by the caller (g_free).
// Source: RFC 3326 2; ESC-016, table 6.1 of the groupchat matrix.
char *sipcode_reason(int status, const char *text);

// What: the text inside a received Reason header value for protocol SIP.
// Shape: `value` may be NULL; owned by the caller (g_free).
// Errors: NULL when there is none.
// Source: RFC 3326 2; MUC-B17.
char *sipcode_reason_text(const char *value);

// What: fills failure, status, text and retry_s of an event from a final response.
// Shape: `phrase` may be NULL; nothing is set below 300. Statuses of 700 and more are the library's
//   own troubles, and so is a 503 of which the phrase is "DNS Error".
// Source: ERR-01, ERR-03, ERR-05.
void sipcode_to_fields(Fields *fields, int status, const char *phrase, bool has_contact);

// What: text fit for a header value: a run of controls becomes one space, spaces at the ends go,
//   broken UTF-8 becomes U+FFFD.
// Shape: owned by the caller (g_free).
// Errors: NULL for NULL and when nothing is left.
// Source: SEC-06.
char *sipcode_clean(const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sipcode, sipcode_clear)
