// SPDX-License-Identifier: MIT
// One connection and its life: being dialled or accepted, frames in, frames out, sessions that use
// it, and its end (RFC 4975 5.4; MSRP-002, MSRP-012; CHAT-55).
#pragma once

#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_loop.h"
#include "sip/msrp/msrp_session.h"
#include "sip/msrp/msrp_writer.h"

typedef struct MsrpConnection MsrpConnection;

typedef enum {
    MSRP_CONNECTION_TAKEN, // go on
    MSRP_CONNECTION_HELD,  // the frame cannot be placed yet: keep it, read no further
    MSRP_CONNECTION_REFUSED // it was bad; three in a row are enough
} MsrpConnectionVerdict;

typedef struct {
    // A frame came, good or bad; borrowed for the call.
    MsrpConnectionVerdict (*on_frame)(void *user, MsrpConnection *connection,
                                      const MsrpFrame *frame);
    // Octets came that are no MSRP; `frame` is NULL or what could be read of it.
    void (*on_broken)(void *user, MsrpConnection *connection, const MsrpFrame *frame);
    // A dialled connection stands.
    void (*on_open)(void *user, MsrpConnection *connection);
    // It is over; the last call. Whoever uses it must let go.
    void (*on_end)(void *user, MsrpConnection *connection, MsrpSessionEnd reason);
    MsrpWriterFrame on_sent;
} MsrpConnectionFuncs;

typedef struct {
    MsrpLoop *loop;       // borrowed
    MsrpBudget *budget;   // borrowed: for frames being received
    size_t body_max;      // LIMIT: octets of the body of one frame
    int64_t unbound_ms;   // to become of use after being accepted
    int64_t linger_ms;    // without sessions
    int64_t stall_ms;     // without the peer reading anything
    int64_t shake_ms;     // for the hand-shake of TLS
    const MsrpTlsKeys *keys; // borrowed: for TLS; NULL: none
    bool traced;          // on_sent wants the octets
    const MsrpConnectionFuncs *funcs; // borrowed for ever
    void *user;                       // borrowed
    const MsrpWriterSender *sender;   // borrowed for ever
} MsrpConnectionConfig;

// What: a connection that was accepted, under TLS if `secure`.
// Shape: takes `fd`; owned by the caller, to be freed once on_end was called, or before.
MsrpConnection *msrp_connection_accept(const MsrpConnectionConfig *config, int fd, bool secure);

// What: a connection to a host and port, to be opened now; under TLS where `peer` is not NULL.
// Shape: `peer` is copied: whose certificate the other end has to show.
MsrpConnection *msrp_connection_dial(const MsrpConnectionConfig *config, const char *host,
                                     uint16_t port, const MsrpTlsPeer *peer);

// What: closes it, without a word to anybody.
void msrp_connection_free(MsrpConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpConnection, msrp_connection_free)

// What: whether frames can be sent; whether it is over or about to be.
bool msrp_connection_is_open(const MsrpConnection *connection);
bool msrp_connection_is_ending(const MsrpConnection *connection);

// What: where it was dialled to and for whom, see msrp_connection_key(); NULL for an accepted one.
// Shape: borrowed.
const char *msrp_connection_peer(const MsrpConnection *connection);

// What: "host:port", and for TLS behind it whose certificate was asked for: sessions with the same
//   key can share a connection.
// Shape: owned by the caller.
// Source: RFC 4975 5.4; CHAT-06.
char *msrp_connection_key(const char *host, uint16_t port, const MsrpTlsPeer *peer);

// What: why it may not serve a session of this peer; NULL: it may. `peer` is NULL for a session
//   without TLS.
// Shape: static.
// Source: RFC 4975 5.4, 14.4; MSRP-027, SEC-11.
const char *msrp_connection_fault_of(const MsrpConnection *connection, const MsrpTlsPeer *peer);

// What: whether it is under TLS.
bool msrp_connection_is_secure(const MsrpConnection *connection);

// What: ends it, after what is queued was written as far as possible.
void msrp_connection_end(MsrpConnection *connection, MsrpSessionEnd reason);

// What: the frame that could not be placed yet, NULL: none.
// Shape: borrowed.
const MsrpFrame *msrp_connection_held(const MsrpConnection *connection);

// What: counts a session as a user of the connection, or no more; without users it is closed after
// linger_ms.
// Shape: msrp_connection_leave() forgets everything of the session that is not written.
void msrp_connection_join(MsrpConnection *connection, MsrpSession *session);
void msrp_connection_leave(MsrpConnection *connection, MsrpSession *session);

// What: the sessions that use it.
// Shape: borrowed; of MsrpSession.
GPtrArray *msrp_connection_sessions(MsrpConnection *connection);

// What: whether a session ever used it.
bool msrp_connection_was_used(const MsrpConnection *connection);

// What: queues a frame; see msrp_writer_send(). It goes out later in this turn.
void msrp_connection_send(MsrpConnection *connection, MsrpSession *session, MsrpKind kind,
                          GBytes *frame, const char *tid);

// What: a session has content to send.
void msrp_connection_wake(MsrpConnection *connection, MsrpSession *session);

// What: whether anything of a session is still to be written.
bool msrp_connection_has(const MsrpConnection *connection, const MsrpSession *session);

// What: one more session cannot take more, or can again; while there is one nothing is read.
void msrp_connection_block(MsrpConnection *connection, bool blocked);

// What: offers the held frame again, later in this turn.
void msrp_connection_resume(MsrpConnection *connection);
