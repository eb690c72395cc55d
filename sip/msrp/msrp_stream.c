// SPDX-License-Identifier: MIT
// One TCP connection as a stream of octets.
#include "sip/msrp/msrp_stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define READ_OCTETS 16384 // per call
#define READS_MAX   4     // calls in one turn: no connection keeps the others waiting
#define PIECES_MAX  32    // per writev()

struct MsrpStream {
    MsrpLoop *loop; // borrowed
    const MsrpStreamFuncs *funcs;
    void *user;
    MsrpLoopWatch watch;
    GQueue out;       // of owned GBytes
    size_t out_begun; // octets of the first one that are written
    size_t waiting;
    uint64_t written;
    bool paused;
    bool ended; // on_end was called
};

static void watch_update(MsrpStream *stream)
{
    uint32_t events = (stream->paused ? 0 : EPOLLIN) | (stream->waiting > 0 ? EPOLLOUT : 0);
    if (events == 0)
        events = EPOLLET; // nothing but the end of the connection, which always comes
    msrp_loop_watch(stream->loop, &stream->watch, stream->ended ? 0 : events);
}

static bool is_passing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// false: the connection is over.
static bool read_some(MsrpStream *stream)
{
    uint8_t octets[READ_OCTETS];
    for (int i = 0; i < READS_MAX && !stream->paused; i++) {
        ssize_t length = recv(stream->watch.fd, octets, sizeof octets, 0);
        if (length < 0)
            return is_passing(errno);
        if (length == 0)
            return false;
        stream->funcs->on_octets(stream->user, octets, (size_t)length);
        if ((size_t)length < sizeof octets)
            return true;
    }
    return true;
}

static int collect(const MsrpStream *stream, struct iovec pieces[PIECES_MAX])
{
    int count = 0;
    size_t skip = stream->out_begun;
    for (const GList *at = stream->out.head; at != NULL && count < PIECES_MAX; at = at->next) {
        size_t length;
        const uint8_t *octets = g_bytes_get_data(at->data, &length);
        pieces[count++] = (struct iovec){(void *)(octets + skip), length - skip};
        skip = 0;
    }
    return count;
}

static void drop_written(MsrpStream *stream, size_t length)
{
    stream->waiting -= length;
    stream->written += length;
    length += stream->out_begun;
    while (stream->out.length > 0 && length >= g_bytes_get_size(stream->out.head->data)) {
        length -= g_bytes_get_size(stream->out.head->data);
        g_bytes_unref(g_queue_pop_head(&stream->out));
    }
    stream->out_begun = length;
}

// false: the connection is over.
static bool write_some(MsrpStream *stream)
{
    while (stream->waiting > 0) {
        struct iovec pieces[PIECES_MAX];
        struct msghdr message = {.msg_iov = pieces};
        message.msg_iovlen = (size_t)collect(stream, pieces);
        ssize_t length = sendmsg(stream->watch.fd, &message, MSG_NOSIGNAL);
        if (length < 0)
            return is_passing(errno);
        drop_written(stream, (size_t)length);
    }
    return true;
}

static void on_event(void *user, uint32_t events)
{
    MsrpStream *stream = user;
    uint64_t before = stream->written;
    bool alive = (events & EPOLLOUT) == 0 || write_some(stream);
    if (alive && (events & ~(uint32_t)EPOLLOUT) != 0)
        alive = !stream->paused ? read_some(stream) : (events & (EPOLLERR | EPOLLHUP)) == 0;
    stream->ended = !alive;
    watch_update(stream);
    if (stream->ended)
        stream->funcs->on_end(stream->user);
    else if (stream->written != before)
        stream->funcs->on_written(stream->user);
}

MsrpStream *msrp_stream_new(MsrpLoop *loop, int fd, const MsrpStreamFuncs *funcs, void *user)
{
    int on = 1;
    MsrpStream *stream = g_new0(MsrpStream, 1);
    stream->loop = loop;
    stream->funcs = funcs;
    stream->user = user;
    stream->watch = (MsrpLoopWatch){.func = on_event, .user = stream, .fd = fd};
    g_queue_init(&stream->out);
    // Frames are written whole; waiting for more of them only delays the answers. No TCP: no harm.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    watch_update(stream);
    return stream;
}

void msrp_stream_free(MsrpStream *stream)
{
    if (stream == NULL)
        return;
    msrp_loop_watch(stream->loop, &stream->watch, 0);
    close(stream->watch.fd);
    g_queue_clear_full(&stream->out, (GDestroyNotify)g_bytes_unref);
    g_free(stream);
}

void msrp_stream_write(MsrpStream *stream, GBytes *octets)
{
    size_t length = g_bytes_get_size(octets);
    if (length == 0) {
        g_bytes_unref(octets);
        return;
    }
    g_queue_push_tail(&stream->out, octets);
    stream->waiting += length;
}

// A failure shows in the next event as well, and is told there.
void msrp_stream_flush(MsrpStream *stream)
{
    write_some(stream);
    watch_update(stream);
}

size_t msrp_stream_waiting(const MsrpStream *stream)
{
    return stream->waiting;
}

uint64_t msrp_stream_written(const MsrpStream *stream)
{
    return stream->written;
}

void msrp_stream_pause(MsrpStream *stream, bool paused)
{
    stream->paused = paused;
    watch_update(stream);
}
