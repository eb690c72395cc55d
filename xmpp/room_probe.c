// SPDX-License-Identifier: MIT
// Whether a room exists; see the header.
#include "xmpp/room_probe.h"

#include "xmpp/disco.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"
#include "xmpp/stanza_error.h"

// LIMIT: questions without an answer.
enum { OPEN_MAX = 1000 };

typedef struct {
    uint64_t token;
    uint64_t ref;
    uint64_t leg;
    bool is_inside; // asked by an occupant, from whom the room hides nothing
} Open;

struct RoomProbe {
    Wire *wire;       // borrowed
    Iq *iq;           // borrowed
    GHashTable *open; // borrowed &token -> owned Open *
    uint64_t last_token;
};

RoomProbe *room_probe_new(Wire *wire, Iq *iq)
{
    RoomProbe *probes = g_new0(RoomProbe, 1);
    *probes = (RoomProbe){.wire = wire, .iq = iq};
    probes->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return probes;
}

void room_probe_free(RoomProbe *probes)
{
    if (probes == NULL)
        return;
    iq_forget(probes->iq, probes);
    g_hash_table_unref(probes->open);
    g_free(probes);
}

static Event *result_of(RoomProbe *probes, const Open *open, FailureReason failure)
{
    Event *event = wire_event(probes->wire, EVENT_ROOM_RESULT);
    event->f.ref = open->ref;
    event->f.leg = open->leg;
    event->f.how = failure == FAILURE_NONE ? HOW_YES : HOW_NO;
    event->f.failure = failure;
    return event;
}

static void tell_no(RoomProbe *probes, const Open *open, FailureReason failure, const char *text,
                    Address *real)
{
    Event *event = result_of(probes, open, failure);
    fields_set_text(&event->f.text, text);
    fields_set_address(&event->f.real, real);
    wire_raise(probes->wire, event);
}

static void on_room(RoomProbe *probes, const Open *open, xmpp_stanza_t *answer)
{
    g_auto(DiscoRoom) room = {0};
    disco_read_room(answer, &room);
    if (!room.is_room || (room.is_hidden && !open->is_inside)) {
        tell_no(probes, open, FAILURE_ITEM_NOT_FOUND, NULL, NULL);
        return;
    }
    Event *event = result_of(probes, open, FAILURE_NONE);
    fields_set_text(&event->f.text, room.name);
    fields_set_text(&event->f.subject, room.description);
    event->f.number = room.occupants;
    wire_raise(probes->wire, event);
}

// Who may not know of a room is told that there is none (CONF-007).
static FailureReason reason_for(FailureReason reason)
{
    bool is_private = reason == FAILURE_FORBIDDEN || reason == FAILURE_NOT_AUTHORIZED ||
                      reason == FAILURE_NOT_ALLOWED || reason == FAILURE_REGISTRATION_REQUIRED ||
                      reason == FAILURE_SERVICE_UNAVAILABLE;
    return is_private ? FAILURE_ITEM_NOT_FOUND : reason;
}

static void on_error(RoomProbe *probes, const Open *open, xmpp_stanza_t *answer)
{
    g_auto(StanzaError) error = {0};
    stanza_error_read(answer, &error);
    tell_no(probes, open, reason_for(error.reason), error.text, error.target);
}

static void on_answer(void *self, uint64_t token, xmpp_stanza_t *answer)
{
    RoomProbe *probes = self;
    gpointer value = NULL;
    if (!g_hash_table_steal_extended(probes->open, &token, NULL, &value))
        return;
    g_autofree Open *open = value;
    if (answer == NULL)
        tell_no(probes, open, FAILURE_REMOTE_SERVER_TIMEOUT, NULL, NULL);
    else if (g_strcmp0(xmpp_stanza_get_type(answer), "error") == 0)
        on_error(probes, open, answer);
    else
        on_room(probes, open, answer);
}

static const char *asker_of(RoomProbe *probes, Address *occupant, const Fields *fields)
{
    if (occupant != NULL)
        return address_jid(occupant);
    bool is_ours = fields->from != NULL && wire_is_ours(probes->wire, address_domain(fields->from));
    return is_ours ? address_bare(fields->from) : wire_house(probes->wire);
}

void room_probe_ask(RoomProbe *probes, Address *occupant, const Fields *fields)
{
    Open asked = {.ref = fields->ref, .leg = fields->leg, .is_inside = occupant != NULL};
    asked.token = ++probes->last_token;
    const char *asker = asker_of(probes, occupant, fields);
    if (address_local(fields->room) == NULL || asker == NULL) {
        tell_no(probes, &asked, FAILURE_ITEM_NOT_FOUND, NULL, NULL);
        return;
    }
    xmpp_stanza_t *stanza =
        iq_get(probes->wire, asker, address_bare(fields->room), "query", NS_DISCO_INFO, NULL);
    if (g_hash_table_size(probes->open) >= OPEN_MAX ||
        !iq_request(probes->iq, stanza, wire_settings(probes->wire)->T_disco, on_answer, probes,
                    asked.token)) {
        tell_no(probes, &asked, FAILURE_RECIPIENT_UNAVAILABLE, NULL, NULL);
        return;
    }
    Open *open = g_memdup2(&asked, sizeof asked);
    g_hash_table_insert(probes->open, &open->token, open);
}
