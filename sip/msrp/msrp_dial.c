// SPDX-License-Identifier: MIT
// Opens a TCP connection: name, addresses, one attempt after the other (RFC 4975 6.2).
#include "sip/msrp/msrp_dial.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTEMPT_MS    5000 // for one address; the next may work
#define ADDRESSES_MAX 8    // LIMIT: addresses of one name that are tried

struct MsrpDial {
    MsrpLoop *loop; // borrowed
    MsrpDialFunc func;
    void *user; // borrowed
    uint16_t port;
    GCancellable *cancel; // owned; NULL when the name is resolved
    GList *addresses;     // owned, of GInetAddress: not yet tried
    MsrpLoopWatch watch;  // fd is -1 between two attempts
    MsrpLoopTimer timer;
    MsrpLoopJob job; // the next attempt
};

static void stop_attempt(MsrpDial *dial)
{
    msrp_loop_set_timer(dial->loop, &dial->timer, INT64_MAX);
    msrp_loop_watch(dial->loop, &dial->watch, 0);
    if (dial->watch.fd >= 0)
        close(dial->watch.fd);
    dial->watch.fd = -1;
}

static void next_attempt(MsrpDial *dial)
{
    stop_attempt(dial);
    msrp_loop_defer(dial->loop, &dial->job);
}

static void on_time_out(void *user)
{
    next_attempt(user);
}

static void on_event(void *user, uint32_t events)
{
    MsrpDial *dial = user;
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(dial->watch.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        next_attempt(dial);
        return;
    }
    int fd = dial->watch.fd;
    msrp_loop_watch(dial->loop, &dial->watch, 0);
    dial->watch.fd = -1;
    stop_attempt(dial);
    dial->func(dial->user, fd);
}

// false: this address does not even let itself be tried.
static bool attempt(MsrpDial *dial, GInetAddress *address)
{
    struct sockaddr_storage native;
    g_autoptr(GSocketAddress) socket_address = g_inet_socket_address_new(address, dial->port);
    gssize length = g_socket_address_get_native_size(socket_address);
    if (!g_socket_address_to_native(socket_address, &native, sizeof native, NULL))
        return false;
    dial->watch.fd = socket(native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (dial->watch.fd < 0)
        return false;
    if (connect(dial->watch.fd, (struct sockaddr *)&native, (socklen_t)length) != 0 &&
        errno != EINPROGRESS)
        return false;
    msrp_loop_watch(dial->loop, &dial->watch, EPOLLOUT);
    msrp_loop_set_timer(dial->loop, &dial->timer, msrp_loop_now_ms(dial->loop) + ATTEMPT_MS);
    return true;
}

static void on_next(void *user)
{
    MsrpDial *dial = user;
    while (dial->addresses != NULL) {
        g_autoptr(GInetAddress) address = dial->addresses->data;
        dial->addresses = g_list_delete_link(dial->addresses, dial->addresses);
        if (attempt(dial, address))
            return;
        stop_attempt(dial);
    }
    dial->func(dial->user, -1);
}

// A call that was cancelled tells nobody: `dial` is gone then.
static void on_resolved(GObject *resolver, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    GList *addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(resolver), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    MsrpDial *dial = user;
    g_clear_object(&dial->cancel);
    dial->addresses = addresses;
    GList *beyond = g_list_nth(addresses, ADDRESSES_MAX);
    if (beyond != NULL) {
        beyond->prev->next = NULL;
        beyond->prev = NULL;
        g_resolver_free_addresses(beyond);
    }
    msrp_loop_defer(dial->loop, &dial->job);
}

static void resolve(MsrpDial *dial, const char *host)
{
    GInetAddress *numeric = g_inet_address_new_from_string(host);
    if (numeric != NULL) {
        dial->addresses = g_list_append(NULL, numeric);
        msrp_loop_defer(dial->loop, &dial->job);
        return;
    }
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    dial->cancel = g_cancellable_new();
    g_resolver_lookup_by_name_async(resolver, host, dial->cancel, on_resolved, dial);
}

MsrpDial *msrp_dial_new(MsrpLoop *loop, const char *host, uint16_t port, MsrpDialFunc func,
                        void *user)
{
    MsrpDial *dial = g_new0(MsrpDial, 1);
    dial->loop = loop;
    dial->func = func;
    dial->user = user;
    dial->port = port;
    dial->watch = (MsrpLoopWatch){.func = on_event, .user = dial, .fd = -1};
    dial->timer = (MsrpLoopTimer){.func = on_time_out, .user = dial};
    dial->job = (MsrpLoopJob){.func = on_next, .user = dial};
    resolve(dial, host);
    return dial;
}

void msrp_dial_free(MsrpDial *dial)
{
    if (dial == NULL)
        return;
    stop_attempt(dial);
    msrp_loop_cancel(dial->loop, &dial->job);
    if (dial->cancel != NULL)
        g_cancellable_cancel(dial->cancel);
    g_clear_object(&dial->cancel);
    g_resolver_free_addresses(dial->addresses);
    g_free(dial);
}
