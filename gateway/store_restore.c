// SPDX-License-Identifier: MIT
// What an earlier run left, told to the middle as RESTORED events: numbers, facts about peers,
// rooms, what was done lately, and every row that has no end yet.
#include "gateway/store_restore.h"

#include <string.h>

#include "gateway/store_core.h"

// LIMIT: the youngest rows among which those done lately are looked for.
#define DONE_ROWS 50000
// How long an id is known again (ESC-017); what is remembered shorter is up to the middle.
#define DONE_MS (60 * 60 * 1000)

// What is passed to the functions that read one row of a SELECT.
typedef struct {
    EventSink sink;
    int64_t now_ms;
    GArray *lost; // owned by store_restore(): uint64_t, rows that cannot be read
} Restoring;

static Event *restored_new(How how)
{
    Event *event = event_new(EVENT_RESTORED, SIDE_XMPP);
    event->f.how = how;
    return event;
}

static void tell(const Restoring *restoring, Event *owned)
{
    restoring->sink.take(restoring->sink.self, owned);
}

static void address_set(Address **field, const char *jid)
{
    *field = jid != NULL ? address_from_jid(jid) : NULL;
}

static void tell_counter(sqlite3_stmt *select, void *data)
{
    Event *event = restored_new(HOW_COUNTER);
    event->f.number = (uint64_t)sqlite3_column_int64(select, 0) + 1;
    tell(data, event);
}

static void tell_peer(sqlite3_stmt *select, void *data)
{
    const Restoring *restoring = data;
    const char *trait = store_core_text(select, 1);
    uint64_t value = (uint64_t)sqlite3_column_int64(select, 2);
    Event *event = restored_new(HOW_PEER);
    address_set(&event->f.to, store_core_text(select, 0));
    event->f.ms = (uint64_t)(sqlite3_column_int64(select, 3) - restoring->now_ms);
    if (strcmp(trait, STORE_CORE_MAX_SIZE) == 0)
        event->f.number = value;
    else
        fields_set_text(value != 0 ? &event->f.takes : &event->f.lacks, trait);
    tell(restoring, event);
}

static void tell_room(sqlite3_stmt *select, void *data)
{
    Event *event = restored_new(HOW_ROOM_BIND);
    event->f.leg = (uint64_t)sqlite3_column_int64(select, 0);
    address_set(&event->f.room, store_core_text(select, 1));
    address_set(&event->f.from, store_core_text(select, 2));
    fields_set_text(&event->f.nick, store_core_text(select, 3));
    fields_set_text(&event->f.carrier, store_core_text(select, 4));
    tell(data, event);
}

// A clock that was set back makes nothing younger than now.
static uint64_t age_of(const Restoring *restoring, int64_t at_ms)
{
    return (uint64_t)MAX(restoring->now_ms - at_ms, 0);
}

static FailureReason failure_of(const char *fate, const char *name)
{
    if (strcmp(fate, "delivered") == 0)
        return FAILURE_NONE;
    FailureReason failure = name != NULL ? failure_from_name(name) : FAILURE_NONE;
    return failure != FAILURE_NONE ? failure : FAILURE_REMOTE_SERVER_TIMEOUT;
}

static void tell_done(sqlite3_stmt *select, void *data)
{
    const Restoring *restoring = data;
    Event *event = restored_new(HOW_ROW_CLOSE);
    event->f.row = (uint64_t)sqlite3_column_int64(select, 0);
    address_set(&event->f.from, store_core_text(select, 1));
    address_set(&event->f.to, store_core_text(select, 2));
    fields_set_text(&event->f.id, store_core_text(select, 3));
    event->f.leg = (uint64_t)sqlite3_column_int64(select, 4);
    fields_set_text(&event->f.request, store_core_text(select, 5));
    event->f.failure = failure_of(store_core_text(select, 6), store_core_text(select, 7));
    event->f.status = (uint64_t)sqlite3_column_int64(select, 8);
    event->f.ms = age_of(restoring, sqlite3_column_int64(select, 9));
    tell(restoring, event);
}

// When it was written is told to whoever gets it late (EXT-08).
static void stamp_set(Fields *fields, int64_t opened_ms)
{
    if (fields->stamp != NULL)
        return;
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(opened_ms / 1000);
    fields->stamp = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

static void tell_open(sqlite3_stmt *select, void *data)
{
    Restoring *restoring = data;
    uint64_t row = (uint64_t)sqlite3_column_int64(select, 0);
    const char *side = store_core_text(select, 1), *line = store_core_text(select, 3);
    g_autoptr(Event) event = restored_new(HOW_ROW_OPEN);
    g_autofree char *why = NULL;
    if (line == NULL || !fields_parse(&event->f, line, &why)) {
        g_array_append_val(restoring->lost, row);
        return;
    }
    event->side = strcmp(side, side_name(SIDE_SIP)) == 0 ? SIDE_SIP : SIDE_XMPP;
    event->f.how = HOW_ROW_OPEN;
    event->f.row = row;
    event->f.session = 0;
    fields_set_text(&event->f.carrier, store_core_text(select, 2));
    event->f.ms = age_of(restoring, sqlite3_column_int64(select, 4));
    stamp_set(&event->f, sqlite3_column_int64(select, 4));
    tell(restoring, g_steal_pointer(&event));
}

static bool rows_lose(Store *store, const Restoring *restoring, GError **error)
{
    for (guint i = 0; i < restoring->lost->len; i++) {
        sqlite3_stmt *update = store->statements[SQL_ROW_LOST];
        store_core_bind_number(update, 1, g_array_index(restoring->lost, uint64_t, i));
        store_core_bind_number(update, 2, (uint64_t)restoring->now_ms);
        if (!store_core_run(store, SQL_ROW_LOST, error))
            return false;
    }
    if (restoring->lost->len > 0)
        g_warning("ledger: %u rows of an earlier run cannot be read; they are closed as lost",
                  restoring->lost->len);
    return true;
}

static bool tell_all(Store *store, Restoring *restoring, GError **error)
{
    uint64_t now_ms = (uint64_t)restoring->now_ms;
    store_core_bind_number(store->statements[SQL_PEERS], 1, now_ms);
    store_core_bind_number(store->statements[SQL_DONE_ROWS], 1, DONE_ROWS);
    store_core_bind_number(store->statements[SQL_DONE_ROWS], 2, now_ms - DONE_MS);
    return store_core_each(store, SQL_LAST_ROW, tell_counter, restoring, error) &&
           store_core_each(store, SQL_PEERS, tell_peer, restoring, error) &&
           store_core_each(store, SQL_ROOMS, tell_room, restoring, error) &&
           store_core_each(store, SQL_DONE_ROWS, tell_done, restoring, error) &&
           store_core_each(store, SQL_OPEN_ROWS, tell_open, restoring, error);
}

bool store_restore(Store *store, EventSink sink, int64_t now_ms, GError **error)
{
    g_autoptr(GArray) lost = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    Restoring restoring = {sink, now_ms, lost};
    return tell_all(store, &restoring, error) && rows_lose(store, &restoring, error);
}
