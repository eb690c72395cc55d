// SPDX-License-Identifier: MIT
// OPTIONS to SIP peers: what do you take? The answer is told as `sip peer`; no answer is told too,
// so that nobody is asked again soon (EXT-13).
#pragma once
#include "sip/gate_core.h"

typedef struct PeerQuestions PeerQuestions;

// What: no questions yet.
// Shape: owned by the caller (peer_questions_free).
PeerQuestions *peer_questions_new(GateCore *core);

// What: drops what is open; NULL is allowed.
void peer_questions_free(PeerQuestions *self);

// What: asks the peer `to` on behalf of the XMPP user `from`.
// Errors: one that cannot be spelled, or one too many, is not asked.
// Source: EXT-13; RFC 3261 11.
void peer_questions_ask(PeerQuestions *self, const Fields *fields);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerQuestions, peer_questions_free)
