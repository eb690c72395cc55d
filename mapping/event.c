// SPDX-License-Identifier: MIT
// Life of an Event and the names of its kinds.
#include "mapping/event.h"

static const char *const EVENT_NAMES[] = {
#define EVENT_NAME(NAME, text) [EVENT_##NAME] = text,
    EVENT_KINDS(EVENT_NAME)
};

Event *event_new(EventKind kind, Side side)
{
    Event *event = g_new0(Event, 1);
    event->kind = kind;
    event->side = side;
    return event;
}

Event *event_copy(const Event *event)
{
    Event *copy = event_new(event->kind, event->side);
    copy->at_ms = event->at_ms;
    fields_copy(&copy->f, &event->f);
    return copy;
}

void event_free(Event *event)
{
    if (event == NULL)
        return;
    fields_clear(&event->f);
    g_free(event);
}

const char *event_kind_name(EventKind kind)
{
    g_assert((size_t)kind < G_N_ELEMENTS(EVENT_NAMES));
    return EVENT_NAMES[kind];
}
