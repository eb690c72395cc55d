// SPDX-License-Identifier: MIT
// Who may not come into a room that we show; see the header.
#include "xmpp/room_bans.h"

#include <string.h>

// LIMIT: bans of all rooms.
enum { BANS_MAX = 10000 };

struct RoomBans {
    GHashTable *set; // owned char * "room user"
};

RoomBans *room_bans_new(void)
{
    RoomBans *bans = g_new0(RoomBans, 1);
    bans->set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return bans;
}

void room_bans_free(RoomBans *bans)
{
    if (bans == NULL)
        return;
    g_hash_table_unref(bans->set);
    g_free(bans);
}

static char *key_of(const Address *room, const Address *user)
{
    return g_strjoin("\n", address_bare(room), address_bare(user), NULL);
}

bool room_bans_add(RoomBans *bans, const Address *room, const Address *user)
{
    if (g_hash_table_size(bans->set) >= BANS_MAX)
        return false;
    g_hash_table_add(bans->set, key_of(room, user));
    return true;
}

void room_bans_remove(RoomBans *bans, const Address *room, const Address *user)
{
    g_autofree char *key = key_of(room, user);
    g_hash_table_remove(bans->set, key);
}

bool room_bans_has(const RoomBans *bans, const Address *room, const Address *user)
{
    g_autofree char *key = key_of(room, user);
    return g_hash_table_contains(bans->set, key);
}

GPtrArray *room_bans_list(const RoomBans *bans, const Address *room)
{
    GPtrArray *users = g_ptr_array_new();
    size_t octets = strlen(address_bare(room));
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, bans->set);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        char *line = key;
        if (strncmp(line, address_bare(room), octets) == 0 && line[octets] == '\n')
            g_ptr_array_add(users, line + octets + 1);
    }
    return users;
}
