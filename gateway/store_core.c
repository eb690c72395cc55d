// SPDX-License-Identifier: MIT
// Every statement of the store, and how one is bound, run and read.
#include "gateway/store_core.h"

#include "gateway/gateway_error.h"

static const char *const SQL_TEXTS[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ROW_OPEN] = "INSERT INTO ledger (row,side,leg,sender,recipient,id,request,carrier,line,"
                     "opened_ms) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
    [SQL_ROW_HAND] = "UPDATE ledger SET carrier=?2 WHERE row=?1",
    [SQL_ROW_CLOSE] = "UPDATE ledger SET closed_ms=?2, fate=?3, failure=?4, status=?5, line=NULL"
                      " WHERE row=?1 AND closed_ms IS NULL",
    [SQL_ROOM_BIND] = "INSERT OR REPLACE INTO room (leg,session,room,occupant,nick,since_ms,carrier)"
                      " VALUES (?1,?2,?3,?4,?5,?6,?7)",
    [SQL_ROOM_UNBIND] = "DELETE FROM room WHERE leg=?1",
    [SQL_PEER] = "INSERT OR REPLACE INTO peer (address,trait,value,until_ms) VALUES (?1,?2,?3,?4)",
    [SQL_PEER_FORGET] = "DELETE FROM peer WHERE address=?1",
    [SQL_PRUNE] = "DELETE FROM ledger WHERE row IN (SELECT row FROM ledger"
                  " WHERE closed_ms IS NOT NULL ORDER BY row LIMIT ?2)"
                  " AND (closed_ms < ?1 OR row <= (SELECT max(row) FROM ledger) - ?3)",
    [SQL_PRUNE_PEERS] = "DELETE FROM peer WHERE until_ms < max(?1, coalesce((SELECT until_ms FROM"
                        " peer ORDER BY until_ms DESC LIMIT 1 OFFSET ?2), 0))",
    [SQL_LAST_ROW] = "SELECT max((SELECT coalesce(max(row),0) FROM ledger),"
                     " (SELECT coalesce(max(leg),0) FROM room))",
    [SQL_PEERS] = "SELECT address, trait, value, until_ms FROM peer WHERE until_ms >= ?1"
                  " ORDER BY until_ms",
    [SQL_ROOMS] = "SELECT leg, room, occupant, nick, carrier FROM room",
    [SQL_DONE_ROWS] = "SELECT row, sender, recipient, id, leg, request, fate, failure, status,"
                      " closed_ms FROM (SELECT * FROM ledger ORDER BY row DESC LIMIT ?1)"
                      " WHERE side='xmpp' AND closed_ms >= ?2 AND (leg <> 0 OR request IS NOT NULL)"
                      " ORDER BY row",
    [SQL_OPEN_ROWS] = "SELECT row, side, carrier, line, opened_ms FROM ledger"
                      " WHERE closed_ms IS NULL ORDER BY row",
    [SQL_ROW_LOST] = "UPDATE ledger SET closed_ms=?2, fate='lost', line=NULL WHERE row=?1",
    [SQL_VIEW_ROWS] = "SELECT row, side, sender, recipient, id, carrier, opened_ms, closed_ms, fate,"
                      " failure, status FROM (SELECT * FROM ledger ORDER BY row DESC LIMIT ?6)"
                      " WHERE (?1 IS NULL OR sender = ?1 OR recipient = ?1"
                      " OR substr(sender, 1, length(?2)) = ?2"
                      " OR substr(recipient, 1, length(?2)) = ?2)"
                      " AND (?3 IS NULL OR id = ?3) AND (?4 = 0 OR closed_ms IS NULL)"
                      " ORDER BY row DESC LIMIT ?5",
};

bool store_core_prepare(Store *store, GError **error)
{
    for (int i = 0; i < SQL_COUNT; i++)
        if (sqlite3_prepare_v3(store->database, SQL_TEXTS[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return store_core_fail(store, error);
    return true;
}

bool store_core_fail(Store *store, GError **error)
{
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_STORE, "database: %s",
                sqlite3_errmsg(store->database));
    return false;
}

void store_core_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void store_core_bind_number(sqlite3_stmt *statement, int at, uint64_t number)
{
    sqlite3_bind_int64(statement, at, (sqlite3_int64)number);
}

bool store_core_run(Store *store, Sql which, GError **error)
{
    sqlite3_stmt *statement = store->statements[which];
    bool good = sqlite3_step(statement) == SQLITE_DONE || store_core_fail(store, error);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return good;
}

const char *store_core_text(sqlite3_stmt *select, int at)
{
    return (const char *)sqlite3_column_text(select, at);
}

bool store_core_each(Store *store, Sql which, StoreCoreEach each, void *data, GError **error)
{
    sqlite3_stmt *select = store->statements[which];
    int step;
    while ((step = sqlite3_step(select)) == SQLITE_ROW)
        each(select, data);
    bool good = step == SQLITE_DONE || store_core_fail(store, error);
    sqlite3_reset(select);
    sqlite3_clear_bindings(select);
    return good;
}
