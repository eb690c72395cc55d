// SPDX-License-Identifier: MIT
// What we are called in somebody else's conference: NICKNAME while we enter and later. RFC 7701 7; MUC-A05, A13,
// A14.
#pragma once
#include "sip/guest_leg.h"

// What: asks the switch for a nick.
// Errors: false when it cannot be asked.
// Source: RFC 7701 7.1.
bool guest_nick_ask(GuestLeg *leg, const char *nick);

// What: its answer: CallFuncs.on_nicknamed.
// Source: MUC-A13, MUC-A14.
void guest_nick_on_answer(void *owner, int status);

// What: the call is lost: what was asked for gets no answer.
void guest_nick_drop_wish(GuestLeg *leg);

// What: our user wants another nick; answered by ROOM_NICK.
// Source: MUC-A13.
void guest_nick_change(Guest *self, const Fields *fields);
