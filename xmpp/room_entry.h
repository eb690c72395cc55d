// SPDX-License-Identifier: MIT
// Presence that XMPP users send to rooms that live on SIP: coming in, another nick, what they say of
// themselves, leaving; and how the middle answers. Sources: XEP-0045 7.2, 7.6, 7.7, 7.14, 17.3; MUC-A01 to
// A03, A13, A15; CONF-029, CONF-034.
#pragma once
#include "xmpp/room_core.h"

// What: a presence to a room or an occupant.
void room_entry_on_presence(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: `answer-leg`: the device is let in; answered by ROOM_ANSWER.
void room_entry_accept(RoomCore *core, const Fields *fields);

// What: `refuse` of an entry or of a nick.
// Shape: closes `ask`.
// Source: groupchat matrix 6.4; MUC-A13.
void room_entry_refuse(RoomCore *core, RoomAsk *ask, const Fields *fields);
