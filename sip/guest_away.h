// SPDX-License-Identifier: MIT
// A leg that lost its conference keeps its number and dials again, with growing pauses, until it is inside or the middle
// has waited long enough (`focus_hold`). A focus or a switch that is gone may come back; who was sent away, or is refused
// when he comes again, is out. MUC-A30.
#pragma once
#include "sip/guest_leg.h"

// What: the call of a leg is over: whether the leg stays nevertheless.
// Shape: what was asked of the call has been answered; the loss is told by LINK of the leg, its end by ROOM_ENTRY or
//   ROOM_EXIT.
// Source: MUC-A30; docs/configuration.md, focus_hold.
bool guest_away_takes(GuestLeg *leg, const CallEnd *over);

// What: a leg on its way in again has no place now: it hangs up and tries later.
void guest_away_later(GuestLeg *leg, const char *why);
