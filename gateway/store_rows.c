// SPDX-License-Identifier: MIT
// Rows of the ledger as they are now, closings that wait for their commit included.
#include "gateway/store_rows.h"

#include "gateway/store_core.h"

// LIMIT: rows of one look, when nobody says how many.
#define LOOK_ROWS 100
// LIMIT: the youngest rows among which those that fit are looked for: some 50 ms.
#define LOOKED_AT_ROWS 100000

typedef struct {
    StoreRowsEach each;
    void *data;
} Look;

static void row_show(sqlite3_stmt *select, void *data)
{
    const Look *look = data;
    StoreRow row = {
        .row = (uint64_t)sqlite3_column_int64(select, 0),
        .side = store_core_text(select, 1),
        .sender = store_core_text(select, 2),
        .recipient = store_core_text(select, 3),
        .id = store_core_text(select, 4),
        .carrier = store_core_text(select, 5),
        .opened_ms = sqlite3_column_int64(select, 6),
        .closed_ms = sqlite3_column_int64(select, 7),
        .fate = store_core_text(select, 8),
        .failure = store_core_text(select, 9),
        .status = (uint64_t)sqlite3_column_int64(select, 10),
    };
    look->each(&row, look->data);
}

bool store_rows_each(Store *store, const StoreRowsFilter *filter, StoreRowsEach each, void *data,
                     GError **error)
{
    static const StoreRowsFilter ALL = {0};
    const StoreRowsFilter *wanted = filter != NULL ? filter : &ALL;
    Look look = {each, data};
    sqlite3_stmt *select = store->statements[SQL_VIEW_ROWS];
    g_autofree char *inside =
        wanted->address != NULL ? g_strdup_printf("%s/", wanted->address) : NULL;
    store_core_bind_text(select, 1, wanted->address);
    store_core_bind_text(select, 2, inside);
    store_core_bind_text(select, 3, wanted->id);
    store_core_bind_number(select, 4, wanted->is_open);
    store_core_bind_number(select, 5, wanted->limit != 0 ? wanted->limit : LOOK_ROWS);
    store_core_bind_number(select, 6, LOOKED_AT_ROWS);
    return store_core_each(store, SQL_VIEW_ROWS, row_show, &look, error);
}
