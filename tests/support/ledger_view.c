// SPDX-License-Identifier: MIT
// An automatic extension of SQLite: it is called with each connection that is opened.
#include "tests/support/ledger_view.h"

#include <check.h>
#include <sqlite3.h>

static sqlite3 *connection; // borrowed from the store that opened it

static int on_open(sqlite3 *opened, const char **unused_error, const void *unused_api)
{
    connection = opened;
    return SQLITE_OK;
}

void ledger_view_begin(void)
{
    // Its type is that of an extension's entry point and known to nobody.
    ck_assert_int_eq(sqlite3_auto_extension((void (*)(void))on_open), SQLITE_OK);
}

int ledger_view_number(const char *sql)
{
    sqlite3_stmt *select = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(connection, sql, -1, &select, NULL) == SQLITE_OK &&
        sqlite3_step(select) == SQLITE_ROW)
        number = sqlite3_column_int(select, 0);
    sqlite3_finalize(select);
    return number;
}

void ledger_view_execute(const char *sql)
{
    ck_assert_int_eq(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
}

bool ledger_view_is_committed(void)
{
    return sqlite3_get_autocommit(connection) != 0;
}
