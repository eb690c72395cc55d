// SPDX-License-Identifier: MIT
// A call that we make: INVITE and what is answered to it, up to the moment when only MSRP is missing (RFC 3261 13.2;
// CHAT-02..04, CHAT-06).
#pragma once
#include "sip/call.h"

struct sip_s;

// What: sends the INVITE of the call's invitation.
void call_dialling_invite(Call *call);

// What: takes a response to it.
void call_dialling_on_answer(Call *call, const AgentEvent *event);

// What: takes the answer in a message to an offer of ours. One we cannot use ends a dialog that stands, and an INVITE
//   without TLS follows where that may be why.
// Shape: `how` is how the call ends then; `sip` may be NULL.
// Errors: false; the call may be gone.
// Source: CHAT-04; SEC-02.
bool call_dialling_take_answer(Call *call, const struct sip_s *sip, How how);
