// SPDX-License-Identifier: MIT
// Which rooms we show to XMPP users and who is in which; see the header.
#include "xmpp/room_book.h"

struct RoomBook {
    Wire *wire;            // borrowed
    Proof *proof;          // borrowed
    GHashTable *rooms;     // owned char * bare address -> owned RoomFacade *
    GHashTable *by_leg;    // borrowed &leg -> owned RoomParty *
    GHashTable *by_device; // owned char * "device room" -> borrowed RoomParty *
};

static void free_room(void *room)
{
    room_facade_free(room);
}

static void free_party(void *party)
{
    room_party_free(party);
}

RoomBook *room_book_new(Wire *wire, Proof *proof)
{
    RoomBook *book = g_new0(RoomBook, 1);
    *book = (RoomBook){.wire = wire, .proof = proof};
    book->rooms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_room);
    book->by_leg = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_party);
    book->by_device = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return book;
}

void room_book_free(RoomBook *book)
{
    if (book == NULL)
        return;
    g_hash_table_unref(book->by_device);
    g_hash_table_unref(book->by_leg);
    g_hash_table_unref(book->rooms);
    g_free(book);
}

RoomFacade *room_book_find(const RoomBook *book, const Address *room)
{
    return room != NULL ? g_hash_table_lookup(book->rooms, address_bare(room)) : NULL;
}

RoomFacade *room_book_open(RoomBook *book, Address *room)
{
    RoomFacade *facade = room_book_find(book, room);
    if (facade == NULL) {
        facade = room_facade_new(book->wire, book->proof, room);
        g_hash_table_insert(book->rooms, g_strdup(address_bare(room)), facade);
    }
    return facade;
}

void room_book_forget(RoomBook *book, RoomFacade *facade)
{
    bool is_empty = facade_roster_count(room_facade_roster(facade)) == 0;
    if (is_empty && room_facade_parties(facade) == NULL)
        g_hash_table_remove(book->rooms, address_bare(room_facade_address(facade)));
}

RoomParty *room_book_leg(const RoomBook *book, uint64_t leg)
{
    return leg != 0 ? g_hash_table_lookup(book->by_leg, &leg) : NULL;
}

static char *key_of(const Address *self, const Address *room)
{
    return g_strjoin("\n", address_jid(self), address_bare(room), NULL);
}

RoomParty *room_book_device(const RoomBook *book, const Address *self, const Address *room)
{
    g_autofree char *key = key_of(self, room);
    return g_hash_table_lookup(book->by_device, key);
}

bool room_book_enter(RoomBook *book, RoomParty *owned)
{
    char *key = key_of(owned->self, room_facade_address(owned->facade));
    if (room_book_leg(book, owned->leg) != NULL || g_hash_table_contains(book->by_device, key)) {
        g_free(key);
        room_party_free(owned);
        return false;
    }
    g_hash_table_insert(book->by_leg, &owned->leg, owned);
    g_hash_table_insert(book->by_device, key, owned);
    room_facade_add(owned->facade, owned);
    return true;
}

void room_book_leave(RoomBook *book, RoomParty *party)
{
    RoomFacade *facade = party->facade;
    g_autofree char *key = key_of(party->self, room_facade_address(facade));
    room_facade_remove(facade, party);
    g_hash_table_remove(book->by_device, key);
    g_hash_table_remove(book->by_leg, &party->leg);
    room_book_forget(book, facade);
}

GPtrArray *room_book_parties(const RoomBook *book, const char *domain)
{
    GPtrArray *parties = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, book->by_leg);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const RoomParty *party = value;
        const char *ours = address_domain(room_facade_address(party->facade));
        if (domain == NULL || g_strcmp0(ours, domain) == 0)
            g_ptr_array_add(parties, value);
    }
    return parties;
}

size_t room_book_count(const RoomBook *book)
{
    return g_hash_table_size(book->by_leg);
}
