// SPDX-License-Identifier: MIT
// The store's database as a test may look into it: the store has it for itself, so the test looks through
// the store's own connection, which the database library hands to everybody who asks in time.
#pragma once
#include <stdbool.h>

// What: from now on the connection opened last is the one looked through.
void ledger_view_begin(void);

// What: the first number of the first row a SELECT gives; -1 when there is none, or no such table.
int ledger_view_number(const char *sql);

// What: executes what changes something; fails the test when it cannot.
void ledger_view_execute(const char *sql);

// What: whether nothing waits for a commit.
bool ledger_view_is_committed(void);
