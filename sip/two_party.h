// SPDX-License-Identifier: MIT
// Two-party legs: a chat of one XMPP user with one SIP user over MSRP, begun by either.
// RFC 7573; one-to-one matrix section 5.
#pragma once
#include "sip/gate_core.h"
#include "sip/pager.h"

typedef struct TwoParty TwoParty;

// What: the two-party legs of a gate.
// Shape: `core` and `pager` are borrowed. Owned by the caller (two_party_free).
TwoParty *two_party_new(GateCore *core, Pager *pager);

// What: drops every leg without a word; NULL is allowed.
void two_party_free(TwoParty *self);

// What: INVITE for a leg; answered by LEG_UP or LEG_DOWN.
// Source: CHAT-02, 03, 05; R-10.
void two_party_open(TwoParty *self, const Command *command);

// What: ANSWER_LEG for an offer that is gone: the leg is down.
void two_party_answer_late(TwoParty *self, uint64_t leg);

// What: ends a leg.
// Errors: false when there is none with this number.
// Source: CHAT-51, 54; RFC 3326.
bool two_party_close(TwoParty *self, const Fields *fields);

// What: a line inside a leg; answered by DELIVERY, at once when there is no such leg.
// Source: CHAT-11, 12, 14, 15.
void two_party_send(TwoParty *self, const Fields *fields);

// What: a chat state inside a leg, as the peer takes it; answered by DELIVERY as a line.
// Source: CHAT-40, CHAT-42.
void two_party_send_state(TwoParty *self, const Fields *fields);

// What: a notification; a peer that takes none inside a session gets none.
// Source: EXT-03.
void two_party_send_receipt(TwoParty *self, const Fields *fields);

// What: an INVITE from outside for an XMPP user: an offer, or a refusal.
// Shape: `parties` has been read without fault.
// Source: CHAT-07; ESC-003, ESC-115.
void two_party_on_invite(TwoParty *self, const AgentEvent *event, const Parties *parties);

// What: ends every leg; for the shutdown.
void two_party_close_all(TwoParty *self);
