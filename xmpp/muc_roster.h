// SPDX-License-Identifier: MIT
// Who is in a room as seen by one of our occupants: presences become ROOM_ROSTER events, one per
// difference. After a break the room tells everybody again: what it no longer tells has left.
// Sources: XEP-0045 7.1, 7.6; MUC-B14; ROSTER-014..016.
#pragma once
#include "xmpp/muc_presence.h"

typedef struct MucRoster MucRoster;

// What: an empty roster of a leg.
// Shape: owned by the caller; `wire` is borrowed and outlives it.
MucRoster *muc_roster_new(Wire *wire, uint64_t leg);
void muc_roster_free(MucRoster *roster);

// What: an occupant is there: told as joined or changed, or not at all when nothing differs.
// Shape: `is_own` = it is ourselves.
void muc_roster_on_available(MucRoster *roster, const MucPresence *presence, bool is_own);

// What: an occupant is gone or has a new nick.
void muc_roster_on_unavailable(MucRoster *roster, const MucPresence *presence, bool is_own);

// What: whether there is an occupant of this nick, or one of this real address, whatever device.
bool muc_roster_has_nick(const MucRoster *roster, const char *nick);
bool muc_roster_has_real(const MucRoster *roster, const Address *real);

// What: the real address of an occupant.
// Shape: borrowed until the next presence; NULL when there is none or the room does not show it.
Address *muc_roster_find_real(const MucRoster *roster, const char *nick);

// What: we came in again under another nick than before.
void muc_roster_rename_own(MucRoster *roster, const char *nick, const char *new_nick);

// What: from now on the room tells everybody again; it has done so: who was not told has left.
void muc_roster_begin_again(MucRoster *roster);
void muc_roster_end_again(MucRoster *roster);
