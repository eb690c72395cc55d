// SPDX-License-Identifier: MIT
// One queue, one thread: events wait here, and a GSource hands them out in batches, a batch being a turn.
#pragma once
#include "mapping/event.h"
#include "mapping/port.h"

typedef struct TurnQueue TurnQueue;

// What: an empty queue on the default main context; `run` is called when events wait and takes them by
//       turn_queue_pop().
// Shape: owned by the caller.
TurnQueue *turn_queue_new(void (*run)(void *self), void *self);

// What: frees the queue and the events that wait; NULL is allowed.
void turn_queue_free(TurnQueue *queue);

// What: where gates put their events; the time of arrival is set unless the gate has set it.
EventSink turn_queue_sink(TurnQueue *queue);

// What: the oldest event, or NULL.
// Shape: owned by the caller.
Event *turn_queue_pop(TurnQueue *queue);

// What: how many wait.
guint turn_queue_length(const TurnQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TurnQueue, turn_queue_free)
