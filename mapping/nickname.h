// SPDX-License-Identifier: MIT
// The nick under which a SIP user enters a MUC: made of the display name, else of the user part, and
// varied when it is taken. The same input gives the same nick, so a party that comes back keeps it.
// A service that refuses the nick as malformed gets the one made without display name (table 6.3).
// A nick's SIP spelling is the gr of the occupant URI (mapping/route.h).
#pragma once
#include "mapping/address.h"

// What: the nick for a SIP user.
// Shape: `display_name` may be NULL; owned by the caller (g_free); never blank, always a resource.
// Source: MUC-B01; RFC 8266 2; RFC 7622 3.4.
char *nickname_for(const char *display_name, const Address *user);

// What: the nick that a SIP user asks for, as the room will show it: the service prepares it the same way, and what it
//   makes of it is what its answer is known by.
// Shape: `wish` valid UTF-8; owned by the caller (g_free).
// Errors: NULL when nothing is left of it.
// Source: MUC-B11; RFC 8266 2; RFC 3491 and RFC 3454 B.1 (resourceprep drops and folds characters).
char *nickname_of_wish(const char *wish);

// What: the nick to try after `conflicts` conflicts: nick, nick_2 .. nick_N with N = `retry`.
// Shape: owned by the caller (g_free); `nick` is the first one, not the last one tried.
// Errors: NULL when all have been tried.
// Source: MUC-A14, MUC-B02 (nick_retry).
char *nickname_retry(const char *nick, int conflicts, int64_t retry);
