// SPDX-License-Identifier: MIT
// The rooms that we are the focus of: one roster and one notifier for each, shared by all its
// parties. A room is there as long as the middle tells of it or a party of ours is in it.
#pragma once
#include "sip/conference_party.h"

typedef struct ConferenceRooms ConferenceRooms;

// What: no rooms.
// Shape: `core` is borrowed. Owned by the caller (conference_rooms_free, when no party is left; NULL
//   is allowed).
ConferenceRooms *conference_rooms_new(GateCore *core);
void conference_rooms_free(ConferenceRooms *rooms);

// What: a party of a room.
// Shape: ended by conference_rooms_leave().
// Errors: NULL when the room cannot be spelled on SIP.
ConferenceParty *conference_rooms_enter(ConferenceRooms *rooms, const Address *room,
                                        const ConferenceJoining *joining);
void conference_rooms_leave(ConferenceRooms *rooms, ConferenceParty *party);

// What: `sip room-roster` or `room-subject` without leg: told once for the whole room.
// Errors: a room that cannot be spelled on SIP is no matter.
// Source: docs/seam.md (Rooms: coming in).
void conference_rooms_apply(ConferenceRooms *rooms, const Command *command);

// What: a room that has parties of ours.
// Shape: borrowed; NULL: none.
// Source: CONF-007, CONF-012.
ConferenceNotifier *conference_rooms_find(const ConferenceRooms *rooms, const Address *room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConferenceRooms, conference_rooms_free)
