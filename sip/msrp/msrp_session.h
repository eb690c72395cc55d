// SPDX-License-Identifier: MIT
// One MSRP session as its owner sees it: content in, content out, who answers for what.
//
// Life: msrp_session_new() -> our URI for the SDP -> msrp_session_start() with the peer's ->
// on_bound -> content -> msrp_session_close() or a failure -> on_closed, which is always the last
// callback; the pointer is valid until on_closed has returned. An owner that goes away earlier
// calls msrp_session_release(). No callback runs inside a call (see msrp.h), so every call below is
// allowed from inside every callback.
//
// Acknowledging: the stack answers parts of a message by itself, since they make nobody responsible
// for it. The request that completes a message is answered when the owner says
// msrp_session_accept() or _refuse().
// Sources: RFC 4975 5.4, 7; RFC 7701 7; docs/rulings.md R-22 (no 200 before the message is written
// down).
#pragma once

#include "sip/msrp/msrp.h"

typedef enum {
    MSRP_SESSION_END_CLOSED,   // msrp_session_close()
    MSRP_SESSION_END_LOST,     // the connection failed or could not be made
    MSRP_SESSION_END_TIMEOUT,  // not bound in time, keep-alive unanswered, peer not reading
    MSRP_SESSION_END_REFUSED,  // the peer said 481 or 506, or refused our first SEND
    MSRP_SESSION_END_PROTOCOL, // the peer broke the protocol and the connection had to be ended
    MSRP_SESSION_END_UNTRUSTED // no TLS with the peer, or a certificate that is not the peer's
} MsrpSessionEnd;

// Status of on_outcome when the session ended before there was an answer: nobody knows whether it
// arrived.
#define MSRP_SESSION_STATUS_UNKNOWN 0

// A whole message from the peer; everything is borrowed for the call.
typedef struct {
    uint32_t ref; // for accept, refuse and report; never 0
    const char *message_id;
    const char *content_type;         // with parameters, as received
    const MsrpHeader *headers; // e.g. Content-Language, in order of arrival
    size_t header_count;
    const uint8_t *body;
    size_t length;
    bool wants_success_report;
    MsrpFailure failure_report;
} MsrpSessionIncoming;

// A whole message for the peer; strings are borrowed for the call.
typedef struct {
    const char *message_id;   // NULL or used before: one is made up; against the grammar: always the same instead
    const char *content_type; // may have parameters
    const char *inner_type;   // type wrapped in it that the peer has to take as well, or NULL
    const MsrpHeader *headers;
    size_t header_count;
    GBytes *body; // a reference is taken; may be empty
    bool success_report;
    MsrpFailure failure_report;
    uint64_t row; // the owner's number for it, handed back in on_outcome and on_report
} MsrpSessionOutgoing;

typedef enum {
    MSRP_SESSION_QUEUED,
    MSRP_SESSION_FULL,         // too much is waiting already (queue_max); try later
    MSRP_SESSION_TOO_LARGE,    // the peer's max-size
    MSRP_SESSION_TYPE_REFUSED, // the peer did not list the type (RFC 4975 8.6)
    MSRP_SESSION_OVER,         // closed, failed or not started
    MSRP_SESSION_BAD_HEADER    // a header or type that would break the frame
} MsrpSessionSend;

// Every function may be NULL when the owner does not care; without on_message content is answered
// 415, without on_nickname NICKNAME is answered 501.
typedef struct {
    // Content may flow: the peer answered our first SEND, or we saw its first one. Once.
    void (*on_bound)(void *user, MsrpSession *session);
    void (*on_message)(void *user, MsrpSession *session, const MsrpSessionIncoming *message);
    // Of a message of the peer's a part is there now; the last of these is whole (after its on_message),
    // given up or forgotten.
    void (*on_partial)(void *user, MsrpSession *session, bool is_partial);
    // `nick` "" asks to be without one; to be answered by accept, or refuse with 403, 424, 425.
    void (*on_nickname)(void *user, MsrpSession *session, uint32_t ref, const char *nick);
    // The answer to msrp_session_nickname(); 408 when there was none in time.
    void (*on_nicknamed)(void *user, MsrpSession *session, int status);
    // Exactly once for each message queued: 200, the peer's error, 408 for none in time, or
    // MSRP_SESSION_STATUS_UNKNOWN. With Failure-Report partial or no: 200 when it was written.
    void (*on_outcome)(void *user, MsrpSession *session, uint64_t row, int status);
    // News after that, at most once for each message: 200 when the success reports cover all of it,
    // or the first failure; `whole` when that is about the whole message.
    void (*on_report)(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole);
    // Always the last one. `status` is the peer's for END_REFUSED, else 0.
    void (*on_closed)(void *user, MsrpSession *session, MsrpSessionEnd reason, int status);
} MsrpSessionFuncs;

// What the SDP of the peer says.
typedef struct {
    const char *path;                 // value of a=path: one URI or several, separated by a space
    bool active;                      // we open the connection (see msrp_setup.h)
    const char *host;                 // where to connect instead of the first of the path (RFC
    uint16_t port;                    // 6714); NULL: there
    const char *accept_types;         // value of the attribute
    const char *accept_wrapped_types; // NULL: absent
    uint64_t max_size;                // 0: absent
    // Values of a=fingerprint, NULL-terminated; NULL: absent. For sessions under TLS.
    const char *const *fingerprints;
} MsrpSessionPeer;

// What: a new session with an unguessable id, before anything is known of the peer; `secure`: under
// TLS, with an msrps URI.
// Shape: `secure` only where msrp_has_tls(); `funcs` is borrowed for ever (a static table); `user` until on_closed or release; the
// session belongs to the stack.
// Source: RFC 4975 6, 14.1; MSRP-014.
MsrpSession *msrp_session_new(Msrp *msrp, bool secure, const MsrpSessionFuncs *funcs, void *user);

// What: our own URI, for a=path.
// Shape: borrowed, as long as the session lives.
const char *msrp_session_uri(const MsrpSession *session);

// What: goes ahead with the peer's description: connects, or waits to be connected to, within
// bind_ms.
// Shape: once per session; `peer` is copied. A request of the peer that came earlier has waited.
// Errors: false and a G_IO_ERROR_INVALID_ARGUMENT for a path we cannot use (syntax, msrps at its
// beginning for a session without TLS or the other way round, no session id, nowhere to connect to,
// nothing to know the certificate by); the session then is as before.
// Source: RFC 4975 5.4, 8.2, 8.3.
bool msrp_session_start(MsrpSession *session, const MsrpSessionPeer *peer, GError **error);

// What: queues a message; before on_bound it waits.
// Shape: `message_id` (NULL or room for 33 octets) receives the Message-ID used.
// Errors: anything but MSRP_SESSION_QUEUED means that nothing was queued and no on_outcome will
// come.
// Source: RFC 4975 7.1.1; CHAT-11, CHAT-12.
MsrpSessionSend msrp_session_send(MsrpSession *session, const MsrpSessionOutgoing *content,
                                  char message_id[33]);

// What: asks for a nickname, answered by on_nicknamed unless the session ends before.
// Errors: false for a session that is not bound, and for a nickname that cannot be asked for.
// Source: RFC 7701 7.1; MSRP-022.
bool msrp_session_nickname(MsrpSession *session, const char *nick);

// What: takes responsibility for a message or agrees to a nickname: 200, if the sender wants an
// answer.
// Errors: false when `ref` is not waiting for an answer.
bool msrp_session_accept(MsrpSession *session, uint32_t ref);

// What: the opposite: `status` (4xx, 5xx) and `comment` (NULL: the usual words), if the sender
// wants an answer.
// Errors: false when `ref` is not waiting for an answer.
bool msrp_session_refuse(MsrpSession *session, uint32_t ref, int status, const char *comment);

// What: a REPORT about an accepted message: 200 if a success report was asked for, an error if
// failures are.
// Shape: once per ref.
// Errors: false when there is nothing to send: not accepted, not asked for, said before, forgotten,
// over.
// Source: RFC 4975 7.1.2-7.1.4; MSRP-009.
bool msrp_session_report(MsrpSession *session, uint32_t ref, int status);

// What: how many of our own messages have no outcome yet; 0 means that nothing is under way.
size_t msrp_session_outstanding(const MsrpSession *session);

// What: octets of content that wait to be written, against queue_max (MSRP-031).
size_t msrp_session_queued_octets(const MsrpSession *session);

// What: no more content in; what is queued still goes out for at most flush_ms; then on_closed.
// Shape: outcomes still come until then.
void msrp_session_close(MsrpSession *session);

// What: as msrp_session_close(), for an owner that goes away: from now on no callback is made.
// Shape: takes the session; the pointer must not be used any more.
void msrp_session_release(MsrpSession *session);
