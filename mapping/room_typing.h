// SPDX-License-Identifier: MIT
// Who is writing in a room: composing documents of the party and states of the occupants, told
// across. What a room says of writing is implied by what follows, so nothing is kept alive and
// nothing ends by time. Row MUC-B23; XEP-0085 5.5.
#pragma once
#include "mapping/turn.h"

// What: a state of the party, or of an occupant (`nick`), told to the other side, once each.
// Source: MUC-B23.
void room_typing_on_state(Turn *turn, Session *session, const Event *event);

// What: a line of the party or of an occupant: whoever wrote it no longer writes, and all know that.
// Source: MUC-B23; RFC 3994 3.3.
void room_typing_on_line(Session *session, const Event *event);

// What: who is gone or has another nick writes no more under the old one.
void room_typing_on_roster(Session *session, const Event *event);
