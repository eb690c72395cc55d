// SPDX-License-Identifier: MIT
// What the files of the stack share: the stack itself, and a session as seen from below.
// Not for use outside of sip/msrp.
#pragma once

#include "sip/msrp/msrp_connection.h"
#include "sip/msrp/msrp_listener.h"
#include "sip/msrp/msrp_uri.h"

struct Msrp {
    MsrpConfig config; // its strings are owned
    uint16_t port;     // listened on
    MsrpLoop *loop;    // owned
    MsrpListener *listener;  // owned
    MsrpListener *tls_listener; // owned; NULL: no TLS
    MsrpBudget budget;       // of all sessions and connections
    MsrpCounts counts;
    GHashTable *sessions;    // id (borrowed from its value) -> owned MsrpSession; also ended ones
    GHashTable *connections; // set of owned MsrpConnection
    GHashTable *dialled;     // owned msrp_connection_key() -> borrowed MsrpConnection
    guint unbound;           // accepted connections without a session so far
};

// What: the connection to the host and port of a URI: the one there is, or a new one.
// Shape: borrowed. `peer`: whose certificate has to be shown; NULL: no TLS.
// Source: RFC 4975 5.4; MSRP-012. Only connections we opened are shared: who sits at the other end
// of an accepted one is known for its sessions, not for its address.
MsrpConnection *msrp_connect(Msrp *msrp, const MsrpUri *uri, const MsrpTlsPeer *peer);

// What: a session by its id; NULL: none, or it is over.
MsrpSession *msrp_session_find(Msrp *msrp, const char *id);

// What: its own URI.
// Shape: borrowed, as long as the session lives.
const MsrpUri *msrp_session_own(const MsrpSession *session);

// What: whether a request on this connection may reach the session.
// Shape: 0: yes; 481 or 506: no; MSRP_SESSION_NOT_YET: its peer is not known yet.
// Source: RFC 4975 5.4, 7.3, 14.4; CHAT-23, MSRP-027. A certificate that is not the peer's ends
// session and connection.
#define MSRP_SESSION_NOT_YET (-1)
int msrp_session_admit(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *request);

// What: notes where a request for the session waits until its peer is known; takes it back.
void msrp_session_set_held(MsrpSession *session, MsrpConnection *connection);
void msrp_session_clear_held(MsrpSession *session, const MsrpConnection *connection);

// What: takes an admitted request, or an answer to one of ours.
// Errors: false for an answer that belongs to nothing.
bool msrp_session_take(MsrpSession *session, MsrpConnection *connection, const MsrpFrame *frame);

// What: its connection stands; its connection is over.
void msrp_session_on_open(MsrpSession *session);
void msrp_session_on_end(MsrpSession *session, MsrpSessionEnd reason);

// What: what a connection needs of a session.
extern const MsrpWriterSender msrp_session_sender;

// What: frees a session without a word to anybody.
void msrp_session_free(MsrpSession *session);

// What: decides whom a frame belongs to, and refuses it when to nobody.
// Shape: as in MsrpConnectionFuncs; `user` is the Msrp.
MsrpConnectionVerdict msrp_router_on_frame(void *user, MsrpConnection *connection,
                                           const MsrpFrame *frame);
void msrp_router_on_broken(void *user, MsrpConnection *connection, const MsrpFrame *frame);

// What: the connection ends; the session for which it holds a frame, if any, must not look for it.
void msrp_router_let_go(Msrp *msrp, const MsrpConnection *connection);
