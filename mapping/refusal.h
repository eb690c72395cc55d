// SPDX-License-Identifier: MIT
// A refusal: why the answer is no, in neutral words, and how its author is told of it.
#pragma once
#include "mapping/turn.h"

enum {
    REFUSAL_UNABLE_STATUS = 503, // the gateway as a whole cannot serve: GEN-06
    REFUSAL_RETRY_S = 30,        // GEN-06
};

// reason FAILURE_NONE = no refusal. Everything else may be 0.
typedef struct {
    FailureReason reason;
    How how;
    uint64_t status;  // SIP status that caused it or is to be sent, 0 = by the tables of failure.c
    uint64_t retry_s; // Retry-After
    const char *text; // borrowed; of an XMPP error, or the reason phrase of the status
} Refusal;

// What: the refusal that an event's fields tell (failure, how, status, retry_s, text).
// Shape: borrows the text.
Refusal refusal_of(const Fields *fields);

// What: tells the author of a request: `xmpp refuse` (an error stanza) or `sip refuse` (a final
//   response).
// Shape: `asked` has from, to, id, type (XMPP) or ref, to (SIP). Headlines get no errors, a request
//   without ref or from has nobody to tell.
// Source: ERR-02, ERR-03; IM-01.
void refusal_tell(Turn *turn, const Session *session, Side author, const Fields *asked,
                  const Refusal *refusal);
