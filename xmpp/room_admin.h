// SPDX-License-Identifier: MIT
// Administration of rooms that live on SIP, as far as there is any: removing somebody, local bans, an
// empty configuration, the end of a conference by who had it made.
// Sources: XEP-0045 8.2, 9.1, 9.2, 10.1, 10.2, 10.9; RFC 4579 5.11, 5.12; MUC-A19 to A21, A24, A25.
#pragma once
#include "xmpp/room_core.h"

// What: a get or set of muc#admin or muc#owner to a room.
// Errors: false when it is none.
bool room_admin_on_request(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: `room-result` of a removal.
// Shape: closes `ask`.
void room_admin_on_result(RoomCore *core, RoomAsk *ask, const Fields *fields);
