// SPDX-License-Identifier: MIT
// Who is in a room; see the header.
#include "xmpp/muc_roster.h"

#include <string.h>

// LIMIT: occupants kept per room; the presence of more is not told.
enum { OCCUPANTS_MAX = 5000 };

typedef struct {
    char *role;        // owned
    char *affiliation; // owned
    Address *real;     // shared
    bool reals;        // of ourselves
    bool is_stale;     // not told again yet
} Entry;

struct MucRoster {
    Wire *wire; // borrowed
    uint64_t leg;
    GHashTable *entries; // owned char * nick -> owned Entry *
};

static void entry_free(void *data)
{
    Entry *entry = data;
    g_free(entry->role);
    g_free(entry->affiliation);
    address_unref(entry->real);
    g_free(entry);
}

MucRoster *muc_roster_new(Wire *wire, uint64_t leg)
{
    MucRoster *roster = g_new0(MucRoster, 1);
    roster->wire = wire;
    roster->leg = leg;
    roster->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return roster;
}

void muc_roster_free(MucRoster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_unref(roster->entries);
    g_free(roster);
}

static void tell(MucRoster *roster, How how, const char *nick, const char *new_nick,
                 const MucPresence *presence, bool is_own)
{
    Event *event = wire_event(roster->wire, EVENT_ROOM_ROSTER);
    event->f.leg = roster->leg;
    event->f.how = how;
    event->f.own = is_own;
    fields_set_text(&event->f.nick, nick);
    fields_set_text(&event->f.new_nick, new_nick);
    if (presence != NULL) {
        fields_set_text(&event->f.role, presence->role);
        fields_set_text(&event->f.affiliation, presence->affiliation);
        fields_set_text(&event->f.text, presence->reason);
        fields_set_address(&event->f.real, presence->real);
        event->f.reals = presence->reals;
    }
    wire_raise(roster->wire, event);
}

static bool is_same(const Entry *entry, const MucPresence *presence)
{
    return g_strcmp0(entry->role, presence->role) == 0 &&
           g_strcmp0(entry->affiliation, presence->affiliation) == 0 &&
           address_equal(entry->real, presence->real) && entry->reals == presence->reals;
}

static Entry *entry_of(const MucPresence *presence)
{
    Entry *entry = g_new0(Entry, 1);
    entry->role = g_strdup(presence->role);
    entry->affiliation = g_strdup(presence->affiliation);
    entry->real = address_ref(presence->real);
    entry->reals = presence->reals;
    return entry;
}

void muc_roster_on_available(MucRoster *roster, const MucPresence *presence, bool is_own)
{
    Entry *entry = g_hash_table_lookup(roster->entries, presence->nick);
    bool is_full = g_hash_table_size(roster->entries) >= OCCUPANTS_MAX && !is_own;
    if (entry == NULL && is_full)
        return;
    if (entry != NULL && is_same(entry, presence)) {
        entry->is_stale = false; // a new show or status: ROSTER-015
        return;
    }
    bool is_new = entry == NULL;
    g_hash_table_replace(roster->entries, g_strdup(presence->nick), entry_of(presence));
    tell(roster, is_new ? HOW_JOINED : HOW_CHANGED, presence->nick, NULL, presence, is_own);
}

static void rename_entry(MucRoster *roster, const char *nick, const char *new_nick)
{
    char *old_key;
    gpointer entry;
    if (g_hash_table_steal_extended(roster->entries, nick, (gpointer *)&old_key, &entry)) {
        g_free(old_key);
        g_hash_table_replace(roster->entries, g_strdup(new_nick), entry);
    }
}

// Others are told as left but where somebody did it to them (seam: room-roster).
static How how_for_others(const MucPresence *presence)
{
    How how = muc_presence_how(presence);
    return how == HOW_KICKED || how == HOW_BANNED ? how : HOW_LEFT;
}

void muc_roster_on_unavailable(MucRoster *roster, const MucPresence *presence, bool is_own)
{
    if (!g_hash_table_contains(roster->entries, presence->nick))
        return;
    if ((presence->codes & MUC_PRESENCE_RENAMED) && presence->new_nick != NULL) {
        rename_entry(roster, presence->nick, presence->new_nick);
        tell(roster, HOW_RENAMED, presence->nick, presence->new_nick, presence, is_own);
        return;
    }
    g_hash_table_remove(roster->entries, presence->nick);
    tell(roster, how_for_others(presence), presence->nick, NULL, presence, is_own);
}

bool muc_roster_has_nick(const MucRoster *roster, const char *nick)
{
    return g_hash_table_contains(roster->entries, nick);
}

bool muc_roster_has_real(const MucRoster *roster, const Address *real)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, roster->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *entry = value;
        if (entry->real != NULL && address_equal_bare(entry->real, real))
            return true;
    }
    return false;
}

Address *muc_roster_find_real(const MucRoster *roster, const char *nick)
{
    const Entry *entry = nick != NULL ? g_hash_table_lookup(roster->entries, nick) : NULL;
    return entry != NULL ? entry->real : NULL;
}

void muc_roster_begin_again(MucRoster *roster)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, roster->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        ((Entry *)value)->is_stale = true;
}

void muc_roster_rename_own(MucRoster *roster, const char *nick, const char *new_nick)
{
    if (strcmp(nick, new_nick) == 0 || !g_hash_table_contains(roster->entries, nick))
        return;
    rename_entry(roster, nick, new_nick);
    tell(roster, HOW_RENAMED, nick, new_nick, NULL, true);
}

void muc_roster_end_again(MucRoster *roster)
{
    GHashTableIter iter;
    gpointer nick, value;
    g_hash_table_iter_init(&iter, roster->entries);
    while (g_hash_table_iter_next(&iter, &nick, &value)) {
        if (!((Entry *)value)->is_stale)
            continue;
        tell(roster, HOW_LEFT, nick, NULL, NULL, false);
        g_hash_table_iter_remove(&iter);
    }
}
