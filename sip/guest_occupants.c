// SPDX-License-Identifier: MIT
// The occupants that a room shows for a conference; see guest_occupants.h.
#include "sip/guest_occupants.h"

#include <string.h>

#include "mapping/nickname.h"

struct GuestOccupant {
    char *nick;       // owned; the key
    char *name;       // owned; what it was made of
    char *who;        // owned; whose it is: an address, or an entity that names none
    guint members;    // that are present in it
    const void *lead; // of them the one that is shown; borrowed, NULL: it left
    const char *role; // static
    Address *real;    // shared, or NULL
    bool away;
    bool own;
};

struct GuestOccupants {
    const Route *route;     // borrowed
    Address *room;          // shared
    GHashTable *members;    // borrowed; entity -> GuestMember
    GHashTable *table;      // owned; nick (borrowed) -> GuestOccupant (owned)
    GuestNames *names;      // shared with the other legs in the conference
    char *own_nick;         // owned; set by ourselves, NULL: not
    char *own_nick_against; // owned; the name in documents that it overrules
};

// --- life

static void occupant_free(void *data)
{
    GuestOccupant *occupant = data;
    g_free(occupant->nick);
    g_free(occupant->name);
    g_free(occupant->who);
    address_unref(occupant->real);
    g_free(occupant);
}

GuestOccupants *guest_occupants_new(const Route *route, GuestNames *names, const Address *room,
                                    GHashTable *members)
{
    GuestOccupants *all = g_new0(GuestOccupants, 1);
    all->route = route;
    all->room = address_ref(room);
    all->members = members;
    all->names = guest_names_ref(names);
    all->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, occupant_free);
    return all;
}

static void give_back_all(const GuestOccupants *all)
{
    GHashTableIter each;
    void *value;
    g_hash_table_iter_init(&each, all->table);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const GuestOccupant *occupant = value;
        guest_names_give_back(all->names, occupant->who, occupant->name);
    }
}

void guest_occupants_free(GuestOccupants *all)
{
    give_back_all(all);
    g_hash_table_unref(all->table);
    guest_names_unref(all->names);
    address_unref(all->room);
    g_free(all->own_nick);
    g_free(all->own_nick_against);
    g_free(all);
}

// --- who is there

static Event *event_of(How how, const GuestOccupant *occupant)
{
    Event *event = event_new(EVENT_ROOM_ROSTER, SIDE_SIP);
    event->f.how = how;
    event->f.own = occupant->own;
    fields_set_text(&event->f.nick, occupant->nick);
    if (how == HOW_JOINED || how == HOW_CHANGED) {
        fields_set_text(&event->f.role, occupant->role);
        fields_set_text(&event->f.affiliation, "none");
        fields_set_address(&event->f.real, occupant->real);
        event->f.away = occupant->away;
    }
    return event;
}

GuestOccupant *guest_occupants_find(const GuestOccupants *all, const char *nick)
{
    return g_hash_table_lookup(all->table, nick);
}

// Another device of the same person under the same name (ROSTER-009).
static GuestOccupant *find_shared(const GuestOccupants *all, const GuestMember *member,
                                  const char *name)
{
    g_autofree char *nick = guest_names_suggest(all->names, guest_member_who(member), name);
    GuestOccupant *occupant = guest_occupants_find(all, nick);
    bool same = occupant != NULL && strcmp(occupant->name, name) == 0 &&
                strcmp(occupant->who, guest_member_who(member)) == 0;
    return same ? occupant : NULL;
}

static const char *name_of(const GuestOccupants *all, const GuestMember *member)
{
    bool overruled = member->own && all->own_nick != NULL &&
                     g_strcmp0(all->own_nick_against, member->name) == 0;
    return overruled ? all->own_nick : member->name;
}

// Of several devices one is shown.
static bool occupant_update(const GuestOccupants *all, GuestOccupant *occupant,
                            const GuestMember *member)
{
    if (occupant->lead != NULL && occupant->lead != member) {
        return false;
    }
    Address *real = guest_member_real(member, all->route);
    const char *role = guest_member_role(member);
    bool away = guest_member_is_only(member, CONFERENCE_INFO_STATUS_ON_HOLD);
    bool differs = occupant->role != role || occupant->away != away ||
                   !address_equal(occupant->real, real);
    address_unref(occupant->real);
    occupant->lead = member;
    occupant->real = real;
    occupant->role = role;
    occupant->away = away;
    occupant->own = occupant->own || member->own;
    return differs;
}

static GuestOccupant *occupant_new(GuestOccupants *all, const GuestMember *member, const char *name)
{
    GuestOccupant *occupant = g_new0(GuestOccupant, 1);
    occupant->nick = guest_names_take(all->names, guest_member_who(member), name);
    occupant->name = g_strdup(name);
    occupant->who = g_strdup(guest_member_who(member));
    g_hash_table_insert(all->table, occupant->nick, occupant);
    return occupant;
}

static void join(GuestOccupants *all, GuestMember *member, GPtrArray *events)
{
    const char *name = name_of(all, member);
    GuestOccupant *occupant = find_shared(all, member, name);
    bool is_new = occupant == NULL;
    if (is_new) {
        occupant = occupant_new(all, member, name);
    }
    occupant->members++;
    member->occupant = occupant;
    if (occupant_update(all, occupant, member) || is_new) {
        g_ptr_array_add(events, event_of(is_new ? HOW_JOINED : HOW_CHANGED, occupant));
    }
}

// --- who goes

// The occupant that a URI names, as an address in the room; NULL: nobody there (ROSTER-022).
static Address *actor_of(const GuestOccupants *all, const char *uri)
{
    const GuestMember *member = uri != NULL ? g_hash_table_lookup(all->members, uri) : NULL;
    const GuestOccupant *occupant = member != NULL ? member->occupant : NULL;
    return occupant != NULL ? address_with_resource(all->room, occupant->nick) : NULL;
}

// Nobody is shown by this member any more.
void guest_occupants_leave(GuestOccupants *all, GuestMember *member, GPtrArray *events)
{
    GuestOccupant *occupant = member->occupant;
    member->occupant = NULL;
    if (occupant == NULL) {
        return;
    }
    occupant->lead = occupant->lead == member ? NULL : occupant->lead;
    if (--occupant->members > 0) {
        return;
    }
    GuestMemberEnd end = guest_member_end(member);
    g_autoptr(Address) actor = end.how == HOW_KICKED ? actor_of(all, end.by) : NULL;
    Event *event = event_of(end.how, occupant);
    fields_set_text(&event->f.text, end.text);
    fields_set_address(&event->f.from, actor);
    g_ptr_array_add(events, event);
    guest_names_give_back(all->names, occupant->who, occupant->name);
    g_hash_table_remove(all->table, occupant->nick);
}

// --- what changes

// One who is alone in his occupant takes it with him to the new name, unless he has another there
// (ROSTER-008).
static void rename_to(GuestOccupants *all, GuestMember *member, const char *name,
                      GPtrArray *events)
{
    GuestOccupant *occupant = member->occupant;
    if (occupant->members > 1 || find_shared(all, member, name) != NULL) {
        guest_occupants_leave(all, member, events);
        join(all, member, events);
        return;
    }
    g_hash_table_steal(all->table, occupant->nick);
    guest_names_give_back(all->names, occupant->who, occupant->name);
    g_autofree char *nick = guest_names_take(all->names, guest_member_who(member), name);
    if (strcmp(nick, occupant->nick) != 0) {
        Event *event = event_of(HOW_RENAMED, occupant);
        fields_set_text(&event->f.new_nick, nick);
        g_ptr_array_add(events, event);
    }
    g_free(occupant->nick);
    g_free(occupant->name);
    g_free(occupant->who);
    occupant->nick = g_steal_pointer(&nick);
    occupant->name = g_strdup(name);
    occupant->who = g_strdup(guest_member_who(member));
    g_hash_table_insert(all->table, occupant->nick, occupant);
}

void guest_occupants_show(GuestOccupants *all, GuestMember *member, GPtrArray *events)
{
    if (member->occupant == NULL) {
        join(all, member, events);
        return;
    }
    const char *name = name_of(all, member);
    if (strcmp(member->occupant->name, name) != 0) {
        rename_to(all, member, name, events);
    }
    if (occupant_update(all, member->occupant, member)) {
        g_ptr_array_add(events, event_of(HOW_CHANGED, member->occupant));
    }
}

void guest_occupants_move(GuestMember *from, GuestMember *to)
{
    to->occupant = from->occupant;
    if (to->occupant != NULL && to->occupant->lead == from) {
        to->occupant->lead = to;
    }
}

void guest_occupants_call(GuestOccupants *all, const GuestMember *own, const char *nick)
{
    g_free(all->own_nick);
    g_free(all->own_nick_against);
    all->own_nick = g_strdup(nick);
    all->own_nick_against = g_strdup(own->name);
}

const char *guest_occupants_nick(const GuestOccupant *occupant)
{
    return occupant->nick;
}
