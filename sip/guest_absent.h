// SPDX-License-Identifier: MIT
// Occupants of ours whose legs are lost and may come again (guest_away.h). Documents do not name them meanwhile; of
// that nobody is told, unless they stay away. MUC-A30.
#pragma once
#include "sip/guest_leg.h"

// What: nobody is away.
// Shape: for Guest.absent; owned by the caller.
GHashTable *guest_absent_new(void);

// What: a leg is lost, and is noted under its nick; it is back; it ends, and of who is missed by then it is told that
//   he left.
// Shape: of a leg that is not noted the last two do nothing.
void guest_absent_note(GuestLeg *leg);
void guest_absent_is_back(GuestLeg *leg);
void guest_absent_ends(GuestLeg *leg);

// What: whether an event of a leg tells no more than that one of ours is away.
bool guest_absent_hides(const GuestLeg *leg, const Event *event);
