// SPDX-License-Identifier: MIT
// One two-party leg: what the files that serve it share; see two_party.h.
#pragma once
#include "sip/call.h"
#include "sip/two_party.h"

struct TwoParty {
    GateCore *core;     // borrowed
    Pager *pager;       // borrowed
    GHashTable *offers; // owned; set of TwoPartyLeg (owned) that has no number yet
};

typedef struct {
    TwoParty *all;   // borrowed
    uint64_t number; // 0: offered, not answered
    uint64_t ref;    // of the offer
    Call *call;      // owned by itself until on_down
    Address *user;   // shared; XMPP
    Address *peer;   // shared; SIP
    char *thread;    // owned
    uint64_t hops;   // of the INVITE taken, where they are told (SEC-08)
} TwoPartyLeg;

// What: forgets a leg; its call is no concern of this.
void two_party_leg_free(TwoPartyLeg *leg);

// What: an event about a leg.
// Shape: owned by the caller.
Event *two_party_leg_event(EventKind kind, const TwoPartyLeg *leg);
