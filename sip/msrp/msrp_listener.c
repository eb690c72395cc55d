// SPDX-License-Identifier: MIT
// The listening socket.
#include "sip/msrp/msrp_listener.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_MAX 64   // in one turn
#define BACKLOG     1024 // waiting in the kernel
#define STEP_BACK_MS 1000 // pause when there are no descriptors left

struct MsrpListener {
    MsrpLoop *loop; // borrowed
    MsrpListenerFunc func;
    void *user; // borrowed
    MsrpLoopWatch watch;
    MsrpLoopTimer timer;
    uint16_t port;
};

static bool is_passing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ECONNABORTED;
}

// The connections wait in the kernel meanwhile; without the pause this would be a busy loop.
static void step_back(MsrpListener *listener, int error)
{
    g_warning("side=sip MSRP: no connection can be accepted: %s", g_strerror(error));
    msrp_loop_watch(listener->loop, &listener->watch, 0);
    msrp_loop_set_timer(listener->loop, &listener->timer,
                        msrp_loop_now_ms(listener->loop) + STEP_BACK_MS);
}

static void on_pause_over(void *user)
{
    MsrpListener *listener = user;
    msrp_loop_watch(listener->loop, &listener->watch, EPOLLIN);
}

static void on_event(void *user, uint32_t events)
{
    MsrpListener *listener = user;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = accept4(listener->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            listener->func(listener->user, fd);
            continue;
        }
        if (!is_passing(errno))
            step_back(listener, errno);
        return;
    }
}

static int listen_on(GSocketAddress *address, uint16_t *port)
{
    struct sockaddr_storage native;
    socklen_t length = (socklen_t)g_socket_address_get_native_size(address);
    if (!g_socket_address_to_native(address, &native, sizeof native, NULL))
        return -1;
    int on = 1;
    int fd = socket(native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&native, length) == 0 && listen(fd, BACKLOG) == 0 &&
        getsockname(fd, (struct sockaddr *)&native, &length) == 0) {
        g_autoptr(GSocketAddress) taken = g_socket_address_new_from_native(&native, length);
        *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(taken));
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

MsrpListener *msrp_listener_new(MsrpLoop *loop, const char *host, uint16_t port,
                                MsrpListenerFunc func, void *user, GError **error)
{
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string(host, port);
    if (address == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "MSRP cannot listen on %s: not a numeric address", host);
        return NULL;
    }
    uint16_t taken = 0;
    int fd = listen_on(address, &taken);
    if (fd < 0) {
        int reason = errno;
        g_set_error(error, G_IO_ERROR, (int)g_io_error_from_errno(reason),
                    "MSRP cannot listen on %s port %u: %s", host, port, g_strerror(reason));
        return NULL;
    }
    MsrpListener *listener = g_new0(MsrpListener, 1);
    listener->loop = loop;
    listener->func = func;
    listener->user = user;
    listener->port = taken;
    listener->watch = (MsrpLoopWatch){.func = on_event, .user = listener, .fd = fd};
    listener->timer = (MsrpLoopTimer){.func = on_pause_over, .user = listener};
    msrp_loop_watch(loop, &listener->watch, EPOLLIN);
    return listener;
}

void msrp_listener_free(MsrpListener *listener)
{
    if (listener == NULL)
        return;
    msrp_loop_set_timer(listener->loop, &listener->timer, INT64_MAX);
    msrp_loop_watch(listener->loop, &listener->watch, 0);
    close(listener->watch.fd);
    g_free(listener);
}

uint16_t msrp_listener_port(const MsrpListener *listener)
{
    return listener->port;
}
