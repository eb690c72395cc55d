// SPDX-License-Identifier: MIT
// Messages that XMPP users send to rooms that live on SIP; see the header.
#include "xmpp/room_lines.h"

#include "xmpp/chat_extras.h"
#include "xmpp/chat_stanza.h"
#include "xmpp/chat_state.h"
#include "xmpp/namespaces.h"

static void ignore(RoomCore *core)
{
    wire_counters(core->wire)->ignored++;
}

// Words, or what would be words if it could be read: its author is answered.
static bool is_line(xmpp_stanza_t *stanza)
{
    return stanza_child(stanza, "body", NULL) != NULL || chat_stanza_is_sealed(stanza);
}

// Reads a line; FAILURE_NONE when it can be said.
static FailureReason read_line(RoomCore *core, xmpp_stanza_t *stanza, Fields *fields,
                               const char **why)
{
    if (chat_stanza_is_encrypted(stanza)) {
        *why = "end-to-end encryption cannot cross this gateway";
        return FAILURE_NOT_ACCEPTABLE;
    }
    if (chat_stanza_read_body(core->wire, stanza, fields) == CHAT_STANZA_BODY_TOO_LONG) {
        *why = "message too long";
        return FAILURE_POLICY_VIOLATION;
    }
    chat_extras_read(core->wire, stanza, fields);
    if (!chat_extras_read_hops(stanza, fields)) {
        *why = "this message came too far";
        return FAILURE_NOT_ACCEPTABLE;
    }
    fields->thread = stanza_text(stanza_child(stanza, "thread", NULL), STANZA_ID_MAX);
    fields->subject = stanza_text(stanza_child(stanza, "subject", NULL), STANZA_LINE_MAX);
    xmpp_stanza_t *delay = stanza_child(stanza, "delay", NS_DELAY);
    fields->stamp = stanza_stamp(stanza_attribute(delay, "stamp", STANZA_WORD_MAX));
    return FAILURE_NONE;
}

// A line of a party into an event; `nick` = the occupant it is for alone.
static void raise_line(RoomCore *core, RoomParty *party, xmpp_stanza_t *stanza, Address *to,
                       const char *nick)
{
    g_autoptr(Event) event = room_core_event(core, EVENT_ROOM_MESSAGE, party->leg);
    const char *why = NULL;
    FailureReason reason = read_line(core, stanza, &event->f, &why);
    if (reason != FAILURE_NONE) {
        room_core_refuse(core, stanza, to, reason, why);
        return;
    }
    const char *id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    event->f.id = id != NULL ? g_strdup(id) : wire_id(core->wire);
    event->f.private = nick != NULL;
    if (nick == NULL)
        event->f.stable = g_uuid_string_random(); // the room's id of it (XEP-0359 3)
    fields_set_text(&event->f.nick, nick);
    fields_set_text(&event->f.type, nick != NULL ? "chat" : "groupchat");
    fields_set_address(&event->f.from, party->self);
    fields_set_address(&event->f.to, to);
    if (nick == NULL)
        room_party_remember(party, stanza, event->f.id);
    wire_raise(core->wire, g_steal_pointer(&event));
}

// MUC-A22: SIP has no word to set a subject. The answer comes from the author's own occupant (XEP-0045
// 8.1).
static void refuse_subject(RoomCore *core, RoomParty *party, xmpp_stanza_t *stanza, Address *to)
{
    g_autofree char *shown = room_facade_shown(party->facade, party->nick);
    g_autoptr(Address) own = address_with_resource(to, shown);
    RoomRefusal refusal = {.reason = FAILURE_FORBIDDEN};
    room_core_send(core, room_stanza_error(stanza, own, to, &refusal));
}

static void raise_state(RoomCore *core, RoomParty *party, xmpp_stanza_t *stanza)
{
    How how = chat_state_read(stanza);
    if (how == HOW_NONE) {
        ignore(core);
        return;
    }
    Event *event = room_core_event(core, EVENT_CHAT_STATE, party->leg);
    event->f.how = how;
    wire_raise(core->wire, event);
}

static void on_groupchat(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomParty *party = room_core_occupant(core, from, to);
    if (address_resource(to) != NULL)
        room_core_refuse(core, stanza, to, FAILURE_BAD_REQUEST, NULL);
    else if (party == NULL && wire_is_served(core->wire, address_domain(from), XMPPGATE_ROOMS))
        ignore(core); // MUC-B21: rooms are not answered
    else if (party == NULL)
        room_core_refuse(core, stanza, to, FAILURE_NOT_ACCEPTABLE, NULL);
    else if (is_line(stanza))
        raise_line(core, party, stanza, to, NULL);
    else if (stanza_child(stanza, "subject", NULL) != NULL &&
             stanza_child(stanza, "thread", NULL) == NULL)
        refuse_subject(core, party, stanza, to);
    else
        raise_state(core, party, stanza);
}

static void on_private(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomParty *party = room_core_occupant(core, from, to);
    if (party == NULL) {
        room_core_refuse(core, stanza, to, FAILURE_NOT_ACCEPTABLE, NULL);
        return;
    }
    const FacadeOccupant *occupant = facade_roster_find_shown(room_facade_roster(party->facade),
                                                              address_resource(to));
    if (occupant == NULL)
        room_core_refuse(core, stanza, to, FAILURE_ITEM_NOT_FOUND, NULL);
    else if (g_strcmp0(occupant->nick, party->nick) == 0)
        room_core_refuse(core, stanza, to, FAILURE_NOT_ALLOWED, "that is yourself");
    else
        raise_line(core, party, stanza, to, occupant->nick);
}

void room_lines_on_message(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    if (g_strcmp0(xmpp_stanza_get_type(stanza), "groupchat") == 0)
        on_groupchat(core, stanza, from, to);
    else if (!is_line(stanza) || g_strcmp0(xmpp_stanza_get_type(stanza), "headline") == 0)
        ignore(core); // states and receipts of private lines, requests for voice
    else if (address_resource(to) == NULL)
        room_core_refuse(core, stanza, to, FAILURE_BAD_REQUEST, "a line for a room is groupchat");
    else
        on_private(core, stanza, from, to);
}

// The refused line itself, or what is known of it.
static xmpp_stanza_t *refused_line(RoomCore *core, RoomParty *party, const Fields *fields)
{
    xmpp_stanza_t *line = party != NULL ? room_party_recall(party, fields->id) : NULL;
    if (line != NULL)
        return line;
    return stanza_new(wire_ctx(core->wire), "message", address_jid(fields->to),
                      address_jid(fields->from), fields->type, fields->id);
}

bool room_lines_refuse(RoomCore *core, const Fields *fields)
{
    if (fields->from == NULL || fields->to == NULL ||
        wire_our_kind(core->wire, address_domain(fields->from)) != XMPPGATE_ROOMS)
        return false;
    bool is_line = address_resource(fields->from) == NULL;
    RoomParty *party = is_line ? room_core_party(core, fields->to, fields->from) : NULL;
    g_autoptr(xmpp_stanza_t) line = refused_line(core, party, fields);
    RoomRefusal refusal = {.reason = fields->failure, .text = fields->text};
    if (refusal.reason == FAILURE_NONE)
        refusal.reason = failure_from_msrp((int)fields->status);
    if (refusal.reason == FAILURE_NONE)
        refusal.reason = FAILURE_UNDEFINED_CONDITION;
    room_core_send(core, room_stanza_error(line, NULL, fields->from, &refusal));
    return true;
}
