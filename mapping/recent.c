// SPDX-License-Identifier: MIT
// A hash table whose entries also stand in a queue, most recently used first.
#include "mapping/recent.h"

typedef struct {
    char *key;      // owned
    gpointer value; // owned (free_value)
} RecentEntry;

struct Recent {
    GHashTable *links; // owned: key (borrowed from its entry) -> GList link (borrowed from queue)
    GQueue queue;      // owned links and entries, most recently used at the head
    size_t limit;
    GDestroyNotify free_value;
};

static void entry_free(Recent *recent, RecentEntry *entry)
{
    recent->free_value(entry->value);
    g_free(entry->key);
    g_free(entry);
}

static void forget_oldest(Recent *recent)
{
    RecentEntry *entry = g_queue_pop_tail(&recent->queue);
    g_hash_table_remove(recent->links, entry->key);
    entry_free(recent, entry);
}

Recent *recent_new(size_t limit, GDestroyNotify free_value)
{
    Recent *recent = g_new0(Recent, 1);
    recent->links = g_hash_table_new(g_str_hash, g_str_equal);
    recent->limit = limit;
    recent->free_value = free_value;
    return recent;
}

void recent_free(Recent *recent)
{
    if (recent == NULL)
        return;
    while (!g_queue_is_empty(&recent->queue))
        forget_oldest(recent);
    g_hash_table_unref(recent->links);
    g_free(recent);
}

gpointer recent_find(Recent *recent, const char *key)
{
    GList *link = g_hash_table_lookup(recent->links, key);
    if (link == NULL)
        return NULL;
    g_queue_unlink(&recent->queue, link);
    g_queue_push_head_link(&recent->queue, link);
    return ((RecentEntry *)link->data)->value;
}

void recent_put(Recent *recent, const char *key, gpointer value)
{
    if (recent_find(recent, key) != NULL) {
        RecentEntry *known = g_queue_peek_head(&recent->queue);
        recent->free_value(known->value);
        known->value = value;
        return;
    }
    if (recent->queue.length >= recent->limit)
        forget_oldest(recent);
    RecentEntry *entry = g_new(RecentEntry, 1);
    *entry = (RecentEntry){g_strdup(key), value};
    g_queue_push_head(&recent->queue, entry);
    g_hash_table_insert(recent->links, entry->key, recent->queue.head);
}

void recent_remove(Recent *recent, const char *key)
{
    GList *link = g_hash_table_lookup(recent->links, key);
    if (link == NULL)
        return;
    RecentEntry *entry = link->data;
    g_hash_table_remove(recent->links, key);
    g_queue_delete_link(&recent->queue, link);
    entry_free(recent, entry);
}

void recent_each(const Recent *recent, void (*visit)(const char *key, gpointer value, gpointer data),
                 gpointer data)
{
    for (const GList *at = recent->queue.head; at != NULL; at = at->next) {
        const RecentEntry *entry = at->data;
        visit(entry->key, entry->value, data);
    }
}

size_t recent_count(const Recent *recent)
{
    return recent->queue.length;
}
