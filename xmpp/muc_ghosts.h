// SPDX-License-Identifier: MIT
// Occupants of ours that nobody wants any more, but whose room could not be told so: the link is
// down, or they are left from before a restart. The room hears of it as soon as there is a way, so
// that none of them stays as a ghost. Sources: XEP-0045 7.14; docs/seam.md (leave-room).
#pragma once
#include "xmpp/wire.h"

typedef struct MucGhosts MucGhosts;

// What: none.
// Shape: owned by the caller; `wire` is borrowed and outlives it.
MucGhosts *muc_ghosts_new(Wire *wire);
void muc_ghosts_free(MucGhosts *ghosts);

// What: has `self` (full) leave under `occupant` (room@service/nick), now or when its link is back.
// Shape: `status` may be NULL.
void muc_ghosts_leave(MucGhosts *ghosts, Address *self, Address *occupant, const char *status);

// What: the link of a domain is back.
void muc_ghosts_on_link_up(MucGhosts *ghosts, const char *domain);
