// SPDX-License-Identifier: MIT
// Who may do what: every event from outside that asks for something passes policy_admit() once.
#pragma once
#include "mapping/refusal.h"

typedef struct Policy Policy;

// The answer. refusal.reason FAILURE_NONE and not silent = go on.
typedef struct {
    Refusal refusal;
    bool silent; // drop it and tell nobody
} PolicyVerdict;

// What: the memory of rates.
// Shape: owned by the caller; `settings` borrowed, outlives it.
Policy *policy_new(const Settings *settings);
void policy_free(Policy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Policy, policy_free)

// What: from now on every request is refused: the gateway ends (CLOSING).
void policy_on_closing(Policy *policy);

// What: whether this event may be acted upon.
// Shape: takes one from the sender's rate.
// Source: SEC-04, 09, 10; ADDR-03; IM-17, 18; CHAT-22; GEN-06.
PolicyVerdict policy_admit(Policy *policy, const Turn *turn, const Event *event);
