// SPDX-License-Identifier: MIT
// An owner of MSRP sessions that writes down what it is told, on stacks with a clock of the test's.
#pragma once

#include "sip/msrp/msrp_session.h"
#include "tests/support/crooked_stream.h"

#define MSRP_OWNER_PEER    "msrp://peer.example:9/peer;tcp"
#define MSRP_OWNER_RELAYED "msrp://relay.example:9/rr;tcp " MSRP_OWNER_PEER

typedef struct {
    GString *log;  // owned: a line for each callback
    bool accepts;  // answers messages at once
    int refuses;   // or refuses them with this status
    bool closes;   // or closes the session instead
    uint32_t last_ref;
    MsrpSession *session; // NULL once closed
} MsrpOwner;

// What: a stack at a free port; `adapt` (or NULL) changes its configuration.
Msrp *msrp_owner_stack(void (*adapt)(MsrpConfig *config));

// What: an owner with a session that is not started.
// Shape: freed after the stack.
MsrpOwner *msrp_owner_new(Msrp *msrp);
MsrpOwner *msrp_owner_new_secure(Msrp *msrp); // under TLS
void msrp_owner_free(MsrpOwner *owner);

// What: starts the session towards a peer that takes everything.
void msrp_owner_start(MsrpOwner *owner, const char *path, bool active);

// What: sends a text as message "id" and the row in two digits.
MsrpSessionSend msrp_owner_say(MsrpOwner *owner, uint64_t row, const char *text);

// What: sends `length` letters as message "much".
MsrpSessionSend msrp_owner_say_much(MsrpOwner *owner, uint64_t row, size_t length);

// What: lets everything settle and compares what was told since the last time.
void msrp_owner_told(MsrpOwner *owner, const char *expected);

// What: likewise, where the order against the other direction is open; forgets nothing.
void msrp_owner_told_among(MsrpOwner *owner, const char *line);

// What: lets time pass, and everything settle.
void msrp_owner_pass(int64_t ms);

// What: as the peer MSRP_OWNER_PEER answers the last request that was heard, and forgets what was
// heard.
// Shape: `own` is the URI of the session, `status` e.g. "200 OK".
void msrp_owner_answer(CrookedStream *peer, const char *own, const char *status);
