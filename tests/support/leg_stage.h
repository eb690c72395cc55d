// SPDX-License-Identifier: MIT
// A two-party leg on the stage of a gate: juliet@xmpp.test talks with romeo@sip.test, whose SIP and
// MSRP sides are raw peers of the test. Leg 7 is one we dialled, leg 8 one he did.
#pragma once
#include "tests/support/gate_stage.h"
#include "tests/support/msrp_peer.h"

typedef struct {
    GateStage stage;      // owned, as the next two
    MsrpPeer *msrp;
    SipPeerDialog dialog; // of the leg, once it stands
} LegStage;

#define LEG_STAGE_OPEN                                                                             \
    "sip open-leg leg=7 from=juliet@xmpp.test/balcony to=romeo@sip.test thread=t-1"

// What: an empty stage, then the gate and its peers; in between settings may be changed.
// Shape: `leg` is overwritten.
void leg_stage_init(LegStage *leg);
void leg_stage_start(LegStage *leg);

// What: frees everything.
void leg_stage_clear(LegStage *leg);

// What: a description of romeo's: accept-types, a=setup and further lines.
// Shape: owned by the caller.
char *leg_stage_sdp(const LegStage *leg, const char *setup, const char *more);

// What: answers an INVITE of ours with 200 and this description.
// Shape: the dialog is the stage's from now on.
void leg_stage_answer(LegStage *leg, const char *invite, const char *sdp);

// What: INVITE of romeo's with this description; our 200 to it, acknowledged.
// Shape: borrowed until the stage is cleared.
const char *leg_stage_call(LegStage *leg, const char *sdp);

// What: binds the session of a description of ours by a SEND without body from a peer.
void leg_stage_bind(MsrpPeer *peer, const char *sdp);

// What: a leg that is up: dialled by us; taken from him.
// Shape: his accept-types are "text/plain"; the INVITE and the 200 are borrowed.
const char *leg_stage_dialled(LegStage *leg);
const char *leg_stage_taken(LegStage *leg);

// What: a request of romeo's in the dialog with a description; our answer, acknowledged when it is
//   one to INVITE.
// Shape: `method` INVITE or UPDATE; `sdp` NULL: none. Borrowed.
const char *leg_stage_offer(LegStage *leg, const char *method, const char *sdp);
