// SPDX-License-Identifier: MIT
// Who is in a room as one of our occupants is told it: each presence of another occupant, and of
// ourselves, becomes one ROOM_ROSTER event. Nothing is kept here: with N of ours in a room of N that
// would be N times N. What is news the middle finds out, by one roster for the room.
// Sources: XEP-0045 7.1, 7.6; MUC-B14; ROSTER-014..016; docs/seam.md (room-roster).
#pragma once
#include "xmpp/muc_presence.h"

// What: another occupant is there, or is different; we are there (HOW_JOINED), or different
//   (HOW_CHANGED).
void muc_roster_on_available(Wire *wire, uint64_t leg, const MucPresence *presence);
void muc_roster_on_own(Wire *wire, uint64_t leg, How how, const MucPresence *presence);

// What: an occupant is gone or has a new nick.
// Shape: `is_own` = it is ourselves.
void muc_roster_on_unavailable(Wire *wire, uint64_t leg, const MucPresence *presence, bool is_own);

// What: we are in the room under another nick than before, `nick`, and no 303 has told of it.
void muc_roster_rename_own(Wire *wire, uint64_t leg, const char *nick, const MucPresence *now);

// What: from now to the next ROOM_ENTRY the room tells this leg everybody again.
void muc_roster_begin_again(Wire *wire, uint64_t leg);
