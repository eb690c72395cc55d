// SPDX-License-Identifier: MIT
// Invitations which XMPP users send through a room that lives on SIP, and what became of them.
// Sources: XEP-0045 7.8.2; MUC-A16; groupchat matrix 6.6.
#pragma once
#include "xmpp/room_core.h"

// What: a message that invites one or several users.
// Errors: false when it is none.
bool room_invites_on_message(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: `room-result` of an invitation: a no is told as a decline.
// Shape: closes `ask`, unless somebody is still being asked.
void room_invites_on_result(RoomCore *core, RoomAsk *ask, const Fields *fields);
