// SPDX-License-Identifier: MIT
// A SIP peer inside the test: a raw socket on loopback that says exactly what it is told and keeps
// what it hears. It knows how messages are framed and nothing of transactions: a retransmission is
// what the test sends twice. What it hears twice, octet by octet, is counted but told once.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "tests/support/tls_cert.h"

typedef struct SipPeer SipPeer;

// What: a peer on a free port, speaking to the gate's port.
// Shape: `tcp`: it listens on TCP, and opens a connection of its own when it speaks first; else it
//   takes datagrams and refuses connections. Owned by the caller (sip_peer_free).
SipPeer *sip_peer_new(bool tcp, uint16_t gate_port);

// What: all its connections are under TLS from now on; it believes every certificate.
// Shape: for a peer on TCP; `cert` is borrowed for its life, `gate_port` the gate's port for TLS.
void sip_peer_use_tls(SipPeer *peer, const TlsCert *cert, uint16_t gate_port);
void sip_peer_free(SipPeer *peer);

// What: whether nobody is at its port for the gate, whose datagrams bounce.
// Shape: for a peer on UDP.
void sip_peer_set_gone(SipPeer *peer, bool gone);

// What: its port.
uint16_t sip_peer_port(const SipPeer *peer);

// What: sends a message. "\n" becomes CRLF in the head; a Content-Length is added.
// Shape: `text`: head and body are separated by an empty line; the body goes as it is.
void sip_peer_send(SipPeer *peer, const char *text);

// What: sends octets as they are.
void sip_peer_send_octets(SipPeer *peer, const void *octets, size_t length);

// What: waits for the next message not yet told, which must begin with `start`.
// Shape: borrowed until the peer is freed.
// Errors: fails the test when another one comes, or none.
const char *sip_peer_await(SipPeer *peer, const char *start);

// What: how many messages not yet told there are; how many heard so far began with `start`,
//   repeated ones included.
unsigned sip_peer_pending(const SipPeer *peer);
unsigned sip_peer_heard(const SipPeer *peer, const char *start);

// What: the value of the first header of that name; of the nth (from 0).
// Shape: owned by the caller (g_free); NULL when there is none.
char *sip_peer_header(const char *message, const char *name);
char *sip_peer_header_nth(const char *message, const char *name, unsigned nth);

// What: the message must have that header, with a value like this (`*` and `?` as in g_pattern_match_simple); NULL: it
//   must have none.
// Errors: fails the test.
void sip_peer_expect_header(const char *message, const char *name, const char *pattern);

// What: the body.
// Shape: borrowed from the message.
const char *sip_peer_body(const char *message);

// What: answers a request: Via, From, To (with tag "peer" added where it has none), Call-ID and
//   CSeq are copied; `more` (may be NULL) is further header lines, each with "\n"; `body` may be
//   NULL.
void sip_peer_answer(SipPeer *peer, const char *request, int status, const char *more,
                     const char *body);

// What: the same with another To tag, as a second phone behind a forking proxy would.
void sip_peer_answer_tagged(SipPeer *peer, const char *request, int status, const char *tag,
                            const char *more, const char *body);

// A dialog as the peer sees it.
typedef struct {
    char *call_id, *local, *remote, *target; // owned; From and To values with tags, URI
    unsigned cseq;
} SipPeerDialog;

// What: the dialog of a request the peer answered (to-tag "peer"), or of a response it got.
SipPeerDialog sip_peer_dialog_of_request(const char *request);
SipPeerDialog sip_peer_dialog_of_response(const char *response);
void sip_peer_dialog_clear(SipPeerDialog *dialog);

// What: sends a request in the dialog; `more` and `body` as above. ACK takes the CSeq of the
//   INVITE.
void sip_peer_request(SipPeer *peer, SipPeerDialog *dialog, const char *method, const char *more,
                      const char *body);

// What: sends a request outside any dialog, from romeo@sip.test unless `more` has a From of its
//   own.
// Shape: the text of it is owned by the caller (g_free), so that it can be sent again.
char *sip_peer_request_outside(SipPeer *peer, const char *method, const char *uri, const char *more,
                               const char *body);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipPeer, sip_peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SipPeerDialog, sip_peer_dialog_clear)
