// SPDX-License-Identifier: MIT
// Questions that XMPP users put to our MUC service, to rooms that live on SIP and to their occupants: each
// get and each set has one answer. What administers a room is in room_admin.h.
// Sources: XEP-0045 6, 7.12, 17.4; XEP-0030; XEP-0199; XEP-0410; MUC-A26, A27; XEP-0313 is not pretended.
#pragma once
#include "xmpp/room_core.h"

// What: a get or a set.
void room_iq_on_request(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: `room-result` of a probe.
// Shape: closes `ask`.
void room_iq_on_probed(RoomCore *core, RoomAsk *ask, const Fields *fields);
