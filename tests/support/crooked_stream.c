// SPDX-License-Identifier: MIT
// The far end of a stream connection, in the hands of a test.
#include "tests/support/crooked_stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUIET_TURNS 50   // turns without an event after which nothing is expected any more
#define MANY_TURNS  20000 // turns that are enough for anything

struct CrookedStream {
    int fd; // -1: none, or none any more
    int listening; // -1: not
    GString *heard; // owned
    bool stalled;
    bool over;
};

static GPtrArray *all; // of borrowed CrookedStream, those that exist

static CrookedStream *stream_new(int fd, int listening)
{
    CrookedStream *stream = g_new0(CrookedStream, 1);
    stream->fd = fd;
    stream->listening = listening;
    stream->heard = g_string_new(NULL);
    if (all == NULL)
        all = g_ptr_array_new();
    g_ptr_array_add(all, stream);
    return stream;
}

static void check(bool good, const char *what)
{
    if (!good)
        g_error("%s: %s", what, g_strerror(errno));
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// Otherwise the kernel keeps small pieces back until the other side has acknowledged the last one,
// which it does after a time.
static void send_at_once(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

CrookedStream *crooked_stream_pair(int *near_fd)
{
    int fds[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0, "pair");
    *near_fd = fds[0];
    return stream_new(fds[1], -1);
}

// A signal (libFuzzer has a clock) ends the waiting, not the attempt.
static bool connect_whatever_comes(int fd, const struct sockaddr_in *address)
{
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return true;
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    socklen_t length = sizeof errno;
    while (errno == EINTR) {
        if (poll(&ready, 1, -1) == 1)
            return getsockopt(fd, SOL_SOCKET, SO_ERROR, &errno, &length) == 0 && errno == 0;
    }
    return false;
}

CrookedStream *crooked_stream_connect(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    check(connect_whatever_comes(fd, &address), "connect");
    send_at_once(fd);
    return stream_new(fd, -1);
}

CrookedStream *crooked_stream_listen(uint16_t *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    check(bind(fd, (struct sockaddr *)&address, length) == 0 && listen(fd, 4) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &length) == 0,
          "listen");
    *port = ntohs(address.sin_port);
    return stream_new(-1, fd);
}

void crooked_stream_free(CrookedStream *stream)
{
    crooked_stream_break(stream, false);
    if (stream->listening >= 0)
        close(stream->listening);
    g_ptr_array_remove(all, stream);
    if (all->len == 0)
        g_clear_pointer(&all, g_ptr_array_unref);
    g_string_free(stream->heard, TRUE);
    g_free(stream);
}

// true: something happened.
static bool hear(CrookedStream *stream)
{
    char octets[65536];
    if (stream->fd < 0 && stream->listening >= 0) {
        stream->fd = accept4(stream->listening, NULL, NULL, SOCK_CLOEXEC);
        send_at_once(stream->fd);
    }
    if (stream->fd < 0 || stream->stalled || stream->over)
        return false;
    ssize_t length = recv(stream->fd, octets, sizeof octets, MSG_DONTWAIT);
    if (length > 0)
        g_string_append_len(stream->heard, octets, length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR))
        stream->over = true;
    return length > 0 || stream->over;
}

static bool turn(void)
{
    bool moved = g_main_context_iteration(NULL, FALSE);
    for (guint i = 0; all != NULL && i < all->len; i++)
        moved |= hear(all->pdata[i]);
    return moved;
}

void crooked_stream_settle(void)
{
    int quiet = 0;
    for (int i = 0; i < MANY_TURNS && quiet < QUIET_TURNS; i++) {
        quiet = turn() ? 0 : quiet + 1;
        sched_yield(); // the kernel may have something to deliver
    }
}

void crooked_stream_say(CrookedStream *stream, const char *octets, size_t length, size_t piece)
{
    size_t done = 0;
    int turns = 0;
    while (done < length && turns < MANY_TURNS) {
        size_t next = piece > 0 ? MIN(piece, length - done) : length - done;
        ssize_t said = send(stream->fd, octets + done, next, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (said < 0 && errno != EAGAIN)
            return;
        done += said > 0 ? (size_t)said : 0;
        turns = said > 0 ? 0 : turns + 1;
        turn();
    }
}

void crooked_stream_say_text(CrookedStream *stream, const char *text)
{
    crooked_stream_say(stream, text, strlen(text), 0);
}

const char *crooked_stream_heard(CrookedStream *stream, size_t *length)
{
    if (length != NULL)
        *length = stream->heard->len;
    return stream->heard->str;
}

void crooked_stream_forget(CrookedStream *stream)
{
    g_string_truncate(stream->heard, 0);
}

void crooked_stream_stall(CrookedStream *stream, bool stalled)
{
    stream->stalled = stalled;
}

void crooked_stream_break(CrookedStream *stream, bool hard)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    if (stream->fd < 0)
        return;
    if (hard)
        setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(stream->fd);
    stream->fd = -1;
    stream->over = false;
}

bool crooked_stream_is_over(const CrookedStream *stream)
{
    return stream->over;
}

bool crooked_stream_await(CrookedStream *stream, const char *text)
{
    for (int i = 0; i < MANY_TURNS; i++) {
        if (memmem(stream->heard->str, stream->heard->len, text, strlen(text)) != NULL)
            return true;
        turn();
    }
    return false;
}
