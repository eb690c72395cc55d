// SPDX-License-Identifier: MIT
// The call of a leg at somebody else's focus: dialling, what its end means. CONF-022..028; tables 6.1 and 6.4.
#pragma once
#include "sip/guest_leg.h"

// What: what a call of ours tells, for those that a focus began.
extern const CallFuncs guest_call_funcs;

// What: gives the leg its number, and with it the device: everything that our requests say of us.
void guest_call_name(GuestLeg *leg, const Fields *fields);

// What: a new leg that dials this URI.
// Source: CONF-022.
void guest_call_dial(Guest *self, const Fields *fields, const char *uri);

// What: a leg that lost its call dials once more.
// Source: MUC-A30.
void guest_call_again(GuestLeg *leg);
