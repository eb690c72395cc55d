// SPDX-License-Identifier: MIT
// A raw MSRP peer on loopback; see msrp_peer.h.
#include "tests/support/msrp_peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loop.h"

struct MsrpPeer {
    int listener, fd; // -1: none
    guint listening, reading;
    GString *octets;   // owned
    GPtrArray *frames; // owned, of char *
    guint told;
    char *path;   // owned
    char *theirs; // owned, or NULL
    unsigned transactions;
};

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
}

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

static gboolean on_input(int fd, GIOCondition condition, gpointer data)
{
    MsrpPeer *peer = data;
    char octets[65536];
    ssize_t length = recv(fd, octets, sizeof octets, 0);
    if (length <= 0) {
        close(peer->fd);
        peer->fd = -1;
        peer->reading = 0;
        return G_SOURCE_REMOVE;
    }
    g_string_append_len(peer->octets, octets, length);
    while (cut_frame(peer)) {
    }
    return G_SOURCE_CONTINUE;
}

static void use(MsrpPeer *peer, int fd)
{
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(peer->fd, -1);
    peer->fd = fd;
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
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    peer->fd = -1;
    peer->octets = g_string_new(NULL);
    peer->frames = g_ptr_array_new_with_free_func(g_free);
    peer->listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(peer->listener, 1), 0);
    ck_assert_int_eq(getsockname(peer->listener, (struct sockaddr *)&address, &length), 0);
    peer->path = g_strdup_printf("msrp://127.0.0.1:%u/peer;tcp", ntohs(address.sin_port));
    peer->listening = g_unix_fd_add(peer->listener, G_IO_IN, on_connection, peer);
    return peer;
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
    g_free(peer->path);
    g_free(peer->theirs);
    g_free(peer);
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
    unsigned port = (unsigned)g_ascii_strtoull(peer->path + strlen("msrp://127.0.0.1:"), NULL, 10);
    return g_strdup_printf(
        "v=0\r\no=- 5 5 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=message %u TCP/MSRP *\r\na=accept-types:%s\r\na=path:%s\r\n%s%s%s%s",
        port, types, peer->path, setup != NULL ? "a=setup:" : "", setup != NULL ? setup : "",
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

void msrp_peer_connect(MsrpPeer *peer)
{
    const char *port = strrchr(peer->theirs, ':') + 1;
    struct sockaddr_in gate = loopback((uint16_t)g_ascii_strtoull(port, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&gate, sizeof gate), 0);
    use(peer, fd);
}

static void write_text(MsrpPeer *peer, const char *text)
{
    ck_assert_int_eq(send(peer->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
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
