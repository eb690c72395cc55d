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

typedef struct {
    GSource base;
    Deadlines *all; // borrowed
} DeadlineSource;

static int compare(const void *a, const void *b, void *unused)
{
    const Deadline *left = a, *right = b;
    return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

// Milliseconds until the next is due; -1 = there is none.
static int wait_ms(const Deadlines *deadlines)
{
    GSequenceIter *first = g_sequence_get_begin_iter(deadlines->sorted);
    if (g_sequence_iter_is_end(first))
        return -1;
    const Deadline *next = g_sequence_get(first);
    return (int)CLAMP(next->at_ms - deadlines->now_ms(), 0, G_MAXINT);
}

// The loop asks for the time before it sleeps; to tell it each change (g_source_set_ready_time) would
// wake it up by a system call.
static gboolean prepare(GSource *base, int *timeout_ms)
{
    *timeout_ms = wait_ms(((DeadlineSource *)base)->all);
    return *timeout_ms == 0;
}

static gboolean check(GSource *base)
{
    return wait_ms(((DeadlineSource *)base)->all) == 0;
}

static gboolean dispatch(GSource *base, GSourceFunc callback, gpointer data)
{
    deadlines_run(((DeadlineSource *)base)->all);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.prepare = prepare, .check = check, .dispatch = dispatch};

Deadlines *deadlines_new(int64_t (*now_ms)(void))
{
    Deadlines *deadlines = g_new0(Deadlines, 1);
    deadlines->now_ms = now_ms;
    deadlines->sorted = g_sequence_new(g_free);
    deadlines->source = g_source_new(&source_funcs, sizeof(DeadlineSource));
    ((DeadlineSource *)deadlines->source)->all = deadlines;
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
}

void deadlines_stop(Deadline **slot)
{
    if (*slot == NULL)
        return;
    GSequenceIter *iter = (*slot)->iter;
    *slot = NULL;
    g_sequence_remove(iter);
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
}
