// SPDX-License-Identifier: MIT
// The XMPP server opposite a component link, in this process and main context, on loopback: it
// checks the handshake, keeps the stanzas it gets and says what the test wants. Source: XEP-0114 3.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct XmppServer XmppServer;

typedef enum {
    XMPP_SERVER_ANSWERS,
    XMPP_SERVER_IS_SILENT,       // accepts the connection and says nothing
    XMPP_SERVER_STOPS_AT_HEADER, // says its header and nothing more
    XMPP_SERVER_HAS_CONFLICT,    // says that the component is connected already
    XMPP_SERVER_NEVER_CLOSES,    // answers, but not the end of the stream
} XmppServerManner;

// What: a server on a free port, with the secret "s3cret".
// Shape: owned by the caller.
XmppServer *xmpp_server_new(void);
void xmpp_server_free(XmppServer *server);

// What: where it listens.
uint16_t xmpp_server_port(const XmppServer *server);

// What: how it treats who connects from now on; which secret it wants from them.
void xmpp_server_set_manner(XmppServer *server, XmppServerManner manner);
void xmpp_server_set_secret(XmppServer *server, const char *secret);

// What: ends listening and all connections; listens again on the same port.
void xmpp_server_go(XmppServer *server);
void xmpp_server_come(XmppServer *server);

// What: cuts the connection of a component without a word.
void xmpp_server_cut(XmppServer *server, const char *name);

// What: stops or resumes reading what a component sends.
void xmpp_server_stall(XmppServer *server, const char *name, bool is_stalled);

// What: says this text, raw, to a component.
void xmpp_server_say(XmppServer *server, const char *name, const char *text);

// What: the next stanza that came from a component.
// Shape: owned by the caller (g_free); NULL when there is none yet.
char *xmpp_server_next(XmppServer *server, const char *name);

// What: components whose handshake was good and whose connection stands; connections so far;
//   streams that a component has ended in order.
int xmpp_server_links(const XmppServer *server);
int xmpp_server_attempts(const XmppServer *server);
int xmpp_server_ended(const XmppServer *server);
