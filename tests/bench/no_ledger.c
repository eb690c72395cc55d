// SPDX-License-Identifier: MIT
// The gateway without its ledger, to see what it costs: the linker puts these in place of the store's (--wrap).
// Nothing is written down, so nothing survives; for measuring only.
#include "gateway/store.h"

bool __wrap_store_execute(Store *store, const Command *command, int64_t now_ms, GError **error);
bool __wrap_store_commit(Store *store, GError **error);
void __wrap_store_commit_soon(Store *store);

bool __wrap_store_execute(Store *store, const Command *command, int64_t now_ms, GError **error)
{
    return true;
}

bool __wrap_store_commit(Store *store, GError **error)
{
    return true;
}

void __wrap_store_commit_soon(Store *store)
{
}
