// SPDX-License-Identifier: MIT
// The Contact of requests that we send for a user of ours.
#pragma once
#include "sip/gate_core.h"

// What: our own address with the user's name and device on it, for peers that are reached by this
//   transport: requests in the dialog have to reach us.
// Shape: a header value, owned by the caller (g_free).
// Errors: NULL when the user has no URI.
// Source: CHAT-02, CONF-022; RFC 3261 8.1.1.8.
char *own_contact_for(const GateCore *core, const Address *user, HopTransport transport);
