// SPDX-License-Identifier: MIT
// The XMPP server opposite a component link; see the header.
#include "tests/support/xmpp_server.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_ID "3BF96D32"

typedef struct {
    XmppServer *server; // borrowed
    int fd;
    guint watch;
    XML_Parser parser; // owned
    GString *text;     // owned, all that came
    int depth;
    size_t stanza_at; // where the stanza under way begins
    char *name;       // owned, of the component, once it is known
    bool is_linked;
    bool has_ended;
    GQueue stanzas; // owned char *
} Peer;

struct XmppServer {
    int fd;
    guint watch;
    uint16_t port;
    XmppServerManner manner;
    char *secret;     // owned
    GPtrArray *peers; // owned Peer *
    int attempts;
    int ended;
};

static void peer_free(void *data)
{
    Peer *peer = data;
    if (peer->watch != 0)
        g_source_remove(peer->watch);
    close(peer->fd);
    XML_ParserFree(peer->parser);
    g_string_free(peer->text, TRUE);
    g_free(peer->name);
    g_queue_clear_full(&peer->stanzas, g_free);
    g_free(peer);
}

static void say(Peer *peer, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t sent = send(peer->fd, text, left, MSG_NOSIGNAL);
        if (sent < 0)
            return; // the other end is gone, which the test sees by itself
        text += sent;
        left -= (size_t)sent;
    }
}

static void say_header(Peer *peer)
{
    g_autofree char *header = g_strdup_printf(
        "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
        "xmlns='jabber:component:accept' from='%s' id='" STREAM_ID "'>",
        peer->name);
    say(peer, header);
}

static void say_error(Peer *peer, const char *condition, const char *text)
{
    g_autofree char *error =
        g_strdup_printf("<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                        "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s</text></stream:error>"
                        "</stream:stream>",
                        condition, text);
    say(peer, error);
    shutdown(peer->fd, SHUT_WR);
}

static void on_header(Peer *peer, const char **attributes)
{
    for (int i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(attributes[i], "to") == 0)
            peer->name = g_strdup(attributes[i + 1]);
    }
    if (peer->server->manner == XMPP_SERVER_IS_SILENT)
        return;
    say_header(peer);
    if (peer->server->manner == XMPP_SERVER_HAS_CONFLICT)
        say_error(peer, "conflict", "Component already connected");
}

static void on_handshake(Peer *peer, const char *element)
{
    if (peer->server->manner == XMPP_SERVER_STOPS_AT_HEADER)
        return;
    g_autofree char *text = g_strconcat(STREAM_ID, peer->server->secret, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, text, -1);
    peer->is_linked = strstr(element, digest) != NULL;
    if (peer->is_linked)
        say(peer, "<handshake/>");
    else
        say_error(peer, "not-authorized", "Given token does not match calculated token");
}

static void on_start(void *data, const char *name, const char **attributes)
{
    Peer *peer = data;
    if (peer->depth == 0)
        on_header(peer, attributes);
    else if (peer->depth == 1)
        peer->stanza_at = (size_t)XML_GetCurrentByteIndex(peer->parser);
    peer->depth++;
}

static void on_stream_end(Peer *peer)
{
    peer->has_ended = true;
    if (peer->server->manner != XMPP_SERVER_NEVER_CLOSES) {
        say(peer, "</stream:stream>");
        shutdown(peer->fd, SHUT_WR);
    }
}

static void on_end(void *data, const char *name)
{
    Peer *peer = data;
    peer->depth--;
    if (peer->depth == 0) {
        peer->server->ended++;
        on_stream_end(peer);
        return;
    }
    if (strcmp(name, "stream:error") ==
        0) { // RFC 6120 4.9.1.1: there is nothing to be had any more
        on_stream_end(peer);
        return;
    }
    if (peer->depth != 1)
        return;
    size_t end = (size_t)XML_GetCurrentByteIndex(peer->parser);
    size_t tag = (size_t)XML_GetCurrentByteCount(peer->parser); // 0 for an empty element
    g_autofree char *stanza =
        g_strndup(peer->text->str + peer->stanza_at, end + tag - peer->stanza_at);
    if (strcmp(name, "handshake") == 0)
        on_handshake(peer, stanza);
    else
        g_queue_push_tail(&peer->stanzas, g_steal_pointer(&stanza));
}

static gboolean on_readable(int fd, GIOCondition unused, gpointer data)
{
    Peer *peer = data;
    char octets[65536];
    ssize_t count = recv(fd, octets, sizeof octets, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN)
        return G_SOURCE_CONTINUE;
    if (count <= 0) {
        peer->is_linked = false;
        peer->watch = 0;
        return G_SOURCE_REMOVE;
    }
    g_string_append_len(peer->text, octets, count);
    ck_assert_msg(XML_Parse(peer->parser, octets, (int)count, 0) == XML_STATUS_OK,
                  "the component sent no XML: %s at %ld",
                  XML_ErrorString(XML_GetErrorCode(peer->parser)),
                  (long)XML_GetCurrentByteIndex(peer->parser));
    return G_SOURCE_CONTINUE;
}

static gboolean on_connection(int fd, GIOCondition unused, gpointer data)
{
    XmppServer *server = data;
    Peer *peer = g_new0(Peer, 1);
    peer->server = server;
    peer->fd = accept(fd, NULL, NULL);
    ck_assert_int_ge(peer->fd, 0);
    peer->text = g_string_new(NULL);
    peer->parser = XML_ParserCreate(NULL);
    XML_SetUserData(peer->parser, peer);
    XML_SetElementHandler(peer->parser, on_start, on_end);
    peer->watch = g_unix_fd_add(peer->fd, G_IO_IN, on_readable, peer);
    g_ptr_array_add(server->peers, peer);
    server->attempts++;
    return G_SOURCE_CONTINUE;
}

void xmpp_server_come(XmppServer *server)
{
    int on = 1;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(server->fd, 0);
    setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(server->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    ck_assert_int_eq(bind(server->fd, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(server->fd, 8), 0);
    ck_assert_int_eq(getsockname(server->fd, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    server->watch = g_unix_fd_add(server->fd, G_IO_IN, on_connection, server);
}

void xmpp_server_go(XmppServer *server)
{
    if (server->fd < 0)
        return;
    g_source_remove(server->watch);
    close(server->fd);
    server->fd = -1;
    g_ptr_array_set_size(server->peers, 0);
}

XmppServer *xmpp_server_new(void)
{
    XmppServer *server = g_new0(XmppServer, 1);
    server->secret = g_strdup("s3cret");
    server->peers = g_ptr_array_new_with_free_func(peer_free);
    xmpp_server_come(server);
    return server;
}

void xmpp_server_free(XmppServer *server)
{
    if (server == NULL)
        return;
    xmpp_server_go(server);
    g_ptr_array_unref(server->peers);
    g_free(server->secret);
    g_free(server);
}

uint16_t xmpp_server_port(const XmppServer *server)
{
    return server->port;
}

void xmpp_server_set_manner(XmppServer *server, XmppServerManner manner)
{
    server->manner = manner;
}

void xmpp_server_set_secret(XmppServer *server, const char *secret)
{
    g_free(server->secret);
    server->secret = g_strdup(secret);
}

// The connection that a component has now: the last one it made.
static Peer *find(const XmppServer *server, const char *name)
{
    for (guint i = server->peers->len; i > 0; i--) {
        Peer *peer = g_ptr_array_index(server->peers, i - 1);
        if (g_strcmp0(peer->name, name) == 0)
            return peer;
    }
    return NULL;
}

void xmpp_server_cut(XmppServer *server, const char *name)
{
    Peer *peer = find(server, name);
    ck_assert_ptr_nonnull(peer);
    g_ptr_array_remove(server->peers, peer);
}

void xmpp_server_stall(XmppServer *server, const char *name, bool is_stalled)
{
    Peer *peer = find(server, name);
    ck_assert_ptr_nonnull(peer);
    if (is_stalled && peer->watch != 0) {
        g_source_remove(peer->watch);
        peer->watch = 0;
    } else if (!is_stalled && peer->watch == 0) {
        peer->watch = g_unix_fd_add(peer->fd, G_IO_IN, on_readable, peer);
    }
}

void xmpp_server_say(XmppServer *server, const char *name, const char *text)
{
    Peer *peer = find(server, name);
    ck_assert_ptr_nonnull(peer);
    say(peer, text);
}

char *xmpp_server_next(XmppServer *server, const char *name)
{
    Peer *peer = find(server, name);
    return peer != NULL ? g_queue_pop_head(&peer->stanzas) : NULL;
}

int xmpp_server_links(const XmppServer *server)
{
    int links = 0;
    for (guint i = 0; i < server->peers->len; i++) {
        const Peer *peer = g_ptr_array_index(server->peers, i);
        links += peer->is_linked && !peer->has_ended;
    }
    return links;
}

int xmpp_server_attempts(const XmppServer *server)
{
    return server->attempts;
}

int xmpp_server_ended(const XmppServer *server)
{
    return server->ended;
}
