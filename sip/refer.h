// SPDX-License-Identifier: MIT
// REFER to a room of ours: a party invites somebody or removes him. It is accepted with 200, never 202, and what
// becomes of it is told by NOTIFYs with message fragments. RFC 3515, RFC 4488, RFC 4579 5.5 to 5.11, RFC 5368, RFC 7647.
#pragma once
#include "sip/focus_host.h"

typedef struct Refer Refer;

// What: nothing asked for.
// Shape: both are borrowed. Owned by the caller (refer_free).
Refer *refer_new(GateCore *core, FocusHost *rooms);

// What: drops what is open without a word; NULL is allowed.
void refer_free(Refer *self);

// What: a REFER outside any dialog; always answered.
// Source: CONF-014 to CONF-020, ROSTER-020.
void refer_on_request(Refer *self, const AgentEvent *event);

// What: the same in the call of a leg.
void refer_on_dialog_request(Refer *self, const AgentEvent *event, uint64_t leg);
