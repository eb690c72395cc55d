// SPDX-License-Identifier: MIT
// COMPAT(libstrophe 0.12.2 to 0.14): a component connection is made without the stream management
// state which the library then reads for the first stanza and at the release: it crashes. A
// connection as a client has that state and may give it away; public functions only
// (docs/library-facts.md A2).
#pragma once
#include <stdbool.h>
#include <strophe.h>

// What: gives a new component connection the state that it needs; it must not have been connected.
// Errors: false when the library refuses in an unknown way; the connection is not to be used then.
bool strophe_donor_give(xmpp_conn_t *conn);
