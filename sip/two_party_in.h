// SPDX-License-Identifier: MIT
// What the peer of a two-party leg says in its MSRP session: lines, notifications, who is writing
// (CHAT-12..24, EXT-02, EXT-05).
#pragma once
#include "sip/two_party_leg.h"

// What: reads a message and raises what it says, or turns it down.
// Source: CHAT-13, CHAT-22; RFC 4975 7.1.2.
void two_party_in_take(TwoPartyLeg *leg, const MsrpSessionIncoming *message);
