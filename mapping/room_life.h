// SPDX-License-Identifier: MIT
// How a session comes into a room, what its party is told of it there, and how it ends: the legs of a seat
// (seat.h), for a stay and for an escalated conference alike. The lines are in room.h.
#pragma once
#include "mapping/turn.h"

// What: whether the party is inside: its lines go into the room, and it is told what happens there.
bool room_life_is_inside(const Session *session);

// What: orders the home leg of the seat to enter the room under `nick`, with the history since `stamp`.
// Shape: `stamp` may be NULL; the command is borrowed, as turn_push().
// Source: MUC-B01; CONF-022; table 7.4, BIND.
Command *room_life_enter(Turn *turn, Session *session, const char *nick, const char *stamp);

// What: the home leg is complete, or again after a lost link: what it said is noted, and the occupancy stored.
// Source: MUC-B03.
void room_life_on_entry(Turn *turn, Session *session, const Event *event);

// What: tells the party leg that the party is inside, and what it is there; who else is, and the subject, was told to
//   the facade before, once for all.
// Source: CONF-013; MUC-B03, A04.
void room_life_admit(Turn *turn, Session *session);

// What: roster, subject or name of the room on a leg of this session: ROOM_ROSTER, ROOM_SUBJECT. How=forget: from
//   now on the room tells everybody again by this leg, until its next entry.
// Source: MUC-B14, A23.
void room_life_on_roster(Turn *turn, Session *session, const Event *event);
void room_life_on_subject(Turn *turn, Session *session, const Event *event);

// What: ends the leg at home or that of the party, for the reason of `cause`; none: nothing.
// Source: docs/seam.md; MUC-B15, B17; CONF-028, CONF-029.
void room_life_leave(Turn *turn, Session *session, const Event *cause);
void room_life_expel(Turn *turn, Session *session, const Event *cause);

// What: that leg is gone already: what was on its way there waits again.
void room_life_forget_home(Turn *turn, Session *session);
void room_life_forget_party(Turn *turn, Session *session);

// What: the link of the XMPP side is lost: the room is held for xmpp_hold, and the party told of it after a
//   while; no more of either.
// Source: ESC-608.
void room_life_hold_start(Turn *turn, Session *session);
void room_life_hold_stop(Turn *turn, Session *session);

// What: the seat is free: nothing is held, and with the last home leg nothing is known of the room.
void room_life_forget(Turn *turn, Session *session);

// What: a component link went down or came back: the rooms of its users are held, or go on.
// Source: docs/escalation.md 6, rule 5.
void room_life_on_link(Turn *turn, const Event *event);

// What: tells a SIP party, when it is inside, that its room cannot be reached; words of ours, no line of the room.
// Source: ESC-608.
void room_life_tell_unreachable(Turn *turn, Session *session);
