// SPDX-License-Identifier: MIT
// What an earlier run left, told to the middle; what becomes of it is decided in
// mapping/recovery.c.
#pragma once
#include "gateway/store.h"

// What: raises RESTORED for the next free row, for what is known of peers, for rooms that were
//   bound, for rows of messages to XMPP that ended lately (how=row-close) and for every row without
//   an end (how=row-open, the fields of its line, oldest first).
// Shape: `now_ms` is wall time. Nothing is written, but rows that cannot be read are closed as
//   `lost`.
// Errors: false with GATEWAY_ERROR_STORE.
bool store_restore(Store *store, EventSink sink, int64_t now_ms, GError **error);
