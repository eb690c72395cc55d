// SPDX-License-Identifier: MIT
// Tokens of open requests; see ref.h.
#include "sip/ref.h"

typedef struct {
    uint64_t ref;          // the key of the table
    const RefFuncs *funcs; // borrowed (static)
    void *owner;           // borrowed
    uint64_t key;
} Entry;

struct RefTable {
    GHashTable *entries; // owned; &Entry.ref -> Entry (owned)
    uint64_t last;
};

RefTable *ref_table_new(void)
{
    RefTable *table = g_new0(RefTable, 1);
    table->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return table;
}

void ref_table_free(RefTable *table)
{
    if (table == NULL) {
        return;
    }
    g_hash_table_unref(table->entries);
    g_free(table);
}

uint64_t ref_table_add(RefTable *table, const RefFuncs *funcs, void *owner, uint64_t key)
{
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){.ref = ++table->last, .funcs = funcs, .owner = owner, .key = key};
    g_hash_table_insert(table->entries, &entry->ref, entry);
    return entry->ref;
}

void ref_table_remove(RefTable *table, uint64_t ref)
{
    g_hash_table_remove(table->entries, &ref);
}

static const Entry *find(const RefTable *table, uint64_t ref)
{
    return g_hash_table_lookup(table->entries, &ref);
}

bool ref_table_accept(RefTable *table, uint64_t ref)
{
    const Entry *entry = find(table, ref);
    if (entry == NULL || entry->funcs->accept == NULL) {
        return false;
    }
    entry->funcs->accept(entry->owner, ref, entry->key);
    return true;
}

bool ref_table_refuse(RefTable *table, uint64_t ref, const Fields *fields)
{
    const Entry *entry = find(table, ref);
    if (entry == NULL || entry->funcs->refuse == NULL) {
        return false;
    }
    entry->funcs->refuse(entry->owner, ref, entry->key, fields);
    return true;
}

bool ref_table_report(RefTable *table, uint64_t ref, const Fields *fields)
{
    const Entry *entry = find(table, ref);
    if (entry == NULL || entry->funcs->report == NULL) {
        return false;
    }
    entry->funcs->report(entry->owner, ref, entry->key, fields);
    return true;
}

bool ref_table_answer(RefTable *table, uint64_t ref, const Fields *fields)
{
    const Entry *entry = find(table, ref);
    if (entry == NULL || entry->funcs->answer == NULL) {
        return false;
    }
    entry->funcs->answer(entry->owner, ref, fields);
    return true;
}

unsigned ref_table_count(const RefTable *table)
{
    return g_hash_table_size(table->entries);
}
