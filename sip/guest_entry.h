// SPDX-License-Identifier: MIT
// The last step into somebody else's conference: it is watched, and with its first roster we are inside. MUC-A04,
// CONF-025.
#pragma once
#include "sip/guest_leg.h"

// What: NAMING is over: subscribes; ROOM_ENTRY follows behind the roster.
// Source: CONF-025, MUC-A04.
void guest_entry_watch(GuestLeg *leg);
