// SPDX-License-Identifier: MIT
// Answers that send a request elsewhere (3xx) or nowhere for a while (503 with Retry-After), and
// how far a request may go. RFC 3261 8.1.3.4, 21.5.4, 8.1.1.6; one-to-one rows ERR-04, SEC-08.
#pragma once
#include "sip/gate_core.h"

struct sip_s;

// What: the address in the Contact of a 3xx, when it maps.
// Shape: `sip` may be NULL; owned by the caller (address_unref).
// Errors: NULL: none.
// Source: ERR-04.
Address *detour_address(const GateCore *core, const struct sip_s *sip);

// What: the Request-URI of the one more request that such an address deserves.
// Shape: `to` may be NULL; owned by the caller (g_free).
// Errors: NULL: it is not a SIP user of ours to reach.
// Source: ERR-04.
char *detour_uri(const GateCore *core, const Address *to);

// What: the same for a conference that was called under `before`: it stays in its domain.
// Errors: NULL: it is no room, or one elsewhere.
// Source: CONF-026.
char *detour_room_uri(const GateCore *core, const Address *to, const char *before);

// What: the Retry-After of an answer to a request for `uri`; with a 503 its next hop is left alone
//   so long.
// Shape: `sip` may be NULL; 0: none.
// Source: ERR-04; RFC 3261 21.5.4.
uint64_t detour_note_retry(const GateCore *core, const char *uri, int status,
                           const struct sip_s *sip);

// What: for how many seconds more the next hop for `uri` is to be left alone; 0: it is not.
// Source: ERR-04.
uint64_t detour_wait_s(const GateCore *core, const char *uri);

// What: has an event say that its request was not sent: resource-constraint, when to try again.
// Source: ERR-04.
void detour_tell_held(Fields *fields, uint64_t wait_s);

// What: the Max-Forwards of a request of ours: `left`, 0: not known; no more than RFC 3261 gives.
// Source: SEC-08, IM-04; RFC 3261 8.1.1.6.
unsigned detour_hops(uint64_t left);
