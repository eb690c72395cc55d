// SPDX-License-Identifier: MIT
// What a room tells a user of ours about his affiliation while he is not in it. XEP-0045 18.1.
#pragma once
#include "xmpp/wire.h"

// What: ROOM_ROSTER without leg, for a message of a room with status code 101.
// Shape: `from` and `to` are the stanza's; owned by the caller.
// Errors: NULL when it is none, or comes from an account or an occupant.
// Source: ROSTER-023; XEP-0045 18.1 (from the room to the bare address).
Event *muc_outsider_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to);
