// SPDX-License-Identifier: MIT
// Whether a room exists and what it is, asked by disco for somebody who is not in it. A room that
// hides is none for him. Sources: XEP-0045 6.4; CONF-007; docs/seam.md (room-request how=probe).
#pragma once
#include "xmpp/iq.h"

typedef struct RoomProbe RoomProbe;

// What: nobody asks.
// Shape: owned by the caller; wire and iq are borrowed and outlive it. Freeing answers nobody.
RoomProbe *room_probe_new(Wire *wire, Iq *iq);
void room_probe_free(RoomProbe *probes);

// What: asks about the room of a ROOM_REQUEST; answered by one ROOM_RESULT within T_disco.
// Shape: `occupant` (full) is ours in that room, or NULL: then `from` of the fields asks, or our
//   domain where that is none of ours.
void room_probe_ask(RoomProbe *probes, Address *occupant, const Fields *fields);
