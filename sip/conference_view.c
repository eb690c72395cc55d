// SPDX-License-Identifier: MIT
// A watcher is a place in the history of the roster. Those at one place share what comes next.
#include "sip/conference_view.h"

// LIMIT: octets of a document that goes into a datagram (ROSTER-019).
#define DATAGRAM_MAX 60000
// LIMIT: changes remembered before it is looked which of them everybody has been told of.
#define CHANGES_CHECKED 64

// Where watchers stand.
typedef struct {
    uint64_t edition; // which they know
    GPtrArray *gone;  // shared, of char * (owned): who was told to have left and is not deleted yet; NULL:
                      //   nobody
} Place;

// What comes next for those who stand at one place.
typedef struct {
    Place place;                      // owned content; the key
    ConferenceDifference *difference; // owned; NULL: the place is forgotten
    GBytes *document;                 // owned; NULL: nobody has asked for it
    GPtrArray *gone;                  // shared; who leaves by it, as in a place
} Step;

// All that is told in one form; good until the roster changes.
typedef struct {
    GBytes *full;      // owned; NULL: nobody has asked for it
    GHashTable *steps; // Place (borrowed from the step) => Step (owned)
} Form;

struct ConferenceViews {
    ConferenceRoster *roster; // borrowed
    GPtrArray *views;         // owned, of ConferenceView
    uint64_t edition;         // which the forms are of
    Form forms[2];            // without and with real addresses
    GBytes *brief;            // owned; without occupants; NULL: nobody has asked for it
    uint64_t checked;         // edition at which it was looked what everybody knows
};

struct ConferenceView {
    ConferenceViews *all; // borrowed
    bool with_reals;
    bool begun;    // it was told something
    bool lost;     // what it knows is no base for changes
    bool by_datagram;
    bool brief;  // it was told no occupants
    Place place; // owned content
    uint32_t version;
};

// --- what is shared ------------------------------------------------------------------------------

static void step_free(gpointer data)
{
    Step *step = data;
    g_clear_pointer(&step->place.gone, g_ptr_array_unref);
    g_clear_pointer(&step->gone, g_ptr_array_unref);
    g_clear_pointer(&step->difference, conference_roster_difference_free);
    g_clear_pointer(&step->document, g_bytes_unref);
    g_free(step);
}

static void forms_clear(ConferenceViews *all)
{
    g_clear_pointer(&all->brief, g_bytes_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(all->forms); i++) {
        g_clear_pointer(&all->forms[i].full, g_bytes_unref);
        g_hash_table_remove_all(all->forms[i].steps);
    }
}

// Changes that everybody was told of need not be remembered.
static void forget_changes(ConferenceViews *all)
{
    uint64_t oldest = all->edition;
    for (guint i = 0; i < all->views->len; i++) {
        const ConferenceView *view = all->views->pdata[i];
        oldest = view->begun && !view->lost ? MIN(oldest, view->place.edition) : oldest;
    }
    conference_roster_forget_changes(all->roster, oldest);
    all->checked = all->edition;
}

// What was written before the last change is old.
static Form *form_of(const ConferenceView *view)
{
    ConferenceViews *all = view->all;
    uint64_t edition = conference_roster_edition(all->roster);
    if (edition != all->edition) {
        forms_clear(all);
        all->edition = edition;
    }
    if (edition - all->checked >= CHANGES_CHECKED) {
        forget_changes(all);
    }
    return &all->forms[view->with_reals];
}

// Who was told to have left is deleted now, unless he is back (ROSTER-013).
static void add_gone(const ConferenceRoster *roster, const GPtrArray *gone,
                     ConferenceDifference *difference)
{
    for (guint i = 0; i < gone->len; i++) {
        if (conference_roster_find_named(roster, gone->pdata[i]) == NULL) {
            g_ptr_array_add(difference->nicks, g_strdup(gone->pdata[i]));
        }
    }
}

static GPtrArray *leavers_of(const ConferenceDifference *difference)
{
    if (g_hash_table_size(difference->leavers) == 0) {
        return NULL;
    }
    GPtrArray *gone = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < difference->nicks->len; i++) {
        const char *nick = difference->nicks->pdata[i];
        if (g_hash_table_contains(difference->leavers, nick)) {
            g_ptr_array_add(gone, g_strdup(nick));
        }
    }
    return gone;
}

static Step *step_new(const ConferenceView *view)
{
    const ConferenceRoster *roster = view->all->roster;
    Step *step = g_new0(Step, 1);
    step->place = view->place;
    step->difference =
        conference_roster_difference(roster, view->place.edition, view->with_reals);
    if (step->place.gone != NULL) {
        g_ptr_array_ref(step->place.gone);
    }
    if (step->difference == NULL) {
        return step;
    }
    step->gone = leavers_of(step->difference);
    if (step->place.gone != NULL) {
        add_gone(roster, step->place.gone, step->difference);
    }
    return step;
}

static Step *step_of(const ConferenceView *view)
{
    Form *form = form_of(view);
    Step *step = g_hash_table_lookup(form->steps, &view->place);
    if (step == NULL) {
        step = step_new(view);
        g_hash_table_insert(form->steps, &step->place, step);
    }
    return step;
}

static guint place_hash(gconstpointer data)
{
    const Place *place = data;
    return g_int64_hash(&place->edition) ^ g_direct_hash(place->gone);
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    const Place *one = a, *other = b;
    return one->edition == other->edition && one->gone == other->gone;
}

// Shares the ones gone.
static void stand(ConferenceView *view, GPtrArray *gone)
{
    GPtrArray *before = view->place.gone;
    view->place.edition = conference_roster_edition(view->all->roster);
    view->place.gone = gone != NULL ? g_ptr_array_ref(gone) : NULL;
    g_clear_pointer(&before, g_ptr_array_unref);
}

// --- one watcher ---------------------------------------------------------------------------------

static bool is_news(const ConferenceView *view, const ConferenceDifference *difference)
{
    return difference == NULL || difference->about || difference->count ||
           (difference->nicks->len > 0 && !view->brief);
}

bool conference_view_is_pending(ConferenceView *view)
{
    if (!view->begun || view->lost) {
        return true;
    }
    if (view->place.edition == conference_roster_edition(view->all->roster) &&
        view->place.gone == NULL) {
        return false;
    }
    const Step *next = step_of(view);
    if (!is_news(view, next->difference)) {
        stand(view, NULL); // with those who came since
        return false;
    }
    return true;
}

// One version more, and these who are to be deleted next.
static void advance(ConferenceView *view, GPtrArray *gone)
{
    view->version += view->begun;
    view->begun = true;
    view->lost = false;
    stand(view, gone);
}

static bool is_too_large(const ConferenceView *view, GBytes *document)
{
    return view->by_datagram && g_bytes_get_size(document) > DATAGRAM_MAX;
}

static GBytes *brief_of(ConferenceViews *all)
{
    if (all->brief == NULL) {
        all->brief = conference_document_brief(all->roster);
    }
    return all->brief;
}

GBytes *conference_view_full(ConferenceView *view)
{
    Form *form = form_of(view);
    if (conference_view_is_pending(view)) {
        advance(view, NULL);
    }
    if (form->full == NULL) {
        form->full = conference_document_full(view->all->roster, view->with_reals);
    }
    view->brief = is_too_large(view, form->full);
    return g_bytes_ref(view->brief ? brief_of(view->all) : form->full);
}

// What changed since the place of the view; NULL: that is not to be had.
static Step *partial_of(const ConferenceView *view)
{
    Step *next = view->begun && !view->lost && !view->brief ? step_of(view) : NULL;
    if (next == NULL || next->difference == NULL) {
        return NULL;
    }
    if (next->document == NULL) {
        next->document =
            conference_document_partial(view->all->roster, next->difference, view->with_reals);
    }
    return is_too_large(view, next->document) ? NULL : next;
}

GBytes *conference_view_change(ConferenceView *view)
{
    if (!conference_view_is_pending(view)) {
        return NULL;
    }
    const Step *partial = partial_of(view);
    if (partial == NULL) {
        return conference_view_full(view);
    }
    advance(view, partial->gone);
    return g_bytes_ref(partial->document);
}

void conference_view_step(ConferenceView *view)
{
    advance(view, NULL);
}

uint32_t conference_view_version(const ConferenceView *view)
{
    return view->version;
}

void conference_view_set_reals(ConferenceView *view, bool with_reals)
{
    view->lost = view->lost || view->with_reals != with_reals;
    view->with_reals = with_reals;
}

static void view_free(gpointer data)
{
    ConferenceView *view = data;
    g_clear_pointer(&view->place.gone, g_ptr_array_unref);
    g_free(view);
}

// --- life ----------------------------------------------------------------------------------------

ConferenceViews *conference_view_all_new(ConferenceRoster *roster)
{
    ConferenceViews *all = g_new0(ConferenceViews, 1);
    all->roster = roster;
    all->views = g_ptr_array_new_with_free_func(view_free);
    for (size_t i = 0; i < G_N_ELEMENTS(all->forms); i++) {
        all->forms[i].steps =
            g_hash_table_new_full(place_hash, place_equal, NULL, step_free);
    }
    return all;
}

void conference_view_all_free(ConferenceViews *all)
{
    if (all == NULL) {
        return;
    }
    forms_clear(all);
    for (size_t i = 0; i < G_N_ELEMENTS(all->forms); i++) {
        g_hash_table_unref(all->forms[i].steps);
    }
    g_ptr_array_unref(all->views);
    g_free(all);
}

ConferenceView *conference_view_open(ConferenceViews *all, bool with_reals, bool by_datagram)
{
    ConferenceView *view = g_new0(ConferenceView, 1);
    view->all = all;
    view->with_reals = with_reals;
    view->by_datagram = by_datagram;
    g_ptr_array_add(all->views, view);
    return view;
}

void conference_view_close(ConferenceView *view)
{
    g_ptr_array_remove_fast(view->all->views, view);
}
