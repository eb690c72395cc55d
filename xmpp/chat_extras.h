// SPDX-License-Identifier: MIT
// What stands beside the body of a message and still crosses: corrections, links to files, markup.
// XEP-0308, XEP-0066, XEP-0447, XEP-0071; one-to-one rows EXT-06, EXT-14, EXT-15, EXT-16.
#pragma once
#include "mapping/fields.h"
#include "xmpp/wire.h"

// What: reads them into fields whose body (or NULL) is read already; the body of a correction gets
//   its prefix, a link to a file that the body does not name is put behind it.
// Source: EXT-06, EXT-15, EXT-16.
void chat_extras_read(Wire *wire, xmpp_stanza_t *stanza, Fields *fields);

// What: reads how far a message may still go, one hop less than it says.
// Errors: false when that is nowhere.
// Source: SEC-08; XEP-0131.
bool chat_extras_read_hops(xmpp_stanza_t *stanza, Fields *fields);

// What: writes the link to a file that the fields name, and with the setting `shim` the hops left.
// Source: EXT-14, SEC-08.
void chat_extras_write(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields);
