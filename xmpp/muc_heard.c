// SPDX-License-Identifier: MIT
// The last lines heard; see the header.
#include "xmpp/muc_heard.h"

#include <glib.h>
#include <string.h>

// LIMIT: lines remembered by each occupant; those of a second or two are asked for.
enum { HEARD_MAX = 64 };

struct MucHeard {
    GHashTable *keys; // owned char *
    GQueue order;     // borrowed char *, oldest first
};

MucHeard *muc_heard_new(void)
{
    MucHeard *heard = g_new0(MucHeard, 1);
    heard->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&heard->order);
    return heard;
}

void muc_heard_free(MucHeard *heard)
{
    if (heard == NULL)
        return;
    g_queue_clear(&heard->order);
    g_hash_table_unref(heard->keys);
    g_free(heard);
}

// A body may be long: what is kept of it is not.
static char *key_of(const char *nick, const char *id, const char *body)
{
    if (id != NULL)
        return g_strconcat(nick, "\n", id, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, body, -1);
    return g_strconcat(nick, "\n\n", digest, NULL);
}

bool muc_heard_note(MucHeard *heard, const char *nick, const char *id, const char *body)
{
    g_autofree char *key = key_of(nick, id, body);
    if (g_hash_table_contains(heard->keys, key))
        return true;
    g_queue_push_tail(&heard->order, key);
    g_hash_table_add(heard->keys, g_steal_pointer(&key));
    if (heard->order.length > HEARD_MAX)
        g_hash_table_remove(heard->keys, g_queue_pop_head(&heard->order));
    return false;
}
