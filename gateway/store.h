// SPDX-License-Identifier: MIT
// What survives a restart: the ledger of lines, what was learned of peers, occupancies in rooms.
// SQLite in WAL mode, held by one process alone; the STORE commands of one turn are one
// transaction, committed before the turn's other commands run. What only closes rows may
// wait for the next commit (docs/decisions/0003).
#pragma once
#include "mapping/command.h"
#include "mapping/port.h"

typedef struct Store Store;

// What: opens (or makes) `mucsip.db` in a directory, which is made when missing (mode 0700). Nobody
//   else can open it from then on.
// Shape: returned store owned by the caller; `full`: every commit is synced (synchronous=FULL).
// Errors: NULL with GATEWAY_ERROR_STORE or GATEWAY_ERROR_IO naming the path.
Store *store_open(const char *directory, bool full, GError **error);

// What: closes the store; what store_commit_soon() has put off is committed, what else is not
//   committed is lost; NULL is allowed.
void store_close(Store *store);

// What: carries out one STORE command; the first one of a turn opens the transaction.
// Shape: `now_ms` is wall time.
// Errors: false with GATEWAY_ERROR_STORE; the transaction is then rolled back.
bool store_execute(Store *store, const Command *command, int64_t now_ms, GError **error);

// What: commits what store_execute() has begun; nothing begun is fine.
// Errors: false with GATEWAY_ERROR_STORE; nothing of the turn is kept, but the ends of rows closed
//   in earlier ones. The first failure is logged, and that it works again.
bool store_commit(Store *store, GError **error);

// What: commits what store_execute() has begun together with the next turn, at the latest in 50 ms.
// Errors: told in the log, and tried again every second.
void store_commit_soon(Store *store);

// What: keeps the end a row has come to, though the turn that tells it could not be committed; it
//   is committed with the next one that can be, and tried again meanwhile.
// Shape: `command` is a STORE row-close.
void store_keep_closing(Store *store, const Command *command, int64_t now_ms);

// How much of the past is kept.
typedef struct {
    int64_t keep_ms;  // how long a row stays after its end
    int64_t rows_max; // beyond so many rows those that have ended go sooner
} StoreLimits;

// What: forgets old rows, two thousand at most, and facts about peers that no longer hold.
// Shape: `now_ms` is wall time; `more` is set to whether there may be further old rows.
// Errors: false with GATEWAY_ERROR_STORE, logged as store_commit() does.
bool store_prune(Store *store, const StoreLimits *limits, int64_t now_ms, bool *more,
                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)
