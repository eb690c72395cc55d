// SPDX-License-Identifier: MIT
// Nicks of a conference; see guest_names.h.
#include "sip/guest_names.h"

// LIMIT: names of which the last number is remembered; without it the next one is looked for from 2 on.
#define NUMBERS_MAX 10000

typedef struct {
    char *key;  // owned; who and name
    char *nick; // owned
    guint takes;
} Entry;

struct GuestNames {
    guint references;
    GHashTable *entries; // owned; key (borrowed) -> Entry (owned)
    GHashTable *nicks;   // owned; set of nicks (borrowed)
    GHashTable *numbers; // owned; name (owned) -> last number given with it
};

static void entry_free(void *data)
{
    Entry *entry = data;
    g_free(entry->key);
    g_free(entry->nick);
    g_free(entry);
}

GuestNames *guest_names_new(void)
{
    GuestNames *names = g_new0(GuestNames, 1);
    names->references = 1;
    names->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, entry_free);
    names->nicks = g_hash_table_new(g_str_hash, g_str_equal);
    names->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return names;
}

GuestNames *guest_names_ref(GuestNames *names)
{
    names->references++;
    return names;
}

void guest_names_unref(GuestNames *names)
{
    if (names == NULL || --names->references > 0) {
        return;
    }
    g_hash_table_unref(names->nicks);
    g_hash_table_unref(names->entries);
    g_hash_table_unref(names->numbers);
    g_free(names);
}

// A separator that stands in neither.
static char *key_of(const char *who, const char *name)
{
    return g_strdup_printf("%s\n%s", who, name);
}

static char *free_nick(const GuestNames *names, const char *name, int *number)
{
    char *nick = g_strdup(name);
    *number = GPOINTER_TO_INT(g_hash_table_lookup(names->numbers, name));
    while (g_hash_table_contains(names->nicks, nick)) {
        g_free(nick);
        *number = MAX(*number, 1) + 1;
        nick = g_strdup_printf("%s (%d)", name, *number);
    }
    return nick;
}

static void note_number(GuestNames *names, const char *name, int number)
{
    if (g_hash_table_size(names->numbers) >= NUMBERS_MAX) {
        g_hash_table_remove_all(names->numbers);
    }
    g_hash_table_replace(names->numbers, g_strdup(name), GINT_TO_POINTER(number));
}

char *guest_names_take(GuestNames *names, const char *who, const char *name)
{
    g_autofree char *key = key_of(who, name);
    Entry *entry = g_hash_table_lookup(names->entries, key);
    int number = 0;
    if (entry == NULL) {
        entry = g_new0(Entry, 1);
        entry->key = g_steal_pointer(&key);
        entry->nick = free_nick(names, name, &number);
        g_hash_table_insert(names->entries, entry->key, entry);
        g_hash_table_add(names->nicks, entry->nick);
    }
    if (number > 0) {
        note_number(names, name, number);
    }
    entry->takes++;
    return g_strdup(entry->nick);
}

void guest_names_give_back(GuestNames *names, const char *who, const char *name)
{
    g_autofree char *key = key_of(who, name);
    Entry *entry = g_hash_table_lookup(names->entries, key);
    if (entry != NULL && --entry->takes == 0) {
        g_hash_table_remove(names->nicks, entry->nick);
        g_hash_table_remove(names->entries, key);
    }
}

char *guest_names_suggest(const GuestNames *names, const char *who, const char *name)
{
    g_autofree char *key = key_of(who, name);
    const Entry *entry = g_hash_table_lookup(names->entries, key);
    int number;
    return entry != NULL ? g_strdup(entry->nick) : free_nick(names, name, &number);
}
