// SPDX-License-Identifier: MIT
// STORE commands to prepared statements, and back to RESTORED events at start.
#include "gateway/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "gateway/gateway_error.h"
#include "gateway/store_schema.h"

// LIMIT: rows looked at by one call of store_prune(), so that no turn takes long.
#define PRUNE_ROWS 2000
// LIMIT: facts about peers; those that end first go first.
#define PEER_FACTS_MAX 50000
// The one fact about a peer that is a number.
#define MAX_SIZE "max-size"
// How long rows that were closed may wait for a commit (docs/decisions/0003).
#define LAG_MS 50

typedef enum {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ROW_OPEN,
    SQL_ROW_CLOSE,
    SQL_ROOM_BIND,
    SQL_ROOM_UNBIND,
    SQL_PEER,
    SQL_PEER_FORGET,
    SQL_PRUNE,
    SQL_PRUNE_PEERS,
    SQL_LAST_ROW,
    SQL_PEERS,
    SQL_ROOMS,
    SQL_CLOSE_LEFT_OPEN,
    SQL_COUNT
} Sql;

static const char *const SQL_TEXTS[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ROW_OPEN] = "INSERT INTO ledger (row,side,session,leg,sender,recipient,id,thread,body,"
                     "opened_ms) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    [SQL_ROW_CLOSE] = "UPDATE ledger SET closed_ms=?2, fate=?3, failure=?4, body=NULL"
                      " WHERE row=?1 AND closed_ms IS NULL",
    [SQL_ROOM_BIND] = "INSERT OR REPLACE INTO room (leg,session,room,occupant,nick,since_ms)"
                      " VALUES (?1,?2,?3,?4,?5,?6)",
    [SQL_ROOM_UNBIND] = "DELETE FROM room WHERE leg=?1",
    [SQL_PEER] = "INSERT OR REPLACE INTO peer (address,trait,value,until_ms) VALUES (?1,?2,?3,?4)",
    [SQL_PEER_FORGET] = "DELETE FROM peer WHERE address=?1",
    [SQL_PRUNE] = "DELETE FROM ledger WHERE row IN (SELECT row FROM ledger ORDER BY row LIMIT ?2)"
                  " AND closed_ms < ?1",
    [SQL_PRUNE_PEERS] = "DELETE FROM peer WHERE until_ms < max(?1, coalesce((SELECT until_ms FROM"
                        " peer ORDER BY until_ms DESC LIMIT 1 OFFSET ?2), 0))",
    [SQL_LAST_ROW] = "SELECT max((SELECT coalesce(max(row),0) FROM ledger),"
                     " (SELECT coalesce(max(leg),0) FROM room))",
    [SQL_PEERS] = "SELECT address, trait, value, until_ms FROM peer WHERE until_ms >= ?1"
                  " ORDER BY until_ms",
    [SQL_ROOMS] = "SELECT leg, room, occupant, nick FROM room",
    [SQL_CLOSE_LEFT_OPEN] = "UPDATE ledger SET closed_ms=?1, fate='lost', failure=NULL"
                            " WHERE closed_ms IS NULL",
};

struct Store {
    sqlite3 *database;                  // owned
    sqlite3_stmt *statements[SQL_COUNT]; // owned
    bool begun;                         // a transaction is open
    guint lag_source;                   // while closed rows wait for a commit; 0 = none does
};

static bool fail(Store *store, GError **error)
{
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_STORE, "database: %s",
                sqlite3_errmsg(store->database));
    return false;
}

// ---- statements ---------------------------------------------------------------------------------

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
    sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

// Runs a bound statement that answers nothing and makes it ready for the next time.
static bool run(Store *store, Sql which, GError **error)
{
    sqlite3_stmt *statement = store->statements[which];
    bool good = sqlite3_step(statement) == SQLITE_DONE || fail(store, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return good;
}

static bool begin(Store *store, GError **error)
{
    if (!store->begun)
        store->begun = run(store, SQL_BEGIN, error);
    return store->begun;
}

static void rollback(Store *store)
{
    if (store->begun && !sqlite3_get_autocommit(store->database))
        run(store, SQL_ROLLBACK, NULL);
    store->begun = false;
}

static bool row_open(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    const Fields *f = &command->f;
    sqlite3_stmt *insert = store->statements[SQL_ROW_OPEN];
    bind_number(insert, 1, f->row);
    bind_text(insert, 2, side_name(command->side));
    bind_number(insert, 3, f->session);
    bind_number(insert, 4, f->leg);
    bind_text(insert, 5, address_jid(f->from));
    bind_text(insert, 6, address_jid(f->to));
    bind_text(insert, 7, f->id);
    bind_text(insert, 8, f->thread);
    bind_text(insert, 9, f->body);
    bind_number(insert, 10, (uint64_t)now_ms);
    return run(store, SQL_ROW_OPEN, error);
}

static bool row_close(Store *store, const Fields *f, int64_t now_ms, GError **error)
{
    sqlite3_stmt *update = store->statements[SQL_ROW_CLOSE];
    bind_number(update, 1, f->row);
    bind_number(update, 2, (uint64_t)now_ms);
    bind_text(update, 3, f->failure == FAILURE_NONE && f->how == HOW_ROW_CLOSE ? "delivered"
                                                                             : "failed");
    bind_text(update, 4, f->failure != FAILURE_NONE ? failure_name(f->failure) : NULL);
    return run(store, SQL_ROW_CLOSE, error);
}

static bool room_bind(Store *store, const Fields *f, int64_t now_ms, GError **error)
{
    sqlite3_stmt *insert = store->statements[SQL_ROOM_BIND];
    bind_number(insert, 1, f->leg);
    bind_number(insert, 2, f->session);
    bind_text(insert, 3, address_jid(f->room));
    bind_text(insert, 4, address_jid(f->from));
    bind_text(insert, 5, f->nick);
    bind_number(insert, 6, (uint64_t)now_ms);
    return run(store, SQL_ROOM_BIND, error);
}

static bool room_unbind(Store *store, const Fields *f, GError **error)
{
    bind_number(store->statements[SQL_ROOM_UNBIND], 1, f->leg);
    return run(store, SQL_ROOM_UNBIND, error);
}

// The middle knows durations, not wall time: ms is how long the facts hold.
static bool fact_learn(Store *store, const Fields *f, const char *trait, uint64_t value,
                       int64_t now_ms, GError **error)
{
    sqlite3_stmt *insert = store->statements[SQL_PEER];
    bind_text(insert, 1, address_bare(f->to));
    bind_text(insert, 2, trait);
    bind_number(insert, 3, value);
    bind_number(insert, 4, (uint64_t)now_ms + f->ms);
    return run(store, SQL_PEER, error);
}

static bool facts_learn(Store *store, const Fields *f, bool takes, int64_t now_ms, GError **error)
{
    const char *list = takes ? f->takes : f->lacks;
    g_auto(GStrv) words = g_strsplit(list != NULL ? list : "", ",", -1);
    for (char **word = words; *word != NULL; word++)
        if (!fact_learn(store, f, *word, takes, now_ms, error))
            return false;
    return true;
}

static bool peer_learn(Store *store, const Fields *f, int64_t now_ms, GError **error)
{
    return facts_learn(store, f, true, now_ms, error) &&
           facts_learn(store, f, false, now_ms, error) &&
           (f->number == 0 || fact_learn(store, f, MAX_SIZE, f->number, now_ms, error));
}

static bool peer_forget(Store *store, const Fields *f, GError **error)
{
    bind_text(store->statements[SQL_PEER_FORGET], 1, address_bare(f->to));
    return run(store, SQL_PEER_FORGET, error);
}

static bool execute(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    const Fields *f = &command->f;
    if (f->how == HOW_ROW_OPEN)
        return row_open(store, command, now_ms, error);
    if (f->how == HOW_ROW_CLOSE)
        return row_close(store, f, now_ms, error);
    if (f->how == HOW_ROOM_BIND)
        return room_bind(store, f, now_ms, error);
    if (f->how == HOW_ROOM_UNBIND)
        return room_unbind(store, f, error);
    if (f->how == HOW_PEER)
        return peer_learn(store, f, now_ms, error);
    if (f->how == HOW_FORGET)
        return peer_forget(store, f, error);
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_STORE, "cannot store '%s'",
                fields_how_name(f->how));
    return false;
}

bool store_execute(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    if (begin(store, error) && execute(store, command, now_ms, error))
        return true;
    rollback(store);
    return false;
}

bool store_commit(Store *store, GError **error)
{
    if (!store->begun)
        return true;
    if (run(store, SQL_COMMIT, error)) {
        store->begun = false;
        return true;
    }
    rollback(store);
    return false;
}

static gboolean on_lag_over(gpointer data)
{
    Store *store = data;
    g_autoptr(GError) error = NULL;
    store->lag_source = 0;
    if (!store_commit(store, &error))
        g_warning("rows that were closed stay open in the ledger: %s", error->message);
    return G_SOURCE_REMOVE;
}

void store_commit_soon(Store *store)
{
    if (store->begun && store->lag_source == 0)
        store->lag_source = g_timeout_add(LAG_MS, on_lag_over, store);
}

bool store_prune(Store *store, int64_t now_ms, int64_t keep_ms, GError **error)
{
    bind_number(store->statements[SQL_PRUNE], 1, (uint64_t)(now_ms - keep_ms));
    bind_number(store->statements[SQL_PRUNE], 2, PRUNE_ROWS);
    bind_number(store->statements[SQL_PRUNE_PEERS], 1, (uint64_t)now_ms);
    bind_number(store->statements[SQL_PRUNE_PEERS], 2, PEER_FACTS_MAX);
    return run(store, SQL_PRUNE, error) && run(store, SQL_PRUNE_PEERS, error);
}

// ---- opening ------------------------------------------------------------------------------------

void store_close(Store *store)
{
    if (store == NULL)
        return;
    if (store->lag_source != 0) {
        g_source_remove(store->lag_source);
        on_lag_over(store);
    }
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    g_free(store);
}

static bool pragmas_set(Store *store, bool full, GError **error)
{
    const char *sql = full ? "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                             " PRAGMA synchronous=FULL;"
                           : "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                             " PRAGMA synchronous=NORMAL;";
    sqlite3_busy_timeout(store->database, 2000);
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK || fail(store, error);
}

static bool statements_prepare(Store *store, GError **error)
{
    for (int i = 0; i < SQL_COUNT; i++)
        if (sqlite3_prepare_v3(store->database, SQL_TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return fail(store, error);
    return true;
}

static bool directory_make(const char *directory, GError **error)
{
    if (g_mkdir_with_parents(directory, 0700) == 0)
        return true;
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_IO, "%s: %s", directory, g_strerror(errno));
    return false;
}

Store *store_open(const char *directory, bool full, GError **error)
{
    if (!directory_make(directory, error))
        return NULL;
    g_autofree char *path = g_build_filename(directory, "mucsip.db", NULL);
    g_autoptr(Store) store = g_new0(Store, 1);
    if (sqlite3_open(path, &store->database) != SQLITE_OK || !pragmas_set(store, full, error) ||
        !store_schema_upgrade(store->database, error) || !statements_prepare(store, error)) {
        if (error != NULL && *error == NULL)
            fail(store, error);
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&store);
}

// ---- what an earlier run left -------------------------------------------------------------------

static Event *restored_new(How how)
{
    Event *event = event_new(EVENT_RESTORED, SIDE_XMPP);
    event->f.how = how;
    return event;
}

static const char *column(sqlite3_stmt *statement, int at)
{
    return (const char *)sqlite3_column_text(statement, at);
}

static Event *counter_restored(sqlite3_stmt *select)
{
    Event *event = restored_new(HOW_COUNTER);
    event->f.number = (uint64_t)sqlite3_column_int64(select, 0) + 1;
    return event;
}

static Event *peer_restored(sqlite3_stmt *select, int64_t now_ms)
{
    const char *trait = column(select, 1);
    uint64_t value = (uint64_t)sqlite3_column_int64(select, 2);
    Event *event = restored_new(HOW_PEER);
    event->f.to = address_from_jid(column(select, 0));
    event->f.ms = (uint64_t)(sqlite3_column_int64(select, 3) - now_ms);
    if (strcmp(trait, MAX_SIZE) == 0)
        event->f.number = value;
    else
        fields_set_text(value != 0 ? &event->f.takes : &event->f.lacks, trait);
    return event;
}

static Event *room_restored(sqlite3_stmt *select)
{
    Event *event = restored_new(HOW_ROOM_BIND);
    event->f.leg = (uint64_t)sqlite3_column_int64(select, 0);
    event->f.room = address_from_jid(column(select, 1));
    event->f.from = address_from_jid(column(select, 2));
    fields_set_text(&event->f.nick, column(select, 3));
    return event;
}

static bool rows_raise(Store *store, Sql which, EventSink sink, int64_t now_ms, GError **error)
{
    sqlite3_stmt *select = store->statements[which];
    int step;
    if (which == SQL_PEERS)
        bind_number(select, 1, (uint64_t)now_ms);
    while ((step = sqlite3_step(select)) == SQLITE_ROW)
        sink.take(sink.self, which == SQL_LAST_ROW ? counter_restored(select)
                             : which == SQL_PEERS  ? peer_restored(select, now_ms)
                                                   : room_restored(select));
    sqlite3_reset(select);
    return step == SQLITE_DONE || fail(store, error);
}

bool store_restore(Store *store, EventSink sink, int64_t now_ms, GError **error)
{
    bind_number(store->statements[SQL_CLOSE_LEFT_OPEN], 1, (uint64_t)now_ms);
    if (!run(store, SQL_CLOSE_LEFT_OPEN, error))
        return false;
    int left_open = sqlite3_changes(store->database);
    if (left_open > 0)
        g_warning("ledger: %d rows of an earlier run had no end; their outcome is unknown",
                  left_open);
    return rows_raise(store, SQL_LAST_ROW, sink, now_ms, error) &&
           rows_raise(store, SQL_PEERS, sink, now_ms, error) &&
           rows_raise(store, SQL_ROOMS, sink, now_ms, error);
}
