// SPDX-License-Identifier: MIT
// One MSRP session (RFC 4975 5.4, 7; MSRP-010 to 014, 032; CHAT-06, 23, 55).
//
// Calls of the owner only change what is noted here; msrp_session's job, its timer and the frames
// of its connection do the rest and make all callbacks. A session that is over stays in memory
// until its job has told the owner.
#include "sip/msrp/msrp_session.h"

#include "sip/msrp/msrp_answer.h"
#include "sip/msrp/msrp_exchange.h"
#include "sip/msrp/msrp_inbox.h"
#include "sip/msrp/msrp_nickname.h"
#include "sip/msrp/msrp_random.h"
#include "sip/msrp/msrp_stack.h"
#include "sip/msrp/msrp_types.h"

#include <gio/gio.h>
#include <string.h>

typedef enum {
    STATE_NEW,     // the peer is not known
    STATE_WAITING, // started, not bound
    STATE_BOUND,
    STATE_CLOSING, // msrp_session_close() was called; what is queued goes out
    STATE_OVER     // to be told and freed by the job
} State;

#define FLUSH_LOOK_MS 50 // while closing: how often to look whether all is written

struct MsrpSession {
    Msrp *msrp;                    // borrowed: it owns the session
    const MsrpSessionFuncs *funcs; // borrowed for ever
    void *user;                    // borrowed
    bool released;                 // no callback any more
    State state;
    MsrpUri *own;               // owned
    GPtrArray *peer_path;       // owned, of MsrpUri; NULL before the start
    MsrpUri *next_hop;          // owned; where to connect, NULL before the start
    bool active;
    MsrpTlsPeer tls_peer;       // owned: whose certificate has to be shown, for msrps
    MsrpTypes *types;           // owned; NULL before the start
    uint64_t peer_max_size;     // 0: not said
    MsrpBudget budget;          // of incomplete messages
    MsrpInbox *inbox;           // owned
    MsrpExchange *exchange;     // owned
    MsrpConnection *connection; // borrowed; NULL: none yet, or none any more
    MsrpConnection *held_at;    // borrowed: where a request waits for the start
    bool blocking;              // the connection is not read because of us
    bool partial;               // what was said last by on_partial
    bool probing;               // a SEND without body is not answered
    bool reused;                // the connection was there before we came, and we are not bound
    int64_t bind_by_ms;         // INT64_MAX unless waiting
    int64_t flush_by_ms;        // INT64_MAX unless closing
    int64_t heard_ms;           // the last frame in either direction
    MsrpSessionEnd reason;
    int status; // with the reason
    MsrpLoopTimer timer;
    MsrpLoopJob job;
};

static int64_t now_of(const MsrpSession *session)
{
    return msrp_loop_now_ms(session->msrp->loop);
}

static int64_t keepalive_at(const MsrpSession *session)
{
    uint32_t interval_ms = session->msrp->config.keepalive_ms;
    bool wanted = session->state == STATE_BOUND && interval_ms > 0 && !session->probing;
    return wanted ? session->heard_ms + interval_ms : INT64_MAX;
}

// Sets the timer, if it is not set to an earlier time: being woken once too often is cheaper than
// sorting it in again with every frame.
static void schedule(MsrpSession *session)
{
    int64_t at_ms = MIN(session->bind_by_ms, session->flush_by_ms);
    if (session->state == STATE_OVER)
        return;
    if (session->state == STATE_CLOSING)
        at_ms = MIN(at_ms, now_of(session) + FLUSH_LOOK_MS);
    at_ms = MIN(at_ms, msrp_exchange_deadline(session->exchange));
    at_ms = MIN(at_ms, msrp_inbox_deadline(session->inbox));
    at_ms = MIN(at_ms, keepalive_at(session));
    if (session->timer.place == NULL || at_ms < session->timer.at_ms)
        msrp_loop_set_timer(session->msrp->loop, &session->timer, at_ms);
}

static void unblock(MsrpSession *session)
{
    if (session->blocking)
        msrp_connection_block(session->connection, false);
    session->blocking = false;
}

// The peer is not read while too much of it waits for the owner.
static void block_update(MsrpSession *session)
{
    bool full = msrp_inbox_is_full(session->inbox);
    if (full == session->blocking || session->connection == NULL)
        return;
    msrp_connection_block(session->connection, full);
    session->blocking = full;
}

static void partial_update(MsrpSession *session)
{
    bool partial = msrp_inbox_is_partial(session->inbox);
    if (partial == session->partial)
        return;
    session->partial = partial;
    if (session->funcs->on_partial != NULL && !session->released)
        session->funcs->on_partial(session->user, session, partial);
}

static void let_go_of_held(MsrpSession *session)
{
    if (session->held_at != NULL)
        msrp_connection_resume(session->held_at);
    session->held_at = NULL;
}

// The end of everything but the telling.
static void over(MsrpSession *session, MsrpSessionEnd reason, int status)
{
    if (session->state == STATE_OVER)
        return;
    session->reason = session->state == STATE_CLOSING ? MSRP_SESSION_END_CLOSED : reason;
    session->status = session->reason == MSRP_SESSION_END_REFUSED ? status : 0;
    session->state = STATE_OVER;
    let_go_of_held(session);
    if (session->connection != NULL) {
        unblock(session);
        msrp_connection_leave(session->connection, session);
        session->connection = NULL;
    }
    msrp_loop_set_timer(session->msrp->loop, &session->timer, INT64_MAX);
    msrp_loop_defer(session->msrp->loop, &session->job);
}

static void bind_to_peer(MsrpSession *session)
{
    session->state = STATE_BOUND;
    session->bind_by_ms = INT64_MAX;
    if (session->funcs->on_bound != NULL && !session->released)
        session->funcs->on_bound(session->user, session);
    if (session->connection != NULL && msrp_exchange_queued_octets(session->exchange) > 0)
        msrp_connection_wake(session->connection, session);
}

static void probe(MsrpSession *session)
{
    char tid[MSRP_FRAME_TID_MAX + 1];
    GBytes *frame = msrp_exchange_probe(session->exchange, tid);
    session->probing = true;
    session->heard_ms = now_of(session);
    msrp_connection_send(session->connection, session, MSRP_KIND_SEND, frame, tid);
}

// A session that the peer does not know, or knows at another connection, has no use any more.
static bool is_fatal(int status)
{
    return status == 481 || status == 506;
}

static void on_outcome(void *user, uint64_t row, int status)
{
    MsrpSession *session = user;
    if (session->funcs->on_outcome != NULL && !session->released)
        session->funcs->on_outcome(session->user, session, row, status);
    if (is_fatal(status))
        over(session, MSRP_SESSION_END_REFUSED, status);
}

static void on_report(void *user, uint64_t row, const char *message_id, int status, bool whole)
{
    MsrpSession *session = user;
    if (session->funcs->on_report != NULL && !session->released)
        session->funcs->on_report(session->user, session, row, message_id, status, whole);
}

// The answer to the SEND that binds, or to one that only keeps the connection alive.
static void on_probe(void *user, int status)
{
    MsrpSession *session = user;
    session->probing = false;
    bool good = status >= 200 && status <= 299;
    if (status == 408)
        over(session, MSRP_SESSION_END_TIMEOUT, 0);
    else if (is_fatal(status) || (session->state == STATE_WAITING && !good))
        over(session, MSRP_SESSION_END_REFUSED, status);
    else if (session->state == STATE_WAITING)
        bind_to_peer(session);
}

static void on_nicknamed(void *user, int status)
{
    MsrpSession *session = user;
    if (session->funcs->on_nicknamed != NULL && !session->released)
        session->funcs->on_nicknamed(session->user, session, status);
}

static const MsrpExchangeFuncs exchange_funcs = {on_outcome, on_report, on_probe, on_nicknamed};

static void on_inbox_send(void *user, MsrpKind kind, GBytes *frame)
{
    MsrpSession *session = user;
    if (session->connection == NULL) {
        g_bytes_unref(frame);
        return;
    }
    session->heard_ms = now_of(session);
    msrp_connection_send(session->connection, session, kind, frame, NULL);
}

static bool on_inbox_deliver(void *user, const MsrpSessionIncoming *message)
{
    MsrpSession *session = user;
    if (session->funcs->on_message == NULL || session->released)
        return false;
    session->funcs->on_message(session->user, session, message);
    return true;
}

static bool on_inbox_nickname(void *user, uint32_t ref, const char *nick)
{
    MsrpSession *session = user;
    if (session->funcs->on_nickname == NULL || session->released)
        return false;
    session->funcs->on_nickname(session->user, session, ref, nick);
    return true;
}

static const MsrpInboxFuncs inbox_funcs = {on_inbox_send, on_inbox_deliver, on_inbox_nickname};

// Whether a closing session has nothing left to do. Nobody waits for the answers to a released one.
static bool is_flushed(const MsrpSession *session)
{
    bool answered = session->released || msrp_exchange_outstanding(session->exchange) == 0;
    return answered && msrp_exchange_queued_octets(session->exchange) == 0 &&
           !msrp_connection_has(session->connection, session);
}

// NULL: the session is not under TLS.
static const MsrpTlsPeer *tls_peer_of(const MsrpSession *session)
{
    return session->own->secure ? &session->tls_peer : NULL;
}

static void connect_now(MsrpSession *session)
{
    session->connection =
        msrp_connect(session->msrp, session->next_hop, tls_peer_of(session));
    session->reused = msrp_connection_was_used(session->connection);
    msrp_connection_join(session->connection, session);
    if (msrp_connection_is_open(session->connection))
        probe(session);
}

static void tell_end(MsrpSession *session)
{
    msrp_exchange_end(session->exchange);
    if (session->funcs->on_closed != NULL && !session->released)
        session->funcs->on_closed(session->user, session, session->reason, session->status);
    g_hash_table_remove(session->msrp->sessions, session->own->session_id);
}

static void on_job(void *user)
{
    MsrpSession *session = user;
    if (session->state == STATE_WAITING && session->active && session->connection == NULL)
        connect_now(session);
    if (session->state == STATE_CLOSING && is_flushed(session))
        over(session, MSRP_SESSION_END_CLOSED, 0);
    if (session->state != STATE_OVER) {
        schedule(session);
        return;
    }
    msrp_loop_cancel(session->msrp->loop, &session->job);
    tell_end(session);
}

static void on_time(void *user)
{
    MsrpSession *session = user;
    int64_t now_ms = now_of(session);
    msrp_exchange_expire(session->exchange, now_ms);
    msrp_inbox_expire(session->inbox, now_ms);
    partial_update(session);
    if (session->bind_by_ms <= now_ms)
        over(session, MSRP_SESSION_END_TIMEOUT, 0);
    if (session->state == STATE_CLOSING && (session->flush_by_ms <= now_ms || is_flushed(session)))
        over(session, MSRP_SESSION_END_CLOSED, 0);
    if (keepalive_at(session) <= now_ms)
        probe(session);
    schedule(session);
}

static MsrpInbox *inbox_new(MsrpSession *session)
{
    const MsrpConfig *config = &session->msrp->config;
    MsrpInboxConfig inbox = {
        .uri = session->own->text,
        .max_size = config->max_size,
        .chunk_ms = config->chunk_ms,
        .budget = &session->budget,
    };
    return msrp_inbox_new(&inbox, &inbox_funcs, session);
}

static MsrpExchange *exchange_new(MsrpSession *session)
{
    const MsrpConfig *config = &session->msrp->config;
    MsrpExchangeConfig exchange = {
        .uri = session->own->text,
        .transaction_ms = config->transaction_ms,
        .queue_max = config->queue_max,
    };
    return msrp_exchange_new(&exchange, &exchange_funcs, session);
}

MsrpSession *msrp_session_new(Msrp *msrp, bool secure, const MsrpSessionFuncs *funcs, void *user)
{
    char id[MSRP_RANDOM_SESSION_DIGITS + 1];
    msrp_random_hex(id, MSRP_RANDOM_SESSION_DIGITS);
    uint16_t port = secure ? msrp_tls_port(msrp) : msrp_port(msrp);
    g_autofree char *uri = msrp_uri_write(secure, msrp_host(msrp), port, id);
    MsrpSession *session = g_new0(MsrpSession, 1);
    session->msrp = msrp;
    session->funcs = funcs;
    session->user = user;
    session->own = msrp_uri_read(uri, strlen(uri));
    g_assert(session->own != NULL);
    session->budget = (MsrpBudget){&msrp->budget, msrp->config.session_memory, 0};
    session->inbox = inbox_new(session);
    session->exchange = exchange_new(session);
    session->bind_by_ms = session->flush_by_ms = INT64_MAX;
    session->timer = (MsrpLoopTimer){.func = on_time, .user = session};
    session->job = (MsrpLoopJob){.func = on_job, .user = session};
    g_hash_table_insert(msrp->sessions, session->own->session_id, session);
    return session;
}

void msrp_session_free(MsrpSession *session)
{
    msrp_loop_set_timer(session->msrp->loop, &session->timer, INT64_MAX);
    msrp_loop_cancel(session->msrp->loop, &session->job);
    msrp_inbox_free(session->inbox);
    msrp_exchange_free(session->exchange);
    msrp_types_free(session->types);
    g_clear_pointer(&session->peer_path, g_ptr_array_unref);
    msrp_uri_free(session->next_hop);
    msrp_tls_peer_clear(&session->tls_peer);
    msrp_uri_free(session->own);
    g_free(session);
}

const char *msrp_session_uri(const MsrpSession *session)
{
    return session->own->text;
}

const MsrpUri *msrp_session_own(const MsrpSession *session)
{
    return session->own;
}

MsrpSession *msrp_session_find(Msrp *msrp, const char *id)
{
    MsrpSession *session = g_hash_table_lookup(msrp->sessions, id);
    return session != NULL && session->state != STATE_OVER ? session : NULL;
}

// What is wrong with a path, NULL for nothing. TLS is a matter of the first hop; how relays speak
// with each other behind it is their affair.
static const char *path_fault(const GPtrArray *path, const MsrpSessionPeer *peer, bool secure)
{
    if (path == NULL)
        return "not a list of MSRP URIs";
    const MsrpUri *first = path->pdata[0];
    const MsrpUri *last = path->pdata[path->len - 1];
    if (strcmp(first->transport, "tcp") != 0)
        return "only tcp is spoken";
    if (first->secure != secure)
        return secure ? "msrp where TLS was agreed" : "msrps where TLS was not agreed";
    if (last->session_id == NULL)
        return "no session id";
    uint16_t port = peer->host != NULL ? peer->port : first->port;
    return peer->active && port == 0 ? "no port to connect to" : NULL;
}

// Whom we connect to has to be known by something (MSRP-027).
static const char *tls_fault(const MsrpSession *session, const MsrpSessionPeer *peer)
{
    const MsrpTlsKeys *keys = session->msrp->config.tls_keys;
    if (!session->own->secure || !peer->active || peer->fingerprints != NULL)
        return NULL;
    return msrp_tls_keys_has_authority(keys) ? NULL : "neither fingerprint nor authority";
}

static void note_tls_peer(MsrpSession *session, const MsrpSessionPeer *peer)
{
    const MsrpUri *first = session->peer_path->pdata[0];
    session->tls_peer = (MsrpTlsPeer){g_strdupv((char **)peer->fingerprints),
                                      g_strdup(first->host)};
}

bool msrp_session_start(MsrpSession *session, const MsrpSessionPeer *peer, GError **error)
{
    g_autoptr(GPtrArray) path = msrp_uri_path_read(peer->path);
    const char *fault = path_fault(path, peer, session->own->secure);
    if (fault == NULL)
        fault = tls_fault(session, peer);
    if (fault == NULL && session->state != STATE_NEW)
        fault = "the session has been started";
    if (fault != NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "MSRP path: %s", fault);
        return false;
    }
    session->peer_path = g_steal_pointer(&path);
    session->next_hop = msrp_uri_copy(session->peer_path->pdata[0]);
    if (peer->host != NULL)
        msrp_uri_set_address(session->next_hop, peer->host, peer->port);
    session->active = peer->active;
    note_tls_peer(session, peer);
    session->types = msrp_types_new(peer->accept_types, peer->accept_wrapped_types);
    session->peer_max_size = peer->max_size;
    msrp_exchange_set_peer(session->exchange, peer->path);
    session->state = STATE_WAITING;
    session->bind_by_ms = now_of(session) + session->msrp->config.bind_ms;
    session->heard_ms = now_of(session);
    let_go_of_held(session);
    schedule(session);
    msrp_loop_defer(session->msrp->loop, &session->job);
    return true;
}

MsrpSessionSend msrp_session_send(MsrpSession *session, const MsrpSessionOutgoing *content,
                                  char message_id[33])
{
    char id[33];
    if (session->released || (session->state != STATE_WAITING && session->state != STATE_BOUND))
        return MSRP_SESSION_OVER;
    if (!msrp_types_allow(session->types, content->content_type, content->inner_type))
        return MSRP_SESSION_TYPE_REFUSED;
    if (session->peer_max_size > 0 && g_bytes_get_size(content->body) > session->peer_max_size)
        return MSRP_SESSION_TOO_LARGE;
    MsrpSessionSend result = msrp_exchange_queue(session->exchange, content,
                                                 message_id != NULL ? message_id : id);
    if (result == MSRP_SESSION_QUEUED && session->state == STATE_BOUND)
        msrp_connection_wake(session->connection, session);
    return result;
}

bool msrp_session_nickname(MsrpSession *session, const char *nick)
{
    char tid[MSRP_FRAME_TID_MAX + 1];
    g_autofree char *value = msrp_nickname_write(nick);
    if (value == NULL || session->released || session->state != STATE_BOUND)
        return false;
    GBytes *frame = msrp_exchange_nickname(session->exchange, value, tid);
    msrp_connection_send(session->connection, session, MSRP_KIND_NICKNAME, frame, tid);
    schedule(session);
    return true;
}

static bool answer(MsrpSession *session, uint32_t ref, int status, const char *comment)
{
    bool done = session->state != STATE_OVER &&
                msrp_inbox_answer(session->inbox, ref, status, comment);
    if (done)
        block_update(session);
    return done;
}

bool msrp_session_accept(MsrpSession *session, uint32_t ref)
{
    return answer(session, ref, 200, NULL);
}

bool msrp_session_refuse(MsrpSession *session, uint32_t ref, int status, const char *comment)
{
    return answer(session, ref, status, comment);
}

bool msrp_session_report(MsrpSession *session, uint32_t ref, int status)
{
    return session->state != STATE_OVER && msrp_inbox_report(session->inbox, ref, status);
}

size_t msrp_session_outstanding(const MsrpSession *session)
{
    return msrp_exchange_outstanding(session->exchange);
}

size_t msrp_session_queued_octets(const MsrpSession *session)
{
    return msrp_exchange_queued_octets(session->exchange);
}

void msrp_session_close(MsrpSession *session)
{
    if (session->state == STATE_NEW || session->state == STATE_WAITING)
        over(session, MSRP_SESSION_END_CLOSED, 0);
    if (session->state != STATE_BOUND)
        return;
    session->state = STATE_CLOSING;
    session->flush_by_ms = now_of(session) + session->msrp->config.flush_ms;
    msrp_loop_defer(session->msrp->loop, &session->job);
}

void msrp_session_release(MsrpSession *session)
{
    session->released = true;
    msrp_session_close(session);
}

// Only the peer whose description we have may bind the session: its first request comes from there.
static bool is_from_peer(const MsrpSession *session, const MsrpFrame *request)
{
    const GPtrArray *from = request->from_path;
    const MsrpUri *sender = from->pdata[from->len - 1];
    const MsrpUri *peer = session->peer_path->pdata[session->peer_path->len - 1];
    return g_strcmp0(sender->session_id, peer->session_id) == 0;
}

// A request that names the session came with a certificate that is not the peer's: whoever that is
// knows more than he should (RFC 4975 14.4: "MUST tear down the media session immediately").
static int tear_down(MsrpSession *session, MsrpConnection *connection, const char *fault)
{
    g_info("side=sip msrp: a session was asked for with a wrong certificate: %s", fault);
    msrp_connection_end(connection, MSRP_SESSION_END_UNTRUSTED);
    over(session, MSRP_SESSION_END_UNTRUSTED, 0);
    return 481;
}

// The first request of the peer binds the session to a connection, if that is his.
static int admit_first(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *request)
{
    const MsrpTlsPeer *peer = tls_peer_of(session);
    if (request->kind != MSRP_KIND_SEND || !is_from_peer(session, request))
        return 481;
    if (msrp_connection_is_secure(connection) != (peer != NULL))
        return 481;
    const char *fault = peer != NULL ? msrp_connection_fault_of(connection, peer) : NULL;
    return fault == NULL ? 0 : tear_down(session, connection, fault);
}

int msrp_session_admit(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *request)
{
    if (session->state == STATE_CLOSING || session->state == STATE_OVER)
        return 481;
    if (session->state == STATE_NEW)
        return session->held_at == NULL || session->held_at == connection ? MSRP_SESSION_NOT_YET
                                                                          : 506;
    if (session->connection == connection)
        return 0;
    if (session->connection != NULL || session->active)
        return 506;
    return admit_first(session, connection, request);
}

void msrp_session_set_held(MsrpSession *session, MsrpConnection *connection)
{
    session->held_at = connection;
}

void msrp_session_clear_held(MsrpSession *session, const MsrpConnection *connection)
{
    if (session->held_at == connection)
        session->held_at = NULL;
}

static void take_request(MsrpSession *session, MsrpConnection *connection,
                         const MsrpFrame *request)
{
    if (session->connection == NULL) {
        if (!msrp_connection_was_used(connection))
            session->msrp->unbound--;
        session->connection = connection;
        msrp_connection_join(connection, session);
    }
    if (session->state == STATE_WAITING)
        bind_to_peer(session);
    if (session->state != STATE_BOUND) // the owner closed it at once
        return;
    msrp_inbox_take(session->inbox, request, now_of(session));
    block_update(session);
    partial_update(session);
}

static bool take_report(MsrpSession *session, const MsrpFrame *report)
{
    const char *message_id = report->field[MSRP_FRAME_MESSAGE_ID];
    return message_id != NULL &&
           msrp_exchange_on_report(session->exchange, message_id,
                                   report->field[MSRP_FRAME_BYTE_RANGE],
                                   msrp_answer_status_read(report->field[MSRP_FRAME_STATUS]));
}

bool msrp_session_take(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *frame)
{
    bool known = true;
    bool request = frame->kind != MSRP_KIND_RESPONSE && frame->kind != MSRP_KIND_REPORT;
    if (!request && session->connection != connection)
        return false;
    session->heard_ms = now_of(session);
    if (request)
        take_request(session, connection, frame);
    else if (frame->kind == MSRP_KIND_REPORT)
        known = take_report(session, frame);
    else
        known = msrp_exchange_on_response(session->exchange, frame->tid, frame->status);
    if (session->state == STATE_CLOSING)
        msrp_loop_defer(session->msrp->loop, &session->job);
    schedule(session);
    return known;
}

void msrp_session_on_open(MsrpSession *session)
{
    if (session->state == STATE_WAITING)
        probe(session);
}

// A connection that was only kept for the case may have been dead for long; then a new one is tried
// once.
void msrp_session_on_end(MsrpSession *session, MsrpSessionEnd reason)
{
    if (session->state != STATE_WAITING || !session->reused) {
        over(session, reason, 0);
        return;
    }
    unblock(session);
    msrp_connection_leave(session->connection, session);
    session->connection = NULL;
    session->probing = false;
    msrp_exchange_drop_probe(session->exchange);
    msrp_loop_defer(session->msrp->loop, &session->job);
}

static bool sender_open(void *sender, MsrpWriterChunk *chunk)
{
    MsrpSession *session = sender;
    MsrpExchangeChunk next;
    bool ready = session->state == STATE_BOUND || session->state == STATE_CLOSING;
    if (!ready || !msrp_exchange_open(session->exchange, &next))
        return false;
    memcpy(chunk->tid, next.tid, sizeof chunk->tid);
    chunk->head = next.head;
    chunk->body = next.body;
    chunk->from = next.from;
    chunk->may_cut = msrp_inbox_saw_parts(session->inbox);
    session->heard_ms = now_of(session);
    return true;
}

static bool sender_is_wanted(void *sender, const char *tid)
{
    const MsrpSession *session = sender;
    return msrp_exchange_is_wanted(session->exchange, tid);
}

static void sender_close(void *sender, const char *tid, size_t octets)
{
    MsrpSession *session = sender;
    msrp_exchange_close(session->exchange, tid, octets);
}

static void sender_written(void *sender, const char *tid)
{
    MsrpSession *session = sender;
    msrp_exchange_written(session->exchange, tid, now_of(session));
    if (session->state == STATE_CLOSING)
        msrp_loop_defer(session->msrp->loop, &session->job);
    schedule(session);
}

const MsrpWriterSender msrp_session_sender = {sender_open, sender_is_wanted, sender_close,
                                              sender_written};
