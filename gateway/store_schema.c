// SPDX-License-Identifier: MIT
// One string per version; a version once released is never edited, a new one is appended.
#include "gateway/store_schema.h"

#include "gateway/gateway_error.h"

static const char *const STEPS[] = {
    // 1: ledger of lines, what was learned of peers, occupancies in rooms
    "CREATE TABLE ledger ("
    " row INTEGER PRIMARY KEY, side TEXT NOT NULL, session INTEGER, leg INTEGER,"
    " sender TEXT, recipient TEXT, id TEXT, thread TEXT, body TEXT,"
    " opened_ms INTEGER NOT NULL, closed_ms INTEGER, fate TEXT, failure TEXT);"
    "CREATE TABLE peer (address TEXT NOT NULL, fact TEXT NOT NULL, until_ms INTEGER NOT NULL,"
    " PRIMARY KEY (address, fact)) WITHOUT ROWID;"
    "CREATE TABLE room (leg INTEGER PRIMARY KEY, session INTEGER, room TEXT NOT NULL,"
    " occupant TEXT NOT NULL, nick TEXT, since_ms INTEGER NOT NULL);",
    // 2: facts about peers are known to be so or known not to be so, or a number
    "CREATE TABLE peer_fact (address TEXT NOT NULL, trait TEXT NOT NULL, value INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, PRIMARY KEY (address, trait)) WITHOUT ROWID;"
    "INSERT INTO peer_fact SELECT address, 'msrp', 0, until_ms FROM peer WHERE fact='no-msrp';"
    "DROP TABLE peer;"
    "ALTER TABLE peer_fact RENAME TO peer;"
    "CREATE INDEX peer_end ON peer (until_ms);",
    // 3: whatever is needed to finish a line after a crash; what was left open before cannot be.
    "UPDATE ledger SET closed_ms=opened_ms, fate='lost', body=NULL WHERE closed_ms IS NULL;"
    "ALTER TABLE ledger DROP COLUMN body;"
    "ALTER TABLE ledger DROP COLUMN thread;"
    "ALTER TABLE ledger DROP COLUMN session;"
    "ALTER TABLE ledger ADD COLUMN carrier TEXT;" // how it left; NULL: it waits
    "ALTER TABLE ledger ADD COLUMN request TEXT;" // key of the transaction of a page-mode message
    "ALTER TABLE ledger ADD COLUMN status INTEGER;"
    "ALTER TABLE ledger ADD COLUMN line TEXT;", // its fields in notation, while it is open
    // 4: how a party in a room is reached, when it has no leg
    "ALTER TABLE room ADD COLUMN carrier TEXT;",
};

static bool run(sqlite3 *database, const char *sql, GError **error)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_STORE, "database: %s",
                sqlite3_errmsg(database));
    return false;
}

static int version_get(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

static bool step_run(sqlite3 *database, size_t step, GError **error)
{
    g_autofree char *sql = g_strdup_printf("BEGIN;%s PRAGMA user_version=%zu; COMMIT;",
                                           STEPS[step], step + 1);
    if (run(database, sql, error))
        return true;
    run(database, "ROLLBACK", NULL);
    return false;
}

bool store_schema_upgrade(sqlite3 *database, GError **error)
{
    int version = version_get(database);
    if (version < 0 || (size_t)version > G_N_ELEMENTS(STEPS)) {
        g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_STORE,
                    version < 0 ? "database: cannot be read (%s)"
                                : "database: made by a newer version (%s)",
                    version < 0 ? sqlite3_errmsg(database) : "see docs/operations.md");
        return false;
    }
    for (size_t step = (size_t)version; step < G_N_ELEMENTS(STEPS); step++)
        if (!step_run(database, step, error))
            return false;
    return true;
}
