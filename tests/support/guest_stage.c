// SPDX-License-Identifier: MIT
// A conference of somebody else's; see guest_stage.h.
#include "tests/support/guest_stage.h"

#include <check.h>

void guest_stage_init(GuestStage *stage)
{
    *stage = (GuestStage){0};
    gate_stage_init(&stage->gate);
}

void guest_stage_start(GuestStage *stage)
{
    gate_stage_start(&stage->gate, false);
    stage->msrp = msrp_peer_new();
}

void guest_stage_clear(GuestStage *stage)
{
    gate_stage_clear(&stage->gate);
    msrp_peer_free(stage->msrp);
    sip_peer_dialog_clear(&stage->dialog);
    sip_peer_dialog_clear(&stage->watching);
}

char *guest_stage_contact(const GuestStage *stage)
{
    return g_strdup_printf("Contact: <sip:hall@127.0.0.1:%u>;isfocus\nSupported: replaces\n"
                           "Content-Type: application/sdp\n",
                           sip_peer_port(stage->gate.peer));
}

char *guest_stage_sdp(const GuestStage *stage, const char *chatroom)
{
    g_autofree char *more = g_strdup_printf("a=accept-wrapped-types:*\r\n%s",
                                            chatroom != NULL ? chatroom : "");
    return msrp_peer_sdp(stage->msrp, "message/cpim", "passive", more);
}

const char *guest_stage_answer(GuestStage *stage, const char *chatroom)
{
    const char *invite = sip_peer_await(stage->gate.peer, "INVITE " GUEST_STAGE_URI);
    g_autofree char *headers = guest_stage_contact(stage);
    g_autofree char *sdp = guest_stage_sdp(stage, chatroom);
    msrp_peer_meet(stage->msrp, sip_peer_body(invite));
    sip_peer_dialog_clear(&stage->dialog);
    stage->dialog = sip_peer_dialog_of_request(invite);
    sip_peer_answer(stage->gate.peer, invite, 200, headers, sdp);
    sip_peer_await(stage->gate.peer, "ACK ");
    msrp_peer_respond(stage->msrp, msrp_peer_await(stage->msrp, "SEND"), 200);
    return invite;
}

void guest_stage_name(GuestStage *stage, const char *name, int status)
{
    const char *request = msrp_peer_await(stage->msrp, "NICKNAME");
    g_autofree char *asked = msrp_peer_header(request, "Use-Nickname");
    ck_assert_str_eq(asked, name);
    msrp_peer_respond(stage->msrp, request, status);
}

const char *guest_stage_subscribed(GuestStage *stage)
{
    const char *request = sip_peer_await(stage->gate.peer, "SUBSCRIBE ");
    g_autofree char *headers = g_strdup_printf("Contact: <sip:hall@127.0.0.1:%u>\nExpires: 3600\n",
                                               sip_peer_port(stage->gate.peer));
    sip_peer_dialog_clear(&stage->watching);
    stage->watching = sip_peer_dialog_of_request(request);
    sip_peer_answer(stage->gate.peer, request, 200, headers, NULL);
    return request;
}

void guest_stage_notify_as(GuestStage *stage, const char *state, const char *type,
                           const char *content, const char *answer)
{
    g_autofree char *headers = g_strdup_printf(
        "Event: conference\nSubscription-State: %s\nContact: <sip:hall@127.0.0.1:%u>\n%s%s%s", state,
        sip_peer_port(stage->gate.peer), type != NULL ? "Content-Type: " : "",
        type != NULL ? type : "", type != NULL ? "\n" : "");
    sip_peer_request(stage->gate.peer, &stage->watching, "NOTIFY", headers, content);
    sip_peer_await(stage->gate.peer, answer);
}

void guest_stage_notify(GuestStage *stage, const char *state, const char *document)
{
    guest_stage_notify_as(stage, state,
                          document != NULL ? "application/conference-info+xml" : NULL, document,
                          "SIP/2.0 200");
}

char *guest_stage_document(const char *state, unsigned version, const char *inside)
{
    return g_strdup_printf("<conference-info xmlns='urn:ietf:params:xml:ns:conference-info' "
                           "entity='" GUEST_STAGE_URI "' state='%s' version='%u'>%s"
                           "</conference-info>",
                           state, version, inside);
}

char *guest_stage_user(const char *entity, const char *name, const char *status)
{
    return g_strdup_printf("<user entity='%s' state='full'><display-text>%s</display-text>"
                           "<endpoint entity='%s:5060'><status>%s</status></endpoint></user>",
                           entity, name, entity, status);
}

void guest_stage_enter(GuestStage *stage, const char *chatroom)
{
    gate_stage_tell(&stage->gate, GUEST_STAGE_ENTER);
    guest_stage_answer(stage, chatroom);
    if (chatroom != NULL) {
        guest_stage_name(stage, "\"Juliet\"", 200);
    }
    guest_stage_subscribed(stage);
    g_autofree char *juliet = guest_stage_user("sip:juliet@xmpp.test", "Juliet", "connected");
    g_autofree char *romeo = guest_stage_user("sip:romeo@sip.test", "Romeo", "connected");
    g_autofree char *users = g_strdup_printf("<users>%s%s</users>", juliet, romeo);
    g_autofree char *document = guest_stage_document("full", 3, users);
    guest_stage_notify(stage, "active;expires=3600", document);
    gate_stage_expect(&stage->gate, "sip room-roster how=joined leg=5 *nick=Romeo *");
    gate_stage_expect(&stage->gate, "sip room-roster how=joined leg=5 *nick=Juliet *own=yes");
    gate_stage_expect(&stage->gate, "sip room-entry *");
}

void guest_stage_say(GuestStage *stage, const char *id, const char *to, const char *from,
                     const char *text)
{
    g_autofree char *body = g_strdup_printf(
        "To: %s\r\nFrom: %s\r\n\r\nContent-Type: text/plain\r\n\r\n%s", to, from, text);
    msrp_peer_say(stage->msrp, id, "message/cpim", body);
}
