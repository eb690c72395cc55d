// SPDX-License-Identifier: MIT
// Occupants are immutable and shared: the roster holds those of now, each view those it has told
// of. What a view has to tell is the difference of the two, kept as the list of the nicks that
// differ.
#include "sip/conference_roster.h"

#include <string.h>

#include "mapping/spelling.h"
#include "sip/body/conference_info.h"

// LIMIT: occupants named in documents; of the others only the number is told (ROSTER-019,
// roster_max). How many there are at all is bounded by mapping/participants.c.
#define NAMED_MAX 200

typedef struct {
    char *nick;        // owned
    char *role;        // owned, or NULL
    char *affiliation; // owned, or NULL
    Address *real;     // shared, or NULL when the room hides it
    bool own;          // the party itself
    bool named;        // documents tell of it
    uint64_t place;    // in the order of entry
} Occupant;            // rc-box

struct ConferenceRoster {
    const Route *route; // borrowed
    Address *room;      // shared
    char *uri;          // owned; conf(R)
    bool invited;
    char *subject;       // owned, or NULL
    GHashTable *by_nick; // nick (borrowed from the value) => Occupant (one reference)
    unsigned named_count;
    bool has_own;
    uint64_t clock;   // places given away
    GPtrArray *views; // owned, of ConferenceView
};

struct ConferenceView {
    ConferenceRoster *roster; // borrowed
    bool begun;               // it was told something
    uint32_t version;         // of the last document
    GHashTable *told;         // as by_nick, of those named
    GHashTable *differing;    // nick (owned) => place in the order of change (owned uint64_t)
    unsigned told_count;
    char *told_subject; // owned, or NULL
};

// --- occupants -----------------------------------------------------------------------------------

static void occupant_clear(gpointer data)
{
    Occupant *occupant = data;
    g_free(occupant->nick);
    g_free(occupant->role);
    g_free(occupant->affiliation);
    address_unref(occupant->real);
}

static void occupant_unref(gpointer data)
{
    g_rc_box_release_full(data, occupant_clear);
}

static Occupant *occupant_new(const char *nick, const char *role, const char *affiliation,
                              const Address *real)
{
    Occupant *occupant = g_rc_box_new0(Occupant);
    occupant->nick = g_strdup(nick);
    occupant->role = g_strdup(role);
    occupant->affiliation = g_strdup(affiliation);
    occupant->real = address_ref(real);
    return occupant;
}

// Whether a document would show them alike.
static bool occupant_equal(const Occupant *a, const Occupant *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a->nick, b->nick) == 0 && g_strcmp0(a->role, b->role) == 0 &&
           g_strcmp0(a->affiliation, b->affiliation) == 0 && address_equal(a->real, b->real) &&
           a->own == b->own;
}

static GHashTable *occupants_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, occupant_unref);
}

// Takes the reference.
static void occupants_put(GHashTable *occupants, Occupant *owned)
{
    g_hash_table_replace(occupants, owned->nick, owned);
}

static Occupant *find(const ConferenceRoster *roster, const char *nick)
{
    return nick != NULL ? g_hash_table_lookup(roster->by_nick, nick) : NULL;
}

static Occupant *find_named(const ConferenceRoster *roster, const char *nick)
{
    Occupant *occupant = find(roster, nick);
    return occupant != NULL && occupant->named ? occupant : NULL;
}

// --- changes -------------------------------------------------------------------------------------

static void view_free(gpointer data)
{
    ConferenceView *view = data;
    g_hash_table_unref(view->told);
    g_hash_table_unref(view->differing);
    g_free(view->told_subject);
    g_free(view);
}

// A nick may be another one now for each of the views.
static void touch(ConferenceRoster *roster, const char *nick)
{
    uint64_t place = roster->clock++;
    for (guint i = 0; i < roster->views->len; i++) {
        ConferenceView *view = roster->views->pdata[i];
        const Occupant *told = g_hash_table_lookup(view->told, nick);
        if (occupant_equal(told, find_named(roster, nick))) {
            g_hash_table_remove(view->differing, nick);
        } else if (!g_hash_table_contains(view->differing, nick)) {
            g_hash_table_insert(view->differing, g_strdup(nick), g_memdup2(&place, sizeof(place)));
        }
    }
}

static void take_out(ConferenceRoster *roster, const char *nick)
{
    Occupant *occupant = find(roster, nick);
    if (occupant == NULL) {
        return;
    }
    roster->named_count -= occupant->named;
    roster->has_own = roster->has_own && !occupant->own;
    g_hash_table_remove(roster->by_nick, nick);
}

// Takes the occupant; who has its nick makes way and leaves it his place.
static void put_in(ConferenceRoster *roster, Occupant *owned)
{
    const Occupant *before = find(roster, owned->nick);
    owned->place = before != NULL ? before->place : roster->clock++;
    owned->named =
        (before != NULL && before->named) || owned->own || roster->named_count < NAMED_MAX;
    take_out(roster, owned->nick);
    roster->named_count += owned->named;
    roster->has_own = roster->has_own || owned->own;
    occupants_put(roster->by_nick, owned);
}

static void on_enter(ConferenceRoster *roster, const Fields *said)
{
    Occupant *occupant = occupant_new(said->nick, said->role, said->affiliation, said->real);
    occupant->own = said->own;
    put_in(roster, occupant);
    touch(roster, said->nick);
}

static void on_leave(ConferenceRoster *roster, const Fields *said)
{
    take_out(roster, said->nick);
    touch(roster, said->nick);
}

// The order names the nicks only: the rest goes on as it was (ROSTER-014).
static void on_rename(ConferenceRoster *roster, const Fields *said)
{
    const Occupant *before = find(roster, said->nick);
    if (before == NULL || said->new_nick == NULL) {
        on_leave(roster, said);
        return;
    }
    Occupant *after = occupant_new(said->new_nick, before->role, before->affiliation, before->real);
    after->own = before->own;
    take_out(roster, said->nick);
    put_in(roster, after);
    touch(roster, said->nick);
    touch(roster, said->new_nick);
}

void conference_roster_apply(ConferenceRoster *roster, const Command *command)
{
    const Fields *said = &command->f;
    if (command->kind == COMMAND_ROOM_SUBJECT) {
        fields_set_text(&roster->subject, said->subject);
    }
    if (command->kind != COMMAND_ROOM_ROSTER || said->nick == NULL) {
        return;
    }
    if (said->how == HOW_JOINED || said->how == HOW_CHANGED) {
        on_enter(roster, said);
    } else if (said->how == HOW_RENAMED) {
        on_rename(roster, said);
    } else {
        on_leave(roster, said);
    }
}

// --- documents -----------------------------------------------------------------------------------

// Table 4.2.
static void add_roles(ConferenceInfoUser *user, const Occupant *occupant)
{
    static const struct {
        const char *role;
        const char *entry;
    } roles[] = {
        {"moderator", "moderator"},
        {"participant", "participant"},
        {"visitor", "observer"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        if (g_strcmp0(occupant->role, roles[i].role) == 0) {
            g_ptr_array_add(user->roles, g_strdup(roles[i].entry));
        }
    }
    if (g_strcmp0(occupant->affiliation, "owner") == 0 ||
        g_strcmp0(occupant->affiliation, "admin") == 0) {
        g_ptr_array_add(user->roles, g_strdup("administrator"));
    }
}

static void add_aors(const ConferenceRoster *roster, ConferenceInfoUser *user, const Address *real)
{
    char *uri = real != NULL ? route_to_uri(roster->route, real) : NULL;
    if (real != NULL) {
        g_ptr_array_add(user->aors, spelling_to_xmpp_uri(real));
    }
    if (uri != NULL) {
        g_ptr_array_add(user->aors, uri);
    }
}

static void add_endpoint(const ConferenceRoster *roster, ConferenceInfoUser *user,
                         const Occupant *occupant)
{
    bool is_muted = g_strcmp0(occupant->role, "visitor") == 0;
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, user->entity);
    endpoint->status =
        is_muted ? CONFERENCE_INFO_STATUS_MUTED_VIA_FOCUS : CONFERENCE_INFO_STATUS_CONNECTED;
    endpoint->joining_method = occupant->own && roster->invited ? CONFERENCE_INFO_JOINING_DIALED_OUT
                                                                : CONFERENCE_INFO_JOINING_DIALED_IN;
    ConferenceInfoMedia *media = conference_info_add_media(endpoint, "1");
    media->type = g_strdup("message");
    media->status = is_muted ? CONFERENCE_INFO_MEDIA_RECVONLY : CONFERENCE_INFO_MEDIA_SENDRECV;
}

// The occupant of a nick as it is now; one who is not there is deleted.
static void add_user(const ConferenceRoster *roster, ConferenceInfo *info, const char *nick)
{
    const Occupant *occupant = find_named(roster, nick);
    g_autofree char *entity = conference_roster_uri(roster, nick);
    ConferenceInfoUser *user = conference_info_add_user(info, entity);
    if (occupant == NULL) {
        user->state = CONFERENCE_INFO_DELETED;
        return;
    }
    user->nickname = g_strdup(nick);
    user->display_text = g_strdup(nick);
    add_aors(roster, user, occupant->real);
    add_roles(user, occupant);
    add_endpoint(roster, user, occupant);
}

// Each is replaced as a whole by whoever reads it, and so told as a whole (RFC 4575 4.4).
static void add_description(const ConferenceRoster *roster, ConferenceInfo *info)
{
    info->has_description = true;
    info->subject = g_strdup(roster->subject);
}

static void add_conference_state(const ConferenceRoster *roster, ConferenceInfo *info)
{
    info->user_count = g_hash_table_size(roster->by_nick);
    info->active = CONFERENCE_INFO_FLAG_TRUE;
}

// A nick and its place in some order.
typedef struct {
    const char *nick; // borrowed
    uint64_t place;
} Placed;

static int compare_places(gconstpointer a, gconstpointer b)
{
    const Placed *first = a;
    const Placed *second = b;
    return first->place < second->place ? -1 : first->place > second->place;
}

static GArray *all_in_order(const ConferenceRoster *roster, bool named_only)
{
    GArray *placed = g_array_new(false, false, sizeof(Placed));
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, roster->by_nick);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Occupant *occupant = value;
        Placed one = {occupant->nick, occupant->place};
        if (occupant->named || !named_only) {
            g_array_append_val(placed, one);
        }
    }
    g_array_sort(placed, compare_places);
    return placed;
}

static GArray *differing_in_order(const ConferenceView *view)
{
    GArray *placed = g_array_new(false, false, sizeof(Placed));
    GHashTableIter iter;
    gpointer nick;
    gpointer place;
    g_hash_table_iter_init(&iter, view->differing);
    while (g_hash_table_iter_next(&iter, &nick, &place)) {
        Placed one = {nick, *(const uint64_t *)place};
        g_array_append_val(placed, one);
    }
    g_array_sort(placed, compare_places);
    return placed;
}

static void add_users(const ConferenceRoster *roster, ConferenceInfo *info, const GArray *placed)
{
    for (guint i = 0; i < placed->len; i++) {
        add_user(roster, info, g_array_index(placed, Placed, i).nick);
    }
}

static bool has_told_subject(const ConferenceView *view)
{
    return g_strcmp0(view->told_subject, view->roster->subject) == 0;
}

static bool has_told_count(const ConferenceView *view)
{
    return view->told_count == g_hash_table_size(view->roster->by_nick);
}

bool conference_roster_is_pending(const ConferenceView *view)
{
    return !view->begun || g_hash_table_size(view->differing) > 0 || !has_told_subject(view) ||
           !has_told_count(view);
}

static void start_document(ConferenceView *view, ConferenceInfo *info)
{
    view->version += view->begun && conference_roster_is_pending(view);
    view->begun = true;
    conference_info_init(info, view->roster->uri);
    info->version = view->version;
}

static void note_told(ConferenceView *view, const GArray *placed)
{
    for (guint i = 0; i < placed->len; i++) {
        const char *nick = g_array_index(placed, Placed, i).nick;
        Occupant *occupant = find_named(view->roster, nick);
        if (occupant != NULL) {
            occupants_put(view->told, g_rc_box_acquire(occupant));
        } else {
            g_hash_table_remove(view->told, nick);
        }
    }
    view->told_count = g_hash_table_size(view->roster->by_nick);
    fields_set_text(&view->told_subject, view->roster->subject);
}

GBytes *conference_roster_write_full(ConferenceView *view)
{
    g_auto(ConferenceInfo) info;
    g_autoptr(GArray) everybody = all_in_order(view->roster, true);
    start_document(view, &info);
    add_description(view->roster, &info);
    add_conference_state(view->roster, &info);
    info.has_users = true;
    add_users(view->roster, &info, everybody);
    g_hash_table_remove_all(view->told);
    note_told(view, everybody);
    g_hash_table_remove_all(view->differing);
    return conference_info_write(&info);
}

GBytes *conference_roster_write_change(ConferenceView *view)
{
    if (!conference_roster_is_pending(view)) {
        return NULL;
    }
    if (!view->begun) {
        return conference_roster_write_full(view);
    }
    g_auto(ConferenceInfo) info;
    g_autoptr(GArray) differing = differing_in_order(view);
    start_document(view, &info);
    info.state = CONFERENCE_INFO_PARTIAL;
    info.users_state = CONFERENCE_INFO_PARTIAL;
    if (!has_told_subject(view)) {
        add_description(view->roster, &info);
    }
    if (!has_told_count(view)) {
        add_conference_state(view->roster, &info);
    }
    add_users(view->roster, &info, differing);
    note_told(view, differing);
    g_hash_table_remove_all(view->differing);
    return conference_info_write(&info);
}

GBytes *conference_roster_write_deleted(ConferenceView *view)
{
    g_auto(ConferenceInfo) info;
    view->version += view->begun;
    view->begun = true;
    conference_info_init(&info, view->roster->uri);
    info.version = view->version;
    info.state = CONFERENCE_INFO_DELETED;
    return conference_info_write(&info);
}

static const Occupant *find_own(const ConferenceRoster *roster)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, roster->by_nick);
    while (roster->has_own && g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Occupant *)value)->own) {
            return value;
        }
    }
    return NULL;
}

GBytes *conference_roster_write_removed(ConferenceView *view, ConferenceRosterRemoval removal,
                                        const char *text)
{
    const Occupant *own = find_own(view->roster);
    if (own == NULL) {
        return NULL;
    }
    g_auto(ConferenceInfo) info;
    g_autofree char *entity = conference_roster_uri(view->roster, own->nick);
    view->version += view->begun;
    view->begun = true;
    conference_info_init(&info, view->roster->uri);
    info.version = view->version;
    info.state = CONFERENCE_INFO_PARTIAL;
    info.has_users = true;
    info.users_state = CONFERENCE_INFO_PARTIAL;
    ConferenceInfoUser *user = conference_info_add_user(&info, entity);
    user->state = CONFERENCE_INFO_PARTIAL;
    ConferenceInfoEndpoint *endpoint = conference_info_add_endpoint(user, entity);
    endpoint->status = CONFERENCE_INFO_STATUS_DISCONNECTED;
    endpoint->disconnection_method = removal == CONFERENCE_ROSTER_BOOTED
                                         ? CONFERENCE_INFO_DISCONNECTION_BOOTED
                                         : CONFERENCE_INFO_DISCONNECTION_FAILED;
    endpoint->disconnection_info.reason = g_strdup(text);
    return conference_info_write(&info);
}

// --- life ----------------------------------------------------------------------------------------

ConferenceRoster *conference_roster_new(const Route *route, const Address *room, bool invited)
{
    g_autofree char *uri = route_to_aor(route, room);
    if (uri == NULL) {
        return NULL;
    }
    ConferenceRoster *roster = g_new0(ConferenceRoster, 1);
    roster->route = route;
    roster->room = address_to_bare(room);
    roster->uri = g_steal_pointer(&uri);
    roster->invited = invited;
    roster->by_nick = occupants_new();
    roster->views = g_ptr_array_new_with_free_func(view_free);
    return roster;
}

void conference_roster_free(ConferenceRoster *roster)
{
    if (roster == NULL) {
        return;
    }
    g_ptr_array_unref(roster->views);
    g_hash_table_unref(roster->by_nick);
    address_unref(roster->room);
    g_free(roster->uri);
    g_free(roster->subject);
    g_free(roster);
}

ConferenceView *conference_roster_open_view(ConferenceRoster *roster)
{
    ConferenceView *view = g_new0(ConferenceView, 1);
    view->roster = roster;
    view->told = occupants_new();
    view->differing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_ptr_array_add(roster->views, view);
    return view;
}

void conference_roster_close_view(ConferenceView *view)
{
    g_ptr_array_remove(view->roster->views, view);
}

GPtrArray *conference_roster_nicks(const ConferenceRoster *roster)
{
    g_autoptr(GArray) placed = all_in_order(roster, false);
    GPtrArray *nicks = g_ptr_array_new();
    for (guint i = 0; i < placed->len; i++) {
        g_ptr_array_add(nicks, (gpointer)g_array_index(placed, Placed, i).nick);
    }
    return nicks;
}

bool conference_roster_has(const ConferenceRoster *roster, const char *nick)
{
    return find(roster, nick) != NULL;
}

const Address *conference_roster_room(const ConferenceRoster *roster)
{
    return roster->room;
}

char *conference_roster_uri(const ConferenceRoster *roster, const char *nick)
{
    g_autoptr(Address) occupant = nick != NULL ? address_with_resource(roster->room, nick) : NULL;
    char *uri = occupant != NULL ? route_to_uri(roster->route, occupant) : NULL;
    return uri != NULL ? uri : g_strdup(roster->uri);
}
