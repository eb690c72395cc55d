// SPDX-License-Identifier: MIT
// A party of a room, as the tests of the focus need it: romeo is dialled out to from
// talk@rooms.xmpp.test as leg 5 and says yes over raw SIP and MSRP.
#pragma once
#include "tests/support/gate_stage.h"
#include "tests/support/msrp_peer.h"

#define ROOM_STAGE_ROOM "room=talk@rooms.xmpp.test"
#define ROOM_STAGE_INVITE                                                                          \
    "sip invite-to-room leg=5 room=talk@rooms.xmpp.test from=juliet@xmpp.test/balcony "            \
    "to=romeo@sip.test text=\"three of us\" thread=t-1"
#define ROOM_STAGE_URI "sip:talk@rooms.xmpp.test"

typedef struct {
    GateStage gate;
    bool tcp;             // SIP goes over TCP; may be changed before room_stage_start()
    MsrpPeer *msrp;       // owned
    SipPeerDialog dialog; // owned
    const char *invite;   // borrowed (peer)
} RoomStage;

// What: gate, peers, nothing said yet.
// Shape: `stage` is overwritten; settings may be changed before room_stage_start(); the gate says
//   nothing of its own (`notice` is off).
void room_stage_init(RoomStage *stage);
void room_stage_start(RoomStage *stage);
void room_stage_clear(RoomStage *stage);

// What: INVITE and its 200; `chatroom` is the attribute line of the peer, "\r\n" at its end, or
//   NULL.
// Shape: the ACK is taken, MSRP is not bound yet.
void room_stage_answer(RoomStage *stage, const char *chatroom);

// What: dialled, answered and bound; the yes is taken.
void room_stage_enter(RoomStage *stage, const char *chatroom);

// What: romeo calls the room by himself: INVITE to `uri` with a description, nothing awaited but the 100.
// Shape: `more` are further header lines or NULL; `types` the value of accept-types, NULL: INVITE without description.
void room_stage_knock(RoomStage *stage, const char *uri, const char *more, const char *types);

// What: the 200 to what he offered last is acknowledged; the dialog is the stage's from now on.
// Shape: borrowed (peer).
const char *room_stage_let_in(RoomStage *stage);

// What: knocked, offered, let in as leg 5 under the nick Omar, and bound; the yes is taken.
// Shape: `chatroom` as in room_stage_answer().
void room_stage_come_in(RoomStage *stage, const char *chatroom);

// What: ADMIT with Nina (moderator, owner) and romeo's own occupant Omar.
void room_stage_admit(RoomStage *stage);

// What: content of the party: an envelope to `to` from `from` round a text.
void room_stage_say(RoomStage *stage, const char *id, const char *to, const char *from,
                    const char *text);

// What: a Contact line for answers and requests of the peer.
// Shape: owned by the caller.
char *room_stage_contact(const RoomStage *stage);
