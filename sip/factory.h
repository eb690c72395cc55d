// SPDX-License-Identifier: MIT
// The conference factory: an INVITE to its URI makes a room that nobody else knows of (RFC 4579 5.4).
#pragma once
#include "sip/gate_core.h"

// What: whether this is the factory: the user part of the setting `factory` in a domain of rooms.
// Source: CONF-008.
bool factory_is(const GateCore *core, const Address *address);

// What: a room in the domain of the factory, with a name that nobody guesses.
// Shape: owned by the caller.
// Source: MUC-B10 (96 bits at least).
Address *factory_invent(const Address *factory);
