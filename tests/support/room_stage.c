// SPDX-License-Identifier: MIT
// A party of a room; see room_stage.h.
#include "tests/support/room_stage.h"

void room_stage_init(RoomStage *stage)
{
    *stage = (RoomStage){0};
    gate_stage_init(&stage->gate);
    stage->gate.settings.notice = false;
}

void room_stage_start(RoomStage *stage)
{
    gate_stage_start(&stage->gate, false);
    stage->msrp = msrp_peer_new();
}

void room_stage_clear(RoomStage *stage)
{
    gate_stage_clear(&stage->gate);
    msrp_peer_free(stage->msrp);
    sip_peer_dialog_clear(&stage->dialog);
}

char *room_stage_contact(const RoomStage *stage)
{
    return g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u>\nContent-Type: application/sdp\n",
                           sip_peer_port(stage->gate.peer));
}

void room_stage_answer(RoomStage *stage, const char *chatroom)
{
    gate_stage_tell(&stage->gate, ROOM_STAGE_INVITE);
    stage->invite = sip_peer_await(stage->gate.peer, "INVITE ");
    g_autofree char *headers = room_stage_contact(stage);
    g_autofree char *more = g_strdup_printf("a=accept-wrapped-types:text/plain\r\n%s",
                                            chatroom != NULL ? chatroom : "");
    g_autofree char *sdp = msrp_peer_sdp(stage->msrp, "message/cpim", "passive", more);
    msrp_peer_meet(stage->msrp, sip_peer_body(stage->invite));
    stage->dialog = sip_peer_dialog_of_request(stage->invite);
    sip_peer_answer(stage->gate.peer, stage->invite, 200, headers, sdp);
    sip_peer_await(stage->gate.peer, "ACK ");
}

void room_stage_enter(RoomStage *stage, const char *chatroom)
{
    room_stage_answer(stage, chatroom);
    msrp_peer_respond(stage->msrp, msrp_peer_await(stage->msrp, "SEND"), 200);
    gate_stage_expect(&stage->gate, "sip room-answer how=yes leg=5*");
}

void room_stage_admit(RoomStage *stage)
{
    gate_stage_tell(&stage->gate, "sip admit leg=5");
    gate_stage_tell(&stage->gate,
                    "sip room-roster how=joined leg=5 nick=Nina role=moderator affiliation=owner");
    gate_stage_tell(&stage->gate, "sip room-roster how=joined leg=5 nick=Omar role=participant "
                                  "affiliation=none own=yes");
}

void room_stage_say(RoomStage *stage, const char *id, const char *to, const char *from,
                    const char *text)
{
    g_autofree char *body = g_strdup_printf(
        "To: %s\r\nFrom: %s\r\n\r\nContent-Type: text/plain\r\n\r\n%s", to, from, text);
    msrp_peer_say(stage->msrp, id, "message/cpim", body);
}
