// SPDX-License-Identifier: MIT
// What the files of the store share: the connection, its prepared statements, the open transaction.
#pragma once
#include <sqlite3.h>

#include "gateway/store.h"

// The one fact about a peer that is a number.
#define STORE_CORE_MAX_SIZE "max-size"

typedef enum {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ROW_OPEN,
    SQL_ROW_HAND,
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
    SQL_DONE_ROWS,
    SQL_OPEN_ROWS,
    SQL_ROW_LOST,
    SQL_VIEW_ROWS,
    SQL_COUNT
} Sql;

// A row that was closed, kept until that is committed: its end is known and may not be forgotten.
typedef struct {
    uint64_t row;
    int64_t at_ms;
    FailureReason failure;
    uint64_t status;
} StoreClosing;

struct Store {
    sqlite3 *database;                   // owned
    sqlite3_stmt *statements[SQL_COUNT]; // owned
    bool begun;                          // a transaction is open
    int changes_before;                  // rows changed by the connection when it was begun
    GArray *closings;                    // owned: StoreClosing, not committed yet
    guint lag_source;                    // while closed rows wait for a commit; 0 = none does
    bool is_in_trouble;                  // nothing can be written, and that was told
};

// What: prepares every statement.
// Errors: false with GATEWAY_ERROR_STORE.
bool store_core_prepare(Store *store, GError **error);

// What: sets the error to what the database says.
// Shape: always false.
bool store_core_fail(Store *store, GError **error);

// What: binds a value of a statement; the text is borrowed until the statement has run.
void store_core_bind_text(sqlite3_stmt *statement, int at, const char *text);
void store_core_bind_number(sqlite3_stmt *statement, int at, uint64_t number);

// What: runs a bound statement that answers nothing and makes it ready for the next time.
// Errors: false with GATEWAY_ERROR_STORE.
bool store_core_run(Store *store, Sql which, GError **error);

// What: a text of the row a SELECT stands at.
// Shape: borrowed until the next step; NULL when there is none.
const char *store_core_text(sqlite3_stmt *select, int at);

// What: calls `each` for every row a bound SELECT gives, and makes it ready for the next time.
// Errors: false with GATEWAY_ERROR_STORE.
typedef void (*StoreCoreEach)(sqlite3_stmt *select, void *data);
bool store_core_each(Store *store, Sql which, StoreCoreEach each, void *data, GError **error);
