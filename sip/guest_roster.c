// SPDX-License-Identifier: MIT
// Merging conference documents; see guest_roster.h. A Member is a user of the documents, an Occupant
// what the room shows; a member that is not present has no occupant.
#include "sip/guest_roster.h"

#include <string.h>

#include "mapping/nickname.h"
#include "mapping/spelling.h"
#include "sip/sipcode.h"

// LIMIT: users of one conference; those beyond it are not shown, and can still be heard.
#define MEMBERS_MAX 5000
// LIMIT: octets of a subject, and of a reason; more is cut off.
#define SUBJECT_MAX 4096
#define REASON_MAX  512
// The resource of a SIP user whose device is not told (MUC-A06).
#define REAL_RESOURCE "sip"
#define ANONYMOUS_HOST "@anonymous.invalid"

typedef struct {
    char *nick;       // owned; the key
    char *name;       // owned; what it was made of
    char *who;        // owned; whose it is: an address, or an entity that names none
    guint members;    // that are present in it
    const void *lead; // of them the one that is shown; borrowed, NULL: it left
    const char *role; // static
    Address *real;    // shared, or NULL
    bool away;
    bool own;
} Occupant;

typedef struct {
    char *entity; // owned
    ConferenceInfoStatus status;
    ConferenceInfoDisconnection end;
    char *reason; // owned, or NULL, as the next one
    char *by;     // URI of who ended it
} Device;

typedef struct {
    char *entity;       // owned; the key
    Address *address;   // shared; NULL: not an address of ours
    char *name;         // owned; prepared
    GPtrArray *aors;    // owned, of char *
    bool is_moderator, is_observer;
    GPtrArray *devices; // owned, of Device
    bool had_devices;   // it is present by them only
    bool is_learned;    // known by what it said, from no document
    bool own;
    bool is_seen;       // in the document being taken
    bool is_going;      // and not there any more after it
    Occupant *occupant; // borrowed; NULL: not present
    GList link;         // in `order`
} Member;

struct GuestRoster {
    const Route *route;     // borrowed
    Address *room;          // shared, as the next one
    Address *self;
    GHashTable *members;    // owned; entity (borrowed) -> Member (owned)
    GQueue order;           // of Member
    GHashTable *occupants;  // owned; nick (borrowed) -> Occupant (owned)
    GuestNames *names;      // shared with the other legs in the conference
    Member *own;            // borrowed; NULL: not there yet
    char *own_nick;         // owned; set by ourselves, NULL: not
    char *own_nick_against; // owned; the name in documents that it overrules
    bool is_known;
    bool is_incomplete; // a document is missing
    bool is_anew;       // the next version may be any
    uint32_t version;
    char *subject; // owned, or NULL, as the next two
    char *name, *about;
    int64_t most; // occupants; 0: not told
};

// --- life

static void occupant_free(void *data)
{
    Occupant *occupant = data;
    g_free(occupant->nick);
    g_free(occupant->name);
    g_free(occupant->who);
    address_unref(occupant->real);
    g_free(occupant);
}

static void device_free(void *data)
{
    Device *device = data;
    g_free(device->entity);
    g_free(device->reason);
    g_free(device->by);
    g_free(device);
}

static void member_free(void *data)
{
    Member *member = data;
    g_free(member->entity);
    g_free(member->name);
    address_unref(member->address);
    g_ptr_array_unref(member->aors);
    g_ptr_array_unref(member->devices);
    g_free(member);
}

GuestRoster *guest_roster_new(const Route *route, GuestNames *names, const Address *room,
                              const Address *self)
{
    GuestRoster *roster = g_new0(GuestRoster, 1);
    roster->route = route;
    roster->names = guest_names_ref(names);
    roster->room = address_ref(room);
    roster->self = address_ref(self);
    roster->members = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, member_free);
    roster->occupants = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, occupant_free);
    return roster;
}

static void give_back_all(const GuestRoster *roster)
{
    GHashTableIter each;
    void *value;
    g_hash_table_iter_init(&each, roster->occupants);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const Occupant *occupant = value;
        guest_names_give_back(roster->names, occupant->who, occupant->name);
    }
}

void guest_roster_free(GuestRoster *roster)
{
    if (roster == NULL) {
        return;
    }
    give_back_all(roster);
    g_hash_table_unref(roster->members);
    g_hash_table_unref(roster->occupants);
    guest_names_unref(roster->names);
    address_unref(roster->room);
    address_unref(roster->self);
    g_free(roster->own_nick);
    g_free(roster->own_nick_against);
    g_free(roster->subject);
    g_free(roster->name);
    g_free(roster->about);
    g_free(roster);
}

// --- texts of the focus

static char *clean(const char *text, size_t max)
{
    char *good = sipcode_clean(text);
    if (good != NULL && strlen(good) > max) {
        *g_utf8_find_prev_char(good, good + max + 1) = '\0';
    }
    return good;
}

// A target first: documents must not teach the route how somebody spells himself (ADDR-17).
static Address *address_of(const Route *route, const char *uri)
{
    bool anonymous = strstr(uri, ANONYMOUS_HOST) != NULL;
    return anonymous ? NULL : route_from_uri(route, uri, true, NULL, NULL);
}

// COMPAT(SylkServer 6.6): a nickname set in quotes, as RFC 7701 wants it, is shown with them.
static char *unquoted(const char *text)
{
    size_t octets = text != NULL ? strlen(text) : 0;
    if (octets > 2 && text[0] == '"' && text[octets - 1] == '"') {
        return g_strndup(text + 1, octets - 2);
    }
    return g_strdup(text);
}

static char *name_for(const char *said, const char *uri, const Address *address)
{
    g_autofree char *text = unquoted(said);
    g_auto(Uri) parts = {0};
    int status;
    if (text == NULL && address == NULL && uri_parse(&parts, uri, &status)) {
        text = g_strdup(parts.user);
    }
    return nickname_for(text, address);
}

// --- occupants

static Event *event_of(How how, const Occupant *occupant)
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

static Occupant *find_occupant(const GuestRoster *roster, const char *nick)
{
    return g_hash_table_lookup(roster->occupants, nick);
}

// Devices of one address are one and the same person; who has no address here is his entity.
static const char *who_of(const Member *member)
{
    return member->address != NULL ? address_bare(member->address) : member->entity;
}

// Another device of the same person under the same name (ROSTER-009).
static Occupant *find_shared(const GuestRoster *roster, const Member *member, const char *name)
{
    g_autofree char *nick = guest_names_suggest(roster->names, who_of(member), name);
    Occupant *occupant = find_occupant(roster, nick);
    bool same = occupant != NULL && strcmp(occupant->name, name) == 0 &&
                strcmp(occupant->who, who_of(member)) == 0;
    return same ? occupant : NULL;
}

// --- members

static const char *name_of(const GuestRoster *roster, const Member *member)
{
    bool overruled = member->own && roster->own_nick != NULL &&
                     g_strcmp0(roster->own_nick_against, member->name) == 0;
    return overruled ? roster->own_nick : member->name;
}

// 4.3
static bool is_there(const Device *device)
{
    switch (device->status) {
    case CONFERENCE_INFO_STATUS_CONNECTED:
    case CONFERENCE_INFO_STATUS_ON_HOLD:
    case CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS: return true;
    case CONFERENCE_INFO_STATUS_ABSENT: return device->end == CONFERENCE_INFO_DISCONNECTION_ABSENT;
    case CONFERENCE_INFO_STATUS_PENDING:
    case CONFERENCE_INFO_STATUS_DIALING_OUT:
    case CONFERENCE_INFO_STATUS_DIALING_IN:
    case CONFERENCE_INFO_STATUS_ALERTING:
    case CONFERENCE_INFO_STATUS_DISCONNECTING:
    case CONFERENCE_INFO_STATUS_DISCONNECTED: break;
    }
    return false;
}

static bool is_present(const Member *member)
{
    for (guint i = 0; i < member->devices->len; i++) {
        if (is_there(member->devices->pdata[i])) {
            return true;
        }
    }
    return !member->had_devices;
}

// Whether that is how all devices are there.
static bool is_only(const Member *member, ConferenceInfoStatus status)
{
    guint there = 0, so = 0;
    for (guint i = 0; i < member->devices->len; i++) {
        const Device *device = member->devices->pdata[i];
        there += is_there(device);
        so += device->status == status;
    }
    return there > 0 && there == so;
}

// 4.2
static const char *role_of(const Member *member)
{
    if (member->is_moderator) {
        return "moderator";
    }
    return member->is_observer || is_only(member, CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS) ? "visitor" : "participant";
}

// MUC-A06: what is told apart wins, an XMPP address before all others.
static Address *real_of(const GuestRoster *roster, const Member *member)
{
    Address *real = NULL;
    for (guint i = 0; i < member->aors->len && real == NULL; i++) {
        real = spelling_from_xmpp_uri(member->aors->pdata[i]);
    }
    for (guint i = 0; i < member->aors->len && real == NULL; i++) {
        real = address_of(roster->route, member->aors->pdata[i]);
    }
    if (real == NULL && member->address != NULL) {
        real = address_ref(member->address);
    }
    RouteKind kind = route_side_of(roster->route, real);
    if (real != NULL && (kind == ROUTE_SIP_ROOM || kind == ROUTE_XMPP_ROOM)) {
        g_clear_pointer(&real, address_unref); // an occupant's URI reveals nobody
    }
    if (real != NULL && kind == ROUTE_SIP_USER && address_resource(real) == NULL) {
        Address *full = address_with_resource(real, REAL_RESOURCE);
        address_unref(real);
        real = full;
    }
    return real;
}

// Of several devices one is shown.
static bool occupant_update(const GuestRoster *roster, Occupant *occupant, const Member *member)
{
    if (occupant->lead != NULL && occupant->lead != member) {
        return false;
    }
    Address *real = real_of(roster, member);
    const char *role = role_of(member);
    bool away = is_only(member, CONFERENCE_INFO_STATUS_ON_HOLD);
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

static Occupant *occupant_new(GuestRoster *roster, const Member *member, const char *name)
{
    Occupant *occupant = g_new0(Occupant, 1);
    occupant->nick = guest_names_take(roster->names, who_of(member), name);
    occupant->name = g_strdup(name);
    occupant->who = g_strdup(who_of(member));
    g_hash_table_insert(roster->occupants, occupant->nick, occupant);
    return occupant;
}

static void join(GuestRoster *roster, Member *member, GPtrArray *events)
{
    const char *name = name_of(roster, member);
    Occupant *occupant = find_shared(roster, member, name);
    bool is_new = occupant == NULL;
    if (is_new) {
        occupant = occupant_new(roster, member, name);
    }
    occupant->members++;
    member->occupant = occupant;
    if (occupant_update(roster, occupant, member) || is_new) {
        g_ptr_array_add(events, event_of(is_new ? HOW_JOINED : HOW_CHANGED, occupant));
    }
}

typedef struct {
    How how;
    const char *text, *by; // borrowed; NULL: not told
} End;

// How the documents say that a member went.
static End end_of(const Member *member)
{
    End end = {.how = HOW_LEFT};
    for (guint i = 0; i < member->devices->len; i++) {
        const Device *device = member->devices->pdata[i];
        bool booted = device->end == CONFERENCE_INFO_DISCONNECTION_BOOTED;
        if (booted || (device->end == CONFERENCE_INFO_DISCONNECTION_FAILED && end.how == HOW_LEFT)) {
            end = (End){booted ? HOW_KICKED : HOW_LOST, device->reason, device->by};
        }
    }
    return end;
}

// The occupant that a URI names, as an address in the room; NULL: nobody there (ROSTER-022).
static Address *actor_of(const GuestRoster *roster, const char *uri)
{
    const Member *member = uri != NULL ? g_hash_table_lookup(roster->members, uri) : NULL;
    const Occupant *occupant = member != NULL ? member->occupant : NULL;
    return occupant != NULL ? address_with_resource(roster->room, occupant->nick) : NULL;
}

// Nobody is shown by this member any more.
static void leave(GuestRoster *roster, Member *member, GPtrArray *events)
{
    Occupant *occupant = member->occupant;
    member->occupant = NULL;
    if (occupant == NULL) {
        return;
    }
    occupant->lead = occupant->lead == member ? NULL : occupant->lead;
    if (--occupant->members > 0) {
        return;
    }
    End end = end_of(member);
    g_autoptr(Address) actor = end.how == HOW_KICKED ? actor_of(roster, end.by) : NULL;
    Event *event = event_of(end.how, occupant);
    fields_set_text(&event->f.text, end.text);
    fields_set_address(&event->f.from, actor);
    g_ptr_array_add(events, event);
    guest_names_give_back(roster->names, occupant->who, occupant->name);
    g_hash_table_remove(roster->occupants, occupant->nick);
}

// One who is alone in his occupant takes it with him to the new name, unless he has another there
// (ROSTER-008).
static void rename_to(GuestRoster *roster, Member *member, const char *name, GPtrArray *events)
{
    Occupant *occupant = member->occupant;
    if (occupant->members > 1 || find_shared(roster, member, name) != NULL) {
        leave(roster, member, events);
        join(roster, member, events);
        return;
    }
    g_hash_table_steal(roster->occupants, occupant->nick);
    guest_names_give_back(roster->names, occupant->who, occupant->name);
    g_autofree char *nick = guest_names_take(roster->names, who_of(member), name);
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
    occupant->who = g_strdup(who_of(member));
    g_hash_table_insert(roster->occupants, occupant->nick, occupant);
}

static void show(GuestRoster *roster, Member *member, GPtrArray *events)
{
    if (member->occupant == NULL) {
        join(roster, member, events);
        return;
    }
    const char *name = name_of(roster, member);
    if (strcmp(member->occupant->name, name) != 0) {
        rename_to(roster, member, name, events);
    }
    if (occupant_update(roster, member->occupant, member)) {
        g_ptr_array_add(events, event_of(HOW_CHANGED, member->occupant));
    }
}

// Our device, or we without a device.
static bool is_self(const GuestRoster *roster, const Address *address)
{
    const char *device = address_resource(address);
    return address_equal_bare(address, roster->self) &&
           (device == NULL || g_strcmp0(device, address_resource(roster->self)) == 0);
}

static void member_remove(GuestRoster *roster, Member *member)
{
    g_queue_unlink(&roster->order, &member->link);
    g_hash_table_remove(roster->members, member->entity);
}

// The focus tells us who we are: what we made up before goes over to that.
static void adopt_own(GuestRoster *roster, Member *member)
{
    Member *before = roster->own;
    if (before != NULL && !before->is_learned) {
        return;
    }
    member->own = true;
    roster->own = member;
    if (before != NULL) {
        member->occupant = before->occupant;
        if (member->occupant != NULL && member->occupant->lead == before) {
            member->occupant->lead = member;
        }
        member_remove(roster, before);
    }
}

static Member *member_new(GuestRoster *roster, const char *entity)
{
    Member *member = g_new0(Member, 1);
    member->entity = g_strdup(entity);
    member->address = address_of(roster->route, entity);
    member->aors = g_ptr_array_new_with_free_func(g_free);
    member->devices = g_ptr_array_new_with_free_func(device_free);
    member->link.data = member;
    g_hash_table_insert(roster->members, member->entity, member);
    g_queue_push_tail_link(&roster->order, &member->link);
    if (is_self(roster, member->address)) {
        adopt_own(roster, member);
    }
    return member;
}

// --- documents

static Device *find_device(const Member *member, const char *entity, guint *place)
{
    for (guint i = 0; i < member->devices->len; i++) {
        Device *device = member->devices->pdata[i];
        if (strcmp(device->entity, entity) == 0) {
            *place = i;
            return device;
        }
    }
    return NULL;
}

// LIMIT: devices of one user; looked through for each.
#define DEVICES_MAX 32

static void take_device(Member *member, const ConferenceInfoEndpoint *said)
{
    guint place = 0;
    Device *device = find_device(member, said->entity, &place);
    member->had_devices = true;
    if (said->state == CONFERENCE_INFO_DELETED) {
        if (device != NULL) {
            g_ptr_array_remove_index(member->devices, place);
        }
        return;
    }
    if (device == NULL && member->devices->len < DEVICES_MAX) {
        device = g_new0(Device, 1);
        device->entity = g_strdup(said->entity);
        g_ptr_array_add(member->devices, device);
    }
    bool whole = said->state == CONFERENCE_INFO_FULL;
    if (device == NULL) {
        return;
    }
    if (whole || said->status != CONFERENCE_INFO_STATUS_ABSENT) {
        device->status = said->status;
    }
    if (whole || said->disconnection_method != CONFERENCE_INFO_DISCONNECTION_ABSENT) {
        device->end = said->disconnection_method;
        g_free(device->reason);
        g_free(device->by);
        device->reason = clean(said->disconnection_info.reason, REASON_MAX);
        device->by = g_strdup(said->disconnection_info.by);
    }
}

// RFC 4575 calls the words human-readable; those of RFC 6501 4.6.5.2 are meant (section 4.2).
static void take_roles(Member *member, const GPtrArray *roles)
{
    member->is_moderator = member->is_observer = false;
    for (guint i = 0; i < roles->len; i++) {
        const char *role = roles->pdata[i];
        member->is_moderator = member->is_moderator || g_ascii_strcasecmp(role, "moderator") == 0 ||
                               g_ascii_strcasecmp(role, "administrator") == 0;
        member->is_observer = member->is_observer || g_ascii_strcasecmp(role, "observer") == 0;
    }
}

static void take_aors(Member *member, const GPtrArray *aors)
{
    // LIMIT: further addresses of one user that are looked at.
    enum { AORS_MAX = 8 };
    g_ptr_array_set_size(member->aors, 0);
    for (guint i = 0; i < MIN(aors->len, AORS_MAX); i++) {
        g_ptr_array_add(member->aors, g_strdup(aors->pdata[i]));
    }
}

// Atomic elements are replaced whole; in a partial user what is not there stays (RFC 4575 4.4).
static void take_user(Member *member, const ConferenceInfoUser *said)
{
    bool whole = said->state == CONFERENCE_INFO_FULL || member->name == NULL;
    const char *name = said->nickname != NULL ? said->nickname : said->display_text;
    if (whole || name != NULL) {
        g_free(member->name);
        member->name = name_for(name, said->entity, member->address);
    }
    if (whole || said->roles->len > 0) {
        take_roles(member, said->roles);
    }
    if (whole || said->aors->len > 0) {
        take_aors(member, said->aors);
    }
    if (whole) {
        g_ptr_array_set_size(member->devices, 0);
        member->had_devices = false;
    }
    for (guint i = 0; i < said->endpoints->len; i++) {
        take_device(member, said->endpoints->pdata[i]);
    }
    member->is_learned = false;
}

// Every member that the document names, in its order; the deleted ones lose what they have.
static GPtrArray *take_users(GuestRoster *roster, const ConferenceInfo *document)
{
    GPtrArray *named = g_ptr_array_new();
    bool deleted = document->users_state == CONFERENCE_INFO_DELETED;
    for (guint i = 0; document->has_users && !deleted && i < document->users->len; i++) {
        const ConferenceInfoUser *user = document->users->pdata[i];
        Member *member = g_hash_table_lookup(roster->members, user->entity);
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
            take_user(member, user);
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
        Member *member = link->data;
        if (!member->is_seen && !member->own) {
            g_ptr_array_add(gone, member);
        }
    }
    for (guint i = 0; i < named->len && !whole; i++) {
        Member *member = named->pdata[i];
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
        Member *member = named->pdata[i];
        if (member->is_seen && !is_present(member) && !member->own) {
            leave(roster, member, events);
        }
    }
    for (guint i = 0; i < gone->len; i++) {
        leave(roster, gone->pdata[i], events);
    }
    for (guint i = 0; i < gone->len; i++) {
        member_remove(roster, gone->pdata[i]);
    }
}

// What the room is called, and how many it takes.
static void take_name(GuestRoster *roster, const ConferenceInfo *document, GPtrArray *events)
{
    g_autofree char *name = clean(document->display_text, SUBJECT_MAX);
    g_autofree char *about = clean(document->free_text, SUBJECT_MAX);
    int64_t most = MAX(document->maximum_user_count, 0);
    if (g_strcmp0(name, roster->name) == 0 && g_strcmp0(about, roster->about) == 0 &&
        most == roster->most) {
        return;
    }
    Event *event = event_new(EVENT_ROOM_SUBJECT, SIDE_SIP);
    event->f.how = HOW_CHANGED;
    event->f.number = (uint64_t)most;
    fields_set_text(&event->f.text, name);
    fields_set_text(&event->f.body, about);
    fields_set_text(&roster->name, name);
    fields_set_text(&roster->about, about);
    roster->most = most;
    g_ptr_array_add(events, event);
}

static void take_subject(GuestRoster *roster, const ConferenceInfo *document, GPtrArray *events)
{
    g_autofree char *subject = clean(document->subject, SUBJECT_MAX);
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
        ((Member *)link->data)->is_seen = false;
    }
    g_autoptr(GPtrArray) named = take_users(roster, document);
    g_autoptr(GPtrArray) here = g_ptr_array_new();
    for (guint i = 0; i < named->len; i++) {
        Member *member = named->pdata[i];
        if (member->is_seen && is_present(member)) {
            g_ptr_array_add(here, member);
        }
    }
    remove_absent(roster, named, whole, events);
    bool own_is_last = roster->own != NULL && roster->own->occupant == NULL;
    for (guint i = 0; i < here->len; i++) {
        Member *member = here->pdata[i];
        if (!member->own || !own_is_last) {
            show(roster, member, events);
        }
    }
    if (own_is_last && is_present(roster->own) && roster->own->name != NULL) {
        show(roster, roster->own, events);
    }
    if (document->has_description) {
        take_name(roster, document, events);
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
        Member *member = member_new(roster, entity != NULL ? entity : address_bare(roster->self));
        member->own = true;
        roster->own = member;
    }
    if (roster->own->name == NULL) {
        roster->own->name = nickname_for(nick, roster->self);
        roster->own->is_learned = true;
    }
    if (roster->own->occupant == NULL) {
        show(roster, roster->own, events);
    }
}

void guest_roster_rename_own(GuestRoster *roster, const char *nick, GPtrArray *events)
{
    if (roster->own == NULL) {
        return;
    }
    g_free(roster->own_nick);
    g_free(roster->own_nick_against);
    roster->own_nick = nickname_for(nick, roster->self);
    roster->own_nick_against = g_strdup(roster->own->name);
    if (roster->own->occupant != NULL) {
        show(roster, roster->own, events);
    }
}

const char *guest_roster_own_nick(const GuestRoster *roster)
{
    const Occupant *occupant = roster->own != NULL ? roster->own->occupant : NULL;
    return occupant != NULL ? occupant->nick : NULL;
}

// By the URI as it stands, else by the address it names.
static Member *find_member(const GuestRoster *roster, const char *uri, const Address *address)
{
    Member *member = g_hash_table_lookup(roster->members, uri);
    for (GList *link = roster->order.head; member == NULL && address != NULL && link != NULL;
         link = link->next) {
        Member *each = link->data;
        if (each->occupant != NULL && address_equal_bare(each->address, address)) {
            member = each;
        }
    }
    return member;
}

char *guest_roster_speaker(GuestRoster *roster, const char *uri, const char *name,
                           GPtrArray *events)
{
    g_autoptr(Address) address = address_of(roster->route, uri);
    Member *member = find_member(roster, uri, address);
    if (member == NULL && !roster->is_known &&
        g_hash_table_size(roster->members) < MEMBERS_MAX) {
        member = member_new(roster, uri);
        member->is_learned = true;
        member->name = name_for(name, uri, member->address);
        show(roster, member, events);
    }
    if (member != NULL && member->occupant != NULL) {
        return g_strdup(member->occupant->nick);
    }
    g_autofree char *wish = name_for(name, uri, address);
    return guest_names_suggest(roster->names, uri, wish);
}

const char *guest_roster_entity(const GuestRoster *roster, const char *nick)
{
    const Occupant *occupant = nick != NULL ? find_occupant(roster, nick) : NULL;
    for (GList *link = roster->order.head; occupant != NULL && link != NULL; link = link->next) {
        const Member *member = link->data;
        if (member->occupant == occupant) {
            return member->entity;
        }
    }
    return NULL;
}

How guest_roster_own_end(const GuestRoster *roster, const char **text)
{
    *text = NULL;
    if (roster->own == NULL || is_present(roster->own)) {
        return HOW_NONE;
    }
    End end = end_of(roster->own);
    *text = end.text;
    return end.how == HOW_KICKED ? end.how : HOW_NONE;
}
