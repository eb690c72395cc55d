// SPDX-License-Identifier: MIT
// One connection and its life (RFC 4975 5.4).
#include "sip/msrp/msrp_connection.h"

#include "sip/msrp/msrp_dial.h"
#include "sip/msrp/msrp_parser.h"

#define BAD_MAX 3 // bad frames in a row (MSRP-002)

struct MsrpConnection {
    MsrpConnectionConfig config;
    char *peer;           // owned: see msrp_connection_key(); NULL when accepted
    MsrpTlsPeer tls_peer; // owned: of a dialled one under TLS
    MsrpDial *dial;       // owned; NULL when accepted, or when it is done
    MsrpStream *stream;   // owned; NULL while dialling
    MsrpWriter *writer;   // owned, likewise
    MsrpParser *parser;   // owned
    GPtrArray *sessions;  // owned, of borrowed MsrpSession
    MsrpLoopTimer timer;
    MsrpLoopJob job;
    GByteArray *input;    // owned: octets read but not yet looked at, while something is held
    MsrpFrame *held;      // owned: a frame that could not be placed
    guint blocked;        // sessions that cannot take more
    guint bad_in_row;
    int64_t idle_until_ms;  // INT64_MAX while there are sessions
    int64_t shake_until_ms; // INT64_MAX when no hand-shake is under way
    int64_t stall_until_ms; // INT64_MAX while nothing waits in the stream
    uint64_t written_before;
    bool was_used;
    bool retry;           // `held` is to be offered again
    bool ending;
    bool ended;
    MsrpSessionEnd reason;
};

static void end_now(MsrpConnection *connection, MsrpSessionEnd reason)
{
    if (connection->ended)
        return;
    connection->ending = connection->ended = true;
    msrp_loop_set_timer(connection->config.loop, &connection->timer, INT64_MAX);
    msrp_loop_cancel(connection->config.loop, &connection->job);
    connection->config.funcs->on_end(connection->config.user, connection, reason);
}

// While one of these holds, what the peer sends stays with the peer.
static bool is_stopped(const MsrpConnection *connection)
{
    return connection->held != NULL || connection->blocked > 0 || connection->ending ||
           msrp_writer_is_clogged(connection->writer);
}

static void timer_update(MsrpConnection *connection)
{
    if (connection->ended)
        return;
    int64_t at_ms = MIN(connection->idle_until_ms, connection->stall_until_ms);
    msrp_loop_set_timer(connection->config.loop, &connection->timer,
                        MIN(at_ms, connection->shake_until_ms));
}

static void on_time(void *user)
{
    MsrpConnection *connection = user;
    int64_t now_ms = msrp_loop_now_ms(connection->config.loop);
    if (connection->idle_until_ms <= now_ms)
        end_now(connection, MSRP_SESSION_END_CLOSED);
    else if (MIN(connection->stall_until_ms, connection->shake_until_ms) <= now_ms)
        end_now(connection, MSRP_SESSION_END_TIMEOUT);
    else
        timer_update(connection);
}

// The time a peer has to read something begins anew with everything it has read.
static void stall_update(MsrpConnection *connection)
{
    uint64_t written = msrp_stream_written(connection->stream);
    if (msrp_stream_waiting(connection->stream) == 0)
        connection->stall_until_ms = INT64_MAX;
    else if (connection->stall_until_ms == INT64_MAX || written != connection->written_before)
        connection->stall_until_ms =
            msrp_loop_now_ms(connection->config.loop) + connection->config.stall_ms;
    connection->written_before = written;
    timer_update(connection);
}

// What is queued is written as far as the socket takes it, then it ends, later in this turn.
static void end_soon(MsrpConnection *connection, MsrpSessionEnd reason)
{
    if (connection->ending)
        return;
    connection->ending = true;
    connection->reason = reason;
    msrp_loop_defer(connection->config.loop, &connection->job);
}

static void broken(MsrpConnection *connection, const MsrpFrame *frame)
{
    connection->config.funcs->on_broken(connection->config.user, connection, frame);
    end_soon(connection, MSRP_SESSION_END_PROTOCOL);
}

// Hands a frame over; it stays here when it cannot be placed yet.
static void offer(MsrpConnection *connection, MsrpFrame *frame)
{
    MsrpConnectionVerdict verdict =
        connection->config.funcs->on_frame(connection->config.user, connection, frame);
    if (verdict == MSRP_CONNECTION_HELD) {
        connection->held = frame;
        return;
    }
    connection->bad_in_row = verdict == MSRP_CONNECTION_REFUSED ? connection->bad_in_row + 1 : 0;
    msrp_frame_free(frame);
    if (connection->bad_in_row >= BAD_MAX)
        end_soon(connection, MSRP_SESSION_END_PROTOCOL);
}

// Uses up octets as long as nothing stops it.
static void parse(MsrpConnection *connection, const uint8_t **octets, size_t *length)
{
    while (*length > 0 && !is_stopped(connection)) {
        MsrpFrame *frame;
        switch (msrp_parser_feed(connection->parser, octets, length, &frame)) {
        case MSRP_PARSER_MORE:
            return;
        case MSRP_PARSER_FRAME:
            offer(connection, frame);
            break;
        case MSRP_PARSER_BROKEN:
            broken(connection, frame);
            msrp_frame_free(frame);
            return;
        }
    }
}

static void pause_update(MsrpConnection *connection)
{
    msrp_stream_pause(connection->stream, is_stopped(connection) || connection->input->len > 0);
}

static void on_octets(void *user, const uint8_t *octets, size_t length)
{
    MsrpConnection *connection = user;
    if (connection->input->len == 0)
        parse(connection, &octets, &length);
    if (connection->ending)
        return;
    g_byte_array_append(connection->input, octets, (guint)length);
    pause_update(connection);
    if (length > 0)
        msrp_loop_defer(connection->config.loop, &connection->job);
}

// What had to wait while something was held.
static void input_take(MsrpConnection *connection)
{
    const uint8_t *octets = connection->input->data;
    size_t length = connection->input->len;
    parse(connection, &octets, &length);
    if (length < connection->input->len)
        g_byte_array_remove_range(connection->input, 0, connection->input->len - (guint)length);
}

static void held_retry(MsrpConnection *connection)
{
    connection->retry = false;
    if (connection->held != NULL)
        offer(connection, g_steal_pointer(&connection->held));
}

static void write_on(MsrpConnection *connection)
{
    if (msrp_writer_pump(connection->writer))
        msrp_loop_defer(connection->config.loop, &connection->job);
    stall_update(connection);
}

static void on_job(void *user)
{
    MsrpConnection *connection = user;
    if (connection->stream == NULL) {
        if (connection->ending)
            end_now(connection, connection->reason);
        return;
    }
    if (connection->retry)
        held_retry(connection);
    input_take(connection);
    write_on(connection);
    if (connection->ending)
        end_now(connection, connection->reason);
    else
        pause_update(connection);
}

static void on_written(void *user)
{
    on_job(user);
}

// Why TLS failed is the operator's business: no peer can be told.
static MsrpSessionEnd end_of(const MsrpTls *tls, const char *peer)
{
    const char *problem = tls != NULL ? msrp_tls_problem(tls) : NULL;
    if (problem == NULL)
        return MSRP_SESSION_END_LOST;
    g_info("side=sip msrp: TLS with %s: %s", peer != NULL ? peer : "who connected", problem);
    return msrp_tls_is_ready(tls) ? MSRP_SESSION_END_LOST : MSRP_SESSION_END_UNTRUSTED;
}

static void on_stream_end(void *user)
{
    MsrpConnection *connection = user;
    end_now(connection, end_of(msrp_stream_tls(connection->stream), connection->peer));
}

static void on_ready(void *user)
{
    MsrpConnection *connection = user;
    connection->shake_until_ms = INT64_MAX;
    timer_update(connection);
    msrp_loop_defer(connection->config.loop, &connection->job);
    if (connection->peer != NULL)
        connection->config.funcs->on_open(connection->config.user, connection);
}

static const MsrpStreamFuncs stream_funcs = {on_octets, on_written, on_stream_end, on_ready};

// `tls` is taken; NULL: plain.
static void stream_begin(MsrpConnection *connection, int fd, MsrpTls *tls)
{
    const MsrpConnectionConfig *config = &connection->config;
    if (tls != NULL)
        connection->shake_until_ms = msrp_loop_now_ms(config->loop) + config->shake_ms;
    connection->stream = msrp_stream_new(config->loop, fd, tls, &stream_funcs, connection);
    connection->writer = msrp_writer_new(connection->stream, config->sender, config->funcs->on_sent,
                                         config->user, config->traced);
    timer_update(connection);
}

static void on_dialled(void *user, int fd)
{
    MsrpConnection *connection = user;
    g_clear_pointer(&connection->dial, msrp_dial_free);
    if (fd < 0) {
        end_now(connection, MSRP_SESSION_END_LOST);
        return;
    }
    if (connection->tls_peer.host != NULL) {
        stream_begin(connection, fd,
                     msrp_tls_connect(connection->config.keys, &connection->tls_peer));
        return;
    }
    stream_begin(connection, fd, NULL);
    connection->config.funcs->on_open(connection->config.user, connection);
}

static MsrpConnection *connection_new(const MsrpConnectionConfig *config, int64_t idle_ms)
{
    MsrpConnection *connection = g_new0(MsrpConnection, 1);
    connection->config = *config;
    connection->parser = msrp_parser_new(config->body_max, config->budget);
    connection->sessions = g_ptr_array_new();
    connection->input = g_byte_array_new();
    connection->timer = (MsrpLoopTimer){.func = on_time, .user = connection};
    connection->job = (MsrpLoopJob){.func = on_job, .user = connection};
    connection->stall_until_ms = connection->shake_until_ms = INT64_MAX;
    connection->idle_until_ms = msrp_loop_now_ms(config->loop) + idle_ms;
    timer_update(connection);
    return connection;
}

MsrpConnection *msrp_connection_accept(const MsrpConnectionConfig *config, int fd, bool secure)
{
    MsrpConnection *connection = connection_new(config, config->unbound_ms);
    stream_begin(connection, fd, secure ? msrp_tls_accept(config->keys) : NULL);
    return connection;
}

char *msrp_connection_key(const char *host, uint16_t port, const MsrpTlsPeer *peer)
{
    if (peer == NULL)
        return g_strdup_printf("%s:%u", host, port);
    g_autofree char *whose =
        peer->fingerprints != NULL ? g_strjoinv(",", peer->fingerprints) : g_strdup(peer->host);
    return g_strdup_printf("%s:%u %s", host, port, whose);
}

MsrpConnection *msrp_connection_dial(const MsrpConnectionConfig *config, const char *host,
                                     uint16_t port, const MsrpTlsPeer *peer)
{
    MsrpConnection *connection = connection_new(config, config->linger_ms);
    connection->peer = msrp_connection_key(host, port, peer);
    if (peer != NULL)
        connection->tls_peer = msrp_tls_peer_copy(peer);
    connection->dial = msrp_dial_new(config->loop, host, port, on_dialled, connection);
    return connection;
}

void msrp_connection_free(MsrpConnection *connection)
{
    if (connection == NULL)
        return;
    msrp_loop_set_timer(connection->config.loop, &connection->timer, INT64_MAX);
    msrp_loop_cancel(connection->config.loop, &connection->job);
    msrp_dial_free(connection->dial);
    msrp_writer_free(connection->writer);
    msrp_stream_free(connection->stream);
    msrp_frame_free(connection->held);
    msrp_parser_free(connection->parser);
    g_byte_array_unref(connection->input);
    g_ptr_array_unref(connection->sessions);
    msrp_tls_peer_clear(&connection->tls_peer);
    g_free(connection->peer);
    g_free(connection);
}

bool msrp_connection_is_open(const MsrpConnection *connection)
{
    return connection->stream != NULL && msrp_stream_is_ready(connection->stream) &&
           !connection->ending;
}

bool msrp_connection_is_secure(const MsrpConnection *connection)
{
    return connection->stream != NULL && msrp_stream_tls(connection->stream) != NULL;
}

const char *msrp_connection_fault_of(const MsrpConnection *connection, const MsrpTlsPeer *peer)
{
    return msrp_tls_fault_of(msrp_stream_tls(connection->stream), peer);
}

void msrp_connection_end(MsrpConnection *connection, MsrpSessionEnd reason)
{
    end_soon(connection, reason);
}

bool msrp_connection_is_ending(const MsrpConnection *connection)
{
    return connection->ending;
}

const char *msrp_connection_peer(const MsrpConnection *connection)
{
    return connection->peer;
}

const MsrpFrame *msrp_connection_held(const MsrpConnection *connection)
{
    return connection->held;
}

void msrp_connection_join(MsrpConnection *connection, MsrpSession *session)
{
    g_ptr_array_add(connection->sessions, session);
    connection->was_used = true;
    connection->idle_until_ms = INT64_MAX;
    timer_update(connection);
}

void msrp_connection_leave(MsrpConnection *connection, MsrpSession *session)
{
    g_ptr_array_remove_fast(connection->sessions, session);
    if (connection->writer != NULL)
        msrp_writer_forget(connection->writer, session);
    if (connection->sessions->len > 0)
        return;
    connection->idle_until_ms =
        msrp_loop_now_ms(connection->config.loop) + connection->config.linger_ms;
    timer_update(connection);
}

GPtrArray *msrp_connection_sessions(MsrpConnection *connection)
{
    return connection->sessions;
}

bool msrp_connection_was_used(const MsrpConnection *connection)
{
    return connection->was_used;
}

void msrp_connection_send(MsrpConnection *connection, MsrpSession *session, MsrpKind kind,
                          GBytes *frame, const char *tid)
{
    msrp_writer_send(connection->writer, session, kind, frame, tid);
    msrp_loop_defer(connection->config.loop, &connection->job);
}

void msrp_connection_wake(MsrpConnection *connection, MsrpSession *session)
{
    msrp_writer_wake(connection->writer, session);
    msrp_loop_defer(connection->config.loop, &connection->job);
}

bool msrp_connection_has(const MsrpConnection *connection, const MsrpSession *session)
{
    return connection->writer != NULL && msrp_writer_has(connection->writer, session);
}

void msrp_connection_block(MsrpConnection *connection, bool blocked)
{
    g_assert(blocked || connection->blocked > 0);
    if (blocked)
        connection->blocked++;
    else
        connection->blocked--;
    msrp_loop_defer(connection->config.loop, &connection->job);
}

void msrp_connection_resume(MsrpConnection *connection)
{
    connection->retry = true;
    msrp_loop_defer(connection->config.loop, &connection->job);
}
