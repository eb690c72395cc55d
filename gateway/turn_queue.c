// SPDX-License-Identifier: MIT
// A GQueue behind a GSource that is ready while the queue is not empty.
#include "gateway/turn_queue.h"

struct TurnQueue {
    GQueue events;   // owned Event *
    GSource *source; // owned
    void (*run)(void *self);
    void *self; // borrowed, argument of run
};

typedef struct {
    GSource base;
    TurnQueue *queue; // borrowed
} QueueSource;

static gboolean on_prepare(GSource *source, gint *timeout)
{
    *timeout = -1;
    return !g_queue_is_empty(&((QueueSource *)source)->queue->events);
}

static gboolean on_check(GSource *source)
{
    return !g_queue_is_empty(&((QueueSource *)source)->queue->events);
}

static gboolean on_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    TurnQueue *queue = ((QueueSource *)source)->queue;
    queue->run(queue->self);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs SOURCE_FUNCS = {on_prepare, on_check, on_dispatch, NULL, NULL, NULL};

TurnQueue *turn_queue_new(void (*run)(void *self), void *self)
{
    TurnQueue *queue = g_new0(TurnQueue, 1);
    g_queue_init(&queue->events);
    queue->run = run;
    queue->self = self;
    queue->source = g_source_new(&SOURCE_FUNCS, sizeof(QueueSource));
    ((QueueSource *)queue->source)->queue = queue;
    g_source_set_static_name(queue->source, "turns");
    g_source_attach(queue->source, NULL);
    return queue;
}

static void event_destroy(gpointer data)
{
    event_free(data);
}

void turn_queue_free(TurnQueue *queue)
{
    if (queue == NULL)
        return;
    g_source_destroy(queue->source);
    g_source_unref(queue->source);
    g_queue_clear_full(&queue->events, event_destroy);
    g_free(queue);
}

static void take(void *self, Event *owned)
{
    TurnQueue *queue = self;
    if (owned->at_ms == 0)
        owned->at_ms = g_get_monotonic_time() / 1000;
    g_queue_push_tail(&queue->events, owned);
}

EventSink turn_queue_sink(TurnQueue *queue)
{
    return (EventSink){queue, take};
}

Event *turn_queue_pop(TurnQueue *queue)
{
    return g_queue_pop_head(&queue->events);
}

guint turn_queue_length(const TurnQueue *queue)
{
    return queue->events.length;
}
