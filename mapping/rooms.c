// SPDX-License-Identifier: MIT
// A table of rooms by address, each counted by its home legs.
#include "mapping/rooms.h"

struct Rooms {
    GHashTable *by_address; // borrowed Address -> owned RoomsEntry
};

static guint room_hash(gconstpointer room)
{
    return address_hash(room);
}

static gboolean room_equal(gconstpointer a, gconstpointer b)
{
    return address_equal(a, b);
}

static void entry_free(gpointer data)
{
    RoomsEntry *entry = data;
    address_unref(entry->address);
    participants_free(entry->participants);
    g_free(entry->subject);
    g_free(entry->subject_nick);
    g_free(entry->name);
    g_free(entry->about);
    g_free(entry);
}

Rooms *rooms_new(void)
{
    Rooms *rooms = g_new0(Rooms, 1);
    rooms->by_address = g_hash_table_new_full(room_hash, room_equal, NULL, entry_free);
    return rooms;
}

void rooms_free(Rooms *rooms)
{
    if (rooms == NULL)
        return;
    g_hash_table_destroy(rooms->by_address);
    g_free(rooms);
}

RoomsEntry *rooms_enter(Rooms *rooms, Address *room)
{
    RoomsEntry *entry = g_hash_table_lookup(rooms->by_address, room);
    if (entry == NULL) {
        entry = g_new0(RoomsEntry, 1);
        entry->address = address_ref(room);
        entry->participants = participants_new();
        g_hash_table_insert(rooms->by_address, entry->address, entry);
    }
    entry->seats++;
    return entry;
}

void rooms_leave(Rooms *rooms, RoomsEntry *entry)
{
    if (--entry->seats == 0)
        g_hash_table_remove(rooms->by_address, entry->address);
}

bool rooms_set_subject(RoomsEntry *entry, const char *subject, const char *nick)
{
    bool is_news = g_strcmp0(entry->subject, subject) != 0 ||
                   g_strcmp0(entry->subject_nick, nick) != 0;
    fields_set_text(&entry->subject, subject);
    fields_set_text(&entry->subject_nick, nick);
    return is_news;
}

bool rooms_set_name(RoomsEntry *entry, const Fields *said)
{
    bool is_news = g_strcmp0(entry->name, said->text) != 0 ||
                   g_strcmp0(entry->about, said->body) != 0 || entry->most != said->number ||
                   entry->is_locked != said->locked;
    fields_set_text(&entry->name, said->text);
    fields_set_text(&entry->about, said->body);
    entry->most = said->number;
    entry->is_locked = said->locked;
    return is_news;
}

guint rooms_count(const Rooms *rooms)
{
    return g_hash_table_size(rooms->by_address);
}
