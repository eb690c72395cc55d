// SPDX-License-Identifier: MIT
// The sessions and their indexes. Each index borrows from `by_id`, which owns; a session keeps a
// list of what it is bound to, so that forgetting it finds everything without a search.
#include "mapping/session_map.h"

#include "mapping/escalation_record.h"

enum {
    SESSION_MAP_MAX = 50000,                  // LIMIT: sessions at a time
    SESSION_MAP_SWEEP = 4,                    // LIMIT: sessions looked at per turn for forgetting
    SESSION_MAP_MEMORY_MS = 24 * 3600 * 1000, // thread and lock are kept for a day
};

typedef struct {
    uint64_t key;     // leg number, or ref and side
    Session *session; // borrowed
    SessionLeg role;
} Binding;

struct SessionMap {
    GHashTable *by_id;     // uint64_t in Session -> owned Session
    GHashTable *by_pair;   // Session -> itself, hashed by its two addresses
    GHashTable *by_thread; // thread_key in Session -> Session
    GHashTable *by_leg;    // uint64_t in Binding -> owned Binding
    GHashTable *by_ref;    // the same
    GHashTable *by_room;   // shared Address -> owned GQueue of Session.in_room
    GHashTable *by_row;    // uint64_t in Line -> Line
    GQueue recent;         // Session.recent, the longest unused first
    uint64_t last_id;
};

static guint pair_hash(gconstpointer data)
{
    const Session *pair = data;
    guint hash = g_str_hash(address_bare(pair->x)) * 33 + g_str_hash(address_bare(pair->s));
    return pair->device != NULL ? hash * 33 + address_hash(pair->device) : hash;
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
    const Session *one = a, *other = b;
    return address_equal_bare(one->x, other->x) && address_equal_bare(one->s, other->s) &&
           address_equal(one->device, other->device);
}

static guint room_hash(gconstpointer room)
{
    return address_hash(room);
}

static gboolean room_equal(gconstpointer a, gconstpointer b)
{
    return address_equal(a, b);
}

static void room_unref(gpointer room)
{
    address_unref(room);
}

static void session_destroy(gpointer session)
{
    session_free(session);
}

// Emptied before: the links are the sessions' own.
static void sessions_free(gpointer sessions)
{
    g_free(sessions);
}

SessionMap *session_map_new(void)
{
    SessionMap *map = g_new0(SessionMap, 1);
    map->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, session_destroy);
    map->by_pair = g_hash_table_new(pair_hash, pair_equal);
    map->by_thread = g_hash_table_new(g_str_hash, g_str_equal);
    map->by_leg = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    map->by_ref = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    map->by_room = g_hash_table_new_full(room_hash, room_equal, room_unref, sessions_free);
    map->by_row = g_hash_table_new(g_int64_hash, g_int64_equal);
    return map;
}

static Binding *binding_new(GHashTable *index, uint64_t key, Session *session)
{
    Binding *binding = g_new0(Binding, 1);
    *binding = (Binding){.key = key, .session = session};
    g_hash_table_replace(index, &binding->key, binding);
    return binding;
}

Session *session_map_find(const SessionMap *map, uint64_t id)
{
    return g_hash_table_lookup(map->by_id, &id);
}

static Session *pair_find(const SessionMap *map, const Address *x, const Address *s,
                          const Address *device)
{
    if (x == NULL || s == NULL)
        return NULL;
    Session pair = {.x = (Address *)x, .s = (Address *)s, .device = (Address *)device};
    return g_hash_table_lookup(map->by_pair, &pair);
}

Session *session_map_find_pair(const SessionMap *map, const Address *x, const Address *s)
{
    return pair_find(map, x, s, NULL);
}

Session *session_map_find_leg(const SessionMap *map, uint64_t leg, SessionLeg *role)
{
    const Binding *binding = g_hash_table_lookup(map->by_leg, &leg);
    if (binding != NULL && role != NULL)
        *role = binding->role;
    return binding != NULL ? binding->session : NULL;
}

guint session_map_count_legs(const Session *session, SessionLeg role)
{
    guint count = 0;
    for (const GSList *at = session->legs; at != NULL; at = at->next)
        count += ((const Binding *)at->data)->role == role;
    return count;
}

static uint64_t ref_key(Side side, uint64_t ref)
{
    return ref * 2 + (side == SIDE_SIP);
}

Session *session_map_find_ref(const SessionMap *map, Side side, uint64_t ref)
{
    uint64_t key = ref_key(side, ref);
    const Binding *binding = g_hash_table_lookup(map->by_ref, &key);
    return binding != NULL ? binding->session : NULL;
}

// No address has a line break in it.
static char *thread_key(const Address *s, const char *thread)
{
    return g_strdup_printf("%s\n%s", address_bare(s), thread);
}

Session *session_map_find_thread(const SessionMap *map, const Address *s, const char *thread)
{
    if (s == NULL || thread == NULL)
        return NULL;
    g_autofree char *key = thread_key(s, thread);
    return g_hash_table_lookup(map->by_thread, key);
}

Line *session_map_find_row(const SessionMap *map, uint64_t row)
{
    return g_hash_table_lookup(map->by_row, &row);
}

const GQueue *session_map_in_room(const SessionMap *map, const Address *room)
{
    return room != NULL ? g_hash_table_lookup(map->by_room, room) : NULL;
}

Session *session_map_find_in_room(const SessionMap *map, const Address *room, const Address *user)
{
    const GQueue *sessions = session_map_in_room(map, room);
    for (const GList *at = sessions != NULL ? sessions->head : NULL; at != NULL; at = at->next) {
        Session *session = at->data;
        bool is_his = address_equal_bare(session->x, user) || address_equal_bare(session->s, user);
        if (session->device == NULL && is_his)
            return session;
    }
    return NULL;
}

void session_map_bind_leg(SessionMap *map, Session *session, uint64_t leg, SessionLeg role)
{
    Binding *binding = g_hash_table_lookup(map->by_leg, &leg);
    if (binding == NULL) {
        binding = binding_new(map->by_leg, leg, session);
        session->legs = g_slist_prepend(session->legs, binding);
    }
    g_assert(binding->session == session);
    binding->role = role;
}

void session_map_unbind_leg(SessionMap *map, uint64_t leg)
{
    Binding *binding = g_hash_table_lookup(map->by_leg, &leg);
    if (binding == NULL)
        return;
    binding->session->legs = g_slist_remove(binding->session->legs, binding);
    g_hash_table_remove(map->by_leg, &leg);
}

void session_map_bind_ref(SessionMap *map, Session *session, Side side, uint64_t ref)
{
    session_map_unbind_ref(map, side, ref);
    Binding *binding = binding_new(map->by_ref, ref_key(side, ref), session);
    session->refs = g_slist_prepend(session->refs, binding);
}

void session_map_unbind_ref(SessionMap *map, Side side, uint64_t ref)
{
    uint64_t key = ref_key(side, ref);
    Binding *binding = g_hash_table_lookup(map->by_ref, &key);
    if (binding == NULL)
        return;
    binding->session->refs = g_slist_remove(binding->session->refs, binding);
    g_hash_table_remove(map->by_ref, &key);
}

void session_map_bind_room(SessionMap *map, Session *session, Address *room)
{
    session_map_unbind_room(map, session);
    GQueue *sessions = g_hash_table_lookup(map->by_room, room);
    if (sessions == NULL) {
        sessions = g_new0(GQueue, 1);
        g_hash_table_insert(map->by_room, address_ref(room), sessions);
    }
    g_queue_push_tail_link(sessions, &session->in_room);
    fields_set_address(&session->room, room);
}

void session_map_unbind_room(SessionMap *map, Session *session)
{
    if (session->room == NULL)
        return;
    GQueue *sessions = g_hash_table_lookup(map->by_room, session->room);
    g_queue_unlink(sessions, &session->in_room);
    if (sessions->length == 0)
        g_hash_table_remove(map->by_room, session->room);
    fields_set_address(&session->room, NULL);
}

// Two sessions of one SIP user may name the same thread: the later one is found, and only it is
// taken out again.
void session_map_set_thread(SessionMap *map, Session *session, const char *thread)
{
    if (g_strcmp0(session->thread, thread) == 0)
        return;
    if (session->thread_key != NULL &&
        g_hash_table_lookup(map->by_thread, session->thread_key) == session)
        g_hash_table_remove(map->by_thread, session->thread_key);
    g_clear_pointer(&session->thread_key, g_free);
    fields_set_text(&session->thread, thread);
    if (session->thread == NULL)
        return;
    session->thread_key = thread_key(session->s, session->thread);
    g_hash_table_replace(map->by_thread, session->thread_key, session);
}

static GQueue *line_queue(const Line *line)
{
    return line->in_flight ? &line->session->in_flight : &line->session->waiting;
}

// Lines come in by rising row and are taken back youngest first, so the search ends at its first
// step.
static GList *first_older(const GQueue *waiting, uint64_t row)
{
    GList *at = waiting->head;
    if (at == NULL || ((Line *)at->data)->row > row)
        return NULL;
    for (at = waiting->tail; ((Line *)at->data)->row > row;)
        at = at->prev;
    return at;
}

void session_map_line_waits(SessionMap *map, Session *session, Line *owned)
{
    g_assert(owned->row != 0 && owned->session == NULL);
    GList *older = first_older(&session->waiting, owned->row);
    owned->session = session;
    owned->in_flight = false;
    if (older != NULL)
        g_queue_insert_after_link(&session->waiting, older, &owned->link);
    else
        g_queue_push_head_link(&session->waiting, &owned->link);
    g_hash_table_insert(map->by_row, &owned->row, owned);
}

void session_map_line_flies(SessionMap *map, Line *line)
{
    g_assert(!line->in_flight);
    g_queue_unlink(&line->session->waiting, &line->link);
    g_queue_push_tail_link(&line->session->in_flight, &line->link);
    line->in_flight = true;
}

Line *session_map_line_drop(SessionMap *map, Line *line)
{
    g_queue_unlink(line_queue(line), &line->link);
    g_hash_table_remove(map->by_row, &line->row);
    line->session = NULL;
    line->in_flight = false;
    return line;
}

static void lines_forget(SessionMap *map, GQueue *lines)
{
    while (lines->head != NULL)
        lines_free(session_map_line_drop(map, lines->head->data));
}

static void session_forget(SessionMap *map, Session *session)
{
    lines_forget(map, &session->waiting);
    lines_forget(map, &session->in_flight);
    session_map_set_thread(map, session, NULL);
    session_map_unbind_room(map, session);
    while (session->legs != NULL)
        session_map_unbind_leg(map, ((Binding *)session->legs->data)->key);
    while (session->refs != NULL) {
        uint64_t key = ((Binding *)session->refs->data)->key;
        session_map_unbind_ref(map, key % 2 != 0 ? SIDE_SIP : SIDE_XMPP, key / 2);
    }
    g_queue_unlink(&map->recent, &session->recent);
    g_hash_table_remove(map->by_pair, session);
    g_hash_table_remove(map->by_id, &session->id);
}

void session_map_free(SessionMap *map)
{
    if (map == NULL)
        return;
    while (map->recent.head != NULL)
        session_forget(map, map->recent.head->data);
    GHashTable *const tables[] = {map->by_pair, map->by_thread, map->by_leg, map->by_ref,
                                  map->by_room, map->by_row,    map->by_id};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_destroy(tables[i]);
    g_free(map);
}

static Session *pair_open(SessionMap *map, const Address *x, const Address *s, Address *device,
                          int64_t now_ms)
{
    Session *session = pair_find(map, x, s, device);
    if (session != NULL || g_hash_table_size(map->by_id) >= SESSION_MAP_MAX)
        return session;
    session = session_new(++map->last_id, x, s);
    session->last_used_ms = now_ms;
    fields_set_address(&session->device, device);
    g_hash_table_insert(map->by_id, &session->id, session);
    g_hash_table_add(map->by_pair, session);
    g_queue_push_tail_link(&map->recent, &session->recent);
    return session;
}

Session *session_map_open(SessionMap *map, const Address *x, const Address *s, int64_t now_ms)
{
    return pair_open(map, x, s, NULL, now_ms);
}

Session *session_map_open_stay(SessionMap *map, Address *room, Address *device, Side facade,
                               int64_t now_ms)
{
    bool is_xmpp = facade == SIDE_XMPP;
    return pair_open(map, is_xmpp ? device : room, is_xmpp ? room : device, device, now_ms);
}

Session *session_map_find_stay(const SessionMap *map, Address *room, Address *device, Side facade)
{
    bool is_xmpp = facade == SIDE_XMPP;
    return pair_find(map, is_xmpp ? device : room, is_xmpp ? room : device, device);
}

void session_map_touch(SessionMap *map, Session *session, int64_t now_ms)
{
    session->last_used_ms = now_ms;
    g_queue_unlink(&map->recent, &session->recent);
    g_queue_push_tail_link(&map->recent, &session->recent);
}

// One that is still in use goes to the end of the order without counting as used.
void session_map_sweep(SessionMap *map, int64_t now_ms)
{
    for (int i = 0; i < SESSION_MAP_SWEEP && map->recent.head != NULL; i++) {
        Session *oldest = map->recent.head->data;
        bool is_full = g_hash_table_size(map->by_id) >= SESSION_MAP_MAX;
        if (!is_full && now_ms - oldest->last_used_ms < SESSION_MAP_MEMORY_MS)
            return;
        if (session_is_idle(oldest))
            session_forget(map, oldest);
        else
            session_map_touch(map, oldest, oldest->last_used_ms);
    }
}

static int id_compare(gconstpointer a, gconstpointer b)
{
    const Session *one = a, *other = b;
    return one->id < other->id ? -1 : one->id > other->id;
}

void session_map_each(SessionMap *map, SessionMapFunc each, void *data)
{
    g_autoptr(GList) sessions = g_list_sort(g_hash_table_get_values(map->by_id), id_compare);
    for (GList *at = sessions; at != NULL; at = at->next)
        each(at->data, data);
}

guint session_map_count(const SessionMap *map)
{
    return g_hash_table_size(map->by_id);
}

// What the indexes should hold, counted while walking the sessions.
typedef struct {
    guint lines, legs, refs, in_rooms;
} Found;

static void check_lines(const SessionMap *map, const Session *session, const GQueue *lines,
                        bool in_flight)
{
    uint64_t last_row = 0;
    for (GList *at = lines->head; at != NULL; at = at->next) {
        Line *line = at->data;
        g_assert(&line->link == at && line->session == session && line->in_flight == in_flight);
        g_assert(session_map_find_row(map, line->row) == line);
        g_assert(in_flight || line->row > last_row);
        last_row = line->row;
    }
}

static void check_bindings(const Session *session, GHashTable *index, const GSList *bindings)
{
    for (; bindings != NULL; bindings = bindings->next) {
        Binding *binding = bindings->data;
        g_assert(binding->session == session);
        g_assert(g_hash_table_lookup(index, &binding->key) == binding);
    }
}

// The chat leg's number is bound as such, and no other leg of the session is.
static void check_chat_leg(const SessionMap *map, const Session *session)
{
    const ChatLeg *leg = &session->chat_leg;
    bool has_number = leg->state == CHAT_LEG_OPENING || leg->state == CHAT_LEG_UP;
    g_assert(has_number == (leg->number != 0) && leg->offer == 0);
    for (const GSList *at = session->legs; at != NULL; at = at->next) {
        const Binding *binding = at->data;
        g_assert((binding->role == SESSION_LEG_CHAT) == (binding->key == leg->number));
    }
    g_assert(!has_number || session_map_find_leg(map, leg->number, NULL) == session);
}

static bool is_leg(const SessionMap *map, const Session *session, uint64_t leg, SessionLeg wanted)
{
    SessionLeg role = SESSION_LEG_CHAT;
    return leg == 0 || (session_map_find_leg(map, leg, &role) == session && role == wanted);
}

// A stay is that of a device; it has the legs of its state, bound as what they are, and its room.
static void check_stay(const SessionMap *map, const Session *session)
{
    const Seat *seat = &session->seat;
    StayState state = session->stay.state;
    g_assert(escalation_state(session) == ESCALATION_CHAT);
    g_assert((seat->room != NULL) == (state != STAY_OUT));
    g_assert((seat->home_leg != 0) == (state != STAY_OUT));
    bool is_answered = state == STAY_ANSWERING || state == STAY_INSIDE || state == STAY_AWAY;
    g_assert((seat->party_leg != 0) == is_answered);
    g_assert(session->stay.offer == 0 || state == STAY_ENTERING);
    g_assert(session_map_count_legs(session, SESSION_LEG_PARTY) == (seat->party_leg != 0));
    g_assert(session_map_count_legs(session, SESSION_LEG_HOME) == (seat->home_leg != 0));
    g_assert(is_leg(map, session, seat->party_leg, SESSION_LEG_PARTY));
    g_assert(is_leg(map, session, seat->home_leg, SESSION_LEG_HOME));
    g_assert(address_equal(seat->room, session->room));
}

static void check_session(const SessionMap *map, Session *session, Found *found)
{
    g_assert(session_map_find(map, session->id) == session);
    g_assert(pair_find(map, session->x, session->s, session->device) == session);
    g_assert((session->thread != NULL) == (session->thread_key != NULL));
    check_lines(map, session, &session->waiting, false);
    check_lines(map, session, &session->in_flight, true);
    check_bindings(session, map->by_leg, session->legs);
    check_bindings(session, map->by_ref, session->refs);
    check_chat_leg(map, session);
    if (session->escalation != NULL)
        escalation_record_check(map, session);
    const GQueue *in_room = session_map_in_room(map, session->room);
    g_assert(session->room == NULL ||
             g_queue_link_index((GQueue *)in_room, &session->in_room) >= 0);
    g_assert(session->device != NULL || session->stay.state == STAY_OUT);
    if (session->device != NULL)
        check_stay(map, session);
    found->lines += session->waiting.length + session->in_flight.length;
    found->legs += g_slist_length(session->legs);
    found->refs += g_slist_length(session->refs);
    found->in_rooms += session->room != NULL;
}

static guint count_in_rooms(const SessionMap *map)
{
    guint count = 0;
    GHashTableIter iter;
    gpointer sessions;
    g_hash_table_iter_init(&iter, map->by_room);
    while (g_hash_table_iter_next(&iter, NULL, &sessions)) {
        g_assert(((GQueue *)sessions)->length > 0);
        count += ((GQueue *)sessions)->length;
    }
    return count;
}

static void check_threads(const SessionMap *map)
{
    GHashTableIter iter;
    gpointer key, session;
    g_hash_table_iter_init(&iter, map->by_thread);
    while (g_hash_table_iter_next(&iter, &key, &session))
        g_assert(key == ((Session *)session)->thread_key);
}

void session_map_check(const SessionMap *map)
{
    Found found = {0};
    for (GList *at = map->recent.head; at != NULL; at = at->next)
        check_session(map, at->data, &found);
    g_assert(map->recent.length == g_hash_table_size(map->by_id));
    g_assert(map->recent.length == g_hash_table_size(map->by_pair));
    g_assert(found.lines == g_hash_table_size(map->by_row));
    g_assert(found.legs == g_hash_table_size(map->by_leg));
    g_assert(found.refs == g_hash_table_size(map->by_ref));
    g_assert(found.in_rooms == count_in_rooms(map));
    check_threads(map);
}
