// SPDX-License-Identifier: MIT
// What the rooms in which we have occupants say of themselves, asked once for all of them: at the
// first entry, and when a room tells that its configuration has changed.
// Sources: XEP-0045 6.4, 10.2.1 (104); groupchat matrix 4 (display-text, free-text), 6.1 (104).
#pragma once
#include "xmpp/iq.h"

typedef struct RoomFacts RoomFacts;

// What: nothing known.
// Shape: owned by the caller; wire and iq are borrowed and outlive it.
RoomFacts *room_facts_new(Wire *wire, Iq *iq);
void room_facts_free(RoomFacts *facts);

// What: an occupant is inside: the room is asked by the first, and by
//   one that has come in again; what is known is told for the leg.
// Shape: `self` is the full JID of the occupant. Told is ROOM_SUBJECT how=changed.
void room_facts_on_inside(RoomFacts *facts, Address *room, uint64_t leg, Address *self);

// What: the room has changed: it is asked again, and a difference is told once, for one leg inside.
void room_facts_on_changed(RoomFacts *facts, Address *room);

// What: that leg is inside no longer; with the last one the room is forgotten.
void room_facts_on_outside(RoomFacts *facts, Address *room, uint64_t leg);
