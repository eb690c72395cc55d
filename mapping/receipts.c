// SPDX-License-Identifier: MIT
// Entries in three orders: by row, by age, and by author and reader; the last order is what "up to
// here" means.
#include "mapping/receipts.h"

enum {
    RECEIPTS_MAX = 20000,                  // LIMIT: entries; the oldest of all goes
    RECEIPTS_PAIR_MAX = 100,               // LIMIT: entries of one author to one reader
    RECEIPTS_MEMORY_MS = 24 * 3600 * 1000, // as long as an id is unique (IM-24)
};

struct Receipts {
    GHashTable *by_row;  // uint64_t in ReceiptsEntry -> ReceiptsEntry (borrowed)
    GHashTable *by_pair; // owned text -> owned GQueue of ReceiptsEntry (borrowed), oldest first
    GQueue all;          // owned ReceiptsEntry, oldest first
};

static void queue_free(gpointer queue)
{
    g_free(queue); // its links are inside the entries
}

Receipts *receipts_new(void)
{
    Receipts *receipts = g_new0(Receipts, 1);
    receipts->by_row = g_hash_table_new(g_int64_hash, g_int64_equal);
    receipts->by_pair = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, queue_free);
    return receipts;
}

void receipts_free(Receipts *receipts)
{
    if (receipts == NULL)
        return;
    while (receipts->all.head != NULL)
        receipts_drop(receipts, receipts->all.head->data);
    g_hash_table_destroy(receipts->by_row);
    g_hash_table_destroy(receipts->by_pair);
    g_free(receipts);
}

static char *pair_key(const Address *from, const Address *to)
{
    return g_strjoin("\n", address_bare(from), address_bare(to), NULL);
}

static GQueue *pair_open(Receipts *receipts, const Address *from, const Address *to)
{
    g_autofree char *key = pair_key(from, to);
    GQueue *pair = g_hash_table_lookup(receipts->by_pair, key);
    if (pair == NULL) {
        pair = g_new0(GQueue, 1);
        g_hash_table_insert(receipts->by_pair, g_steal_pointer(&key), pair);
    }
    return pair;
}

static void pair_close_if_empty(Receipts *receipts, const ReceiptsEntry *entry)
{
    if (entry->pair->length > 0)
        return;
    g_autofree char *key = pair_key(entry->from, entry->to);
    g_hash_table_remove(receipts->by_pair, key);
}

static ReceiptsEntry *entry_new(const Line *line, ReceiptsWish wish)
{
    const Fields *f = &line->f;
    ReceiptsEntry *entry = g_new0(ReceiptsEntry, 1);
    *entry = (ReceiptsEntry){.author = side_other(line->to_side),
                             .id = g_strdup(f->id),
                             .type = g_strdup(f->type),
                             .thread = g_strdup(f->thread),
                             .from = address_ref(f->from),
                             .to = address_ref(f->to),
                             .row = line->row,
                             .ref = f->ref,
                             .leg = f->leg,
                             .notify = f->notify,
                             .open = wish,
                             .at_ms = line->at_ms};
    entry->in_pair.data = entry->in_all.data = entry;
    return entry;
}

static void make_room(Receipts *receipts)
{
    if (receipts->all.length >= RECEIPTS_MAX)
        receipts_drop(receipts, receipts->all.head->data);
}

void receipts_note(Receipts *receipts, const Line *line, ReceiptsWish wish)
{
    if (line->f.id == NULL || !(wish.delivered || wish.displayed || wish.failed))
        return;
    make_room(receipts);
    ReceiptsEntry *entry = entry_new(line, wish);
    entry->pair = pair_open(receipts, entry->from, entry->to);
    g_queue_push_tail_link(entry->pair, &entry->in_pair);
    g_queue_push_tail_link(&receipts->all, &entry->in_all);
    g_hash_table_replace(receipts->by_row, &entry->row, entry);
    if (entry->pair->length > RECEIPTS_PAIR_MAX)
        receipts_drop(receipts, entry->pair->head->data);
}

ReceiptsEntry *receipts_find(Receipts *receipts, const Address *from, const Address *to,
                             const char *id, int64_t now_ms)
{
    g_autofree char *key = pair_key(from, to);
    const GQueue *pair = g_hash_table_lookup(receipts->by_pair, key);
    for (const GList *at = pair != NULL ? pair->tail : NULL; at != NULL; at = at->prev) {
        ReceiptsEntry *entry = at->data;
        if (now_ms - entry->at_ms > RECEIPTS_MEMORY_MS)
            return NULL; // and so is all that is older
        if (g_strcmp0(entry->id, id) == 0)
            return entry;
    }
    return NULL;
}

ReceiptsEntry *receipts_find_row(Receipts *receipts, uint64_t row)
{
    return g_hash_table_lookup(receipts->by_row, &row);
}

size_t receipts_up_to(ReceiptsEntry *entry, ReceiptsEntry *found[RECEIPTS_UP_TO_MAX])
{
    size_t count = 0;
    for (GList *at = entry->pair->head; at != &entry->in_pair; at = at->next) {
        ReceiptsEntry *older = at->data;
        if (older->open.displayed && count < RECEIPTS_UP_TO_MAX - 1)
            found[count++] = older;
    }
    found[count++] = entry;
    return count;
}

void receipts_drop(Receipts *receipts, ReceiptsEntry *entry)
{
    if (g_hash_table_lookup(receipts->by_row, &entry->row) == entry)
        g_hash_table_remove(receipts->by_row, &entry->row);
    g_queue_unlink(&receipts->all, &entry->in_all);
    g_queue_unlink(entry->pair, &entry->in_pair);
    pair_close_if_empty(receipts, entry);
    address_unref(entry->from);
    address_unref(entry->to);
    g_free(entry->id);
    g_free(entry->type);
    g_free(entry->thread);
    g_free(entry);
}

size_t receipts_count(const Receipts *receipts)
{
    return receipts->all.length;
}
