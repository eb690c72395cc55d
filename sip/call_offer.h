// SPDX-License-Identifier: MIT
// Offers in a dialog that stands, ours and the peer's: re-INVITE, UPDATE, an ACK with the answer (RFC 3264; RFC 3261
// 14; CHAT-10, CONF-031).
#pragma once
#include "sip/call.h"

// What: 488 with why a description is not taken.
void call_offer_refuse(const AgentEvent *event, const char *why);

// What: takes the answer to a re-INVITE of ours; a challenge is answered.
void call_offer_on_answer(Call *call, const AgentEvent *event);

// What: takes the answer to a refresh of the session, an INVITE or an UPDATE: a challenge is answered (the library sends
//   refreshes by itself).
// Source: ERR-04; RFC 4028 7.4.
void call_offer_on_refreshed(Call *call, const AgentEvent *event);
void call_offer_on_updated(void *owner, const AgentEvent *event);

// What: a later offer of the peer's, or its request for ours; the ACK that has its answer.
// Shape: as handlers of the dialog; `owner` is the Call.
void call_offer_on_offer(void *owner, const AgentEvent *event);
void call_offer_on_ack(void *owner, const AgentEvent *event);
