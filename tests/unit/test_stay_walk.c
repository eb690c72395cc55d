// SPDX-License-Identifier: MIT
// Random walks of stays, both homes at once: gates that keep docs/seam.md and nothing else (they answer late, with
// yes or no, hang up, put out, lose a link, and break in on every order). No leg or offer is left over, every row ends,
// the roster told to the facade is that of the room, no cell marked `!` is reached.
#include <inttypes.h>
#include <string.h>

#include "mapping/ghosts.h"
#include "mapping/router.h"
#include "mapping/rooms.h"
#include "mapping/route.h"
#include "mapping/notation.h"
#include "mapping/session_map.h"
#include "tests/support/suite.h"

enum { STORIES = 300, STEPS = 400, DEVICES = 4, NICKS = 6 };

// A leg of either gate, as its gate knows it.
typedef enum { ASKED, UP } LegStage;

typedef struct {
    uint64_t number;
    Side side;
    bool is_home;
    bool is_admitted;
    LegStage stage;
} Leg;

typedef struct {
    uint64_t row, leg;
    Side side;
} Row;

typedef struct {
    uint64_t session, number;
    How how;
    int64_t due_ms;
} Timer;

typedef struct {
    uint64_t ref; // even: content has odd ones, and what becomes of that the rows tell
    Side side;
} Offer;

typedef struct {
    Settings settings;
    Route *route;       // owned
    Router *router;     // owned
    GRand *random;      // owned
    GArray *legs;       // Leg
    GArray *rows;       // Row
    GArray *timers;     // Timer
    GArray *offers;     // Offer: those that wait for their answer
    GHashTable *ledger; // rows open
    GHashTable *shown;  // owned char * "room nick": the roster that the facade was told
    uint64_t last_ref;
    int64_t now_ms;
} Walk;

static void walk_settle(Walk *walk, const Command *command);

static void tell(Walk *walk, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void tell(Walk *walk, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *why = NULL;
    g_autoptr(Event) event = notation_parse_event(text, &why);
    ck_assert_msg(event != NULL, "%s: %s", text, why);
    event->at_ms = ++walk->now_ms;
    g_autoptr(Outbox) outbox = outbox_new();
    router_dispatch(walk->router, event, outbox);
    for (guint i = 0; i < outbox->commands->len; i++)
        walk_settle(walk, g_ptr_array_index(outbox->commands, i));
    session_map_check(router_sessions(walk->router));
}

static guint pick(Walk *walk, guint count)
{
    return (guint)g_rand_int_range(walk->random, 0, (gint32)count);
}

static bool is_likely(Walk *walk, guint percent)
{
    return pick(walk, 100) < percent;
}

// ---- what the middle says -----------------------------------------------------------------------

static int leg_find(const Walk *walk, uint64_t number)
{
    for (guint i = 0; i < walk->legs->len; i++)
        if (g_array_index(walk->legs, Leg, i).number == number)
            return (int)i;
    return -1;
}

static void leg_add(Walk *walk, const Command *command, bool is_home)
{
    Leg leg = {.number = command->f.leg, .side = command->side, .is_home = is_home};
    ck_assert_int_lt(leg_find(walk, leg.number), 0);
    g_array_append_val(walk->legs, leg);
}

// What was on its way there is taken back by the middle; of it nobody speaks any more.
static void leg_drop(Walk *walk, uint64_t number)
{
    int index = leg_find(walk, number);
    ck_assert_int_ge(index, 0);
    g_array_remove_index(walk->legs, (guint)index);
    for (guint i = walk->rows->len; i-- > 0;)
        if (g_array_index(walk->rows, Row, i).leg == number)
            g_array_remove_index(walk->rows, i);
}

static void offer_end(Walk *walk, const Command *command)
{
    for (guint i = 0; i < walk->offers->len; i++) {
        const Offer *offer = &g_array_index(walk->offers, Offer, i);
        if (offer->ref == command->f.ref && offer->side == command->side) {
            g_array_remove_index(walk->offers, i);
            return;
        }
    }
    ck_abort_msg("an offer is answered that nobody has made, or twice");
}

static void timer_take(Walk *walk, const Fields *f)
{
    for (guint i = walk->timers->len; i-- > 0;) {
        const Timer *timer = &g_array_index(walk->timers, Timer, i);
        if (timer->session == f->session && timer->how == f->how)
            g_array_remove_index(walk->timers, i);
    }
    Timer timer = {f->session, f->number, f->how, walk->now_ms + (int64_t)f->ms};
    if (f->ms != 0)
        g_array_append_val(walk->timers, timer);
}

static void store_take(Walk *walk, const Fields *f)
{
    if (f->how == HOW_ROW_OPEN)
        ck_assert(g_hash_table_add(walk->ledger, GSIZE_TO_POINTER(f->row)));
    else if (f->how == HOW_ROW_CLOSE)
        ck_assert(g_hash_table_remove(walk->ledger, GSIZE_TO_POINTER(f->row)));
}

static char *shown_key(const Address *room, const char *nick)
{
    return g_strdup_printf("%s %s", address_jid(room), nick);
}

static void roster_forget(Walk *walk, const Address *room)
{
    GHashTableIter iter;
    gpointer key;
    g_autofree char *prefix = shown_key(room, "");
    g_hash_table_iter_init(&iter, walk->shown);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        if (g_str_has_prefix(key, prefix))
            g_hash_table_iter_remove(&iter);
}

// Each change fits what was told before.
static void roster_take(Walk *walk, const Fields *f)
{
    if (f->leg != 0)
        return;
    if (f->how == HOW_FORGET) {
        roster_forget(walk, f->room);
        return;
    }
    char *key = shown_key(f->room, f->nick);
    bool was_there = g_hash_table_contains(walk->shown, key);
    ck_assert_int_eq(was_there, f->how != HOW_JOINED);
    if (f->how == HOW_JOINED)
        g_hash_table_add(walk->shown, g_steal_pointer(&key));
    else if (f->how != HOW_CHANGED)
        g_hash_table_remove(walk->shown, key);
    g_free(key);
    if (f->how == HOW_RENAMED)
        ck_assert(g_hash_table_add(walk->shown, shown_key(f->room, f->new_nick)));
}

// A notice to somebody whose session is over goes as a page.
static void page_take(Walk *walk, const Command *command)
{
    Row row = {command->f.row, 0, command->side};
    g_array_append_val(walk->rows, row);
}

static void line_take(Walk *walk, const Command *command)
{
    int index = leg_find(walk, command->f.leg);
    ck_assert_int_ge(index, 0);
    const Leg *leg = &g_array_index(walk->legs, Leg, index);
    ck_assert(leg->stage == UP && leg->side == command->side);
    ck_assert(leg->is_home || leg->is_admitted || leg->side == SIDE_XMPP); // which keeps what comes early
    Row row = {command->f.row, command->f.leg, command->side};
    if (row.row == 0)
        return;
    ck_assert(g_hash_table_contains(walk->ledger, GSIZE_TO_POINTER(row.row)));
    g_array_append_val(walk->rows, row);
}

static void admit_take(Walk *walk, const Fields *f)
{
    Leg *leg = &g_array_index(walk->legs, Leg, leg_find(walk, f->leg));
    ck_assert(leg->stage == UP && !leg->is_admitted);
    leg->is_admitted = true;
}

static void walk_settle(Walk *walk, const Command *command)
{
    switch ((int)command->kind) {
    case COMMAND_ENTER_ROOM: leg_add(walk, command, true); break;
    case COMMAND_ANSWER_LEG:
        offer_end(walk, command);
        leg_add(walk, command, false);
        break;
    case COMMAND_LEAVE_ROOM:
    case COMMAND_EXPEL: leg_drop(walk, command->f.leg); break;
    case COMMAND_ADMIT: admit_take(walk, &command->f); break;
    case COMMAND_REFUSE:
        if (command->f.ref != 0 && command->f.ref % 2 == 0)
            offer_end(walk, command);
        break;
    case COMMAND_MESSAGE: page_take(walk, command); break;
    case COMMAND_ROOM_MESSAGE: line_take(walk, command); break;
    case COMMAND_ROOM_ROSTER: roster_take(walk, &command->f); break;
    case COMMAND_TIMER: timer_take(walk, &command->f); break;
    case COMMAND_STORE: store_take(walk, &command->f); break;
    default: break;
    }
}

// ---- what happens -------------------------------------------------------------------------------

static uint64_t offer_new(Walk *walk, Side side)
{
    Offer offer = {walk->last_ref += 2, side};
    g_array_append_val(walk->offers, offer);
    return offer.ref;
}

static void offer(Walk *walk)
{
    guint device = pick(walk, DEVICES);
    if (is_likely(walk, 50))
        tell(walk, "sip room-offered ref=%" PRIu64 " from=romeo@sip.test/d%u room=verona@muc.xmpp.test",
             offer_new(walk, SIDE_SIP), device);
    else
        tell(walk,
             "xmpp room-offered ref=%" PRIu64 " from=juliet@xmpp.test/d%u room=hall@halls.test nick=J",
             offer_new(walk, SIDE_XMPP), device);
}

static void turn_round(Walk *walk)
{
    if (walk->offers->len == 0)
        return;
    Offer offer = g_array_index(walk->offers, Offer, 0);
    g_array_remove_index(walk->offers, 0);
    tell(walk, "%s room-exit ref=%" PRIu64 " how=left", side_name(offer.side), offer.ref);
}

static void leg_ends(Walk *walk, const Leg *leg)
{
    const Leg gone = *leg;
    leg_drop(walk, gone.number);
    if (gone.is_home)
        tell(walk, "%s room-exit leg=%" PRIu64 " how=%s", side_name(gone.side), gone.number,
             gone.stage == ASKED ? "refused failure=forbidden status=403" : "kicked");
    else if (gone.stage == ASKED)
        tell(walk, "%s room-answer leg=%" PRIu64 " how=no status=487", side_name(gone.side), gone.number);
    else
        tell(walk, "%s room-exit leg=%" PRIu64 " how=left", side_name(gone.side), gone.number);
}

static void leg_up(Walk *walk, Leg *leg)
{
    Leg up = *leg;
    leg->stage = UP;
    if (up.is_home)
        tell(walk, "%s room-entry leg=%" PRIu64 " nick=n%u private=yes", side_name(up.side), up.number,
             pick(walk, NICKS));
    else
        tell(walk, "%s room-answer leg=%" PRIu64 " how=yes private=yes", side_name(up.side), up.number);
}

// What the switch had not answered is lost with the leg, what was never sent waits again; the gate tries to come in.
static void home_is_lost(Walk *walk, Leg *leg)
{
    const Leg lost = *leg;
    leg->stage = ASKED;
    for (guint i = 0; i < walk->rows->len;) {
        Row row = g_array_index(walk->rows, Row, i);
        if (row.leg != lost.number) {
            i++;
            continue;
        }
        g_array_remove_index(walk->rows, i);
        tell(walk, "sip delivery row=%" PRIu64 " leg=%" PRIu64 " how=lost%s", row.row, row.leg,
             is_likely(walk, 50) ? " failure=recipient-unavailable" : "");
    }
    tell(walk, "sip link leg=%" PRIu64 " how=down", lost.number);
}

static void roster_changes(Walk *walk, const Leg *leg)
{
    static const char *const HOWS[] = {"joined", "changed", "left", "kicked"};
    guint nick = pick(walk, NICKS);
    if (is_likely(walk, 20))
        tell(walk, "%s room-roster leg=%" PRIu64 " nick=n%u new_nick=n%u how=renamed", side_name(leg->side),
             leg->number, nick, pick(walk, NICKS));
    else if (is_likely(walk, 10))
        tell(walk, "%s room-roster leg=%" PRIu64 " how=forget", side_name(leg->side), leg->number);
    else
        tell(walk, "%s room-roster leg=%" PRIu64 " nick=n%u how=%s role=r%u", side_name(leg->side),
             leg->number, nick, HOWS[pick(walk, G_N_ELEMENTS(HOWS))], pick(walk, 2));
}

static void line_comes(Walk *walk, const Leg *leg)
{
    static uint64_t last_id;
    bool has_ref = leg->side == SIDE_SIP;
    g_autofree char *ref =
        has_ref ? g_strdup_printf("ref=%" PRIu64, (walk->last_ref += 2) + 1) : g_strdup("");
    tell(walk, "%s room-message %s leg=%" PRIu64 " id=k%" PRIu64 " body=x%s%s", side_name(leg->side), ref,
         leg->number, ++last_id, leg->is_home || is_likely(walk, 20) ? " nick=n1" : "",
         is_likely(walk, 20) ? " private=yes nick=n2" : "");
}

static void leg_does(Walk *walk)
{
    if (walk->legs->len == 0)
        return;
    Leg *leg = &g_array_index(walk->legs, Leg, pick(walk, walk->legs->len));
    if (is_likely(walk, 5))
        leg_ends(walk, leg);
    else if (leg->stage == ASKED && !is_likely(walk, 30))
        leg_up(walk, leg);
    else if (leg->is_home && leg->side == SIDE_SIP && leg->stage == UP && is_likely(walk, 10))
        home_is_lost(walk, leg);
    else if (leg->is_home && is_likely(walk, 50))
        roster_changes(walk, &(Leg){leg->number, leg->side, true, true, UP});
    else if (leg->stage == UP)
        line_comes(walk, &(Leg){leg->number, leg->side, leg->is_home, true, UP});
}

static void row_ends(Walk *walk)
{
    if (walk->rows->len == 0)
        return;
    guint index = pick(walk, walk->rows->len);
    Row row = g_array_index(walk->rows, Row, index);
    g_array_remove_index(walk->rows, index);
    tell(walk, "%s delivery row=%" PRIu64 " leg=%" PRIu64 "%s", side_name(row.side), row.row, row.leg,
         is_likely(walk, 20) ? " failure=forbidden how=refused" : "");
}

static void timer_rings(Walk *walk)
{
    if (walk->timers->len == 0)
        return;
    Timer timer = g_array_index(walk->timers, Timer, 0);
    walk->now_ms = MAX(walk->now_ms, timer.due_ms);
    g_array_remove_index(walk->timers, 0);
    tell(walk, "xmpp timer session=%" PRIu64 " how=%s number=%" PRIu64, timer.session,
         fields_how_name(timer.how), timer.number);
}

static void link_changes(Walk *walk)
{
    tell(walk, "xmpp link how=%s from=%s", is_likely(walk, 50) ? "down" : "up",
         is_likely(walk, 50) ? "sip.test" : "halls.test");
}

static void step(Walk *walk)
{
    guint what = pick(walk, 100);
    if (what < 8)
        offer(walk);
    else if (what < 10)
        turn_round(walk);
    else if (what < 12)
        timer_rings(walk);
    else if (what < 14)
        link_changes(walk);
    else if (what < 40)
        row_ends(walk);
    else
        leg_does(walk);
}

// ---- a story ------------------------------------------------------------------------------------

static Walk *walk_new(guint32 seed)
{
    Walk *walk = g_new0(Walk, 1);
    walk->settings = settings_defaults();
    walk->settings.rate_join = walk->settings.rate_msg = walk->settings.rate_burst = 1000000;
    walk->settings.rate_invite = 1000000;
    walk->settings.focus_hold = 60000;
    walk->route = route_new();
    route_add_component(walk->route, "sip.test", ROUTE_USERS, "sip.test");
    route_add_component(walk->route, "halls.test", ROUTE_ROOMS, "halls.sip.test");
    route_add_xmpp_domain(walk->route, "xmpp.test", ROUTE_USERS, "xmpp.test");
    route_add_xmpp_domain(walk->route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test");
    walk->router = router_new(walk->route, &walk->settings);
    walk->random = g_rand_new_with_seed(seed);
    walk->legs = g_array_new(FALSE, FALSE, sizeof(Leg));
    walk->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    walk->timers = g_array_new(FALSE, FALSE, sizeof(Timer));
    walk->offers = g_array_new(FALSE, FALSE, sizeof(Offer));
    walk->ledger = g_hash_table_new(NULL, NULL);
    walk->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    walk->now_ms = 1000;
    return walk;
}

static void walk_free(Walk *walk)
{
    router_free(walk->router);
    route_free(walk->route);
    g_rand_free(walk->random);
    GArray *const lists[] = {walk->legs, walk->rows, walk->timers, walk->offers};
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_array_free(lists[i], TRUE);
    g_hash_table_destroy(walk->ledger);
    g_hash_table_destroy(walk->shown);
    g_free(walk);
}

/* CONF-002 CONF-022 MUC-A30 MUC-B14 ESC-004 ESC-608 */
START_TEST(stay_walk_leaves_nothing_over_when_the_gateway_ends)
{
    for (guint32 seed = 1; seed <= STORIES; seed++) {
        Walk *walk = walk_new(seed);
        for (int i = 0; i < STEPS; i++)
            step(walk);
        tell(walk, "xmpp link how=up from=sip.test");
        tell(walk, "xmpp link how=up from=halls.test");
        tell(walk, "xmpp closing");
        while (walk->rows->len > 0)
            row_ends(walk);
        ck_assert_msg(walk->legs->len == 0, "seed %u: a leg is left over", seed);
        ck_assert_msg(walk->offers->len == 0, "seed %u: an offer is not answered", seed);
        ck_assert_msg(g_hash_table_size(walk->shown) == 0, "seed %u: a room is not forgotten", seed);
        ck_assert_msg(g_hash_table_size(walk->ledger) == 0, "seed %u: a row is open", seed);
        ck_assert_msg(router_counters(walk->router)->surprises == 0, "seed %u: surprised", seed);
        walk_free(walk);
    }
}
END_TEST

int main(void)
{
    return suite_run("stay_walk", (const TTest *const[]){
                                      stay_walk_leaves_nothing_over_when_the_gateway_ends, NULL});
}
