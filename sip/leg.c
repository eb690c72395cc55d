// SPDX-License-Identifier: MIT
// Leg numbers; see leg.h.
#include "sip/leg.h"

typedef struct {
    uint64_t leg; // the key
    LegKind kind;
    void *owner; // borrowed
} Entry;

struct LegTable {
    GHashTable *entries; // owned; &Entry.leg -> Entry (owned)
};

LegTable *leg_table_new(void)
{
    LegTable *table = g_new0(LegTable, 1);
    table->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return table;
}

void leg_table_free(LegTable *table)
{
    if (table == NULL) {
        return;
    }
    g_hash_table_unref(table->entries);
    g_free(table);
}

void leg_table_add(LegTable *table, uint64_t leg, LegKind kind, void *owner)
{
    Entry *entry = g_new0(Entry, 1);
    *entry = (Entry){.leg = leg, .kind = kind, .owner = owner};
    g_hash_table_replace(table->entries, &entry->leg, entry);
}

void *leg_table_find(const LegTable *table, uint64_t leg, LegKind kind)
{
    const Entry *entry = g_hash_table_lookup(table->entries, &leg);
    return entry != NULL && entry->kind == kind ? entry->owner : NULL;
}

void leg_table_remove(LegTable *table, uint64_t leg)
{
    g_hash_table_remove(table->entries, &leg);
}

unsigned leg_table_count(const LegTable *table)
{
    return g_hash_table_size(table->entries);
}

GPtrArray *leg_table_owners(const LegTable *table, LegKind kind)
{
    GPtrArray *owners = g_ptr_array_new();
    GHashTableIter each;
    void *value;
    g_hash_table_iter_init(&each, table->entries);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const Entry *entry = value;
        if (entry->kind == kind) {
            g_ptr_array_add(owners, entry->owner);
        }
    }
    return owners;
}
