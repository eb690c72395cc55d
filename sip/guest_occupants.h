// SPDX-License-Identifier: MIT
// The occupants that a room shows for the members of somebody else's conference: under which nick, as whom; changes
// come out as `room-roster` events. Two devices of one address with one name are one occupant. MUC-A05, A06; ROSTER-008,
// 009, 022.
#pragma once
#include "sip/guest_member.h"
#include "sip/guest_names.h"

typedef struct GuestOccupant GuestOccupant;
typedef struct GuestOccupants GuestOccupants;

// What: nobody yet.
// Shape: `route` and `members` (entity -> GuestMember) are borrowed; owned by the caller (guest_occupants_free).
GuestOccupants *guest_occupants_new(const Route *route, GuestNames *names, const Address *room,
                                    GHashTable *members);
void guest_occupants_free(GuestOccupants *all);

// What: shows a member as he is now; nobody is shown by him any more.
// Shape: events (owned) are added to `events`, without leg.
// Source: ROSTER-001, 008, 009; MUC-A06; ROSTER-022.
void guest_occupants_show(GuestOccupants *all, GuestMember *member, GPtrArray *events);
void guest_occupants_leave(GuestOccupants *all, GuestMember *member, GPtrArray *events);

// What: another member stands for the occupant of one.
void guest_occupants_move(GuestMember *from, GuestMember *to);

// What: our own member is called so, whatever documents say that still have the name he has now.
// Source: MUC-A13.
void guest_occupants_call(GuestOccupants *all, const GuestMember *own, const char *nick);

// What: the occupant of a nick; the nick of an occupant.
// Shape: borrowed until the next change; NULL: nobody.
GuestOccupant *guest_occupants_find(const GuestOccupants *all, const char *nick);
const char *guest_occupants_nick(const GuestOccupant *occupant);
