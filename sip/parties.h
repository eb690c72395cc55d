// SPDX-License-Identifier: MIT
// Who asks and who is asked by a request: From, or the identity a trusted peer asserts, and
// Request-URI turned into addresses at the door. RFC 3325.
#pragma once
#include "mapping/address.h"
#include "sip/gate_core.h"

typedef struct {
    Address *from;  // shared; NULL: not readable
    Address *to;    // shared; NULL: not readable
    RouteKind kind; // where `to` lives
    char *nick;     // owned; display name of the sender, or NULL
    int status;     // 0, or the refusal: 400, 404, 414, 416, 433, 480 (sips), 482, 483
} Parties;

// What: reads both; the target by the Request-URI, the sender by From unless a trusted peer asserts
//   another identity; of several the one with a sip URI counts.
// Shape: `self` is overwritten; clear it in any case with parties_clear().
// Errors: `status` is set; target first, since it is the one that may not exist.
// Source: ADDR-20..31, SEC-01, SEC-08 (483), SEC-09 (482); EXT-10.
void parties_read(Parties *self, const GateCore *core, const AgentEvent *event);

// What: refuses the request of the event with the status found.
// Source: SEC-01 (Warning 380).
void parties_refuse(const Parties *self, const AgentEvent *event);

// What: frees what the value owns.
void parties_clear(Parties *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parties, parties_clear)
