// SPDX-License-Identifier: MIT
// Coalescing of the SIP library's turns; see sofia_source.h.
#include "sip/sofia_source.h"

// A turn that only a timer asks for waits this long after the last one.
#define QUIET_US 2000
// LIMIT: turns in a row. Transport -> stack -> application -> stack are hops through the library's own
// message queue, each of which would be a round of the loop.
#define HOPS 6

// The table of functions comes first: the source points to it, and so to us.
struct SofiaSource {
    GSourceFuncs funcs;
    const GSourceFuncs *original; // borrowed (the library's, static)
    GSource *source;              // borrowed
    int64_t (*clock_us)(void);
    int64_t last_us;
    bool is_urgent; // the next turn does not wait
};

static SofiaSource *of(GSource *source)
{
    return (SofiaSource *)source->source_funcs;
}

static bool has_socket_event(const GSource *source)
{
    for (const GSList *link = source->poll_fds; link != NULL; link = link->next) {
        if (((const GPollFD *)link->data)->revents != 0) {
            return true;
        }
    }
    return false;
}

// What a turn has handled must not look new in the turn right behind it.
static void forget_socket_events(GSource *source)
{
    for (GSList *link = source->poll_fds; link != NULL; link = link->next) {
        ((GPollFD *)link->data)->revents = 0;
    }
}

static bool may_pass(const SofiaSource *self)
{
    return self->is_urgent || self->clock_us() - self->last_us >= QUIET_US;
}

static gboolean prepare(GSource *source, int *timeout_ms)
{
    SofiaSource *self = of(source);
    gboolean ready = self->original->prepare(source, timeout_ms);
    if ((!ready && *timeout_ms != 0) || may_pass(self)) {
        return ready;
    }
    *timeout_ms = QUIET_US / 1000;
    return FALSE;
}

static gboolean check(GSource *source)
{
    SofiaSource *self = of(source);
    if (!self->original->check(source)) {
        return FALSE;
    }
    return has_socket_event(source) || may_pass(self);
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    SofiaSource *self = of(source);
    int timeout_ms;
    self->is_urgent = false;
    for (int hop = 0; hop < HOPS; hop++) {
        self->original->dispatch(source, callback, user_data);
        forget_socket_events(source);
        if (!self->original->prepare(source, &timeout_ms)) {
            break;
        }
    }
    self->last_us = self->clock_us();
    return G_SOURCE_CONTINUE;
}

SofiaSource *sofia_source_new(GSource *source, int64_t (*clock_us)(void))
{
    SofiaSource *self = g_new0(SofiaSource, 1);
    self->original = source->source_funcs;
    self->funcs = *source->source_funcs;
    self->funcs.prepare = prepare;
    self->funcs.check = check;
    self->funcs.dispatch = dispatch;
    self->source = source;
    self->clock_us = clock_us != NULL ? clock_us : g_get_monotonic_time;
    g_source_set_funcs(source, &self->funcs);
    // Never run within itself; but a source that could not be would be taken out of the loop for each of
    // its turns, each of its sockets, and put back: two system calls per socket.
    g_source_set_can_recurse(source, TRUE);
    return self;
}

void sofia_source_free(SofiaSource *self)
{
    g_free(self);
}

void sofia_source_kick(SofiaSource *self)
{
    self->is_urgent = true;
}

void sofia_source_turn(SofiaSource *self)
{
    self->original->dispatch(self->source, NULL, NULL);
}
