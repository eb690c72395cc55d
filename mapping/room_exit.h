// SPDX-License-Identifier: MIT
// What an exit from a room means to the other side: the statuses told to a SIP user whose place in
//   a room is gone or was never given (tables 6.1 and 6.3), and the words a room hears of his
//   leaving (6.2).
#pragma once
#include "mapping/event.h"

// What: completes the ROOM_EXIT of an occupant with the SIP status, Retry-After and words for the
//   party.
// Shape: what the event says already is kept; where the room is now is added to its words.
// Source: table 6.1 (kicked, banned, removed, shutdown, lost, destroyed); table 6.3 for everything
//   else, by the reason the room gave.
void room_exit_status(Event *exit);

// What: completes the ROOM_EXIT of a SIP leg with the words that its occupant leaves with.
// Shape: as room_exit_status().
// Source: table 6.2.
void room_exit_word(Event *exit);

// What: completes the ROOM_EXIT of a leg at a SIP focus with the reason for the XMPP party, when the focus did
//   not let it in.
// Shape: of another end the reason is kept.
// Source: table 6.4.
void room_exit_reason(Event *exit);
