// SPDX-License-Identifier: MIT
// Rooms whose home is SIP: for each device of an XMPP user inside, one leg at somebody else's focus.
// It dials, or takes the focus' invitation, asks for the nick, watches the conference, and is inside
// when the first roster is there. RFC 4579 5.1, 5.2; RFC 7701; RFC 7702 5; groupchat matrix section 2.
#pragma once
#include "sip/gate_core.h"

typedef struct Guest Guest;

// What: the legs of a gate at conferences of others.
// Shape: `core` is borrowed. Owned by the caller (guest_free).
Guest *guest_new(GateCore *core);

// What: drops every leg without a word; NULL is allowed.
void guest_free(Guest *self);

// What: whether this number is one of ours.
bool guest_has(const Guest *self, uint64_t leg);

// What: ENTER_ROOM: dials the focus, or answers the INVITE of `ref`; one that is gone is dialled to.
//   Answered by ROOM_ENTRY or ROOM_EXIT.
// Source: CONF-022..027, MUC-A14, MUC-A17; table 6.4.
void guest_enter(Guest *self, const Fields *fields);

// What: LEAVE_ROOM: BYE, and the end of the subscription.
// Errors: false when there is no such leg.
// Source: CONF-029.
bool guest_leave(Guest *self, const Fields *fields);

// What: ROOM_REQUEST: invite, kick, ban, probe; answered by ROOM_RESULT.
// Source: MUC-A16, MUC-A19, MUC-A20; CONF-021.
void guest_request(Guest *self, const Fields *fields);

// What: ends every leg; for the shutdown.
// Source: MUC-A28.
void guest_close_all(Guest *self);
