// SPDX-License-Identifier: MIT
// STORE commands to prepared statements; one transaction per turn.
#include "gateway/store.h"

#include <errno.h>

#include "gateway/gateway_error.h"
#include "gateway/store_core.h"
#include "gateway/store_schema.h"

// LIMIT: rows deleted by one call of store_prune(), so that no turn takes long.
#define PRUNE_ROWS 2000
// LIMIT: facts about peers; those that end first go first.
#define PEER_FACTS_MAX 50000
// Most lines with their names are shorter.
#define LINE_OCTETS 512
// How long rows that were closed may wait for a commit (docs/decisions/0003).
#define LAG_MS 50
// How long until what could not be committed is tried again.
#define AGAIN_MS 1000
// LIMIT: ends of rows kept while nothing can be written; those beyond are unknown after a crash.
#define CLOSINGS_MAX 100000

// ---- trouble ------------------------------------------------------------------------------------

// Told once, not once per message; the operator has to act (a full or read-only disk, most likely).
static bool trouble(Store *store, GError *owned, GError **error)
{
    if (!store->is_in_trouble)
        g_critical("the ledger cannot be written, so nothing is accepted: %s", owned->message);
    store->is_in_trouble = true;
    g_propagate_error(error, owned);
    return false;
}

// A commit that changed nothing says nothing about the disk.
static void trouble_end(Store *store)
{
    if (!store->is_in_trouble || sqlite3_total_changes(store->database) == store->changes_before)
        return;
    g_message("the ledger can be written again");
    store->is_in_trouble = false;
}

// ---- rows and facts -----------------------------------------------------------------------------

// The record of a line is its fields in notation: whatever a line may carry comes back after a
// crash.
static bool row_open(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    const Fields *f = &command->f;
    g_autoptr(GString) line = g_string_sized_new(LINE_OCTETS);
    fields_print(f, true, line);
    sqlite3_stmt *insert = store->statements[SQL_ROW_OPEN];
    store_core_bind_number(insert, 1, f->row);
    store_core_bind_text(insert, 2, side_name(command->side));
    store_core_bind_number(insert, 3, f->leg);
    store_core_bind_text(insert, 4, address_jid(f->from));
    store_core_bind_text(insert, 5, address_jid(f->to));
    store_core_bind_text(insert, 6, f->id);
    store_core_bind_text(insert, 7, f->request);
    store_core_bind_text(insert, 8, f->carrier);
    store_core_bind_text(insert, 9, line->str);
    store_core_bind_number(insert, 10, (uint64_t)now_ms);
    return store_core_run(store, SQL_ROW_OPEN, error);
}

static bool row_hand(Store *store, const Fields *f, GError **error)
{
    sqlite3_stmt *update = store->statements[SQL_ROW_HAND];
    store_core_bind_number(update, 1, f->row);
    store_core_bind_text(update, 2, f->carrier);
    return store_core_run(store, SQL_ROW_HAND, error);
}

static bool closing_write(Store *store, const StoreClosing *closing, GError **error)
{
    bool good = closing->failure == FAILURE_NONE;
    sqlite3_stmt *update = store->statements[SQL_ROW_CLOSE];
    store_core_bind_number(update, 1, closing->row);
    store_core_bind_number(update, 2, (uint64_t)closing->at_ms);
    store_core_bind_text(update, 3, good ? "delivered" : "failed");
    store_core_bind_text(update, 4, good ? NULL : failure_name(closing->failure));
    store_core_bind_number(update, 5, closing->status);
    return store_core_run(store, SQL_ROW_CLOSE, error);
}

// A closing is remembered until it is committed; that of a row which never was is none.
static bool row_close(Store *store, const Fields *f, int64_t now_ms, GError **error)
{
    StoreClosing closing = {f->row, now_ms, f->failure, f->status};
    if (!closing_write(store, &closing, error))
        return false;
    if (sqlite3_changes(store->database) > 0)
        g_array_append_val(store->closings, closing);
    return true;
}

static bool room_bind(Store *store, const Fields *f, int64_t now_ms, GError **error)
{
    sqlite3_stmt *insert = store->statements[SQL_ROOM_BIND];
    store_core_bind_number(insert, 1, f->leg);
    store_core_bind_number(insert, 2, f->session);
    store_core_bind_text(insert, 3, address_jid(f->room));
    store_core_bind_text(insert, 4, address_jid(f->from));
    store_core_bind_text(insert, 5, f->nick);
    store_core_bind_number(insert, 6, (uint64_t)now_ms);
    store_core_bind_text(insert, 7, f->carrier);
    return store_core_run(store, SQL_ROOM_BIND, error);
}

static bool room_unbind(Store *store, const Fields *f, GError **error)
{
    store_core_bind_number(store->statements[SQL_ROOM_UNBIND], 1, f->leg);
    return store_core_run(store, SQL_ROOM_UNBIND, error);
}

// The middle knows durations, not wall time: ms is how long the facts hold.
static bool fact_learn(Store *store, const Fields *f, const char *trait, uint64_t value,
                       int64_t now_ms, GError **error)
{
    sqlite3_stmt *insert = store->statements[SQL_PEER];
    store_core_bind_text(insert, 1, address_bare(f->to));
    store_core_bind_text(insert, 2, trait);
    store_core_bind_number(insert, 3, value);
    store_core_bind_number(insert, 4, (uint64_t)now_ms + f->ms);
    return store_core_run(store, SQL_PEER, error);
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
           (f->number == 0 || fact_learn(store, f, STORE_CORE_MAX_SIZE, f->number, now_ms, error));
}

static bool peer_forget(Store *store, const Fields *f, GError **error)
{
    store_core_bind_text(store->statements[SQL_PEER_FORGET], 1, address_bare(f->to));
    return store_core_run(store, SQL_PEER_FORGET, error);
}

static bool execute(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    const Fields *f = &command->f;
    if (f->how == HOW_ROW_OPEN)
        return row_open(store, command, now_ms, error);
    if (f->how == HOW_ROW_HAND)
        return row_hand(store, f, error);
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

// ---- transactions -------------------------------------------------------------------------------

static void rollback(Store *store)
{
    if (store->begun && !sqlite3_get_autocommit(store->database))
        store_core_run(store, SQL_ROLLBACK, NULL);
    store->begun = false;
}

// What was closed in a transaction that failed is closed in the next one.
static bool begin(Store *store, GError **error)
{
    if (store->begun)
        return true;
    store->changes_before = sqlite3_total_changes(store->database);
    store->begun = store_core_run(store, SQL_BEGIN, error);
    for (guint i = 0; store->begun && i < store->closings->len; i++)
        if (!closing_write(store, &g_array_index(store->closings, StoreClosing, i), error))
            return false;
    return store->begun;
}

void store_keep_closing(Store *store, const Command *command, int64_t now_ms)
{
    const Fields *f = &command->f;
    StoreClosing closing = {f->row, now_ms, f->failure, f->status};
    if (store->closings->len < CLOSINGS_MAX)
        g_array_append_val(store->closings, closing);
    store_commit_soon(store);
}

bool store_execute(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    GError *why = NULL;
    if (begin(store, &why) && execute(store, command, now_ms, &why))
        return true;
    rollback(store);
    return trouble(store, why, error);
}

bool store_commit(Store *store, GError **error)
{
    GError *why = NULL;
    if (!store->begun)
        return true;
    if (!store_core_run(store, SQL_COMMIT, &why)) {
        rollback(store);
        return trouble(store, why, error);
    }
    store->begun = false;
    g_array_set_size(store->closings, 0);
    trouble_end(store);
    return true;
}

static void commit_later(Store *store, guint ms);

static gboolean on_lag_over(gpointer data)
{
    Store *store = data;
    GError *why = NULL;
    store->lag_source = 0;
    if (!begin(store, &why)) {
        rollback(store);
        trouble(store, why, NULL);
    } else {
        store_commit(store, NULL);
    }
    if (store->closings->len > 0)
        commit_later(store, AGAIN_MS);
    return G_SOURCE_REMOVE;
}

static void commit_later(Store *store, guint ms)
{
    if (store->lag_source == 0)
        store->lag_source = g_timeout_add(ms, on_lag_over, store);
}

void store_commit_soon(Store *store)
{
    if (store->begun || store->closings->len > 0)
        commit_later(store, LAG_MS);
}

// ---- pruning ------------------------------------------------------------------------------------

// Numbers rise with time and are never used twice: from the youngest back, no more rows can be
// there than numbers.
bool store_prune(Store *store, const StoreLimits *limits, int64_t now_ms, bool *more,
                 GError **error)
{
    sqlite3_stmt *prune = store->statements[SQL_PRUNE];
    sqlite3_stmt *prune_peers = store->statements[SQL_PRUNE_PEERS];
    store_core_bind_number(prune, 1, (uint64_t)(now_ms - limits->keep_ms));
    store_core_bind_number(prune, 2, PRUNE_ROWS);
    store_core_bind_number(prune, 3, (uint64_t)limits->rows_max);
    store_core_bind_number(prune_peers, 1, (uint64_t)now_ms);
    store_core_bind_number(prune_peers, 2, PEER_FACTS_MAX);
    *more = false;
    GError *why = NULL;
    if (!store_core_run(store, SQL_PRUNE, &why))
        return trouble(store, why, error);
    *more = sqlite3_changes(store->database) >= PRUNE_ROWS;
    return store_core_run(store, SQL_PRUNE_PEERS, &why) || trouble(store, why, error);
}

// ---- opening ------------------------------------------------------------------------------------

void store_close(Store *store)
{
    if (store == NULL)
        return;
    if (store->lag_source != 0) {
        g_clear_handle_id(&store->lag_source, g_source_remove);
        on_lag_over(store);
        g_clear_handle_id(&store->lag_source, g_source_remove);
    }
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->database);
    g_array_unref(store->closings);
    g_free(store);
}

static bool pragmas_set(Store *store, bool full, GError **error)
{
    const char *sql = full ? "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                             " PRAGMA synchronous=FULL;"
                           : "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                             " PRAGMA synchronous=NORMAL;";
    sqlite3_busy_timeout(store->database, 2000);
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           store_core_fail(store, error);
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
    store->closings = g_array_new(FALSE, FALSE, sizeof(StoreClosing));
    if (sqlite3_open(path, &store->database) != SQLITE_OK || !pragmas_set(store, full, error) ||
        !store_schema_upgrade(store->database, error) || !store_core_prepare(store, error)) {
        if (error != NULL && *error == NULL)
            store_core_fail(store, error);
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&store);
}
