// SPDX-License-Identifier: MIT
// Presence that XMPP users send to rooms that live on SIP; see the header.
#include "xmpp/room_entry.h"

#include "xmpp/namespaces.h"
#include "xmpp/room_bans.h"
#include "xmpp/room_calls.h"
#include "xmpp/room_history.h"

// ---- coming in ----------------------------------------------------------------------------------

// XEP-0045 7.2.18: who believes to be inside and is not must hear so.
static void tell_stranger(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomPresence presence = {.room = to, .nick = address_resource(to), .to = from};
    presence.id = stanza_attribute(stanza, "id", STANZA_ID_MAX);
    presence.is_gone = true;
    presence.reason = "You are not in the room.";
    presence.codes[0] = 110;
    presence.codes[1] = 307;
    presence.codes[2] = 333;
    room_core_send(core, room_stanza_presence(core->wire, &presence));
}

static void fill_entry(RoomCore *core, Event *event, xmpp_stanza_t *stanza, Address *from,
                       Address *to)
{
    xmpp_stanza_t *x = stanza_child(stanza, "x", NS_MUC);
    RoomHistory wish = room_history_read(stanza, wire_wall_ms(core->wire));
    event->f.room = address_to_bare(to);
    fields_set_address(&event->f.from, from);
    event->f.nick = room_party_asked(stanza);
    event->f.password = stanza_text(stanza_child(x, "password", NULL), STANZA_LINE_MAX);
    event->f.stamp = wish.since_ms >= 0 ? stanza_stamp_from_ms(wish.since_ms) : NULL;
}

static void tell_answer(RoomCore *core, uint64_t leg, bool is_there)
{
    Event *event = room_core_event(core, EVENT_ROOM_ANSWER, leg);
    event->f.how = is_there ? HOW_YES : HOW_NO;
    event->f.private = event->f.composing = is_there;
    if (!is_there)
        event->f.failure = FAILURE_RECIPIENT_UNAVAILABLE;
    wire_raise(core->wire, event);
}

// A device that the conference has called comes in: the leg is the call's.
static void on_called(RoomCore *core, uint64_t leg, xmpp_stanza_t *stanza, Address *from,
                      Address *to)
{
    RoomParty *party = room_party_new(leg, room_book_open(core->book, to), from, NULL, stanza);
    g_autofree char *nick = room_party_asked(stanza);
    room_party_set_nick(party, nick);
    if (!room_book_enter(core->book, party)) {
        tell_answer(core, leg, false);
        return;
    }
    Event *event = room_core_event(core, EVENT_ROOM_ANSWER, leg);
    fill_entry(core, event, stanza, from, to);
    event->f.how = HOW_YES;
    event->f.private = event->f.composing = true;
    wire_raise(core->wire, event);
}

static void offer(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomAsk *ask = room_asks_open(core->asks, ROOM_ASK_JOIN, stanza, from, to);
    if (ask == NULL) {
        room_core_refuse(core, stanza, to, FAILURE_RESOURCE_CONSTRAINT, NULL);
        return;
    }
    Event *event = wire_event(core->wire, EVENT_ROOM_OFFERED);
    event->f.ref = ask->ref;
    fill_entry(core, event, stanza, from, to);
    wire_raise(core->wire, event);
}

// What the gate says itself: FAILURE_NONE = he may ask.
static FailureReason judge(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    g_autofree char *nick = room_party_asked(stanza);
    if (nick == NULL || address_resource(from) == NULL)
        return FAILURE_JID_MALFORMED;
    if (wire_is_ours(core->wire, address_domain(from)))
        return FAILURE_NOT_ACCEPTABLE; // CONF-034
    return room_bans_has(core->bans, to, from) ? FAILURE_FORBIDDEN : FAILURE_NONE;
}

static void on_join(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    FailureReason reason = judge(core, stanza, from, to);
    if (reason != FAILURE_NONE) {
        room_core_refuse(core, stanza, to, reason, NULL);
        return;
    }
    RoomAsk *before = room_asks_find_join(core->asks, from, to);
    if (before != NULL) { // it has lost patience: the answer goes to what it asked last
        stanza_free(before->stanza);
        before->stanza = xmpp_stanza_copy(stanza);
        return;
    }
    uint64_t leg = room_calls_take(core->calls, from, to);
    if (leg != 0)
        on_called(core, leg, stanza, from, to);
    else
        offer(core, stanza, from, to);
}

// A join that goes on, with what the device says of itself meanwhile, and with the nick it would have now.
static xmpp_stanza_t *amended(xmpp_stanza_t *join, xmpp_stanza_t *news)
{
    xmpp_stanza_t *both = xmpp_stanza_copy(news);
    xmpp_stanza_t *x = stanza_child(join, "x", NS_MUC);
    if (x != NULL)
        xmpp_stanza_add_child_ex(both, xmpp_stanza_copy(x), 0);
    stanza_set(both, "id", stanza_attribute(join, "id", STANZA_ID_MAX));
    return both;
}

static void amend_ask(RoomAsk *ask, xmpp_stanza_t *news)
{
    xmpp_stanza_t *both = amended(ask->stanza, news);
    stanza_free(ask->stanza);
    ask->stanza = both;
}

static void amend_party(RoomParty *party, xmpp_stanza_t *news)
{
    xmpp_stanza_t *both = amended(party->join, news);
    room_party_set_join(party, both);
    room_facade_show_party(party->facade, party, both);
    stanza_free(both);
}

// A device that was inside in an earlier run is let in without having asked: it sees the room once more.
static void accept_again(RoomCore *core, const Fields *fields)
{
    g_autoptr(Address) occupant = address_with_resource(fields->room, fields->nick);
    xmpp_stanza_t *join = stanza_new(wire_ctx(core->wire), "presence", address_jid(fields->to),
                                     address_jid(occupant), NULL, NULL);
    stanza_add(join, "x", NS_MUC);
    RoomFacade *facade = room_book_open(core->book, fields->room);
    RoomParty *party = room_party_new(fields->leg, facade, fields->to, fields->nick, join);
    stanza_free(join);
    tell_answer(core, fields->leg, room_book_enter(core->book, party));
}

void room_entry_accept(RoomCore *core, const Fields *fields)
{
    RoomAsk *ask = room_asks_find(core->asks, fields->ref);
    if (fields->ref == 0 && fields->room != NULL && fields->to != NULL) {
        accept_again(core, fields);
        return;
    }
    if (ask == NULL || ask->kind != ROOM_ASK_JOIN) {
        tell_answer(core, fields->leg, false); // it has thought better of it
        return;
    }
    RoomFacade *facade = room_book_open(core->book, ask->room);
    RoomParty *party = room_party_new(fields->leg, facade, ask->from, fields->nick, ask->stanza);
    party->made = fields->made;
    room_asks_close(ask);
    tell_answer(core, fields->leg, room_book_enter(core->book, party));
}

// MUC-A13 has words of its own for a nick that cannot be had.
static RoomRefusal nick_refusal(const Fields *fields)
{
    RoomRefusal refusal = {.reason = fields->failure, .text = fields->text};
    if (refusal.reason == FAILURE_NONE)
        refusal.reason = failure_from_msrp((int)fields->status);
    if (refusal.reason != FAILURE_CONFLICT && refusal.reason != FAILURE_REMOTE_SERVER_TIMEOUT)
        refusal.reason = FAILURE_NOT_ACCEPTABLE;
    return refusal;
}

void room_entry_refuse(RoomCore *core, RoomAsk *ask, const Fields *fields)
{
    g_autofree char *words = NULL, *shown = NULL;
    g_autoptr(Address) own = NULL;
    RoomRefusal refusal;
    if (ask->kind == ROOM_ASK_NICK) {
        RoomParty *party = room_book_device(core->book, ask->from, ask->room);
        shown = party != NULL ? room_facade_shown(party->facade, party->nick) : NULL;
        own = shown != NULL ? address_with_resource(ask->room, shown) : NULL;
        refusal = nick_refusal(fields);
    } else {
        refusal = room_stanza_refusal(fields, &words);
    }
    room_core_send(core, room_stanza_error(ask->stanza, own, ask->room, &refusal));
    room_asks_close(ask);
}

// ---- inside -------------------------------------------------------------------------------------

static void ask_nick(RoomCore *core, RoomParty *party, xmpp_stanza_t *stanza, Address *to,
                     const char *nick)
{
    RoomAsk *ask = room_asks_open(core->asks, ROOM_ASK_NICK, stanza, party->self, to);
    if (ask == NULL) {
        room_core_refuse(core, stanza, to, FAILURE_RESOURCE_CONSTRAINT, NULL);
        return;
    }
    Event *event = room_core_event(core, EVENT_ROOM_NICK, party->leg);
    event->f.ref = ask->ref;
    fields_set_text(&event->f.nick, nick);
    wire_raise(core->wire, event);
}

// MUC-A03, A13, A15: the room once more, another nick, or news of oneself.
static void on_update(RoomCore *core, RoomParty *party, xmpp_stanza_t *stanza, Address *to)
{
    bool enters = stanza_child(stanza, "x", NS_MUC) != NULL;
    g_autofree char *nick = room_party_asked(stanza);
    g_autofree char *shown = room_facade_shown(party->facade, party->nick);
    bool is_other = g_strcmp0(nick, shown) != 0 && g_strcmp0(nick, party->nick) != 0;
    if (nick == NULL) {
        room_core_refuse(core, stanza, to, FAILURE_JID_MALFORMED, NULL);
        return;
    }
    if (enters)
        room_party_set_join(party, stanza);
    else if (!party->is_inside)
        amend_party(party, stanza);
    if (!party->is_inside)
        return; // it will see the room in a moment
    if (enters)
        room_facade_show_again(party->facade, party);
    if (is_other)
        ask_nick(core, party, stanza, to, nick);
    else if (!enters)
        room_facade_show_party(party->facade, party, stanza);
}

static void on_available(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomParty *party = room_core_party(core, from, to);
    RoomAsk *ask = room_asks_find_join(core->asks, from, to);
    if (party != NULL)
        on_update(core, party, stanza, to);
    else if (stanza_child(stanza, "x", NS_MUC) != NULL)
        on_join(core, stanza, from, to);
    else if (address_resource(to) == NULL || address_resource(from) == NULL)
        wire_counters(core->wire)->ignored++;
    else if (ask != NULL)
        amend_ask(ask, stanza);
    else
        tell_stranger(core, stanza, from, to);
}

// It has thought better of it before it was answered; a room is silent to who is not in it (XEP-0045 17.3).
static void take_back(RoomCore *core, RoomAsk *ask)
{
    Event *event = wire_event(core->wire, EVENT_ROOM_EXIT);
    event->f.ref = ask->ref;
    event->f.how = HOW_LEFT;
    room_asks_close(ask);
    wire_raise(core->wire, event);
}

static void on_unavailable(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomParty *party = room_core_party(core, from, to);
    RoomAsk *ask = room_asks_find_join(core->asks, from, to);
    g_autofree char *status = stanza_text(stanza_child(stanza, "status", NULL), STANZA_LINE_MAX);
    if (party != NULL)
        room_core_end(core, party, HOW_LEFT, status);
    else if (ask != NULL)
        take_back(core, ask);
    else
        wire_counters(core->wire)->ignored++;
}

// A room has no roster to be in.
static void on_subscribe(RoomCore *core, Address *from, Address *to)
{
    room_core_send(core, stanza_new(wire_ctx(core->wire), "presence", address_bare(to),
                                    address_bare(from), "unsubscribed", NULL));
}

void room_entry_on_presence(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    const char *type = xmpp_stanza_get_type(stanza);
    if (type == NULL)
        on_available(core, stanza, from, to);
    else if (g_strcmp0(type, "unavailable") == 0)
        on_unavailable(core, stanza, from, to);
    else if (g_strcmp0(type, "error") == 0)
        room_core_on_bounce(core, stanza, from, to);
    else if (g_strcmp0(type, "subscribe") == 0)
        on_subscribe(core, from, to);
    else
        wire_counters(core->wire)->ignored++; // probes, and answers to what was never asked
}
