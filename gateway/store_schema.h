// SPDX-License-Identifier: MIT
// The tables of the database and the steps from one version of them to the next.
#pragma once
#include <sqlite3.h>

#include <glib.h>
#include <stdbool.h>

// What: brings a database to the newest version, each step in a transaction of its own.
// Errors: false with GATEWAY_ERROR_STORE; a database newer than this program is refused, not touched.
bool store_schema_upgrade(sqlite3 *database, GError **error);
