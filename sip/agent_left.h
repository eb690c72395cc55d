// SPDX-License-Identifier: MIT
// Handles whose owner is gone: the library brings their dialogs to an end, and somebody has to hear of it.
#pragma once
#include "sip/agent.h"

// What: the handlers of a handle that was left.
// Shape: static; their owner is not used.
// Source: RFC 3261 15; RFC 6665 4.1.3.
const AgentHandler *agent_left_handlers(AgentLeave leave);
