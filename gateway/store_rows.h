// SPDX-License-Identifier: MIT
// A look into the ledger, for those who operate the gateway. Texts of messages are not shown.
#pragma once
#include "gateway/store.h"

// One row; texts are borrowed until the next one.
typedef struct {
    uint64_t row;
    const char *side;      // where it goes: xmpp, sip
    const char *sender;    // NULL when the line has no author of its own
    const char *recipient; // NULL likewise
    const char *id;        // of the message, or NULL
    const char *carrier;   // how it left (mapping/lines.h), NULL = it waits
    const char *fate;      // NULL while open; delivered, failed, lost
    const char *failure;   // why it failed, or NULL
    uint64_t status;       // the SIP status of that, 0 = none
    int64_t opened_ms;     // wall time
    int64_t closed_ms;     // wall time, 0 while open
} StoreRow;

// Which rows: all of these hold; NULL, false and 0 do not matter.
typedef struct {
    const char *address; // bare address of sender or recipient, with or without resource in the row
    const char *id;
    bool is_open;
    unsigned limit; // 0 = 100
} StoreRowsFilter;

// What: calls `each` for the rows of the ledger that fit among the youngest hundred thousand,
//   youngest first.
// Shape: `each` may not use the store; a NULL filter means all.
// Errors: false with GATEWAY_ERROR_STORE.
typedef void (*StoreRowsEach)(const StoreRow *row, void *data);
bool store_rows_each(Store *store, const StoreRowsFilter *filter, StoreRowsEach each, void *data,
                     GError **error);
