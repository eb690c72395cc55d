// SPDX-License-Identifier: MIT
// Who comes into a room whose home is XMPP: INVITE to its URI is offered to the middle, and answered as the room
// does. What follows the 200 is the business of focus_host.h. RFC 4579 5.1, RFC 7702 6.1, RFC 3891.
#pragma once
#include "sip/focus_host.h"
#include "sip/parties.h"

typedef struct FocusDoor FocusDoor;

// What: a door without anybody before it.
// Shape: both are borrowed. Owned by the caller (focus_door_free).
FocusDoor *focus_door_new(GateCore *core, FocusHost *rooms);

// What: refuses whoever waits; NULL is allowed.
void focus_door_free(FocusDoor *self);

// What: an INVITE outside any dialog to a room; told as ROOM_OFFERED, or answered at once.
// Shape: `parties` is without fault, its target a ROUTE_XMPP_ROOM.
// Source: CONF-002 to CONF-006, CONF-010, CONF-033, CONF-034; MUC-B01.
void focus_door_on_invite(FocusDoor *self, const AgentEvent *event, const Parties *parties);

// What: ANSWER_LEG for somebody who has turned round meanwhile: the leg is told to be none.
void focus_door_answer_late(FocusDoor *self, uint64_t leg);

// What: refuses whoever waits; for the shutdown.
void focus_door_close_all(FocusDoor *self);
