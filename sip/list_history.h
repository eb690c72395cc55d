// SPDX-License-Identifier: MIT
// Who was on a list and is about to be called: his INVITE tells him who else was on it (RFC 5366 5). Between the request
// and the call nothing but addresses goes through the middle; the list waits here, for a while.
#pragma once
#include "sip/invitees.h"

typedef struct ListHistory ListHistory;

// What: nobody.
// Shape: owned by the caller (list_history_free; NULL is allowed).
ListHistory *list_history_new(void);
void list_history_free(ListHistory *self);

// What: these people will be called from this room; whose list has no history is not remembered.
// Shape: `list` is not kept. Of too many lists the first is forgotten.
// Source: CONF-011.
void list_history_note(ListHistory *self, const Address *room, const Invitees *list, int64_t now_ms);

// What: what somebody who is called from this room may know of the list he was on; once.
// Shape: owned by the caller (g_bytes_unref); NULL: he was on none, or that was long ago.
// Source: CONF-011.
GBytes *list_history_take(ListHistory *self, const Address *room, const Address *who,
                          int64_t now_ms);
