// SPDX-License-Identifier: MIT
// OPTIONS: what a user of ours can do, without telling whether it exists; what a room can do that
// we are the focus of.
#pragma once
#include "sip/gate_core.h"

// What: answers an OPTIONS outside any dialog.
// Shape: `is_focus` says whether we are the focus of a room now; `focus_self` is its first
//   argument.
// Source: GEN-04, CONF-007; RFC 3261 11.2.
void options_on_request(GateCore *core, const AgentEvent *event,
                        bool (*is_focus)(void *focus_self, const Address *room), void *focus_self);
