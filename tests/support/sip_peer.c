// SPDX-License-Identifier: MIT
// A raw SIP peer on loopback; see sip_peer.h.
#include "tests/support/sip_peer.h"

#include <check.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/support/loopback.h"

#define CRLF2      "\r\n\r\n"
#define PORT_TRIES 20

typedef struct {
    SipPeer *peer; // borrowed
    int fd;
    guint source;
    GString *octets; // owned; TCP: what has no end yet
    SSL *ssl;        // owned; NULL: plain
} Link;

struct SipPeer {
    bool tcp;
    uint16_t port, gate_port;
    Link *entry;       // owned; UDP socket or TCP listener
    int refusal;       // owned; UDP: a TCP socket at the same port that does not listen; else -1
    GPtrArray *links;  // owned, of Link; TCP connections
    GPtrArray *heard;  // owned, of char *; every message, repeated ones too
    GPtrArray *untold; // borrowed from heard
    GHashTable *seen;  // borrowed from heard
    SSL_CTX *tls;      // owned; NULL: plain
    unsigned branches;
};

static void link_free(void *data)
{
    Link *link = data;
    g_clear_handle_id(&link->source, g_source_remove);
    close(link->fd);
    SSL_free(link->ssl);
    g_string_free(link->octets, TRUE);
    g_free(link);
}

static Link *link_new(SipPeer *peer, int fd, GUnixFDSourceFunc on_input)
{
    Link *link = g_new0(Link, 1);
    *link = (Link){.peer = peer, .fd = fd, .octets = g_string_new(NULL)};
    link->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_input, link);
    return link;
}

static void hear(SipPeer *peer, const char *octets, size_t length)
{
    char *message = g_strndup(octets, length);
    g_ptr_array_add(peer->heard, message);
    if (g_hash_table_add(peer->seen, message)) {
        g_ptr_array_add(peer->untold, message);
    }
}

// A port that somebody else had a moment ago may still get what was meant for him.
static gboolean on_datagram(int fd, GIOCondition condition, gpointer data)
{
    Link *link = data;
    char octets[65536];
    struct sockaddr_storage from;
    socklen_t from_length = sizeof from;
    ssize_t length = recvfrom(fd, octets, sizeof octets, 0, (struct sockaddr *)&from, &from_length);
    bool is_message = length > 4; // not a keep-alive
    if (is_message && loopback_port_of(&from) == link->peer->gate_port) {
        hear(link->peer, octets, (size_t)length);
    }
    return G_SOURCE_CONTINUE;
}

static size_t body_length(const char *head)
{
    g_autofree char *value = sip_peer_header(head, "Content-Length");
    return value != NULL ? (size_t)g_ascii_strtoull(value, NULL, 10) : 0;
}

static void hear_stream(Link *link)
{
    for (;;) {
        g_string_erase(link->octets, 0, (gssize)strspn(link->octets->str, "\r\n"));
        const char *end = strstr(link->octets->str, CRLF2);
        if (end == NULL) {
            return;
        }
        size_t length = (size_t)(end - link->octets->str) + 4 + body_length(link->octets->str);
        if (link->octets->len < length) {
            return;
        }
        hear(link->peer, link->octets->str, length);
        g_string_erase(link->octets, 0, (gssize)length);
    }
}

// false: the connection is over.
static bool read_plain(Link *link)
{
    char octets[65536];
    ssize_t length = recv(link->fd, octets, sizeof octets, 0);
    g_string_append_len(link->octets, octets, MAX(length, 0));
    return length > 0;
}

static bool read_tls(Link *link)
{
    char octets[16384];
    int length;
    ERR_clear_error();
    while ((length = SSL_read(link->ssl, octets, sizeof octets)) > 0) {
        g_string_append_len(link->octets, octets, length);
    }
    return SSL_get_error(link->ssl, length) == SSL_ERROR_WANT_READ;
}

static gboolean on_stream(int fd, GIOCondition condition, gpointer data)
{
    Link *link = data;
    bool alive = link->ssl != NULL ? read_tls(link) : read_plain(link);
    hear_stream(link);
    if (!alive) {
        link->source = 0;
        g_ptr_array_remove(link->peer->links, link);
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

// A connection, begun by us or not.
static Link *stream_new(SipPeer *peer, int fd, bool is_ours)
{
    Link *link = link_new(peer, fd, on_stream);
    if (peer->tls != NULL) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        link->ssl = SSL_new(peer->tls);
        SSL_set_fd(link->ssl, fd);
        if (is_ours) {
            SSL_set_connect_state(link->ssl);
        } else {
            SSL_set_accept_state(link->ssl);
        }
    }
    g_ptr_array_add(peer->links, link);
    return link;
}

static gboolean on_connection(int fd, GIOCondition condition, gpointer data)
{
    Link *entry = data;
    int accepted = accept(fd, NULL, NULL);
    if (accepted >= 0) {
        stream_new(entry->peer, accepted, false);
    }
    return G_SOURCE_CONTINUE;
}

// A socket at this port, 0: a free one; -1: taken.
static int bind_at(int type, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t length = loopback_address(&address, port);
    int fd = loopback_socket(type);
    if (bind(fd, (struct sockaddr *)&address, length) == 0) {
        return fd;
    }
    close(fd);
    return -1;
}

// A request too long for a datagram tries a connection first (RFC 3261 18.1.1): that is refused, and
// not taken by a stranger who happens to listen at the same number.
static int bind_datagrams(int *refusal)
{
    for (int left = PORT_TRIES; left > 0; left--) {
        int fd = bind_at(SOCK_DGRAM, 0);
        ck_assert_int_ge(fd, 0);
        *refusal = bind_at(SOCK_STREAM, loopback_port(fd));
        if (*refusal >= 0) {
            return fd;
        }
        close(fd);
    }
    ck_abort_msg("no port is free for datagrams and connections");
    return -1;
}

static int bind_listener(int *refusal)
{
    int fd = bind_at(SOCK_STREAM, 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    *refusal = -1;
    return fd;
}

SipPeer *sip_peer_new(bool tcp, uint16_t gate_port)
{
    SipPeer *peer = g_new0(SipPeer, 1);
    int fd = tcp ? bind_listener(&peer->refusal) : bind_datagrams(&peer->refusal);
    peer->tcp = tcp;
    peer->port = loopback_port(fd);
    peer->gate_port = gate_port;
    peer->links = g_ptr_array_new_with_free_func(link_free);
    peer->heard = g_ptr_array_new_with_free_func(g_free);
    peer->untold = g_ptr_array_new();
    peer->seen = g_hash_table_new(g_str_hash, g_str_equal);
    peer->entry = link_new(peer, fd, tcp ? on_connection : on_datagram);
    return peer;
}

void sip_peer_free(SipPeer *peer)
{
    if (peer == NULL) {
        return;
    }
    g_ptr_array_unref(peer->links);
    link_free(peer->entry);
    if (peer->refusal >= 0) {
        close(peer->refusal);
    }
    SSL_CTX_free(peer->tls);
    g_hash_table_unref(peer->seen);
    g_ptr_array_unref(peer->untold);
    g_ptr_array_unref(peer->heard);
    g_free(peer);
}

static int believe(X509_STORE_CTX *checker, void *unused)
{
    return 1;
}

void sip_peer_use_tls(SipPeer *peer, const TlsCert *cert, uint16_t gate_port)
{
    signal(SIGPIPE, SIG_IGN); // the library writes to sockets without asking
    peer->gate_port = gate_port;
    peer->tls = SSL_CTX_new(TLS_method());
    SSL_CTX_set_cert_verify_callback(peer->tls, believe, NULL);
    SSL_CTX_use_certificate(peer->tls, cert->x509);
    SSL_CTX_use_PrivateKey(peer->tls, cert->key);
}

// A connected socket takes datagrams from where it is connected to, and no others; one that is
// connected no more has lost a port that the system had chosen.
void sip_peer_set_gone(SipPeer *peer, bool gone)
{
    int fd = peer->entry->fd;
    struct sockaddr_storage own;
    socklen_t length = loopback_address(&own, peer->port);
    if (gone) {
        ck_assert_int_eq(connect(fd, (struct sockaddr *)&own, length), 0);
        return;
    }
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    ck_assert_int_eq(connect(fd, &nobody, sizeof nobody), 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, length), 0);
}

uint16_t sip_peer_port(const SipPeer *peer)
{
    return peer->port;
}

static bool is_shaken(void *self)
{
    return SSL_is_init_finished(self);
}

static Link *speaking_link(SipPeer *peer)
{
    if (peer->links->len == 0) {
        struct sockaddr_storage gate;
        socklen_t gate_length = loopback_address(&gate, peer->gate_port);
        int fd = loopback_socket(SOCK_STREAM);
        ck_assert_int_eq(connect(fd, (struct sockaddr *)&gate, gate_length), 0);
        Link *link = stream_new(peer, fd, true);
        if (link->ssl != NULL) {
            SSL_do_handshake(link->ssl);
            loop_until(is_shaken, link->ssl, "the hand-shake");
        }
    }
    return peer->links->pdata[peer->links->len - 1];
}

static ssize_t send_stream(const Link *link, const void *octets, size_t length)
{
    return link->ssl != NULL ? SSL_write(link->ssl, octets, (int)length)
                             : send(link->fd, octets, length, MSG_NOSIGNAL);
}

void sip_peer_send_octets(SipPeer *peer, const void *octets, size_t length)
{
    struct sockaddr_storage gate;
    socklen_t gate_length = loopback_address(&gate, peer->gate_port);
    ssize_t sent = peer->tcp ? send_stream(speaking_link(peer), octets, length)
                             : sendto(peer->entry->fd, octets, length, 0, (struct sockaddr *)&gate,
                                      gate_length);
    ck_assert_int_eq(sent, (ssize_t)length);
}

void sip_peer_send(SipPeer *peer, const char *text)
{
    const char *end = strstr(text, "\n\n");
    const char *body = end != NULL ? end + 2 : "";
    g_autofree char *head = end != NULL ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(head), "\n", -1);
    g_autofree char *joined = g_strjoinv("\r\n", lines);
    g_autofree char *message =
        g_strdup_printf("%s\r\nContent-Length: %zu" CRLF2 "%s", joined, strlen(body), body);
    sip_peer_send_octets(peer, message, strlen(message));
}

static bool has_untold(void *self)
{
    return ((SipPeer *)self)->untold->len > 0;
}

const char *sip_peer_await(SipPeer *peer, const char *start)
{
    loop_until(has_untold, peer, start);
    const char *message = g_ptr_array_steal_index(peer->untold, 0);
    g_autofree char *first = g_strndup(message, strcspn(message, "\r\n"));
    ck_assert_msg(g_str_has_prefix(message, start), "wanted %s, heard %s", start, first);
    return message;
}

unsigned sip_peer_pending(const SipPeer *peer)
{
    return peer->untold->len;
}

unsigned sip_peer_heard(const SipPeer *peer, const char *start)
{
    unsigned count = 0;
    for (guint i = 0; i < peer->heard->len; i++) {
        count += g_str_has_prefix(peer->heard->pdata[i], start);
    }
    return count;
}

char *sip_peer_header_nth(const char *message, const char *name, unsigned nth)
{
    g_autofree char *wanted = g_strdup_printf("%s:", name);
    const char *line = strstr(message, "\r\n");
    while (line != NULL && !g_str_has_prefix(line, CRLF2)) {
        line += 2;
        const char *end = strstr(line, "\r\n");
        if (g_ascii_strncasecmp(line, wanted, strlen(wanted)) == 0 && nth-- == 0) {
            const char *value = line + strlen(wanted);
            return g_strstrip(g_strndup(value, (gsize)(end - value)));
        }
        line = end;
    }
    return NULL;
}

char *sip_peer_header(const char *message, const char *name)
{
    return sip_peer_header_nth(message, name, 0);
}

void sip_peer_expect_header(const char *message, const char *name, const char *pattern)
{
    g_autofree char *got = sip_peer_header(message, name);
    ck_assert_msg(pattern != NULL ? got != NULL && g_pattern_match_simple(pattern, got)
                                  : got == NULL,
                  "%s: wanted %s, got %s", name, pattern, got);
}

const char *sip_peer_body(const char *message)
{
    const char *end = strstr(message, CRLF2);
    return end != NULL ? end + 4 : "";
}

void sip_peer_answer_tagged(SipPeer *peer, const char *request, int status, const char *tag,
                            const char *more, const char *body)
{
    GString *answer = g_string_new(NULL);
    g_string_printf(answer, "SIP/2.0 %d Answer %d\n", status, status);
    char *via;
    for (unsigned i = 0; (via = sip_peer_header_nth(request, "Via", i)) != NULL; i++) {
        g_string_append_printf(answer, "Via: %s\n", via);
        g_free(via);
    }
    g_autofree char *from = sip_peer_header(request, "From");
    g_autofree char *to = sip_peer_header(request, "To");
    g_autofree char *call_id = sip_peer_header(request, "Call-ID");
    g_autofree char *cseq = sip_peer_header(request, "CSeq");
    bool tagged = strstr(to, ";tag=") != NULL || status == 100;
    g_string_append_printf(answer, "From: %s\nTo: %s%s%s\nCall-ID: %s\nCSeq: %s\n", from, to,
                           tagged ? "" : ";tag=", tagged ? "" : tag, call_id, cseq);
    g_string_append_printf(answer, "%s\n%s", more != NULL ? more : "", body != NULL ? body : "");
    sip_peer_send(peer, answer->str);
    g_string_free(answer, TRUE);
}

void sip_peer_answer(SipPeer *peer, const char *request, int status, const char *more,
                     const char *body)
{
    sip_peer_answer_tagged(peer, request, status, "peer", more, body);
}

static char *target_of(const char *message)
{
    g_autofree char *contact = sip_peer_header(message, "Contact");
    const char *start = contact != NULL ? strchr(contact, '<') : NULL;
    return start != NULL ? g_strndup(start + 1, strcspn(start + 1, ">")) : NULL;
}

SipPeerDialog sip_peer_dialog_of_request(const char *request)
{
    g_autofree char *to = sip_peer_header(request, "To");
    return (SipPeerDialog){.call_id = sip_peer_header(request, "Call-ID"),
                           .local = g_strdup_printf("%s;tag=peer", to),
                           .remote = sip_peer_header(request, "From"),
                           .target = target_of(request),
                           .cseq = 1000};
}

SipPeerDialog sip_peer_dialog_of_response(const char *response)
{
    g_autofree char *cseq = sip_peer_header(response, "CSeq");
    return (SipPeerDialog){.call_id = sip_peer_header(response, "Call-ID"),
                           .local = sip_peer_header(response, "From"),
                           .remote = sip_peer_header(response, "To"),
                           .target = target_of(response),
                           .cseq = (unsigned)g_ascii_strtoull(cseq, NULL, 10)};
}

void sip_peer_dialog_clear(SipPeerDialog *dialog)
{
    g_free(dialog->call_id);
    g_free(dialog->local);
    g_free(dialog->remote);
    g_free(dialog->target);
    *dialog = (SipPeerDialog){0};
}

static char *via_line(SipPeer *peer)
{
    return g_strdup_printf("Via: SIP/2.0/%s %s:%u;branch=z9hG4bKpeer%u-%u;rport\n",
                           peer->tls != NULL ? "TLS" : peer->tcp ? "TCP" : "UDP", loopback_host(), peer->port, peer->port,
                           ++peer->branches);
}

void sip_peer_request(SipPeer *peer, SipPeerDialog *dialog, const char *method, const char *more,
                      const char *body)
{
    g_autofree char *via = via_line(peer);
    bool ack = strcmp(method, "ACK") == 0;
    g_autofree char *text = g_strdup_printf(
        "%s %s SIP/2.0\n%sMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: %u %s\n%s\n%s",
        method, dialog->target, via, dialog->local, dialog->remote, dialog->call_id,
        ack ? dialog->cseq : ++dialog->cseq, method, more != NULL ? more : "",
        body != NULL ? body : "");
    sip_peer_send(peer, text);
}

char *sip_peer_request_outside(SipPeer *peer, const char *method, const char *uri, const char *more,
                               const char *body)
{
    g_autofree char *via = via_line(peer);
    bool has_from = more != NULL && strstr(more, "From: ") != NULL;
    bool has_call_id = more != NULL && strstr(more, "Call-ID: ") != NULL;
    bool has_hops = more != NULL && strstr(more, "Max-Forwards: ") != NULL;
    g_autofree char *call_id =
        g_strdup_printf("Call-ID: c%u-%u@peer\n", peer->port, peer->branches);
    char *text = g_strdup_printf("%s %s SIP/2.0\n%s%s%sTo: <%s>\n%sCSeq: %u %s\n%s\n%s", method,
                                 uri, via, has_hops ? "" : "Max-Forwards: 70\n",
                                 has_from ? "" : "From: <sip:romeo@sip.test>;tag=a1\n", uri,
                                 has_call_id ? "" : call_id, peer->branches, method,
                                 more != NULL ? more : "", body != NULL ? body : "");
    sip_peer_send(peer, text);
    return text;
}
