// SPDX-License-Identifier: MIT
// The MSRP side of a SIP peer inside the test: one raw TCP connection, frames as texts.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tests/support/tls_cert.h"

typedef struct MsrpPeer MsrpPeer;

// What: a peer that listens on a free port.
// Shape: owned by the caller (msrp_peer_free).
MsrpPeer *msrp_peer_new(void);
void msrp_peer_free(MsrpPeer *peer);

// What: from now on under TLS, with this certificate; it believes every other one. Its path and
// descriptions say so.
// Shape: `cert` is borrowed for the life of the peer.
void msrp_peer_use_tls(MsrpPeer *peer, const TlsCert *cert);

// What: shows another certificate than its descriptions announce.
void msrp_peer_show(MsrpPeer *peer, const TlsCert *cert);

// What: the fingerprint of the certificate that the gate showed it.
// Shape: owned by the caller.
char *msrp_peer_seen_fingerprint(const MsrpPeer *peer);

// What: whether the gate has ended the connection.
bool msrp_peer_is_over(const MsrpPeer *peer);

// What: its own path, with the session id `peer`.
// Shape: borrowed.
const char *msrp_peer_path(const MsrpPeer *peer);

// What: puts a relay in front of it: its path gets another URI behind its own, which is the relay's
//   from now on.
void msrp_peer_relay(MsrpPeer *peer, const char *uri);

// What: a session description with its path.
// Shape: `types` is the value of accept-types; `more` further lines ending in "\r\n" or NULL; owned
//   by the caller.
char *msrp_peer_sdp(const MsrpPeer *peer, const char *types, const char *setup, const char *more);

// What: takes the path out of a description of the gate's; what is sent goes there.
void msrp_peer_meet(MsrpPeer *peer, const char *sdp);

// What: connects to where it was told to meet.
void msrp_peer_connect(MsrpPeer *peer);

// What: reads no more; the connection stays.
void msrp_peer_stop_reading(MsrpPeer *peer);

// What: closes the connection and the listener.
void msrp_peer_hang_up(MsrpPeer *peer);

// What: sends a request; `more` are header lines ending in "\r\n", `body` may be NULL.
// Shape: the transaction id is "tid" and a number.
void msrp_peer_request(MsrpPeer *peer, const char *method, const char *more, const char *body);

// What: a complete SEND of a type and body under a Message-ID.
void msrp_peer_say(MsrpPeer *peer, const char *id, const char *type, const char *body);

// What: a chunk of a message of plain text; `range` is the value of Byte-Range, `flag` one of '+', '$', '#'.
void msrp_peer_say_part(MsrpPeer *peer, const char *id, const char *range, const char *body,
                        char flag);

// What: answers a frame.
void msrp_peer_respond(MsrpPeer *peer, const char *frame, int status);

// What: waits for the next frame, whose first line must contain `word` (a method or a status).
// Shape: borrowed until the peer is freed.
// Errors: fails the test when another one comes, or none.
const char *msrp_peer_await(MsrpPeer *peer, const char *word);

// What: frames not yet told.
unsigned msrp_peer_pending(const MsrpPeer *peer);

// What: the value of a header of the frame.
// Shape: owned by the caller (g_free); NULL when absent.
char *msrp_peer_header(const char *frame, const char *name);

// What: the body of a frame.
// Shape: owned by the caller; "" when there is none.
char *msrp_peer_body(const char *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpPeer, msrp_peer_free)
