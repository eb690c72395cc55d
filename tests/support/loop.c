// SPDX-License-Identifier: MIT
// Waiting for conditions; see loop.h.
#include "tests/support/loop.h"

#include <check.h>
#include <glib.h>

// Long enough for every retransmission a test provokes; never reached by a test that passes.
#define GUARD_MS 20000

static gboolean on_guard(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

void loop_until(LoopCondition holds, void *self, const char *what)
{
    bool over = false;
    guint guard = g_timeout_add(GUARD_MS, on_guard, &over);
    while (!holds(self) && !over) {
        g_main_context_iteration(NULL, TRUE);
    }
    if (!over) {
        g_source_remove(guard);
    }
    ck_assert_msg(!over, "waited in vain for %s", what);
}

void loop_drain(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}
