// SPDX-License-Identifier: MIT
// Merging conference documents; see guest_roster.h. A member is a user of the documents, an occupant
// what the room shows; a member that is not present has no occupant.
#include "sip/guest_roster.h"

#include <string.h>

#include "mapping/nickname.h"
#include "sip/guest_occupants.h"

// LIMIT: users of one conference; those beyond it are not shown, and can still be heard.
#define MEMBERS_MAX 5000
// LIMIT: octets of a subject; more is cut off.
#define SUBJECT_MAX 4096

struct GuestRoster {
    const Route *route;     // borrowed
    Address *self;          // shared
    GuestNames *names;      // shared with the other legs in the conference
    GHashTable *members;    // owned; entity (borrowed) -> GuestMember (owned)
    GQueue order;           // of GuestMember
    GuestOccupants *shown;  // owned
    GuestMember *own;            // borrowed; NULL: not there yet
    bool is_known;
    bool is_incomplete; // a document is missing
    bool is_anew;       // the next version may be any
    uint32_t version;
    char *subject; // owned, or NULL, as the next two
    char *name, *about;
    int64_t most; // occupants; 0: not told
    bool is_locked;
};

GuestRoster *guest_roster_new(const Route *route, GuestNames *names, const Address *room,
                              const Address *self)
{
    GuestRoster *roster = g_new0(GuestRoster, 1);
    roster->route = route;
    roster->names = guest_names_ref(names);
    roster->self = address_ref(self);
    roster->members = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, guest_member_free);
    roster->shown = guest_occupants_new(route, names, room, roster->members);
    return roster;
}

void guest_roster_free(GuestRoster *roster)
{
    if (roster == NULL) {
        return;
    }
    guest_occupants_free(roster->shown);
    g_hash_table_unref(roster->members);
    guest_names_unref(roster->names);
    address_unref(roster->self);
    g_free(roster->subject);
    g_free(roster->name);
    g_free(roster->about);
    g_free(roster);
}

// --- members

// Our device, or we without a device.
static bool is_self(const GuestRoster *roster, const Address *address)
{
    const char *device = address_resource(address);
    return address_equal_bare(address, roster->self) &&
           (device == NULL || g_strcmp0(device, address_resource(roster->self)) == 0);
}

static void member_remove(GuestRoster *roster, GuestMember *member)
{
    g_queue_unlink(&roster->order, &member->link);
    g_hash_table_remove(roster->members, member->entity);
}

// The focus tells us who we are: what we made up before goes over to that.
static void adopt_own(GuestRoster *roster, GuestMember *member)
{
    GuestMember *before = roster->own;
    if (before != NULL && !before->is_learned) {
        return;
    }
    member->own = true;
    roster->own = member;
    if (before != NULL) {
        guest_occupants_move(before, member);
        member_remove(roster, before);
    }
}

static GuestMember *member_new(GuestRoster *roster, const char *entity)
{
    GuestMember *member = guest_member_new(roster->route, entity);
    g_hash_table_insert(roster->members, member->entity, member);
    g_queue_push_tail_link(&roster->order, &member->link);
    if (is_self(roster, member->address)) {
        adopt_own(roster, member);
    }
    return member;
}

// --- documents

// Every member that the document names, in its order; the deleted ones lose what they have.
static GPtrArray *take_users(GuestRoster *roster, const ConferenceInfo *document)
{
    GPtrArray *named = g_ptr_array_new();
    bool deleted = document->users_state == CONFERENCE_INFO_DELETED;
    for (guint i = 0; document->has_users && !deleted && i < document->users->len; i++) {
        const ConferenceInfoUser *user = document->users->pdata[i];
        GuestMember *member = g_hash_table_lookup(roster->members, user->entity);
        bool gone = user->state == CONFERENCE_INFO_DELETED;
        bool full = g_hash_table_size(roster->members) >= MEMBERS_MAX;
        if (member == NULL && !gone && !full) {
            member = member_new(roster, user->entity);
        }
        if (member == NULL) {
            continue;
        }
        member->is_seen = !gone;
        if (!gone) {
            guest_member_take(member, user);
        }
        g_ptr_array_add(named, member);
    }
    return named;
}

// Marks who is no longer there, in order. `whole`: who is not named is not there either.
static GPtrArray *find_gone(const GuestRoster *roster, const GPtrArray *named, bool whole)
{
    GPtrArray *gone = g_ptr_array_new();
    for (GList *link = roster->order.head; whole && link != NULL; link = link->next) {
        GuestMember *member = link->data;
        if (!member->is_seen && !member->own) {
            g_ptr_array_add(gone, member);
        }
    }
    for (guint i = 0; i < named->len && !whole; i++) {
        GuestMember *member = named->pdata[i];
        if (!member->is_seen && !member->own && !member->is_going) {
            member->is_going = true;
            g_ptr_array_add(gone, member);
        }
    }
    return gone;
}

// Who left is told first (ROSTER-001). After this only those who are still there may be looked at.
static void remove_absent(GuestRoster *roster, const GPtrArray *named, bool whole,
                          GPtrArray *events)
{
    g_autoptr(GPtrArray) gone = find_gone(roster, named, whole);
    for (guint i = 0; i < named->len; i++) {
        GuestMember *member = named->pdata[i];
        if (member->is_seen && !guest_member_is_present(member) && !member->own) {
            guest_occupants_leave(roster->shown, member, events);
        }
    }
    for (guint i = 0; i < gone->len; i++) {
        guest_occupants_leave(roster->shown, gone->pdata[i], events);
    }
    for (guint i = 0; i < gone->len; i++) {
        member_remove(roster, gone->pdata[i]);
    }
}

// What the room is called, and how many it takes; whether that is news.
static bool take_name(GuestRoster *roster, const ConferenceInfo *document)
{
    if (!document->has_description) {
        return false;
    }
    g_autofree char *name = guest_member_clean(document->display_text, SUBJECT_MAX);
    g_autofree char *about = guest_member_clean(document->free_text, SUBJECT_MAX);
    int64_t most = MAX(document->maximum_user_count, 0);
    bool is_news = g_strcmp0(name, roster->name) != 0 || g_strcmp0(about, roster->about) != 0 ||
                   most != roster->most;
    fields_set_text(&roster->name, name);
    fields_set_text(&roster->about, about);
    roster->most = most;
    return is_news;
}

// Whether nobody else may come in (RFC 4575 5.5.3).
static bool take_lock(GuestRoster *roster, const ConferenceInfo *document)
{
    bool is_told = document->has_state || document->state == CONFERENCE_INFO_FULL;
    bool is_locked =
        is_told ? document->locked == CONFERENCE_INFO_FLAG_TRUE : roster->is_locked;
    bool is_news = is_locked != roster->is_locked;
    roster->is_locked = is_locked;
    return is_news;
}

static void tell_about(const GuestRoster *roster, GPtrArray *events)
{
    Event *event = event_new(EVENT_ROOM_SUBJECT, SIDE_SIP);
    event->f.how = HOW_CHANGED;
    event->f.number = (uint64_t)roster->most;
    event->f.locked = roster->is_locked;
    fields_set_text(&event->f.text, roster->name);
    fields_set_text(&event->f.body, roster->about);
    g_ptr_array_add(events, event);
}

static void take_subject(GuestRoster *roster, const ConferenceInfo *document, GPtrArray *events)
{
    g_autofree char *subject = guest_member_clean(document->subject, SUBJECT_MAX);
    if (g_strcmp0(subject, roster->subject) == 0) {
        return;
    }
    g_free(roster->subject);
    roster->subject = g_steal_pointer(&subject);
    Event *event = event_new(EVENT_ROOM_SUBJECT, SIDE_SIP);
    fields_set_text(&event->f.subject, roster->subject);
    g_ptr_array_add(events, event);
}

static void apply(GuestRoster *roster, const ConferenceInfo *document, GPtrArray *events)
{
    bool whole = document->state == CONFERENCE_INFO_FULL ||
                 (document->has_users && document->users_state != CONFERENCE_INFO_PARTIAL);
    for (GList *link = roster->order.head; link != NULL; link = link->next) {
        ((GuestMember *)link->data)->is_seen = false;
    }
    g_autoptr(GPtrArray) named = take_users(roster, document);
    g_autoptr(GPtrArray) here = g_ptr_array_new();
    for (guint i = 0; i < named->len; i++) {
        GuestMember *member = named->pdata[i];
        if (member->is_seen && guest_member_is_present(member)) {
            g_ptr_array_add(here, member);
        }
    }
    remove_absent(roster, named, whole, events);
    bool own_is_last = roster->own != NULL && roster->own->occupant == NULL;
    for (guint i = 0; i < here->len; i++) {
        GuestMember *member = here->pdata[i];
        if (!member->own || !own_is_last) {
            guest_occupants_show(roster->shown, member, events);
        }
    }
    if (own_is_last && guest_member_is_present(roster->own) && roster->own->name != NULL) {
        guest_occupants_show(roster->shown, roster->own, events);
    }
    bool is_renamed = take_name(roster, document);
    if (take_lock(roster, document) || is_renamed) {
        tell_about(roster, events);
    }
    if (document->has_description) {
        take_subject(roster, document, events);
    }
}

GuestRosterResult guest_roster_merge(GuestRoster *roster, const ConferenceInfo *document,
                                     GPtrArray *events)
{
    bool full = document->state == CONFERENCE_INFO_FULL;
    bool knows = roster->is_known && !roster->is_anew;
    bool repaired = full && roster->is_incomplete && document->version == roster->version;
    if (knows && document->version <= roster->version && !repaired) {
        return GUEST_ROSTER_STALE;
    }
    if (document->state == CONFERENCE_INFO_DELETED) {
        roster->version = document->version;
        return GUEST_ROSTER_DELETED;
    }
    if (!full && (!knows || document->version != roster->version + 1)) {
        roster->is_incomplete = true;
        return GUEST_ROSTER_GAP;
    }
    apply(roster, document, events);
    roster->version = document->version;
    roster->is_incomplete = roster->is_incomplete && !full;
    roster->is_anew = false;
    roster->is_known = true;
    return GUEST_ROSTER_TAKEN;
}

void guest_roster_expect_anew(GuestRoster *roster)
{
    roster->is_anew = true;
}

bool guest_roster_is_known(const GuestRoster *roster)
{
    return roster->is_known;
}

// --- ourselves, and who speaks

void guest_roster_enter(GuestRoster *roster, const char *nick, GPtrArray *events)
{
    if (roster->own == NULL) {
        g_autofree char *entity = route_to_aor(roster->route, roster->self);
        GuestMember *member = member_new(roster, entity != NULL ? entity : address_bare(roster->self));
        member->own = true;
        roster->own = member;
    }
    if (roster->own->name == NULL) {
        roster->own->name = nickname_for(nick, roster->self);
        roster->own->is_learned = true;
    }
    if (roster->own->occupant == NULL) {
        guest_occupants_show(roster->shown, roster->own, events);
    }
}

void guest_roster_rename_own(GuestRoster *roster, const char *nick, GPtrArray *events)
{
    if (roster->own == NULL) {
        return;
    }
    g_autofree char *good = nickname_for(nick, roster->self);
    guest_occupants_call(roster->shown, roster->own, good);
    if (roster->own->occupant != NULL) {
        guest_occupants_show(roster->shown, roster->own, events);
    }
}

const char *guest_roster_own_nick(const GuestRoster *roster)
{
    const GuestOccupant *occupant = roster->own != NULL ? roster->own->occupant : NULL;
    return occupant != NULL ? guest_occupants_nick(occupant) : NULL;
}

// By the URI as it stands, else by the address it names.
static GuestMember *find_member(const GuestRoster *roster, const char *uri, const Address *address)
{
    GuestMember *member = g_hash_table_lookup(roster->members, uri);
    for (GList *link = roster->order.head; member == NULL && address != NULL && link != NULL;
         link = link->next) {
        GuestMember *each = link->data;
        if (each->occupant != NULL && address_equal_bare(each->address, address)) {
            member = each;
        }
    }
    return member;
}

char *guest_roster_speaker(GuestRoster *roster, const char *uri, const char *name,
                           GPtrArray *events)
{
    g_autoptr(Address) address = guest_member_address(roster->route, uri);
    GuestMember *member = find_member(roster, uri, address);
    if (member == NULL && !roster->is_known &&
        g_hash_table_size(roster->members) < MEMBERS_MAX) {
        member = member_new(roster, uri);
        member->is_learned = true;
        member->name = guest_member_name(name, uri, member->address);
        guest_occupants_show(roster->shown, member, events);
    }
    if (member != NULL && member->occupant != NULL) {
        return g_strdup(guest_occupants_nick(member->occupant));
    }
    g_autofree char *wish = guest_member_name(name, uri, address);
    return guest_names_suggest(roster->names, uri, wish);
}

const char *guest_roster_entity(const GuestRoster *roster, const char *nick)
{
    const GuestOccupant *occupant = nick != NULL ? guest_occupants_find(roster->shown, nick) : NULL;
    for (GList *link = roster->order.head; occupant != NULL && link != NULL; link = link->next) {
        const GuestMember *member = link->data;
        if (member->occupant == occupant) {
            return member->entity;
        }
    }
    return NULL;
}

How guest_roster_own_end(const GuestRoster *roster, const char **text)
{
    *text = NULL;
    if (roster->own == NULL || guest_member_is_present(roster->own)) {
        return HOW_NONE;
    }
    GuestMemberEnd end = guest_member_end(roster->own);
    *text = end.text;
    return end.how == HOW_KICKED ? end.how : HOW_NONE;
}
