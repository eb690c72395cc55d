// SPDX-License-Identifier: MIT
// Deadlines in a balanced tree ordered by time, woken by one GSource.
#include "xmpp/deadlines.h"

#include <glib.h>

struct Deadline {
    Deadlines *all;      // borrowed
    Deadline **slot;     // borrowed
    GSequenceIter *iter; // its place
    int64_t at_ms;
    void (*due)(void *self);
    void *self; // borrowed
};

struct Deadlines {
    int64_t (*now_ms)(void);
    GSequence *sorted; // owned Deadline *
    GSource *source;   // owned
};

static int compare(const void *a, const void *b, void *unused)
{
    const Deadline *left = a, *right = b;
    return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

static void rearm(Deadlines *deadlines)
{
    GSequenceIter *first = g_sequence_get_begin_iter(deadlines->sorted);
    if (g_sequence_iter_is_end(first)) {
        g_source_set_ready_time(deadlines->source, -1);
        return;
    }
    const Deadline *next = g_sequence_get(first);
    int64_t in_ms = MAX(next->at_ms - deadlines->now_ms(), 0);
    g_source_set_ready_time(deadlines->source, g_get_monotonic_time() + in_ms * 1000);
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer self)
{
    deadlines_run(self);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.dispatch = dispatch};

Deadlines *deadlines_new(int64_t (*now_ms)(void))
{
    Deadlines *deadlines = g_new0(Deadlines, 1);
    deadlines->now_ms = now_ms;
    deadlines->sorted = g_sequence_new(g_free);
    deadlines->source = g_source_new(&source_funcs, sizeof(GSource));
    g_source_set_callback(deadlines->source, NULL, deadlines, NULL);
    g_source_attach(deadlines->source, NULL);
    return deadlines;
}

void deadlines_free(Deadlines *deadlines)
{
    if (deadlines == NULL)
        return;
    g_source_destroy(deadlines->source);
    g_source_unref(deadlines->source);
    g_sequence_free(deadlines->sorted);
    g_free(deadlines);
}

void deadlines_start(Deadlines *deadlines, Deadline **slot, int64_t in_ms, void (*due)(void *self),
                     void *self)
{
    deadlines_stop(slot);
    Deadline *deadline = g_new0(Deadline, 1);
    *deadline = (Deadline){.all = deadlines, .slot = slot, .due = due, .self = self};
    deadline->at_ms = deadlines->now_ms() + MAX(in_ms, 1); // never again in the same run
    deadline->iter = g_sequence_insert_sorted(deadlines->sorted, deadline, compare, NULL);
    *slot = deadline;
    if (g_sequence_iter_is_begin(deadline->iter))
        rearm(deadlines);
}

void deadlines_stop(Deadline **slot)
{
    if (*slot == NULL)
        return;
    GSequenceIter *iter = (*slot)->iter;
    *slot = NULL;
    g_sequence_remove(iter); // the source may wake once for nothing
}

void deadlines_run(Deadlines *deadlines)
{
    int64_t now = deadlines->now_ms();
    for (;;) {
        GSequenceIter *first = g_sequence_get_begin_iter(deadlines->sorted);
        if (g_sequence_iter_is_end(first))
            break;
        Deadline *deadline = g_sequence_get(first);
        if (deadline->at_ms > now)
            break;
        void (*due)(void *) = deadline->due;
        void *self = deadline->self;
        deadlines_stop(deadline->slot);
        due(self);
    }
    rearm(deadlines);
}
