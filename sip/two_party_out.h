// SPDX-License-Identifier: MIT
// What is said to the peer of a two-party leg: a line in the form that it takes best, who is
// writing, notifications (CHAT-11..15, EXT-01..05; MSRP-017).
#pragma once
#include "sip/two_party_leg.h"

// What: sends a line.
// Source: CHAT-13, CHAT-14.
void two_party_out_line(const TwoPartyLeg *leg, const Fields *fields);

// What: tells who is writing.
void two_party_out_state(const TwoPartyLeg *leg, const Fields *fields);

// What: sends a notification, where such are taken and this one was asked for.
// Source: EXT-02, EXT-03.
void two_party_out_receipt(const TwoPartyLeg *leg, const Fields *fields);
