// SPDX-License-Identifier: MIT
// One component link; see the header. Each attempt has a connection object of its own: nothing of a
// dead stream is left in the next.
#include "xmpp/component.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "xmpp/low_descriptor.h"
#include "xmpp/strophe_donor.h"
#include "xmpp/strophe_source.h"

// A link that stood so long was no failed attempt.
enum { STOOD_MS = 5000 };
// A peer that takes nothing for so long is gone (TCP_USER_TIMEOUT).
enum { STALL_MS = 60000 };
// The library's own timers are looked at so often while it connects or closes.
enum { TICK_MS = 1000 };
// LIMIT: of the queue, this share more for presence, errors and answers.
enum { URGENT_SHARE = 4 };
// A queue that has grown beyond this is given back when it is empty.
enum { QUEUE_KEEP_OCTETS = 256 * 1024 };

// The queue is written at the end of the turn, or when it is this long.
enum { WRITE_AT_OCTETS = 64 * 1024 };

typedef enum {
    IDLE,       // waits for the next attempt, or was never started
    CONNECTING, // until the handshake is answered
    UP,
    CLOSING, // our end of the stream is closed
    GONE,    // the library has said so; cleaned up at the end of the turn
} State;

struct Component {
    ComponentConfig config;
    char *server_ip;       // owned
    char *name;            // owned
    char *secret;          // owned
    xmpp_ctx_t *ctx;       // owned
    xmpp_conn_t *conn;     // owned; NULL = no attempt under way
    StropheSource *source; // owned
    int reserve;           // low descriptor, while there is no socket
    int fd;                // of the library, -1 = none
    State state;
    bool was_up;
    bool is_paused;
    bool is_blocked; // the socket takes no more
    bool is_second_pump;
    GString *queue; // owned
    size_t written; // of the queue
    int failures;   // attempts in a row
    int64_t up_ms;  // since when
    Deadline *retry;
    Deadline *watchdog;
    void (*closed)(void *self);
    void *closed_self; // borrowed
};

// The library hands its socket out during xmpp_connect_component() and says nothing of whose it is.
static Component *connecting;

static int on_socket(xmpp_conn_t *conn, void *socket)
{
    int fd = *(int *)socket, on = 1, stall_ms = STALL_MS;
    if (!low_descriptor_is(fd))
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof stall_ms);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    connecting->fd = fd;
    return 0;
}

static void on_turn(void *self);

Component *component_new(const ComponentConfig *config)
{
    Component *component = g_new0(Component, 1);
    component->config = *config;
    component->server_ip = g_strdup(config->server_ip);
    component->name = g_strdup(config->name);
    component->secret = g_strdup(config->secret);
    component->reserve = low_descriptor_take();
    component->fd = -1;
    component->queue = g_string_new(NULL);
    component->ctx = xmpp_ctx_new(NULL, NULL);
    component->source = strophe_source_new(
        &(StropheSourceConfig){.ctx = component->ctx, .turn = on_turn, .self = component});
    return component;
}

// Ends an attempt or a link: the library closes its socket, and the descriptor is ours again.
static void drop_connection(Component *component)
{
    xmpp_conn_t *conn = component->conn;
    strophe_source_watch(component->source, -1);
    strophe_source_tick(component->source, 0);
    deadlines_stop(&component->watchdog);
    component->conn = NULL;
    component->fd = -1;
    if (conn != NULL)
        xmpp_conn_release(conn);
    if (component->reserve == LOW_DESCRIPTOR_NONE)
        component->reserve = low_descriptor_take();
    g_string_truncate(component->queue, 0);
    component->written = 0;
    component->is_blocked = false;
}

void component_free(Component *component)
{
    if (component == NULL)
        return;
    deadlines_stop(&component->retry);
    drop_connection(component);
    low_descriptor_release(&component->reserve);
    strophe_source_free(component->source);
    xmpp_ctx_free(component->ctx);
    g_string_free(component->queue, TRUE);
    g_free(component->server_ip);
    g_free(component->name);
    memset(component->secret, 0, strlen(component->secret));
    g_free(component->secret);
    g_free(component);
}

// XEP-0114 has no answer to a wrong secret or a conflict but a stream error: both may be mended at
// the other end, so both are tried again like an absent server.
static void report(const Component *component, const xmpp_stream_error_t *error, int code)
{
    const char *what = error != NULL && error->text != NULL ? error->text
                       : code != 0                          ? g_strerror(code)
                                                            : "closed";
    if (component->state == UP)
        g_warning("side=xmpp component %s: link lost: %s", component->name, what);
    else if (component->state == CONNECTING && component->failures == 0)
        g_warning("side=xmpp component %s: not connected to %s:%u: %s; trying on", component->name,
                  component->server_ip, component->config.server_port, what);
    else
        g_debug("side=xmpp component %s: %s", component->name, what);
}

static void on_connection(xmpp_conn_t *conn, xmpp_conn_event_t event, int code,
                          xmpp_stream_error_t *error, void *self)
{
    Component *component = self;
    if (conn != component->conn)
        return; // let go by us
    if (event != XMPP_CONN_CONNECT) {
        report(component, error, code);
        component->state = GONE;
        return;
    }
    g_info("side=xmpp component %s: link up", component->name);
    deadlines_stop(&component->watchdog);
    strophe_source_tick(component->source, 0);
    strophe_source_pause(component->source, component->is_paused);
    component->state = UP;
    component->was_up = true;
    component->up_ms = g_get_monotonic_time() / 1000;
    component->config.on_link(component->config.self, component, true);
}

static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *self)
{
    Component *component = self;
    if (component->state == UP)
        component->config.on_stanza(component->config.self, component, stanza);
    return 1; // stay
}

static int64_t pause_ms(const Component *component)
{
    int64_t first = component->config.pause_ms;
    int64_t pause = first != 0 ? first : COMPONENT_PAUSE_MS;
    for (int i = 1; i < component->failures && pause < COMPONENT_PAUSE_MAX_MS; i++)
        pause *= 2;
    pause = MIN(pause, COMPONENT_PAUSE_MAX_MS);
    return pause / 2 +
           g_random_int_range(0, (gint32)(pause / 2) + 1); // so that not all come at once
}

static void connect_now(void *self);

static void try_later(Component *component)
{
    component->failures++;
    component->state = IDLE;
    deadlines_start(component->config.deadlines, &component->retry, pause_ms(component),
                    connect_now, component);
}

static void attempt_failed(Component *component)
{
    drop_connection(component);
    try_later(component);
    component->config.on_refused(component->config.self, component);
}

// The library gives an attempt up only before the TCP connection stands.
static void on_watchdog(void *self)
{
    Component *component = self;
    if (component->failures == 0)
        g_warning("side=xmpp component %s: %s:%u does not answer; trying on", component->name,
                  component->server_ip, component->config.server_port);
    attempt_failed(component);
}

static bool open_connection(Component *component)
{
    component->conn = xmpp_conn_new(component->ctx);
    if (!strophe_donor_give(component->conn))
        return false;
    xmpp_conn_set_jid(component->conn, component->name);
    xmpp_conn_set_pass(component->conn, component->secret);
    xmpp_conn_set_sockopt_callback(component->conn, on_socket);
    xmpp_handler_add(component->conn, on_stanza, NULL, NULL, NULL, component);
    low_descriptor_release(&component->reserve);
    connecting = component;
    int result = xmpp_connect_component(component->conn, component->server_ip,
                                        component->config.server_port, on_connection, component);
    connecting = NULL;
    return result == XMPP_EOK;
}

static void connect_now(void *self)
{
    Component *component = self;
    component->state = CONNECTING;
    component->was_up = false;
    if (!open_connection(component)) {
        attempt_failed(component);
        return;
    }
    int64_t patience = component->config.patience_ms;
    deadlines_start(component->config.deadlines, &component->watchdog,
                    patience != 0 ? patience : COMPONENT_PATIENCE_MS, on_watchdog, component);
    strophe_source_pause(component->source, false);
    strophe_source_watch(component->source, component->fd);
    strophe_source_tick(component->source, TICK_MS);
}

bool component_start(Component *component)
{
    if (component->reserve == LOW_DESCRIPTOR_NONE)
        return false;
    connect_now(component);
    return true;
}

bool component_is_up(const Component *component)
{
    return component->state == UP;
}

const char *component_name(const Component *component)
{
    return component->name;
}

static size_t unwritten(const Component *component)
{
    return component->queue->len - component->written;
}

size_t component_queue_octets(const Component *component)
{
    int in_socket = 0;
    if (component->is_blocked)
        ioctl(component->fd, SIOCOUTQ, &in_socket);
    return unwritten(component) + (size_t)in_socket;
}

static void queue_written(Component *component)
{
    if (unwritten(component) == 0 && component->queue->allocated_len > QUEUE_KEEP_OCTETS) {
        g_string_free(component->queue, TRUE);
        component->queue = g_string_new(NULL);
    } else {
        g_string_erase(component->queue, 0, (gssize)component->written);
    }
    component->written = 0;
}

// Writes what the socket takes. An error is left to the library, which meets it when it reads.
static void flush(Component *component)
{
    component->is_blocked = false;
    while (unwritten(component) > 0) {
        ssize_t sent = send(component->fd, component->queue->str + component->written,
                            unwritten(component), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0) {
            component->is_blocked = true;
            break;
        }
        component->written += (size_t)sent;
    }
    if (component->written > component->queue->len / 2)
        queue_written(component);
    strophe_source_want_write(component->source, component->is_blocked);
}

bool component_send(Component *component, const char *text, size_t octets, bool is_urgent)
{
    size_t limit = (size_t)*component->config.queue_octets;
    if (is_urgent)
        limit += limit / URGENT_SHARE;
    if (component->state != UP || component_queue_octets(component) + octets > limit)
        return false;
    g_string_append_len(component->queue, text, (gssize)octets);
    if (!component->is_blocked && unwritten(component) > WRITE_AT_OCTETS)
        flush(component);
    else if (!component->is_blocked)
        strophe_source_wake(component->source);
    return true;
}

static void close_stream(Component *component)
{
    component->state = CLOSING;
    strophe_source_pause(component->source, false);
    strophe_source_tick(component->source, TICK_MS);
    xmpp_disconnect(component->conn);
    strophe_source_pump(component->source);
}

static void tell_closed(Component *component)
{
    void (*closed)(void *) = component->closed;
    component->closed = NULL;
    closed(component->closed_self);
}

static void on_gone(Component *component)
{
    bool was_up = component->was_up, is_closing = component->closed != NULL;
    bool has_stood = was_up && g_get_monotonic_time() / 1000 - component->up_ms > STOOD_MS;
    drop_connection(component);
    if (has_stood)
        component->failures = 0;
    if (is_closing)
        component->state = IDLE;
    else
        try_later(component);
    if (was_up)
        component->config.on_link(component->config.self, component, false);
    else
        component->config.on_refused(component->config.self, component);
    if (is_closing)
        tell_closed(component);
}

// The library's own words (header, handshake, end of stream) leave it only when it is pumped once
// more, and it does not tell that it has any.
static void pump_again(Component *component)
{
    component->is_second_pump = !component->is_second_pump;
    if (component->is_second_pump)
        strophe_source_pump(component->source);
}

static void on_turn(void *self)
{
    Component *component = self;
    if (component->state == GONE) {
        on_gone(component);
    } else if (component->state == UP) {
        flush(component);
        if (component->closed != NULL && unwritten(component) == 0)
            close_stream(component);
    } else if (component->conn != NULL) {
        pump_again(component);
    }
}

void component_pause(Component *component, bool is_paused)
{
    component->is_paused = is_paused;
    if (component->state == UP)
        strophe_source_pause(component->source, is_paused);
}

void component_close(Component *component, void (*closed)(void *self), void *self)
{
    component->closed = closed;
    component->closed_self = self;
    deadlines_stop(&component->retry);
    if (component->state == UP) {
        strophe_source_wake(component->source);
        return;
    }
    drop_connection(component);
    component->state = IDLE;
    tell_closed(component);
}
