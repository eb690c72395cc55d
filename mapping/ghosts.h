// SPDX-License-Identifier: MIT
// Occupancies of an earlier run (docs/stay.md, Restart): their legs are gone, and who still believes in them is told as
// soon as the link stands by which it can be told.
#pragma once
#include "mapping/turn.h"

typedef struct Ghosts Ghosts;

// What: none yet.
// Shape: owned by the caller.
Ghosts *ghosts_new(void);
void ghosts_free(Ghosts *ghosts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ghosts, ghosts_free)

// What: an occupancy that the store held at start (RESTORED, how=room-bind).
// Source: ESC-601, ESC-603, ESC-604.
void ghosts_on_restored(Turn *turn, const Event *event);

// What: a component link stands: a room of XMPP is left by its ghosts, an XMPP user is told that he is in the
//   conference no longer, so that his client enters it again.
// Source: ESC-603, ESC-604, ESC-607; XEP-0045 11.2 (332).
void ghosts_on_link(Turn *turn, const Event *event);
