// SPDX-License-Identifier: MIT
// A raw MSRP peer on loopback; see msrp_peer.h.
#include "tests/support/msrp_peer.h"

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

struct MsrpPeer {
    int listener, fd; // -1: none
    guint listening, reading;
    GString *octets;   // owned
    GPtrArray *frames; // owned, of char *
    guint told;
    uint16_t port;
    char *path;   // owned
    char *theirs; // owned, or NULL
    unsigned transactions;
    bool over;        // the gate ended the connection
    SSL_CTX *tls;     // owned; NULL: plain
    SSL *ssl;         // owned; of the connection
    char *announced;  // owned: fingerprint in descriptions
};

// A frame ends where its end-line with the transaction id of its first line ends.
static bool cut_frame(MsrpPeer *peer)
{
    const char *text = peer->octets->str;
    g_auto(GStrv) words = g_strsplit_set(text, " \r", 3);
    if (strstr(text, "\r\n") == NULL || words[0] == NULL || words[1] == NULL) {
        return false;
    }
    g_autofree char *mark = g_strdup_printf("\r\n-------%s", words[1]);
    const char *end = strstr(text, mark);
    size_t length = end != NULL ? (size_t)(end - text) + strlen(mark) + strlen("$\r\n") : 0;
    if (end == NULL || peer->octets->len < length) {
        return false;
    }
    g_ptr_array_add(peer->frames, g_strndup(text, length));
    g_string_erase(peer->octets, 0, (gssize)length);
    return true;
}

// false: the connection is over.
static bool read_plain(MsrpPeer *peer)
{
    char octets[65536];
    ssize_t length = recv(peer->fd, octets, sizeof octets, 0);
    g_string_append_len(peer->octets, octets, MAX(length, 0));
    return length > 0;
}

static bool read_tls(MsrpPeer *peer)
{
    char octets[16384];
    int length;
    ERR_clear_error();
    while ((length = SSL_read(peer->ssl, octets, sizeof octets)) > 0) {
        g_string_append_len(peer->octets, octets, length);
    }
    return SSL_get_error(peer->ssl, length) == SSL_ERROR_WANT_READ;
}

static gboolean on_input(int fd, GIOCondition condition, gpointer data)
{
    MsrpPeer *peer = data;
    bool alive = peer->ssl != NULL ? read_tls(peer) : read_plain(peer);
    while (cut_frame(peer)) {
    }
    if (!alive) {
        close(peer->fd);
        peer->fd = -1;
        peer->reading = 0;
        peer->over = true;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static void use(MsrpPeer *peer, int fd)
{
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(peer->fd, -1);
    peer->fd = fd;
    if (peer->tls != NULL) {
        fcntl(fd, F_SETFL, O_NONBLOCK);
        SSL_free(peer->ssl);
        peer->ssl = SSL_new(peer->tls);
        SSL_set_fd(peer->ssl, fd);
        SSL_set_accept_state(peer->ssl);
    }
    peer->reading = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_input, peer);
}

static gboolean on_connection(int fd, GIOCondition condition, gpointer data)
{
    use(data, accept(fd, NULL, NULL));
    return G_SOURCE_CONTINUE;
}

MsrpPeer *msrp_peer_new(void)
{
    MsrpPeer *peer = g_new0(MsrpPeer, 1);
    struct sockaddr_storage address;
    socklen_t length = loopback_address(&address, 0);
    peer->fd = -1;
    peer->octets = g_string_new(NULL);
    peer->frames = g_ptr_array_new_with_free_func(g_free);
    peer->listener = loopback_socket(SOCK_STREAM);
    ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(peer->listener, 1), 0);
    peer->port = loopback_port(peer->listener);
    peer->path = g_strdup_printf("msrp://%s:%u/peer;tcp", loopback_host(), peer->port);
    peer->listening = g_unix_fd_add(peer->listener, G_IO_IN, on_connection, peer);
    return peer;
}

void msrp_peer_stop_reading(MsrpPeer *peer)
{
    g_clear_handle_id(&peer->reading, g_source_remove);
}

void msrp_peer_hang_up(MsrpPeer *peer)
{
    g_clear_handle_id(&peer->reading, g_source_remove);
    g_clear_handle_id(&peer->listening, g_source_remove);
    if (peer->fd >= 0) {
        close(peer->fd);
    }
    if (peer->listener >= 0) {
        close(peer->listener);
    }
    peer->fd = peer->listener = -1;
}

void msrp_peer_free(MsrpPeer *peer)
{
    if (peer == NULL) {
        return;
    }
    msrp_peer_hang_up(peer);
    g_string_free(peer->octets, TRUE);
    g_ptr_array_unref(peer->frames);
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->tls);
    g_free(peer->announced);
    g_free(peer->path);
    g_free(peer->theirs);
    g_free(peer);
}

static int believe(X509_STORE_CTX *checker, void *unused)
{
    return 1;
}

void msrp_peer_show(MsrpPeer *peer, const TlsCert *cert)
{
    SSL_CTX_use_certificate(peer->tls, cert->x509);
    SSL_CTX_use_PrivateKey(peer->tls, cert->key);
}

void msrp_peer_use_tls(MsrpPeer *peer, const TlsCert *cert)
{
    g_autofree char *plain = peer->path;
    signal(SIGPIPE, SIG_IGN); // the library writes to sockets without asking
    peer->path = g_strdup_printf("msrps%s", plain + strlen("msrp"));
    peer->announced = tls_cert_fingerprint(cert, "sha-256");
    peer->tls = SSL_CTX_new(TLS_method());
    SSL_CTX_set_verify(peer->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(peer->tls, believe, NULL);
    msrp_peer_show(peer, cert);
}

char *msrp_peer_seen_fingerprint(const MsrpPeer *peer)
{
    TlsCert shown = {.x509 = SSL_get1_peer_certificate(peer->ssl)};
    ck_assert_ptr_nonnull(shown.x509);
    char *fingerprint = tls_cert_fingerprint(&shown, "sha-256");
    X509_free(shown.x509);
    return fingerprint;
}

bool msrp_peer_is_over(const MsrpPeer *peer)
{
    return peer->over;
}

const char *msrp_peer_path(const MsrpPeer *peer)
{
    return peer->path;
}

void msrp_peer_relay(MsrpPeer *peer, const char *uri)
{
    char *path = g_strdup_printf("%s %s", peer->path, uri);
    g_free(peer->path);
    peer->path = path;
}

char *msrp_peer_sdp(const MsrpPeer *peer, const char *types, const char *setup, const char *more)
{
    const char *words = loopback_words();
    g_autofree char *announced =
        peer->announced != NULL ? g_strdup_printf("a=fingerprint:%s\r\n", peer->announced)
                                : g_strdup("");
    return g_strdup_printf(
        "v=0\r\no=- 5 5 IN %s\r\ns=-\r\nc=IN %s\r\nt=0 0\r\n"
        "m=message %u TCP/%sMSRP *\r\na=accept-types:%s\r\na=path:%s\r\n%s%s%s%s%s",
        words, words, peer->port, peer->announced != NULL ? "TLS/" : "", types, peer->path,
        announced, setup != NULL ? "a=setup:" : "", setup != NULL ? setup : "",
        setup != NULL ? "\r\n" : "", more != NULL ? more : "");
}

void msrp_peer_meet(MsrpPeer *peer, const char *sdp)
{
    const char *path = strstr(sdp, "a=path:");
    ck_assert_ptr_nonnull(path);
    path += strlen("a=path:");
    g_free(peer->theirs);
    peer->theirs = g_strndup(path, strcspn(path, "\r\n"));
}

static bool is_shaken(void *self)
{
    const MsrpPeer *peer = self;
    return peer->over || SSL_is_init_finished(peer->ssl);
}

void msrp_peer_connect(MsrpPeer *peer)
{
    const char *port = strrchr(peer->theirs, ':') + 1;
    struct sockaddr_storage gate;
    socklen_t length = loopback_address(&gate, (uint16_t)g_ascii_strtoull(port, NULL, 10));
    int fd = loopback_socket(SOCK_STREAM);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&gate, length), 0);
    use(peer, fd);
    if (peer->ssl != NULL) {
        SSL_set_connect_state(peer->ssl);
        SSL_do_handshake(peer->ssl);
        loop_until(is_shaken, peer, "the hand-shake");
    }
}

static void write_text(MsrpPeer *peer, const char *text)
{
    int length = (int)strlen(text);
    ck_assert_int_eq(peer->ssl != NULL ? SSL_write(peer->ssl, text, length)
                                       : (int)send(peer->fd, text, (size_t)length, MSG_NOSIGNAL),
                     length);
}

static void write_request(MsrpPeer *peer, const char *method, const char *more, const char *body,
                          char flag)
{
    unsigned number = ++peer->transactions;
    g_autofree char *frame = g_strdup_printf(
        "MSRP tid%u0 %s\r\nTo-Path: %s\r\nFrom-Path: %s\r\n%s%s%s%s-------tid%u0%c\r\n", number,
        method, peer->theirs, peer->path, more != NULL ? more : "", body != NULL ? "\r\n" : "",
        body != NULL ? body : "", body != NULL ? "\r\n" : "", number, flag);
    write_text(peer, frame);
}

void msrp_peer_request(MsrpPeer *peer, const char *method, const char *more, const char *body)
{
    write_request(peer, method, more, body, '$');
}

void msrp_peer_say_part(MsrpPeer *peer, const char *id, const char *range, const char *body,
                        char flag)
{
    g_autofree char *headers = g_strdup_printf(
        "Message-ID: %s\r\nByte-Range: %s\r\nContent-Type: text/plain\r\n", id, range);
    write_request(peer, "SEND", headers, body, flag);
}

void msrp_peer_say(MsrpPeer *peer, const char *id, const char *type, const char *body)
{
    g_autofree char *headers =
        g_strdup_printf("Message-ID: %s\r\nByte-Range: 1-%zu/%zu\r\nContent-Type: %s\r\n", id,
                        strlen(body), strlen(body), type);
    msrp_peer_request(peer, "SEND", headers, body);
}

void msrp_peer_respond(MsrpPeer *peer, const char *frame, int status)
{
    g_auto(GStrv) words = g_strsplit(frame, " ", 3);
    g_autofree char *from = msrp_peer_header(frame, "From-Path");
    g_autofree char *answer =
        g_strdup_printf("MSRP %s %d x\r\nTo-Path: %s\r\nFrom-Path: %s\r\n-------%s$\r\n", words[1],
                        status, from, peer->path, words[1]);
    write_text(peer, answer);
}

static bool has_frame(void *self)
{
    return msrp_peer_pending(self) > 0;
}

const char *msrp_peer_await(MsrpPeer *peer, const char *word)
{
    loop_until(has_frame, peer, word);
    const char *frame = peer->frames->pdata[peer->told++];
    g_autofree char *first = g_strndup(frame, strcspn(frame, "\r"));
    ck_assert_msg(strstr(first, word) != NULL, "wanted MSRP %s, heard %s", word, first);
    return frame;
}

unsigned msrp_peer_pending(const MsrpPeer *peer)
{
    return peer->frames->len - peer->told;
}

char *msrp_peer_header(const char *frame, const char *name)
{
    g_autofree char *mark = g_strdup_printf("\r\n%s: ", name);
    const char *value = strstr(frame, mark);
    return value != NULL ? g_strndup(value + strlen(mark), strcspn(value + strlen(mark), "\r"))
                         : NULL;
}

char *msrp_peer_body(const char *frame)
{
    const char *start = strstr(frame, "\r\n\r\n");
    const char *end = NULL;
    for (const char *next = frame; (next = strstr(next, "\r\n-------")) != NULL; next++) {
        end = next;
    }
    return start != NULL && end != NULL ? g_strndup(start + 4, (gsize)(end - start - 4))
                                        : g_strdup("");
}
