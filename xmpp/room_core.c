// SPDX-License-Identifier: MIT
// What the parts of the MUC service share; see the header.
#include "xmpp/room_core.h"

void room_core_send(RoomCore *core, xmpp_stanza_t *owned)
{
    wire_send(core->wire, owned, WIRE_HOUSEKEEPING);
}

void room_core_refuse(RoomCore *core, xmpp_stanza_t *stanza, Address *to, FailureReason reason,
                      const char *text)
{
    RoomRefusal refusal = {.reason = reason, .text = text};
    wire_counters(core->wire)->refused++;
    room_core_send(core, room_stanza_error(stanza, NULL, to, &refusal));
}

RoomParty *room_core_party(RoomCore *core, Address *from, Address *to)
{
    return address_resource(from) != NULL ? room_book_device(core->book, from, to) : NULL;
}

RoomParty *room_core_occupant(RoomCore *core, Address *from, Address *to)
{
    RoomParty *party = room_core_party(core, from, to);
    return party != NULL && party->is_inside ? party : NULL;
}

Event *room_core_event(RoomCore *core, EventKind kind, uint64_t leg)
{
    Event *event = wire_event(core->wire, kind);
    event->f.leg = leg;
    return event;
}

void room_core_end(RoomCore *core, RoomParty *party, How how, const char *text)
{
    Event *event = room_core_event(core, EVENT_ROOM_EXIT, party->leg);
    event->f.how = how;
    fields_set_text(&event->f.text, text);
    Fields exit = {.how = how, .text = (char *)text};
    if (party->is_inside)
        room_facade_dismiss(party->facade, party, &exit);
    room_book_leave(core->book, party);
    wire_raise(core->wire, event);
}

// The conditions of XEP-0045 17.2 (ghost users), and what servers say of a device that is not connected
// (RFC 6121 8.5.3.2); only of a private line that may be said by one that blocks its author (XEP-0191).
static bool is_gone(const RoomParty *party, xmpp_stanza_t *stanza)
{
    static const FailureReason GONE[] = {
        FAILURE_GONE,     FAILURE_ITEM_NOT_FOUND,          FAILURE_RECIPIENT_UNAVAILABLE,
        FAILURE_REDIRECT, FAILURE_REMOTE_SERVER_NOT_FOUND, FAILURE_REMOTE_SERVER_TIMEOUT};
    g_auto(StanzaError) error = {0};
    stanza_error_read(stanza, &error);
    for (size_t i = 0; i < G_N_ELEMENTS(GONE); i++)
        if (error.reason == GONE[i])
            return true;
    return error.reason == FAILURE_SERVICE_UNAVAILABLE &&
           !room_party_is_aside(party, stanza_attribute(stanza, "id", STANZA_ID_MAX));
}

void room_core_on_bounce(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    RoomParty *party = room_core_party(core, from, to);
    if (party != NULL && is_gone(party, stanza))
        room_core_end(core, party, HOW_LOST, "not reachable any more");
    else
        wire_counters(core->wire)->ignored++;
}
