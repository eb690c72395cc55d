// SPDX-License-Identifier: MIT
// a=setup: which of the two opens the connection (RFC 6135 4.2, RFC 4145 4; MSRP-010, CHAT-06).
#pragma once

#include <stdbool.h>

typedef enum {
    MSRP_SETUP_ABSENT, // also: a value we have to ignore, like holdconn
    MSRP_SETUP_ACTIVE,
    MSRP_SETUP_PASSIVE,
    MSRP_SETUP_ACTPASS
} MsrpSetup;

// What: the value of the attribute; NULL, holdconn and anything unknown read as absent.
MsrpSetup msrp_setup_read(const char *value);

// What: the token to write, NULL for MSRP_SETUP_ABSENT.
// Shape: static.
const char *msrp_setup_token(MsrpSetup setup);

// What: what we write into an offer: peers may connect to us, unless they cannot reach us.
// Source: RFC 6135 4.2.2: never "passive".
MsrpSetup msrp_setup_offer(bool reachable);

// What: what we write into an answer to this offer.
// Source: RFC 6135 4.2.2.
MsrpSetup msrp_setup_answer(MsrpSetup offer, bool reachable);

// What: whether the one who offered opens the connection.
bool msrp_setup_offerer_is_active(MsrpSetup offer, MsrpSetup answer);
