// SPDX-License-Identifier: MIT
// Presence of a user for a user: which device comes and goes. RFC 6121 4.5, 4.6.
#pragma once
#include "xmpp/wire.h"

// What: PRESENCE, for the presence of a device of one of our XMPP server's users.
// Shape: `from` and `to` are the stanza's; owned by the caller.
// Errors: NULL: subscriptions, probes, errors; of a bare address or to nobody; from a room.
// Source: RFC 6121 4.7.1; CHAT-26, CHAT-54.
Event *presence_stanza_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to);
