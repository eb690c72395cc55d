// SPDX-License-Identifier: MIT
// OPTIONS: what a user of ours can do, without telling whether it exists; what a room can do, when the middle says that
// it exists; what the maker of rooms can do. RFC 3261 11, RFC 4579 5.13, RFC 5366 5.
#pragma once
#include "sip/gate_core.h"

typedef struct Options Options;

// What: nobody asks.
// Shape: `core` is borrowed. Owned by the caller (options_free).
Options *options_new(GateCore *core);

// What: drops what is open without an answer; NULL is allowed.
void options_free(Options *self);

// What: answers an OPTIONS outside any dialog, or asks for the room by ROOM_REQUEST how=probe first.
// Source: GEN-04, CONF-007.
void options_on_request(Options *self, const AgentEvent *event);
