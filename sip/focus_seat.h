// SPDX-License-Identifier: MIT
// Who sits where: the party of a room that a request comes from, or names. RFC 3891, RFC 4538; CONF-014, CONF-033.
#pragma once
#include "sip/focus_host.h"
#include "sip/parties.h"

// A party in its room; borrowed until its leg ends. leg 0: nobody.
typedef struct {
    uint64_t leg;
    const Address *room, *party;
    const char *nick; // NULL: not known
} FocusSeat;

// What: the seat of a leg; that of whoever sends a request outside any dialog: by its Target-Dialog, else the sender's
//   in the room that he names.
// Source: CONF-014; RFC 4538 3.
FocusSeat focus_seat_get(const FocusHost *self, uint64_t leg);
FocusSeat focus_seat_find(const FocusHost *self, const struct sip_s *sip, const Parties *parties);

// What: the nick of somebody in the room of a leg: named as an occupant, as one of our parties, or by a real address
//   that is on the roster.
// Shape: owned by the caller (g_free); NULL: nobody there.
// Source: ROSTER-020.
char *focus_seat_nick_of(const FocusHost *self, uint64_t leg, const Address *who);

// What: the leg in this room that an INVITE of `party` wants to take over.
// Shape: 0 with `status` 0: it wants none.
// Errors: 0 with the status to refuse with: 403 somebody else's, 481 unknown, 486 not early any more, 603 over.
// Source: CONF-033; RFC 3891 3.
uint64_t focus_seat_find_replaced(const FocusHost *self, const struct sip_s *sip,
                                  const Parties *parties, int *status);
