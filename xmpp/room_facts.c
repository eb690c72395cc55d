// SPDX-License-Identifier: MIT
// What rooms say of themselves; see the header.
#include "xmpp/room_facts.h"

#include "xmpp/disco.h"
#include "xmpp/namespaces.h"

typedef struct {
    uint64_t leg;
    Address *self; // shared
} Inside;

typedef struct {
    uint64_t token;
    Address *room;      // shared
    GHashTable *inside; // borrowed &leg -> owned Inside *
    bool is_asked;
    bool is_stale;  // has changed since it was asked
    DiscoRoom said; // owned content
} Room;

struct RoomFacts {
    Wire *wire;           // borrowed
    Iq *iq;               // borrowed
    GHashTable *rooms;    // borrowed Address * -> owned Room *
    GHashTable *by_token; // borrowed &token -> borrowed Room *
    uint64_t last_token;
};

static void inside_free(void *data)
{
    Inside *inside = data;
    address_unref(inside->self);
    g_free(inside);
}

static void room_free(void *data)
{
    Room *room = data;
    g_hash_table_unref(room->inside);
    disco_room_clear(&room->said);
    address_unref(room->room);
    g_free(room);
}

static guint hash(gconstpointer address)
{
    return address_hash(address);
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
    return address_equal(a, b);
}

RoomFacts *room_facts_new(Wire *wire, Iq *iq)
{
    RoomFacts *facts = g_new0(RoomFacts, 1);
    *facts = (RoomFacts){.wire = wire, .iq = iq};
    facts->rooms = g_hash_table_new_full(hash, equal, NULL, room_free);
    facts->by_token = g_hash_table_new(g_int64_hash, g_int64_equal);
    return facts;
}

void room_facts_free(RoomFacts *facts)
{
    if (facts == NULL)
        return;
    iq_forget(facts->iq, facts);
    g_hash_table_unref(facts->by_token);
    g_hash_table_unref(facts->rooms);
    g_free(facts);
}

static Room *room_of(RoomFacts *facts, Address *address)
{
    Room *room = g_hash_table_lookup(facts->rooms, address);
    if (room != NULL)
        return room;
    room = g_new0(Room, 1);
    *room = (Room){.token = ++facts->last_token, .room = address_ref(address)};
    room->inside = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, inside_free);
    g_hash_table_insert(facts->rooms, room->room, room);
    g_hash_table_insert(facts->by_token, &room->token, room);
    return room;
}

// Whoever of them; there is one as long as there is the room.
static const Inside *spokesman(const Room *room)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, room->inside);
    return g_hash_table_iter_next(&iter, NULL, &value) ? value : NULL;
}

static void tell(RoomFacts *facts, const Room *room, uint64_t leg)
{
    Event *event = wire_event(facts->wire, EVENT_ROOM_SUBJECT);
    event->f.leg = leg;
    event->f.how = HOW_CHANGED;
    fields_set_text(&event->f.text, room->said.name);
    fields_set_text(&event->f.body, room->said.description);
    event->f.number = room->said.occupants_max;
    wire_raise(facts->wire, event);
}

static bool is_same(const DiscoRoom *a, const DiscoRoom *b)
{
    return g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->description, b->description) == 0 &&
           a->occupants_max == b->occupants_max;
}

static void take(RoomFacts *facts, Room *room, xmpp_stanza_t *answer)
{
    DiscoRoom said;
    disco_read_room(answer, &said);
    bool is_news = !is_same(&said, &room->said);
    disco_room_clear(&room->said);
    room->said = said;
    if (is_news)
        tell(facts, room, spokesman(room)->leg);
}

static void ask(RoomFacts *facts, Room *room);

static void on_answer(void *self, uint64_t token, xmpp_stanza_t *answer)
{
    RoomFacts *facts = self;
    Room *room = g_hash_table_lookup(facts->by_token, &token);
    if (room == NULL)
        return;
    room->is_asked = false;
    if (answer != NULL && g_strcmp0(xmpp_stanza_get_type(answer), "result") == 0)
        take(facts, room, answer);
    if (room->is_stale)
        ask(facts, room);
}

static void ask(RoomFacts *facts, Room *room)
{
    room->is_stale = room->is_asked;
    if (room->is_asked)
        return;
    xmpp_stanza_t *stanza = iq_get(facts->wire, address_jid(spokesman(room)->self),
                                   address_jid(room->room), "query", NS_DISCO_INFO, NULL);
    room->is_asked = iq_request(facts->iq, stanza, wire_settings(facts->wire)->T_disco, on_answer,
                                facts, room->token);
}

void room_facts_on_inside(RoomFacts *facts, Address *address, uint64_t leg, Address *self)
{
    Room *room = room_of(facts, address);
    bool is_first = g_hash_table_size(room->inside) == 0;
    bool is_again = g_hash_table_contains(room->inside, &leg);
    Inside *inside = g_new0(Inside, 1);
    *inside = (Inside){.leg = leg, .self = address_ref(self)};
    g_hash_table_replace(room->inside, &inside->leg, inside);
    if (is_first || is_again)
        ask(facts, room);
    else if (!is_same(&room->said, &(DiscoRoom){0}))
        tell(facts, room, leg);
}

void room_facts_on_changed(RoomFacts *facts, Address *address)
{
    Room *room = g_hash_table_lookup(facts->rooms, address);
    if (room != NULL)
        ask(facts, room);
}

void room_facts_on_outside(RoomFacts *facts, Address *address, uint64_t leg)
{
    Room *room = g_hash_table_lookup(facts->rooms, address);
    if (room == NULL || !g_hash_table_remove(room->inside, &leg) ||
        g_hash_table_size(room->inside) > 0)
        return;
    g_hash_table_remove(facts->by_token, &room->token);
    g_hash_table_remove(facts->rooms, address);
}
