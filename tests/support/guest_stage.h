// SPDX-License-Identifier: MIT
// Somebody else's conference, as the tests of our legs in it need it: juliet@xmpp.test/pad enters
// hall@conf.sip.test as leg 5 under the nick Juliet; the raw peers of the test play the focus and its
// switch.
#pragma once
#include "tests/support/gate_stage.h"
#include "tests/support/msrp_peer.h"

#define GUEST_STAGE_URI "sip:hall@conf.sip.test"
#define GUEST_STAGE_ENTER                                                                          \
    "sip enter-room leg=5 room=hall@conf.sip.test from=juliet@xmpp.test/pad nick=Juliet"
#define GUEST_STAGE_CHATROOM "a=chatroom:nickname private-messages\r\n"

typedef struct {
    GateStage gate;
    MsrpPeer *msrp;         // owned
    SipPeerDialog dialog;   // owned; of the INVITE
    SipPeerDialog watching; // owned; of the SUBSCRIBE
} GuestStage;

// What: gate, peers, nothing said yet.
// Shape: `stage` is overwritten; settings may be changed before guest_stage_start().
void guest_stage_init(GuestStage *stage);
void guest_stage_start(GuestStage *stage);
void guest_stage_clear(GuestStage *stage);

// What: the headers and the description of an answer of the focus.
// Shape: `chatroom` is its attribute line with "\r\n", or NULL; owned by the caller.
char *guest_stage_contact(const GuestStage *stage);
char *guest_stage_sdp(const GuestStage *stage, const char *chatroom);

// What: the INVITE of leg 5; it is answered, and MSRP bound.
// Shape: the INVITE is borrowed (peer).
const char *guest_stage_answer(GuestStage *stage, const char *chatroom);

// What: the next NICKNAME; it must ask for this name (with its quotes) and is answered.
void guest_stage_name(GuestStage *stage, const char *name, int status);

// What: the SUBSCRIBE of leg 5, answered with 200.
// Shape: borrowed.
const char *guest_stage_subscribed(GuestStage *stage);

// What: a NOTIFY with this document, or none; its answer is taken.
// Shape: `state` is the value of Subscription-State.
void guest_stage_notify(GuestStage *stage, const char *state, const char *document);

// What: a NOTIFY with this content; `answer` is how its answer begins.
// Shape: `type` and `content` may be NULL, `state` as above.
void guest_stage_notify_as(GuestStage *stage, const char *state, const char *type,
                           const char *content, const char *answer);

// What: a document: state and version of the root, then what stands in it; owned by the caller.
char *guest_stage_document(const char *state, unsigned version, const char *inside);

// What: a user of a document with this display text and status; owned by the caller.
char *guest_stage_user(const char *entity, const char *name, const char *status);

// What: inside, with Romeo; all events up to the entry are taken.
void guest_stage_enter(GuestStage *stage, const char *chatroom);

// What: content of the switch: an envelope to `to` from `from` round a text.
void guest_stage_say(GuestStage *stage, const char *id, const char *to, const char *from,
                     const char *text);
