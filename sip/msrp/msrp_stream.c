// SPDX-License-Identifier: MIT
// One TCP connection as a stream of octets, plain or under TLS.
#include "sip/msrp/msrp_stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define READ_OCTETS 16384 // per call
#define READS_MAX   4     // calls in one turn: no connection keeps the others waiting
#define PIECES_MAX  32    // per writev()
#define SEAL_OCTETS 16384 // per record of TLS, which is the most it takes
#define SEALED_MAX  65536 // LIMIT: waiting octets that TLS made by itself

struct MsrpStream {
    MsrpLoop *loop; // borrowed
    const MsrpStreamFuncs *funcs;
    void *user;
    MsrpLoopWatch watch;
    MsrpLoopJob job;  // TLS holds octets that nobody wanted before
    GQueue out;       // of owned GBytes
    size_t out_begun; // octets of the first one that are written
    size_t waiting;
    uint64_t written;
    MsrpTls *tls;        // owned; NULL: plain
    GByteArray *sealed;  // owned: what TLS wants to be written; NULL: plain
    size_t sealed_begun; // octets of it that are written
    size_t sealed_plain; // octets of `out` that are in it
    bool paused;
    bool ready;
    bool ended; // on_end was called
};

static bool has_output(const MsrpStream *stream)
{
    return stream->tls != NULL ? stream->sealed->len > 0 : stream->waiting > 0;
}

static void watch_update(MsrpStream *stream)
{
    uint32_t events = (stream->paused ? 0 : EPOLLIN) | (has_output(stream) ? EPOLLOUT : 0);
    if (events == 0)
        events = EPOLLET; // nothing but the end of the connection, which always comes
    msrp_loop_watch(stream->loop, &stream->watch, stream->ended ? 0 : events);
}

static bool is_passing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

// Hands over what TLS has, as long as nobody pauses. false: the connection is over.
static bool open_some(MsrpStream *stream)
{
    uint8_t plain[READ_OCTETS];
    ssize_t length = 0;
    while (!stream->paused && (length = msrp_tls_open(stream->tls, plain, sizeof plain)) > 0)
        stream->funcs->on_octets(stream->user, plain, (size_t)length);
    return length >= 0;
}

// false: the connection is over.
static bool take_octets(MsrpStream *stream, const uint8_t *octets, size_t length)
{
    if (stream->tls != NULL) {
        msrp_tls_feed(stream->tls, octets, length);
        return open_some(stream);
    }
    stream->funcs->on_octets(stream->user, octets, length);
    return true;
}

// false: the connection is over. What TLS still holds comes before what the socket has.
static bool read_some(MsrpStream *stream)
{
    uint8_t octets[READ_OCTETS];
    if (stream->tls != NULL && !open_some(stream))
        return false;
    for (int i = 0; i < READS_MAX && !stream->paused; i++) {
        ssize_t length = recv(stream->watch.fd, octets, sizeof octets, 0);
        if (length < 0)
            return is_passing(errno);
        if (length == 0 || !take_octets(stream, octets, (size_t)length))
            return false;
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
static bool write_plain(MsrpStream *stream)
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

static size_t gather(const MsrpStream *stream, uint8_t plain[SEAL_OCTETS])
{
    struct iovec pieces[PIECES_MAX];
    int count = collect(stream, pieces);
    size_t length = 0;
    for (int i = 0; i < count && length < SEAL_OCTETS; i++) {
        size_t part = MIN(pieces[i].iov_len, SEAL_OCTETS - length);
        memcpy(plain + length, pieces[i].iov_base, part);
        length += part;
    }
    return length;
}

// What is in `sealed` is written: the next piece. false: the connection is over.
static bool seal_some(MsrpStream *stream)
{
    uint8_t plain[SEAL_OCTETS];
    drop_written(stream, stream->sealed_plain);
    stream->sealed_plain = stream->sealed_begun = 0;
    g_byte_array_set_size(stream->sealed, 0);
    ssize_t length = stream->waiting > 0
                         ? msrp_tls_seal(stream->tls, plain, gather(stream, plain)) : 0;
    stream->sealed_plain = (size_t)MAX(length, 0);
    msrp_tls_take(stream->tls, stream->sealed);
    return length >= 0;
}

// What the peer makes TLS say (key updates, say) queues here when it does not read; nothing else
// can become that long. false: the connection is over.
static bool write_sealed(MsrpStream *stream)
{
    msrp_tls_take(stream->tls, stream->sealed);
    if (stream->sealed->len - stream->sealed_begun > SEALED_MAX)
        return false;
    for (;;) {
        if (stream->sealed_begun == stream->sealed->len && !seal_some(stream))
            return false;
        if (stream->sealed->len == 0)
            return true;
        ssize_t length = send(stream->watch.fd, stream->sealed->data + stream->sealed_begun,
                              stream->sealed->len - stream->sealed_begun, MSG_NOSIGNAL);
        if (length < 0)
            return is_passing(errno);
        stream->sealed_begun += (size_t)length;
    }
}

static bool write_some(MsrpStream *stream)
{
    return stream->tls != NULL ? write_sealed(stream) : write_plain(stream);
}

// Tells what has come of an event; the last call tells one thing, because it may free the stream.
static void tell(MsrpStream *stream, bool alive, uint64_t written_before)
{
    bool became_ready = !stream->ready && msrp_tls_is_ready(stream->tls);
    stream->ready |= became_ready;
    stream->ended = !alive;
    watch_update(stream);
    if (stream->ended)
        stream->funcs->on_end(stream->user);
    else if (became_ready)
        stream->funcs->on_ready(stream->user);
    else if (stream->written != written_before)
        stream->funcs->on_written(stream->user);
}

// What TLS read may make it write, be it an alert.
static void on_event(void *user, uint32_t events)
{
    MsrpStream *stream = user;
    uint64_t before = stream->written;
    bool alive = (events & EPOLLOUT) == 0 || write_some(stream);
    if (alive && (events & ~(uint32_t)EPOLLOUT) != 0)
        alive = !stream->paused ? read_some(stream) : (events & (EPOLLERR | EPOLLHUP)) == 0;
    if (stream->tls != NULL)
        alive = write_some(stream) && alive;
    tell(stream, alive, before);
}

// No descriptor tells that TLS still has octets.
static void on_job(void *user)
{
    MsrpStream *stream = user;
    uint64_t before = stream->written;
    bool alive = !stream->ended && open_some(stream);
    if (!stream->ended)
        tell(stream, write_some(stream) && alive, before);
}

MsrpStream *msrp_stream_new(MsrpLoop *loop, int fd, MsrpTls *tls, const MsrpStreamFuncs *funcs,
                            void *user)
{
    int on = 1;
    MsrpStream *stream = g_new0(MsrpStream, 1);
    stream->loop = loop;
    stream->funcs = funcs;
    stream->user = user;
    stream->watch = (MsrpLoopWatch){.func = on_event, .user = stream, .fd = fd};
    stream->job = (MsrpLoopJob){.func = on_job, .user = stream};
    stream->tls = tls;
    stream->sealed = tls != NULL ? g_byte_array_new() : NULL;
    stream->ready = tls == NULL;
    g_queue_init(&stream->out);
    // Frames are written whole; waiting for more of them only delays the answers. No TCP: no harm.
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    watch_update(stream);
    if (tls != NULL) // who connected speaks first
        msrp_loop_defer(loop, &stream->job);
    return stream;
}

// As far as the socket takes it now.
static void say_end(MsrpStream *stream)
{
    if (stream->tls == NULL || stream->ended)
        return;
    msrp_tls_close(stream->tls);
    write_sealed(stream);
}

void msrp_stream_free(MsrpStream *stream)
{
    if (stream == NULL)
        return;
    say_end(stream);
    msrp_loop_watch(stream->loop, &stream->watch, 0);
    msrp_loop_cancel(stream->loop, &stream->job);
    close(stream->watch.fd);
    msrp_tls_free(stream->tls);
    g_clear_pointer(&stream->sealed, g_byte_array_unref);
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

// A failure shows in the next event as well, and is told there; one of TLS in the job.
void msrp_stream_flush(MsrpStream *stream)
{
    if (!write_some(stream) && stream->tls != NULL)
        msrp_loop_defer(stream->loop, &stream->job);
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
    if (!paused && !stream->ended && stream->tls != NULL && msrp_tls_has_more(stream->tls))
        msrp_loop_defer(stream->loop, &stream->job);
    watch_update(stream);
}

bool msrp_stream_is_ready(const MsrpStream *stream)
{
    return stream->ready;
}

const MsrpTls *msrp_stream_tls(const MsrpStream *stream)
{
    return stream->tls;
}
