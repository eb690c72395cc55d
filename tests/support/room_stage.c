// SPDX-License-Identifier: MIT
// A party of a room; see room_stage.h.
#include "tests/support/room_stage.h"

#include <string.h>

void room_stage_init(RoomStage *stage)
{
    *stage = (RoomStage){0};
    gate_stage_init(&stage->gate);
    stage->gate.settings.notice = false;
}

void room_stage_start(RoomStage *stage)
{
    gate_stage_start(&stage->gate, stage->tcp);
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
    return g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u%s>\nContent-Type: application/sdp\n",
                           sip_peer_port(stage->gate.peer), stage->tcp ? ";transport=tcp" : "");
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

static void knock(RoomStage *stage, const char *uri, const char *more, const char *sdp)
{
    g_autofree char *contact = room_stage_contact(stage);
    const char *line = strchr(contact, '\n') + 1; // without description no Content-Type
    g_autofree char *plain = g_strndup(contact, (gsize)(line - contact));
    g_autofree char *headers =
        g_strconcat(more != NULL && strstr(more, "Contact: ") != NULL ? "" : plain,
                    sdp != NULL ? line : "", more, NULL);
    g_free(sip_peer_request_outside(stage->gate.peer, "INVITE", uri, headers, sdp));
    sip_peer_await(stage->gate.peer, "SIP/2.0 100 ");
}

void room_stage_knock(RoomStage *stage, const char *uri, const char *more, const char *types)
{
    g_autofree char *sdp =
        types != NULL ? msrp_peer_sdp(stage->msrp, types, "actpass",
                                      "a=accept-wrapped-types:text/plain\r\n"
                                      "a=chatroom:nickname private-messages\r\n")
                      : NULL;
    knock(stage, uri, more, sdp);
}

const char *room_stage_let_in(RoomStage *stage)
{
    gate_stage_tell(&stage->gate, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=5 nick=Omar",
                    stage->gate.last_ref);
    const char *answer = sip_peer_await(stage->gate.peer, "SIP/2.0 200 ");
    sip_peer_dialog_clear(&stage->dialog);
    stage->dialog = sip_peer_dialog_of_response(answer);
    sip_peer_request(stage->gate.peer, &stage->dialog, "ACK", NULL, NULL);
    return answer;
}

void room_stage_come_in(RoomStage *stage, const char *chatroom)
{
    g_autofree char *more = g_strdup_printf("a=accept-wrapped-types:text/plain\r\n%s",
                                            chatroom != NULL ? chatroom : "");
    g_autofree char *sdp = msrp_peer_sdp(stage->msrp, "message/cpim", "actpass", more);
    knock(stage, ROOM_STAGE_URI, NULL, sdp);
    gate_stage_expect(&stage->gate, "sip room-offered *");
    const char *answer = room_stage_let_in(stage);
    msrp_peer_meet(stage->msrp, sip_peer_body(answer));
    msrp_peer_connect(stage->msrp);
    msrp_peer_request(stage->msrp, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(stage->msrp, " 200");
    gate_stage_expect(&stage->gate, "sip room-answer how=yes leg=5*");
}

void room_stage_admit(RoomStage *stage)
{
    gate_stage_tell(&stage->gate, "sip room-roster how=joined " ROOM_STAGE_ROOM
                                  " nick=Nina role=moderator affiliation=owner");
    gate_stage_tell(&stage->gate, "sip room-roster how=joined " ROOM_STAGE_ROOM
                                  " nick=Omar role=participant affiliation=none");
    gate_stage_tell(&stage->gate,
                    "sip room-roster how=changed leg=5 " ROOM_STAGE_ROOM " nick=Omar own=yes");
    gate_stage_tell(&stage->gate, "sip admit leg=5");
}

void room_stage_say(RoomStage *stage, const char *id, const char *to, const char *from,
                    const char *text)
{
    g_autofree char *body = g_strdup_printf(
        "To: %s\r\nFrom: %s\r\n\r\nContent-Type: text/plain\r\n\r\n%s", to, from, text);
    msrp_peer_say(stage->msrp, id, "message/cpim", body);
}
