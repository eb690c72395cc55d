// SPDX-License-Identifier: MIT
// A sequence sorted by deadline, an index by name, and one source that wakes for the first.
#include "gateway/timers.h"

typedef struct {
    uint64_t session;
    How how;
    Side side;
    uint64_t number;
    int64_t due_us; // monotonic
} Timer;

struct Timers {
    EventSink sink;      // borrowed
    GSource *source;     // owned
    GSequence *by_time;  // owned Timer *
    GHashTable *by_name; // Timer * (borrowed) => GSequenceIter *
};

static guint name_hash(gconstpointer key)
{
    const Timer *timer = key;
    return (guint)(timer->session * 31 + (uint64_t)timer->how);
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    const Timer *one = a, *two = b;
    return one->session == two->session && one->how == two->how;
}

static int time_compare(gconstpointer a, gconstpointer b, gpointer data)
{
    const Timer *one = a, *two = b;
    return one->due_us < two->due_us ? -1 : one->due_us > two->due_us;
}

static void wake_set(Timers *timers)
{
    GSequenceIter *first = g_sequence_get_begin_iter(timers->by_time);
    bool empty = g_sequence_iter_is_end(first);
    const Timer *timer = empty ? NULL : g_sequence_get(first);
    g_source_set_ready_time(timers->source, empty ? -1 : timer->due_us);
}

static void timer_remove(Timers *timers, GSequenceIter *iter)
{
    g_hash_table_remove(timers->by_name, g_sequence_get(iter));
    g_sequence_remove(iter);
}

static void timer_fire(Timers *timers, GSequenceIter *iter)
{
    const Timer *timer = g_sequence_get(iter);
    Event *event = event_new(EVENT_TIMER, timer->side);
    event->f.session = timer->session;
    event->f.how = timer->how;
    event->f.number = timer->number;
    timer_remove(timers, iter);
    timers->sink.take(timers->sink.self, event);
}

static gboolean on_ready(GSource *source, GSourceFunc callback, gpointer data)
{
    Timers *timers = data;
    int64_t now_us = g_source_get_time(source);
    GSequenceIter *first;
    while (!g_sequence_iter_is_end(first = g_sequence_get_begin_iter(timers->by_time)) &&
           ((const Timer *)g_sequence_get(first))->due_us <= now_us)
        timer_fire(timers, first);
    wake_set(timers);
    return G_SOURCE_CONTINUE;
}

static gboolean no_callback(gpointer data)
{
    return G_SOURCE_CONTINUE; // the source has a dispatch of its own; this only carries the data
}

static GSourceFuncs SOURCE_FUNCS = {.dispatch = on_ready};

Timers *timers_new(EventSink sink)
{
    Timers *timers = g_new0(Timers, 1);
    timers->sink = sink;
    timers->by_time = g_sequence_new(g_free);
    timers->by_name = g_hash_table_new(name_hash, name_equal);
    timers->source = g_source_new(&SOURCE_FUNCS, sizeof(GSource));
    g_source_set_callback(timers->source, no_callback, timers, NULL);
    g_source_set_static_name(timers->source, "timers");
    g_source_attach(timers->source, NULL);
    return timers;
}

void timers_free(Timers *timers)
{
    if (timers == NULL)
        return;
    g_source_destroy(timers->source);
    g_source_unref(timers->source);
    g_hash_table_unref(timers->by_name);
    g_sequence_free(timers->by_time);
    g_free(timers);
}

void timers_execute(Timers *timers, const Command *command)
{
    const Fields *f = &command->f;
    Timer name = {.session = f->session, .how = f->how};
    GSequenceIter *old = g_hash_table_lookup(timers->by_name, &name);
    if (old != NULL)
        timer_remove(timers, old);
    if (f->ms != 0) {
        Timer *timer = g_new(Timer, 1);
        *timer = (Timer){f->session, f->how, command->side, f->number,
                         g_get_monotonic_time() + (int64_t)f->ms * 1000};
        g_hash_table_insert(timers->by_name, timer,
                            g_sequence_insert_sorted(timers->by_time, timer, time_compare, NULL));
    }
    wake_set(timers);
}

guint timers_count(const Timers *timers)
{
    return g_hash_table_size(timers->by_name);
}
