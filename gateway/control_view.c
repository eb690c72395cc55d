// SPDX-License-Identifier: MIT
// Sessions, ladders, facts about peers and rows of the ledger as JSON.
#include "gateway/control_view.h"

#include <string.h>

#include "gateway/store_rows.h"
#include "mapping/session_map.h"

// ---- members: what is absent is not told --------------------------------------------------------

static void text_add(JsonBuilder *into, const char *name, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_set_member_name(into, name);
    json_builder_add_string_value(into, valid);
}

static void number_add(JsonBuilder *into, const char *name, int64_t number)
{
    json_builder_set_member_name(into, name);
    json_builder_add_int_value(into, number);
}

// ---- what a list was asked for ------------------------------------------------------------------

typedef struct {
    Address *address; // owned; NULL = everybody
    uint64_t limit;
} Wanted;

static const char *query_get(GHashTable *query, const char *name)
{
    return query != NULL ? g_hash_table_lookup(query, name) : NULL;
}

static bool wanted_read(GHashTable *query, Wanted *into, char **why)
{
    const char *address = query_get(query, "address"), *limit = query_get(query, "limit");
    *into = (Wanted){.limit = CONTROL_VIEW_MAX};
    if (limit != NULL &&
        !g_ascii_string_to_unsigned(limit, 10, 1, CONTROL_VIEW_MAX, &into->limit, NULL)) {
        *why = g_strdup_printf("limit is a number from 1 to %d", CONTROL_VIEW_MAX);
        return false;
    }
    into->address = address != NULL ? address_from_jid(address) : NULL;
    if (address != NULL && into->address == NULL)
        *why = g_strdup("address is no JID");
    return *why == NULL;
}

// {"NAME":[...],"total":N}, made by what `fill` adds to the list.
typedef struct {
    JsonBuilder *into;       // borrowed
    const ControlView *view; // borrowed
    Wanted wanted;           // its address is owned
    uint64_t total;          // that fit what is wanted
} List;

static JsonNode *list_make(const ControlView *view, const char *name, GHashTable *query,
                           void (*fill)(List *list), char **why)
{
    g_autoptr(JsonBuilder) into = json_builder_new();
    List list = {.into = into, .view = view};
    if (!wanted_read(query, &list.wanted, why))
        return NULL;
    json_builder_begin_object(into);
    json_builder_set_member_name(into, name);
    json_builder_begin_array(into);
    fill(&list);
    json_builder_end_array(into);
    number_add(into, "total", (int64_t)list.total);
    json_builder_end_object(into);
    address_unref(list.wanted.address);
    return json_builder_get_root(into);
}

// ---- sessions -----------------------------------------------------------------------------------

static void session_add(JsonBuilder *into, const Session *session, int64_t now_ms)
{
    json_builder_begin_object(into);
    number_add(into, "session", (int64_t)session->id);
    text_add(into, "xmpp", address_jid(session->x));
    text_add(into, "sip", address_jid(session->s));
    text_add(into, "resource", address_resource(session->locked));
    text_add(into, "thread", session->thread);
    text_add(into, "leg", chat_leg_state_name(session->chat_leg.state));
    text_add(into, "escalation", escalation_state_name(escalation_state(session)));
    text_add(into, "room", address_jid(session->room));
    number_add(into, "waiting", session->waiting.length);
    number_add(into, "in_flight", session->in_flight.length);
    number_add(into, "silent_s", (now_ms - session->last_used_ms) / 1000);
    json_builder_end_object(into);
}

static void on_session(Session *session, void *data)
{
    List *list = data;
    const Address *of = list->wanted.address;
    if (of != NULL && !address_equal_bare(of, session->x) && !address_equal_bare(of, session->s))
        return;
    if (list->total++ < list->wanted.limit)
        session_add(list->into, session, list->view->now_ms());
}

static void sessions_fill(List *list)
{
    session_map_each(router_sessions(list->view->router), on_session, list);
}

JsonNode *control_view_sessions(const ControlView *view, const char *argument, GHashTable *query,
                                char **why)
{
    return list_make(view, "sessions", query, sessions_fill, why);
}

// ---- rooms --------------------------------------------------------------------------------------

static const char *seat_state(const Session *session)
{
    return session->device != NULL ? stay_state_name(session->stay.state)
                                   : escalation_state_name(escalation_state(session));
}

static void seat_add(JsonBuilder *into, const Session *session, int64_t now_ms)
{
    const Seat *seat = &session->seat;
    json_builder_begin_object(into);
    text_add(into, "room", address_jid(seat->room));
    text_add(into, "home", side_name(seat->home));
    text_add(into, "party", address_jid(seat->party));
    text_add(into, "nick", seat->nick);
    text_add(into, "state", seat_state(session));
    number_add(into, "session", (int64_t)session->id);
    number_add(into, "party_leg", (int64_t)seat->party_leg);
    number_add(into, "home_leg", (int64_t)seat->home_leg);
    number_add(into, "occupants",
               seat->known != NULL ? participants_count(seat->known->participants) : 0);
    number_add(into, "since_s", seat->since_ms != 0 ? (now_ms - seat->since_ms) / 1000 : 0);
    number_add(into, "held", session->waiting.length + session->in_flight.length);
    number_add(into, "dropped", seat->dropped);
    text_add(into, "error", seat->error != FAILURE_NONE ? failure_name(seat->error) : NULL);
    json_builder_end_object(into);
}

static void on_seat(Session *session, void *data)
{
    List *list = data;
    const Address *of = list->wanted.address;
    const Seat *seat = &session->seat;
    if (seat->room == NULL || (of != NULL && !address_equal_bare(of, seat->room) &&
                               !address_equal_bare(of, seat->party)))
        return;
    if (list->total++ < list->wanted.limit)
        seat_add(list->into, session, list->view->now_ms());
}

static void rooms_fill(List *list)
{
    session_map_each(router_sessions(list->view->router), on_seat, list);
}

JsonNode *control_view_rooms(const ControlView *view, const char *argument, GHashTable *query,
                             char **why)
{
    return list_make(view, "rooms", query, rooms_fill, why);
}

// ---- ladder -------------------------------------------------------------------------------------

JsonNode *control_view_ladder(const ControlView *view, const char *argument, GHashTable *query,
                              char **why)
{
    guint64 session = 0;
    if (!g_ascii_string_to_unsigned(argument, 10, 1, G_MAXINT64, &session, NULL)) {
        *why = g_strdup("a session is a number");
        return NULL;
    }
    g_autofree char *text = ladder_text(view->ladder, session);
    if (*text == '\0')
        return NULL;
    g_autoptr(JsonBuilder) into = json_builder_new();
    json_builder_begin_object(into);
    number_add(into, "session", (int64_t)session);
    text_add(into, "ladder", text);
    json_builder_end_object(into);
    return json_builder_get_root(into);
}

// ---- peers --------------------------------------------------------------------------------------

static void on_fact(const PeerMemoryFact *fact, void *data)
{
    List *list = data;
    const Address *of = list->wanted.address;
    if ((of != NULL && strcmp(address_bare(of), fact->address) != 0) ||
        list->total++ >= list->wanted.limit)
        return;
    json_builder_begin_object(list->into);
    text_add(list->into, "peer", fact->address);
    text_add(list->into, "what", peer_memory_trait_name(fact->trait));
    if (fact->trait == PEER_MEMORY_MAX_SIZE)
        number_add(list->into, "value", fact->value);
    else
        text_add(list->into, "value", fact->value != 0 ? "yes" : "no");
    number_add(list->into, "holds_s", (fact->until_ms - list->view->now_ms()) / 1000);
    json_builder_end_object(list->into);
}

static void peers_fill(List *list)
{
    peer_memory_each(router_peers(list->view->router), list->view->now_ms(), on_fact, list);
}

JsonNode *control_view_peers(const ControlView *view, const char *argument, GHashTable *query,
                             char **why)
{
    return list_make(view, "peers", query, peers_fill, why);
}

JsonNode *control_view_forget(const ControlView *view, const char *argument, GHashTable *query,
                              char **why)
{
    Address *peer = address_from_jid(argument);
    if (peer == NULL) {
        *why = g_strdup("a peer is a JID");
        return NULL;
    }
    Event *event = event_new(EVENT_PEER, SIDE_SIP);
    event->f.how = HOW_FORGET;
    event->f.from = peer;
    g_autoptr(JsonBuilder) into = json_builder_new();
    json_builder_begin_object(into);
    text_add(into, "forgotten", address_bare(peer));
    json_builder_end_object(into);
    view->sink.take(view->sink.self, event);
    return json_builder_get_root(into);
}

// ---- ledger -------------------------------------------------------------------------------------

static void time_add(JsonBuilder *into, const char *name, int64_t at_ms)
{
    if (at_ms == 0)
        return;
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    g_autofree char *seconds = at != NULL ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%S") : NULL;
    g_autofree char *text = g_strdup_printf("%s.%03dZ", seconds, (int)(at_ms % 1000));
    text_add(into, name, seconds != NULL ? text : NULL);
}

static void on_row(const StoreRow *row, void *data)
{
    List *list = data;
    if (list->total++ >= list->wanted.limit)
        return;
    json_builder_begin_object(list->into);
    number_add(list->into, "row", (int64_t)row->row);
    text_add(list->into, "from", row->sender);
    text_add(list->into, "to", row->recipient);
    text_add(list->into, "side", row->side);
    text_add(list->into, "id", row->id);
    text_add(list->into, "carrier", row->carrier);
    time_add(list->into, "opened", row->opened_ms);
    time_add(list->into, "closed", row->closed_ms);
    text_add(list->into, "end", row->fate != NULL ? row->fate : "open");
    text_add(list->into, "failure", row->failure);
    if (row->status != 0)
        number_add(list->into, "status", (int64_t)row->status);
    json_builder_end_object(list->into);
}

// {"ledger":[...],"more":BOOL}: one row more than wanted is asked for, to know whether there are more.
static JsonNode *ledger_make(List *list, const StoreRowsFilter *filter, char **why)
{
    g_autoptr(GError) error = NULL;
    json_builder_begin_object(list->into);
    json_builder_set_member_name(list->into, "ledger");
    json_builder_begin_array(list->into);
    if (!store_rows_each(list->view->store, filter, on_row, list, &error)) {
        *why = g_strdup(error->message);
        return NULL;
    }
    json_builder_end_array(list->into);
    json_builder_set_member_name(list->into, "more");
    json_builder_add_boolean_value(list->into, list->total > list->wanted.limit);
    json_builder_end_object(list->into);
    return json_builder_get_root(list->into);
}

JsonNode *control_view_ledger(const ControlView *view, const char *argument, GHashTable *query,
                              char **why)
{
    g_autoptr(JsonBuilder) into = json_builder_new();
    List list = {.into = into, .view = view};
    if (!wanted_read(query, &list.wanted, why))
        return NULL;
    StoreRowsFilter filter = {
        .address = address_bare(list.wanted.address),
        .id = query_get(query, "id"),
        .is_open = query_get(query, "open") != NULL,
        .limit = (unsigned)list.wanted.limit + 1,
    };
    JsonNode *node = ledger_make(&list, &filter, why);
    address_unref(list.wanted.address);
    return node;
}
