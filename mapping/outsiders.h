// SPDX-License-Identifier: MIT
// Bans that a room told of while their user was not in it (XEP-0045 18.1, status 101): whoever invites him is
// told so, instead of a phone that rings for a room which keeps its user out. ROSTER-023.
#pragma once
#include "mapping/event.h"

typedef struct Outsiders Outsiders;

// What: nobody is banned.
// Shape: owned by the caller.
Outsiders *outsiders_new(void);
void outsiders_free(Outsiders *outsiders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outsiders, outsiders_free)

// What: a `room-roster` without leg: what `real` is in `room` from now on.
// Shape: whatever is no ban lifts one; an event that names no user or no room tells nothing.
// Source: docs/seam.md (Rooms whose home is XMPP).
void outsiders_note(Outsiders *outsiders, const Event *event);

// What: the room has let a user in.
void outsiders_forget(Outsiders *outsiders, const Address *room, const Address *user);

// What: whether a room keeps a user out, as far as it told within the last day.
bool outsiders_is_banned(Outsiders *outsiders, const Address *room, const Address *user,
                         int64_t now_ms);
