// SPDX-License-Identifier: MIT
// Messages that XMPP users send to rooms that live on SIP: lines, private lines, subjects, who is writing.
// Sources: XEP-0045 7.4, 7.5, 8.1, 17.2; XEP-0085 5.5; MUC-A07, A11, A22.
#pragma once
#include "xmpp/room_core.h"

// What: a message to a room or an occupant that is no invitation, decline or error.
void room_lines_on_message(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: `refuse` of a line: the error to its author.
// Errors: false when no room of ours is meant.
// Source: groupchat matrix 6.5; MUC-A08, A11.
bool room_lines_refuse(RoomCore *core, const Fields *fields);
