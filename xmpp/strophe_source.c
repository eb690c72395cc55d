// SPDX-License-Identifier: MIT
// The GSource that pumps one libstrophe context; see the header.
#include "xmpp/strophe_source.h"

#include <glib.h>
#include <sys/ioctl.h>

// How often the library reads (4096 octets at most) in one turn, before others get theirs.
enum { READS_PER_TURN = 4 };

struct StropheSource {
    GSource source; // first: GLib allocates it
    StropheSourceConfig config;
    int fd;       // -1 = none
    gpointer tag; // of the poll record of fd
    GIOCondition watched;
    int tick_ms;
    bool is_connected; // the TCP connection stands
    bool is_paused;
    bool wants_write;
    bool is_awake;   // wants a turn
    bool wants_pump; // in it
    bool is_freed;   // by its owner, during a turn
};

// While TCP connects only writability tells; later it is watched only when somebody waits for it,
// or the loop would spin.
static void watch_conditions(StropheSource *source)
{
    if (source->tag == NULL)
        return;
    GIOCondition wanted = 0;
    if (!source->is_connected || source->wants_write)
        wanted |= G_IO_OUT;
    if (source->is_connected && !source->is_paused)
        wanted |= G_IO_IN;
    if (wanted == source->watched)
        return; // each change wakes the loop up
    source->watched = wanted;
    g_source_modify_unix_fd(&source->source, source->tag, wanted);
}

static GIOCondition conditions(StropheSource *source)
{
    return source->tag != NULL ? g_source_query_unix_fd(&source->source, source->tag) : 0;
}

static gboolean prepare(GSource *base, int *timeout)
{
    *timeout = -1;
    return ((StropheSource *)base)->is_awake;
}

static gboolean check(GSource *base)
{
    StropheSource *source = (StropheSource *)base;
    return source->is_awake || conditions(source) != 0;
}

static int unread(const StropheSource *source)
{
    int octets = 0;
    return source->fd >= 0 && ioctl(source->fd, FIONREAD, &octets) == 0 ? octets : 0;
}

static void pump(StropheSource *source)
{
    for (int reads = 0; reads < READS_PER_TURN; reads++) {
        xmpp_run_once(source->config.ctx, 0);
        if (source->is_paused || unread(source) == 0)
            break;
    }
    // What the library has to say itself (that it could not read something) it writes before it
    // reads.
    if (!source->is_paused)
        xmpp_run_once(source->config.ctx, 0);
}

static bool is_tick(GSource *base)
{
    return g_source_get_ready_time(base) != -1 &&
           g_source_get_ready_time(base) <= g_source_get_time(base);
}

// Asking the library costs three system calls even when it has nothing to do.
static bool must_pump(StropheSource *source, GIOCondition met)
{
    bool is_broken = met & (G_IO_HUP | G_IO_ERR);
    if (source->wants_pump || is_broken || !source->is_connected || is_tick(&source->source))
        return true;
    return (met & G_IO_IN) != 0 && !source->is_paused;
}

static gboolean dispatch(GSource *base, GSourceFunc unused, gpointer unused_too)
{
    StropheSource *source = (StropheSource *)base;
    GIOCondition met = conditions(source);
    bool pumps = must_pump(source, met);
    if (met != 0)
        source->is_connected = true; // or failed, which the library will say
    source->is_awake = source->wants_pump = false;
    if (pumps)
        pump(source);
    if (source->tick_ms != 0)
        strophe_source_tick(source, source->tick_ms);
    source->config.turn(source->config.self);
    if (!source->is_freed)
        watch_conditions(source);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {.prepare = prepare, .check = check, .dispatch = dispatch};

StropheSource *strophe_source_new(const StropheSourceConfig *config)
{
    StropheSource *source = (StropheSource *)g_source_new(&source_funcs, sizeof(StropheSource));
    source->config = *config;
    source->fd = -1;
    g_source_set_name(&source->source, "libstrophe");
    // Never run within itself; but GLib would take the socket out of the loop and put it back in each turn,
    // waking the loop up both times.
    g_source_set_can_recurse(&source->source, TRUE);
    g_source_attach(&source->source, NULL);
    return source;
}

void strophe_source_free(StropheSource *source)
{
    if (source == NULL)
        return;
    source->is_freed = true;
    g_source_destroy(&source->source);
    g_source_unref(&source->source);
}

void strophe_source_watch(StropheSource *source, int fd)
{
    if (source->tag != NULL)
        g_source_remove_unix_fd(&source->source, source->tag);
    source->fd = fd;
    source->tag = fd >= 0 ? g_source_add_unix_fd(&source->source, fd, G_IO_OUT) : NULL;
    source->watched = G_IO_OUT;
    source->is_connected = false;
    source->wants_write = false;
}

void strophe_source_tick(StropheSource *source, int ms)
{
    source->tick_ms = ms;
    g_source_set_ready_time(&source->source,
                            ms != 0 ? g_get_monotonic_time() + (int64_t)ms * 1000 : -1);
}

void strophe_source_pause(StropheSource *source, bool is_paused)
{
    source->is_paused = is_paused;
    watch_conditions(source);
}

void strophe_source_want_write(StropheSource *source, bool wants)
{
    if (source->wants_write == wants)
        return;
    source->wants_write = wants;
    watch_conditions(source);
}

// There is one thread: the loop looks at the flag before it sleeps.
void strophe_source_wake(StropheSource *source)
{
    source->is_awake = true;
}

void strophe_source_pump(StropheSource *source)
{
    source->is_awake = source->wants_pump = true;
}
