// SPDX-License-Identifier: MIT
// The MSRP stack as a whole: one listening address, all sessions, all connections, one GSource.
// It knows no SIP and no SDP: text and numbers at its edge (RFC 4975, RFC 6135).
//
// One rule holds everywhere: no callback ever runs inside a call into the stack. Calls only note
// what is wanted; everything happens, and everything is told, from the main loop.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Msrp Msrp;
typedef struct MsrpSession MsrpSession;
typedef struct MsrpTlsKeys MsrpTlsKeys; // sip/msrp/msrp_tls_keys.h

// Failure-Report of a SEND (RFC 4975 7.1.1): which answers the sender wants.
typedef enum {
    MSRP_FAILURE_YES,     // all; the value when the header is absent
    MSRP_FAILURE_PARTIAL, // errors only
    MSRP_FAILURE_NO       // none
} MsrpFailure;

// A header of the MIME part, or any other that is not MSRP's own.
typedef struct {
    const char *name;
    const char *value;
} MsrpHeader;

typedef enum {
    MSRP_SENT,
    MSRP_RECEIVED,
    MSRP_DIRECTION_COUNT
} MsrpDirection;

typedef enum {
    MSRP_KIND_SEND,
    MSRP_KIND_REPORT,
    MSRP_KIND_NICKNAME,
    MSRP_KIND_OTHER,
    MSRP_KIND_RESPONSE,
    MSRP_KIND_COUNT
} MsrpKind;

// Whole frames by direction and kind; a frame cut off by the end of its connection is not counted.
typedef struct {
    uint64_t frames[MSRP_DIRECTION_COUNT][MSRP_KIND_COUNT];
    uint64_t malformed;   // received and not understood; not in `frames`
    uint64_t unmatched;   // requests answered 481 or 506; answers to nothing of ours
    uint64_t connections; // open now
    uint64_t turned_away; // accepted and closed again: too many were not bound
} MsrpCounts;

// One frame as it went over the wire. The body of a frame that was too long for us is left out.
// `session` is NULL while it is not known whose frame this is; `octets` are borrowed for the call.
typedef void (*MsrpFrameFunc)(void *user, MsrpSession *session, MsrpDirection direction,
                              const uint8_t *octets, size_t length);

typedef struct {
    const char *listen_host;    // numeric IPv4 or IPv6 address
    uint16_t listen_port;       // 0: any free one
    const char *advertise_host; // what peers are told; NULL: listen_host
    uint16_t advertise_port;    // 0: the port listened on
    MsrpTlsKeys *tls_keys;      // borrowed, outlives the stack; NULL: no TLS
    const char *tls_host;       // numeric address to listen on for TLS, and its port, as above
    uint16_t tls_port;
    uint32_t max_size;          // LIMIT: octets of a message we take (max-size), at most 1 MiB
    uint32_t bind_ms;           // T_msrp: msrp_session_start() to bound
    uint32_t transaction_ms;    // T_tx
    uint32_t chunk_ms;          // T_chunk: since the last chunk of an incomplete message
    uint32_t keepalive_ms;      // silence until a SEND without body goes out; 0: never
    uint32_t unbound_ms;        // an accepted connection has to name a session within this time
    uint32_t shake_ms;          // the hand-shake of TLS
    uint32_t linger_ms;         // a connection without sessions is kept this long
    uint32_t flush_ms;          // msrp_session_close() writes what is queued for at most this long
    uint32_t unbound_max;       // LIMIT: accepted connections that belong to no session yet
    uint32_t queue_max;         // LIMIT: octets of content waiting in one session
    uint32_t session_memory;    // LIMIT: incomplete messages, one session, octets; 0: two
    uint32_t total_memory;      // LIMIT: incomplete messages, all sessions, octets
    MsrpFrameFunc on_frame;     // may be NULL
    void *user;                 // of on_frame; borrowed
    int64_t (*clock_ms)(void);  // monotonic; NULL: the system's
} MsrpConfig;

// What: fills in the defaults of every field (matrix, timers and settings); listen_host is
// 127.0.0.1, port 2855.
void msrp_config_init(MsrpConfig *config);

// What: opens the listening socket and attaches the stack to the default main context.
// Shape: strings in `config` are copied; the result is owned by the caller.
// Errors: NULL and a G_IO_ERROR that names the address, e.g. when the port is taken.
Msrp *msrp_new(const MsrpConfig *config, GError **error);

// What: closes everything at once. No callback is made any more; all sessions are gone with it.
// Shape: not to be called from inside a callback of the stack.
void msrp_free(Msrp *msrp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Msrp, msrp_free)

// What: host and port that stand in the URIs we give out; an IPv6 host without its brackets.
// Shape: borrowed, as long as the stack lives.
const char *msrp_host(const Msrp *msrp);
uint16_t msrp_port(const Msrp *msrp);

// What: whether sessions under TLS are possible; the port in their URIs.
bool msrp_has_tls(const Msrp *msrp);
uint16_t msrp_tls_port(const Msrp *msrp);

// What: the values of a=fingerprint of our certificate.
// Shape: NULL-terminated, borrowed as long as the stack lives; NULL without TLS.
// Source: RFC 8122 5.1; MSRP-028.
const char *const *msrp_fingerprints(const Msrp *msrp);

// What: the limit to advertise as max-size.
// Source: RFC 4975 8.6; MSRP-019.
uint32_t msrp_max_size(const Msrp *msrp);

// What: the running counters.
// Shape: borrowed; change with every frame.
const MsrpCounts *msrp_counts(const Msrp *msrp);
