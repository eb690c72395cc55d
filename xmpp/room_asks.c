// SPDX-License-Identifier: MIT
// What is asked of rooms and not answered yet; see the header.
#include "xmpp/room_asks.h"

#include "xmpp/stanza.h"

// LIMIT: open questions; each holds a copy of its stanza.
enum { ASKS_MAX = 5000 };

struct RoomAsks {
    Wire *wire;        // borrowed
    GHashTable *open;  // borrowed &ref -> owned RoomAsk *
    GHashTable *joins; // owned char * "device room" -> borrowed RoomAsk *
};

static void ask_free(void *data)
{
    RoomAsk *ask = data;
    deadlines_stop(&ask->deadline);
    stanza_free(ask->stanza);
    address_unref(ask->from);
    address_unref(ask->room);
    address_unref(ask->about);
    g_free(ask);
}

RoomAsks *room_asks_new(Wire *wire)
{
    RoomAsks *asks = g_new0(RoomAsks, 1);
    asks->wire = wire;
    asks->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, ask_free);
    asks->joins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return asks;
}

void room_asks_free(RoomAsks *asks)
{
    if (asks == NULL)
        return;
    g_hash_table_unref(asks->joins);
    g_hash_table_unref(asks->open);
    g_free(asks);
}

static char *key_of(const Address *from, const Address *room)
{
    return g_strjoin("\n", address_jid(from), address_bare(room), NULL);
}

RoomAsk *room_asks_open(RoomAsks *asks, RoomAskKind kind, xmpp_stanza_t *stanza, Address *from,
                        Address *room)
{
    if (g_hash_table_size(asks->open) >= ASKS_MAX)
        return NULL;
    RoomAsk *ask = g_new0(RoomAsk, 1);
    *ask = (RoomAsk){.ref = wire_ref(asks->wire), .kind = kind, .asks = asks};
    ask->stanza = xmpp_stanza_copy(stanza);
    ask->from = address_ref(from);
    ask->room = address_to_bare(room);
    g_hash_table_insert(asks->open, &ask->ref, ask);
    if (kind == ROOM_ASK_JOIN)
        g_hash_table_replace(asks->joins, key_of(from, room), ask);
    return ask;
}

static void on_deadline(void *self)
{
    RoomAsk *ask = self;
    ask->late(ask->late_self, ask);
    room_asks_close(ask);
}

void room_asks_set_deadline(RoomAsk *ask, int64_t in_ms,
                            void (*late)(void *self, const RoomAsk *ask), void *self)
{
    ask->late = late;
    ask->late_self = self;
    deadlines_start(wire_deadlines(ask->asks->wire), &ask->deadline, in_ms, on_deadline, ask);
}

RoomAsk *room_asks_find(const RoomAsks *asks, uint64_t ref)
{
    return ref != 0 ? g_hash_table_lookup(asks->open, &ref) : NULL;
}

RoomAsk *room_asks_find_join(const RoomAsks *asks, const Address *from, const Address *room)
{
    g_autofree char *key = key_of(from, room);
    return g_hash_table_lookup(asks->joins, key);
}

void room_asks_close(RoomAsk *ask)
{
    RoomAsks *asks = ask->asks;
    g_autofree char *key = key_of(ask->from, ask->room);
    if (g_hash_table_lookup(asks->joins, key) == ask)
        g_hash_table_remove(asks->joins, key);
    g_hash_table_remove(asks->open, &ask->ref);
}
