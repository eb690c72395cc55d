// SPDX-License-Identifier: MIT
// One party of a room at our focus: its call, from the first ringing to the BYE, and what the middle is told of it.
// RFC 4579 5.2; CONF-001, CONF-033.
#pragma once
#include "sip/focus_core.h"

// What: a party of a room, shown in its roster from now on; it has no call yet.
// Shape: `joining`: all but what is the leg's own. Owned by itself until it ends.
FocusLeg *focus_leg_new(FocusHost *all, uint64_t number, const Address *room,
                        ConferenceJoining joining);

// What: the leg of a number.
// Shape: NULL: none of ours.
FocusLeg *focus_leg_find(const FocusHost *all, uint64_t number);

// What: its call is dialled; is one that came in; is another from now on, and the one it had is ended.
// Shape: calls are taken over from their owner; `contact` is that of the 200 to the new one.
// Source: CONF-001; CONF-002; CONF-033.
void focus_leg_dial(FocusLeg *leg, const CallInvitation *invitation);
void focus_leg_take(FocusLeg *leg, Call *call);
void focus_leg_move(FocusLeg *leg, Call *call, const char *contact);

// What: ends it with a cause, and is not told of its call any more.
// Shape: `text` may be NULL. The leg is freed.
// Source: MUC-B15.
void focus_leg_end(FocusLeg *leg, int cause, const char *text);

// What: an event about it.
// Shape: owned by the caller.
Event *focus_leg_event(EventKind kind, const FocusLeg *leg);

// What: the roster of its room.
// Shape: borrowed.
const ConferenceRoster *focus_leg_roster(const FocusLeg *leg);

// What: whether it is one of this user's, by the name he shows or the one he hides.
bool focus_leg_is_of(const FocusLeg *leg, const Address *user);
