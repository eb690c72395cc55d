// SPDX-License-Identifier: MIT
// The user agent of a gate as its configuration wants it: where it listens, which way requests go,
// and whose are taken (GEN-08, SEC-03, ADDR-27).
#pragma once
#include "sip/agent.h"
#include "sip/sipgate.h"

typedef struct GateAgent GateAgent;

// What: knows nobody.
// Shape: owned by the caller (gate_agent_free); `config` is borrowed for the call.
GateAgent *gate_agent_new(const SipGateConfig *config);

// What: frees it, not the agent that was built; NULL is allowed.
void gate_agent_free(GateAgent *self);

// What: builds the agent.
// Shape: owned by the caller (agent_free); needs this as long as it lives. `strangers` is static,
//   `owner` borrowed.
// Errors: NULL with a sentence in `why` (owned by the caller).
// Source: docs/configuration.md, [sip].
Agent *gate_agent_build(GateAgent *self, const SipGateConfig *config, const AgentHandler *strangers,
                        void *owner, char **why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GateAgent, gate_agent_free)
