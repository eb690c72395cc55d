// SPDX-License-Identifier: MIT
// Occupants are immutable; a change replaces one and notes whom it replaced. What is different from
// an earlier edition is found in the notes since then, so that nobody has to remember what each
// watcher was told.
#include "sip/conference_roster.h"

// LIMIT: changes that are remembered; a watcher who knows of none of them gets the whole room.
#define CHANGES_MAX 4096

// What was before a change.
typedef struct {
    char *nick;                 // owned, or NULL: no occupant changed
    ConferenceOccupant *before; // shared; NULL: nobody, or nobody whom documents name
    ConferenceAbout *about;     // shared
    unsigned count;
    ConferenceDeparture *departure; // shared; NULL: nobody left, or how is not told
} Change;

struct ConferenceRoster {
    const Route *route; // borrowed
    Address *room;      // shared
    char *uri;          // owned; conf(R)
    unsigned named_max;
    bool leave_detail;
    ConferenceAbout *about; // shared
    GSequence *occupants;   // owned, of ConferenceOccupant (shared), in the order of entry
    GHashTable *by_nick;    // nick (borrowed from the occupant) => GSequenceIter
    GHashTable *devices;    // nick (owned) => GPtrArray of ConferenceDevice (shared)
    GPtrArray *changes;     // owned, of Change
    uint64_t first;         // number of the first of them
};

// --- what is there -------------------------------------------------------------------------------

static ConferenceOccupant *find(const ConferenceRoster *roster, const char *nick)
{
    GSequenceIter *place = nick != NULL ? g_hash_table_lookup(roster->by_nick, nick) : NULL;
    return place != NULL ? g_sequence_get(place) : NULL;
}

static ConferenceOccupant *find_named(const ConferenceRoster *roster, const char *nick)
{
    GSequenceIter *place = nick != NULL ? g_hash_table_lookup(roster->by_nick, nick) : NULL;
    bool named =
        place != NULL && (unsigned)g_sequence_iter_get_position(place) < roster->named_max;
    return named ? g_sequence_get(place) : NULL;
}

unsigned conference_roster_count(const ConferenceRoster *roster)
{
    return (unsigned)g_sequence_get_length(roster->occupants);
}

static void about_clear(gpointer data)
{
    ConferenceAbout *about = data;
    g_free(about->subject);
    g_free(about->name);
    g_free(about->text);
}

static void about_unref(gpointer about)
{
    g_rc_box_release_full(about, about_clear);
}

static bool about_equal(const ConferenceAbout *a, const ConferenceAbout *b)
{
    return g_strcmp0(a->subject, b->subject) == 0 && g_strcmp0(a->name, b->name) == 0 &&
           g_strcmp0(a->text, b->text) == 0 && a->most == b->most;
}

// --- changes -------------------------------------------------------------------------------------

static void departure_clear(gpointer data)
{
    g_free(((ConferenceDeparture *)data)->text);
}

static void departure_unref(gpointer departure)
{
    if (departure != NULL) {
        g_rc_box_release_full(departure, departure_clear);
    }
}

static void change_free(gpointer data)
{
    Change *change = data;
    departure_unref(change->departure);
    g_free(change->nick);
    conference_occupant_unref(change->before);
    about_unref(change->about);
    g_free(change);
}

// Before each change: what there is still.
static Change *note(ConferenceRoster *roster, const char *nick)
{
    ConferenceOccupant *before = find_named(roster, nick);
    Change *change = g_new0(Change, 1);
    *change = (Change){.nick = g_strdup(nick),
                       .before = before != NULL ? g_rc_box_acquire(before) : NULL,
                       .about = g_rc_box_acquire(roster->about),
                       .count = conference_roster_count(roster)};
    if (roster->changes->len == CHANGES_MAX) {
        conference_roster_forget_changes(roster, roster->first + CHANGES_MAX / 2);
    }
    g_ptr_array_add(roster->changes, change);
    return change;
}

// Takes the departure. Whoever is removed from among those named makes room for the first who was not.
static void take_out(ConferenceRoster *roster, const char *nick, ConferenceDeparture *departure)
{
    GSequenceIter *place = g_hash_table_lookup(roster->by_nick, nick);
    if (place == NULL) {
        departure_unref(departure);
        return;
    }
    bool named = (unsigned)g_sequence_iter_get_position(place) < roster->named_max;
    note(roster, nick)->departure = departure;
    if (named && conference_roster_count(roster) > roster->named_max) {
        const ConferenceOccupant *next = g_sequence_get(
            g_sequence_get_iter_at_pos(roster->occupants, (gint)roster->named_max));
        note(roster, next->nick);
    }
    g_hash_table_remove(roster->by_nick, nick);
    g_sequence_remove(place);
}

// Takes the occupant, at the end or in the place of whom he replaces.
static void put_in(ConferenceRoster *roster, const char *replaced, ConferenceOccupant *owned)
{
    GSequenceIter *place = g_hash_table_lookup(roster->by_nick, replaced);
    if (place == NULL) {
        place = g_sequence_append(roster->occupants, owned);
    } else {
        g_hash_table_remove(roster->by_nick, replaced);
        g_sequence_set(place, owned);
    }
    g_hash_table_replace(roster->by_nick, owned->nick, place);
}

static void on_enter(ConferenceRoster *roster, const Fields *said)
{
    ConferenceOccupant *occupant =
        conference_occupant_new(said, g_hash_table_lookup(roster->devices, said->nick));
    if (conference_occupant_equal(find(roster, said->nick), occupant, true)) {
        conference_occupant_unref(occupant);
        return;
    }
    note(roster, said->nick);
    put_in(roster, said->nick, occupant);
}

// What is known of an occupant, under a nick; borrows all.
static Fields facts_of(const ConferenceOccupant *occupant, const char *nick)
{
    return (Fields){.nick = (char *)nick,
                    .role = occupant->role,
                    .affiliation = occupant->affiliation,
                    .real = occupant->real,
                    .away = occupant->away};
}

// They stand in the order of their numbers.
static void device_add(GPtrArray *devices, ConferenceDevice *device)
{
    const ConferenceDevice *last =
        devices->len > 0 ? devices->pdata[devices->len - 1] : &(ConferenceDevice){0};
    device->number = last->number + 1;
    g_ptr_array_add(devices, g_rc_box_acquire(device));
}

// Another device of the same user may be there under the new nick already.
static void move_devices(ConferenceRoster *roster, const char *nick, const char *new_nick)
{
    GPtrArray *devices = NULL;
    g_autofree char *key = NULL;
    if (!g_hash_table_steal_extended(roster->devices, nick, (gpointer *)&key,
                                     (gpointer *)&devices)) {
        return;
    }
    GPtrArray *others = g_hash_table_lookup(roster->devices, new_nick);
    if (others == NULL) {
        g_hash_table_insert(roster->devices, g_strdup(new_nick), devices);
        return;
    }
    for (guint i = 0; i < devices->len; i++) {
        device_add(others, devices->pdata[i]);
    }
    g_ptr_array_unref(devices);
}

// The order names the nicks only: the rest goes on as it was (ROSTER-014).
static void on_rename(ConferenceRoster *roster, const Fields *said)
{
    const ConferenceOccupant *before = find(roster, said->nick);
    if (before == NULL || said->new_nick == NULL || g_strcmp0(said->nick, said->new_nick) == 0) {
        return;
    }
    const Fields now = facts_of(before, said->new_nick);
    take_out(roster, said->new_nick, NULL);
    move_devices(roster, said->nick, said->new_nick);
    note(roster, said->nick);
    note(roster, said->new_nick);
    put_in(roster, said->nick,
           conference_occupant_new(&now, g_hash_table_lookup(roster->devices, said->new_nick)));
}

// Takes the new one.
static void set_about(ConferenceRoster *roster, ConferenceAbout *owned)
{
    if (about_equal(owned, roster->about)) {
        about_unref(owned);
        return;
    }
    note(roster, NULL);
    about_unref(roster->about);
    roster->about = owned;
}

static void on_about(ConferenceRoster *roster, const Fields *said)
{
    const ConferenceAbout *before = roster->about;
    bool subject = said->how != HOW_CHANGED;
    ConferenceAbout *about = g_rc_box_new0(ConferenceAbout);
    about->subject = g_strdup(subject ? said->subject : before->subject);
    about->name = g_strdup(subject ? before->name : said->text);
    about->text = g_strdup(subject ? before->text : said->body);
    about->most = subject ? before->most : said->number;
    set_about(roster, about);
}

static void on_forget(ConferenceRoster *roster)
{
    while (conference_roster_count(roster) > 0) {
        GSequenceIter *last = g_sequence_iter_prev(g_sequence_get_end_iter(roster->occupants));
        g_autofree char *nick = g_strdup(((ConferenceOccupant *)g_sequence_get(last))->nick);
        take_out(roster, nick, NULL);
    }
    set_about(roster, g_rc_box_new0(ConferenceAbout));
}

static ConferenceDeparture *departure_of(const ConferenceRoster *roster, const Fields *said)
{
    if (!roster->leave_detail) {
        return NULL;
    }
    ConferenceDeparture *departure = g_rc_box_new0(ConferenceDeparture);
    departure->how = said->how;
    departure->text = g_strdup(said->text);
    return departure;
}

static void on_roster(ConferenceRoster *roster, const Fields *said)
{
    if (said->how == HOW_FORGET) {
        on_forget(roster);
    } else if (said->nick == NULL) {
        return;
    } else if (said->how == HOW_JOINED || said->how == HOW_CHANGED) {
        on_enter(roster, said);
    } else if (said->how == HOW_RENAMED) {
        on_rename(roster, said);
    } else {
        take_out(roster, said->nick, departure_of(roster, said));
    }
}

void conference_roster_apply(ConferenceRoster *roster, const Command *command)
{
    if (command->kind == COMMAND_ROOM_SUBJECT) {
        on_about(roster, &command->f);
    } else if (command->kind == COMMAND_ROOM_ROSTER) {
        on_roster(roster, &command->f);
    }
}

// --- devices -------------------------------------------------------------------------------------

static void refresh(ConferenceRoster *roster, const char *nick)
{
    const ConferenceOccupant *now = find(roster, nick);
    if (now != NULL) {
        const Fields facts = facts_of(now, now->nick);
        on_enter(roster, &facts);
    }
}

void conference_roster_add_device(ConferenceRoster *roster, const char *nick,
                                  ConferenceDevice *device)
{
    GPtrArray *devices = g_hash_table_lookup(roster->devices, nick);
    if (devices == NULL) {
        devices = g_ptr_array_new_with_free_func(conference_occupant_device_unref);
        g_hash_table_insert(roster->devices, g_strdup(nick), devices);
    }
    device_add(devices, device);
    refresh(roster, nick);
}

void conference_roster_remove_device(ConferenceRoster *roster, const char *nick,
                                     ConferenceDevice *device)
{
    GPtrArray *devices = g_hash_table_lookup(roster->devices, nick);
    if (devices == NULL || !g_ptr_array_remove(devices, device)) {
        return;
    }
    if (devices->len > 0) {
        refresh(roster, nick);
    } else {
        g_hash_table_remove(roster->devices, nick);
    }
}

// --- what is different ---------------------------------------------------------------------------

uint64_t conference_roster_edition(const ConferenceRoster *roster)
{
    return roster->first + roster->changes->len;
}

void conference_roster_forget_changes(ConferenceRoster *roster, uint64_t edition)
{
    if (edition > roster->first) {
        guint gone = (guint)MIN(edition - roster->first, roster->changes->len);
        g_ptr_array_remove_range(roster->changes, 0, gone);
        roster->first += gone;
    }
}

static void leaver_free(gpointer data)
{
    ConferenceLeaver *leaver = data;
    conference_occupant_unref(leaver->occupant);
    departure_unref(leaver->departure);
    g_free(leaver);
}

// Whoever is not there any more has left, if that was his last change.
static void add_leaver(const ConferenceRoster *roster, const Change *first, const Change *last,
                       GHashTable *leavers)
{
    if (last->departure == NULL || first->before == NULL ||
        find_named(roster, first->nick) != NULL) {
        return;
    }
    ConferenceLeaver *leaver = g_new(ConferenceLeaver, 1);
    *leaver = (ConferenceLeaver){.occupant = g_rc_box_acquire(first->before),
                                 .departure = g_rc_box_acquire(last->departure)};
    g_hash_table_insert(leavers, leaver->occupant->nick, leaver);
}

// The first and the last change of each nick.
typedef struct {
    const Change *first;
    const Change *last;
} Span;

// Those in the order of the first ones; `spans`: nick (borrowed) => Span.
static void add_nicks(const ConferenceRoster *roster, GHashTable *spans, guint from,
                      bool with_reals, ConferenceDifference *difference)
{
    for (guint i = from; i < roster->changes->len; i++) {
        const Change *change = roster->changes->pdata[i];
        const Span *span =
            change->nick != NULL ? g_hash_table_lookup(spans, change->nick) : NULL;
        if (span == NULL || span->first != change ||
            conference_occupant_equal(change->before, find_named(roster, change->nick),
                                      with_reals)) {
            continue;
        }
        g_ptr_array_add(difference->nicks, g_strdup(change->nick));
        add_leaver(roster, change, span->last, difference->leavers);
    }
}

static GHashTable *spans_of(const ConferenceRoster *roster, guint from)
{
    GHashTable *spans = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (guint i = from; i < roster->changes->len; i++) {
        const Change *change = roster->changes->pdata[i];
        Span *span = change->nick != NULL ? g_hash_table_lookup(spans, change->nick) : NULL;
        if (span != NULL) {
            span->last = change;
        } else if (change->nick != NULL) {
            span = g_new(Span, 1);
            *span = (Span){change, change};
            g_hash_table_insert(spans, change->nick, span);
        }
    }
    return spans;
}

ConferenceDifference *conference_roster_difference(const ConferenceRoster *roster, uint64_t edition,
                                                   bool with_reals)
{
    if (edition < roster->first) {
        return NULL;
    }
    guint from = (guint)(edition - roster->first);
    g_autoptr(GHashTable) spans = spans_of(roster, from);
    ConferenceDifference *difference = g_new0(ConferenceDifference, 1);
    difference->nicks = g_ptr_array_new_with_free_func(g_free);
    difference->leavers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, leaver_free);
    add_nicks(roster, spans, from, with_reals, difference);
    if (from < roster->changes->len) {
        const Change *change = roster->changes->pdata[from];
        difference->about = !about_equal(change->about, roster->about);
        difference->count = change->count != conference_roster_count(roster);
    }
    return difference;
}

void conference_roster_difference_free(ConferenceDifference *difference)
{
    g_hash_table_unref(difference->leavers);
    g_ptr_array_unref(difference->nicks);
    g_free(difference);
}

// --- life, and being asked -----------------------------------------------------------------------

static void devices_unref(gpointer devices)
{
    g_ptr_array_unref(devices);
}

ConferenceRoster *conference_roster_new(const Route *route, const Address *room, unsigned named_max)
{
    g_autofree char *uri = route_to_aor(route, room);
    if (uri == NULL) {
        return NULL;
    }
    ConferenceRoster *roster = g_new0(ConferenceRoster, 1);
    roster->route = route;
    roster->room = address_to_bare(room);
    roster->uri = g_steal_pointer(&uri);
    roster->named_max = named_max;
    roster->about = g_rc_box_new0(ConferenceAbout);
    roster->occupants = g_sequence_new(conference_occupant_unref);
    roster->by_nick = g_hash_table_new(g_str_hash, g_str_equal);
    roster->devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, devices_unref);
    roster->changes = g_ptr_array_new_with_free_func(change_free);
    return roster;
}

void conference_roster_free(ConferenceRoster *roster)
{
    if (roster == NULL) {
        return;
    }
    g_ptr_array_unref(roster->changes);
    g_hash_table_unref(roster->devices);
    g_hash_table_unref(roster->by_nick);
    g_sequence_free(roster->occupants);
    about_unref(roster->about);
    address_unref(roster->room);
    g_free(roster->uri);
    g_free(roster);
}

void conference_roster_detail_leaving(ConferenceRoster *roster)
{
    roster->leave_detail = true;
}

const ConferenceOccupant *conference_roster_find(const ConferenceRoster *roster, const char *nick)
{
    return find(roster, nick);
}

const ConferenceOccupant *conference_roster_find_named(const ConferenceRoster *roster,
                                                       const char *nick)
{
    return find_named(roster, nick);
}

unsigned conference_roster_named_max(const ConferenceRoster *roster)
{
    return roster->named_max;
}

GPtrArray *conference_roster_nicks(const ConferenceRoster *roster, unsigned max)
{
    GPtrArray *nicks = g_ptr_array_new();
    GSequenceIter *place = g_sequence_get_begin_iter(roster->occupants);
    for (; nicks->len < max && !g_sequence_iter_is_end(place);
         place = g_sequence_iter_next(place)) {
        g_ptr_array_add(nicks, ((ConferenceOccupant *)g_sequence_get(place))->nick);
    }
    return nicks;
}

const char *conference_roster_find_nick(const ConferenceRoster *roster, const Address *user)
{
    GSequenceIter *place = g_sequence_get_begin_iter(roster->occupants);
    for (; !g_sequence_iter_is_end(place); place = g_sequence_iter_next(place)) {
        const ConferenceOccupant *occupant = g_sequence_get(place);
        if (occupant->real != NULL && address_equal_bare(occupant->real, user)) {
            return occupant->nick;
        }
    }
    return NULL;
}

const ConferenceAbout *conference_roster_about(const ConferenceRoster *roster)
{
    return roster->about;
}

const Address *conference_roster_room(const ConferenceRoster *roster)
{
    return roster->room;
}

const Route *conference_roster_route(const ConferenceRoster *roster)
{
    return roster->route;
}

char *conference_roster_uri(const ConferenceRoster *roster, const char *nick)
{
    g_autoptr(Address) occupant = nick != NULL ? address_with_resource(roster->room, nick) : NULL;
    char *uri = occupant != NULL ? route_to_uri(roster->route, occupant) : NULL;
    return uri != NULL ? uri : g_strdup(roster->uri);
}
