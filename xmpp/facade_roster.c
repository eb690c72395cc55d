// SPDX-License-Identifier: MIT
// Who is in a room that we show to XMPP users; see the header.
#include "xmpp/facade_roster.h"

#include <string.h>

#include "mapping/precis.h"
#include "xmpp/facade_letters.h"

// LIMIT: occupants of one room; a focus could name any number.
enum { OCCUPANTS_MAX = 10000 };
// LIMIT: octets of a shown nick: a resource (RFC 7622 3.4) less room for a number.
enum { SHOWN_MAX = 1000 };

static const char NAMELESS[] = "unnamed";

struct FacadeRoster {
    GHashTable *by_nick;  // borrowed char * -> owned FacadeOccupant *
    GHashTable *by_shown; // borrowed char * -> borrowed FacadeOccupant *
    GQueue order;         // by link
};

static void unref_address(void *address)
{
    address_unref(address);
}

static void occupant_free(void *data)
{
    FacadeOccupant *occupant = data;
    g_free(occupant->nick);
    g_free(occupant->shown);
    g_free(occupant->role);
    g_free(occupant->affiliation);
    address_unref(occupant->real);
    address_unref(occupant->device);
    g_ptr_array_unref(occupant->devices);
    stanza_free(occupant->presence);
    g_free(occupant);
}

FacadeRoster *facade_roster_new(void)
{
    FacadeRoster *roster = g_new0(FacadeRoster, 1);
    roster->by_nick = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, occupant_free);
    roster->by_shown = g_hash_table_new(g_str_hash, g_str_equal);
    return roster;
}

void facade_roster_free(FacadeRoster *roster)
{
    if (roster == NULL)
        return;
    g_hash_table_unref(roster->by_shown);
    g_hash_table_unref(roster->by_nick);
    g_free(roster);
}

static void cut(char *text, size_t max)
{
    if (strlen(text) > max)
        *g_utf8_find_prev_char(text, text + max + 1) = '\0';
}

char *facade_roster_name(const char *nick)
{
    g_autofree char *valid = nick != NULL ? g_utf8_make_valid(nick, -1) : NULL;
    if (valid != NULL)
        cut(valid, SHOWN_MAX);
    g_autofree char *prepared = valid != NULL ? precis_nickname(valid) : NULL;
    if (prepared == NULL)
        return g_strdup(NAMELESS);
    char *name = facade_letters_known(prepared);
    cut(name, SHOWN_MAX);
    g_strchomp(name);
    return name;
}

// The name under which a nick is shown: its own, or with the first free number (ROSTER-008).
static char *free_name(const FacadeRoster *roster, const char *nick)
{
    g_autofree char *name = facade_roster_name(nick);
    FacadeOccupant *first = g_hash_table_lookup(roster->by_shown, name);
    if (first == NULL)
        return g_steal_pointer(&name);
    for (;;) {
        char *numbered = g_strdup_printf("%s (%u)", name, ++first->numbers + 1);
        if (!g_hash_table_contains(roster->by_shown, numbered))
            return numbered;
        g_free(numbered);
    }
}

static void enlist(FacadeRoster *roster, FacadeOccupant *occupant, const char *nick)
{
    occupant->nick = g_strdup(nick);
    occupant->shown = free_name(roster, nick);
    g_hash_table_insert(roster->by_nick, occupant->nick, occupant);
    g_hash_table_insert(roster->by_shown, occupant->shown, occupant);
}

static bool set_word(char **word, const char *value)
{
    if (g_strcmp0(*word, value) == 0)
        return false;
    g_free(*word);
    *word = g_strdup(value);
    return true;
}

FacadeOccupant *facade_roster_put(FacadeRoster *roster, const Fields *fields, bool *is_changed)
{
    FacadeOccupant *occupant = facade_roster_find(roster, fields->nick);
    bool is_new = occupant == NULL;
    if (is_new && g_hash_table_size(roster->by_nick) >= OCCUPANTS_MAX)
        return NULL;
    if (is_new) {
        occupant = g_new0(FacadeOccupant, 1);
        occupant->link.data = occupant;
        occupant->devices = g_ptr_array_new_with_free_func(unref_address);
        enlist(roster, occupant, fields->nick);
        g_queue_push_tail_link(&roster->order, &occupant->link);
    }
    bool differs = set_word(&occupant->role, fields->role);
    differs = set_word(&occupant->affiliation, fields->affiliation) || differs;
    differs = !address_equal(occupant->real, fields->real) || occupant->is_away != fields->away ||
              differs;
    occupant->is_away = fields->away;
    fields_set_address(&occupant->real, fields->real);
    if (is_changed != NULL)
        *is_changed = is_new || differs;
    return occupant;
}

static void strike(FacadeRoster *roster, FacadeOccupant *occupant)
{
    g_hash_table_remove(roster->by_shown, occupant->shown);
    g_hash_table_steal(roster->by_nick, occupant->nick);
}

FacadeOccupant *facade_roster_rename(FacadeRoster *roster, const char *nick, const char *new_nick,
                                     char **was)
{
    FacadeOccupant *occupant = facade_roster_find(roster, nick);
    if (occupant == NULL || new_nick == NULL)
        return NULL;
    FacadeOccupant *other = facade_roster_find(roster, new_nick);
    if (other != NULL && other != occupant)
        facade_roster_remove(roster, other);
    strike(roster, occupant);
    g_free(occupant->nick);
    *was = g_steal_pointer(&occupant->shown);
    enlist(roster, occupant, new_nick);
    return occupant;
}

void facade_roster_remove(FacadeRoster *roster, FacadeOccupant *occupant)
{
    strike(roster, occupant);
    g_queue_unlink(&roster->order, &occupant->link);
    occupant_free(occupant);
}

void facade_roster_clear(FacadeRoster *roster)
{
    while (roster->order.head != NULL)
        facade_roster_remove(roster, roster->order.head->data);
}

FacadeOccupant *facade_roster_find(const FacadeRoster *roster, const char *nick)
{
    return nick != NULL ? g_hash_table_lookup(roster->by_nick, nick) : NULL;
}

FacadeOccupant *facade_roster_find_shown(const FacadeRoster *roster, const char *shown)
{
    return shown != NULL ? g_hash_table_lookup(roster->by_shown, shown) : NULL;
}

GList *facade_roster_first(const FacadeRoster *roster)
{
    return roster->order.head;
}

guint facade_roster_count(const FacadeRoster *roster)
{
    return roster->order.length;
}
