// SPDX-License-Identifier: MIT
// Every stanza that comes in; see the header.
#include "xmpp/stanza_in.h"

#include <string.h>

#include "xmpp/chat_stanza.h"
#include "xmpp/disco.h"
#include "xmpp/invite_stanza.h"
#include "xmpp/muc_outsider.h"
#include "xmpp/presence_stanza.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

static void ignore(StanzaIn *in)
{
    wire_counters(in->wire)->ignored++;
}

static void refuse(StanzaIn *in, xmpp_stanza_t *stanza, FailureReason reason, const char *text)
{
    xmpp_stanza_t *reply = stanza_error_reply(stanza, reason, text);
    if (reply == NULL) {
        ignore(in);
        return;
    }
    wire_send(in->wire, reply, WIRE_HOUSEKEEPING);
    wire_counters(in->wire)->refused++;
}

static void on_iq(StanzaIn *in, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    const char *type = xmpp_stanza_get_type(stanza);
    if (g_strcmp0(type, "result") == 0 || g_strcmp0(type, "error") == 0) {
        if (!iq_on_answer(in->iq, stanza))
            ignore(in);
        return;
    }
    if (room_service_owns(in->room_service, to)) {
        room_service_on_request(in->room_service, stanza, from, to);
        return;
    }
    bool is_shown = muc_client_is_inside(in->muc_client, to, from);
    xmpp_stanza_t *reply = disco_answer(in->wire, stanza, to, is_shown);
    if (g_strcmp0(xmpp_stanza_get_type(reply), "error") == 0)
        wire_counters(in->wire)->refused++;
    wire_send(in->wire, reply, WIRE_HOUSEKEEPING);
}

// IM-16, with MUC-B21: a room must never get an error for what it sends to everybody, or it would
// take our occupants for ghosts; a user gets one, if it was he who wrote.
static void on_stray_groupchat(StanzaIn *in, xmpp_stanza_t *stanza, Address *from)
{
    if (wire_is_served(in->wire, address_domain(from), XMPPGATE_USERS) &&
        stanza_child(stanza, "body", NULL) != NULL)
        refuse(in, stanza, FAILURE_SERVICE_UNAVAILABLE, NULL);
    else
        ignore(in);
}

static void on_chat(StanzaIn *in, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    ChatStanzaRefusal refusal;
    Event *event = chat_stanza_read(in->wire, stanza, from, to, &refusal);
    if (event != NULL)
        wire_raise(in->wire, event);
    else if (refusal.reason != FAILURE_NONE)
        refuse(in, stanza, refusal.reason, refusal.text);
    else
        ignore(in);
}

// Nobody lives at the domain itself; and a private line of a room is for an occupant, who is gone.
static void on_nobody(StanzaIn *in, xmpp_stanza_t *stanza)
{
    if (stanza_child(stanza, "body", NULL) != NULL)
        refuse(in, stanza, FAILURE_SERVICE_UNAVAILABLE, NULL);
    else
        ignore(in); // IM-17
}

// ROSTER-023.
static bool on_outsider(StanzaIn *in, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    Event *event = muc_outsider_read(in->wire, stanza, from, to);
    if (event != NULL)
        wire_raise(in->wire, event);
    return event != NULL;
}

static void on_message(StanzaIn *in, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (room_service_owns(in->room_service, to)) {
        room_service_on_message(in->room_service, stanza, from, to);
        return;
    }
    const char *type = xmpp_stanza_get_type(stanza);
    bool is_error = g_strcmp0(type, "error") == 0, is_groupchat = g_strcmp0(type, "groupchat") == 0;
    if (!is_error && !is_groupchat && address_local(to) != NULL && invite_stanza_is(stanza)) {
        invitation_on_stanza(in->invitation, stanza, from, to);
        return;
    }
    if (!is_error && on_outsider(in, stanza, from, to))
        return;
    if (muc_client_on_message(in->muc_client, stanza, from, to))
        return;
    if (is_error) { // ERR-06
        if (!proof_on_error(in->proof, stanza, from, to))
            ignore(in);
    } else if (is_groupchat) {
        on_stray_groupchat(in, stanza, from);
    } else if (address_local(to) == NULL ||
               wire_is_served(in->wire, address_domain(from), XMPPGATE_ROOMS)) {
        on_nobody(in, stanza);
    } else {
        on_chat(in, stanza, from, to);
    }
}

static void on_presence(StanzaIn *in, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (room_service_owns(in->room_service, to)) {
        room_service_on_presence(in->room_service, stanza, from, to);
        return;
    }
    if (muc_client_on_presence(in->muc_client, stanza, from, to))
        return;
    Event *event = presence_stanza_read(in->wire, stanza, from, to);
    if (event != NULL)
        wire_raise(in->wire, event);
    else
        ignore(in);
}

void stanza_in_read(StanzaIn *in, xmpp_stanza_t *stanza)
{
    wire_counters(in->wire)->stanzas_in++;
    const char *name = xmpp_stanza_get_name(stanza);
    g_autoptr(Address) from = address_from_jid(stanza_attribute(stanza, "from", STANZA_JID_MAX));
    g_autoptr(Address) to = address_from_jid(stanza_attribute(stanza, "to", STANZA_JID_MAX));
    if (from == NULL || to == NULL || name == NULL || !wire_is_ours(in->wire, address_domain(to)))
        ignore(in);
    else if (strcmp(name, "message") == 0)
        on_message(in, stanza, from, to);
    else if (strcmp(name, "presence") == 0)
        on_presence(in, stanza, from, to);
    else if (strcmp(name, "iq") == 0)
        on_iq(in, stanza, from, to);
    else
        ignore(in);
}
