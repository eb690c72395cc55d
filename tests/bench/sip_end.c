// SPDX-License-Identifier: MIT
// One UDP socket, or a TCP connection each way; messages are cut by Content-Length.
#include "tests/bench/sip_end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

typedef struct {
    int fd;
    GString *in;
    GString *out;
} Pipe;

struct SipEnd {
    LoaderConfig config;
    struct sockaddr_in gateway;
    Pipe pipes[3]; // to the gateway (or the UDP socket), listener, accepted
    GHashTable *branches; // seen, over UDP: a request that came again
    int repeated;
    SipEndFunc on_message;
    void *self;
};

static void die(const char *what)
{
    fprintf(stderr, "loader: SIP end: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int bound(int type, uint16_t port)
{
    int fd = socket(AF_INET, type, 0), on = 1, size = 4 << 20;
    struct sockaddr_in address = loopback(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("bind");
    return fd;
}

static void pipe_set(Pipe *pipe, int fd)
{
    int on = 1;
    pipe->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void tcp_open(SipEnd *end)
{
    int listener = bound(SOCK_STREAM, end->config.listen_port);
    if (listen(listener, 8) != 0)
        die("listen");
    pipe_set(&end->pipes[1], listener);
    int out = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(out, (struct sockaddr *)&end->gateway, sizeof end->gateway) != 0)
        die("connect to the gateway");
    pipe_set(&end->pipes[0], out);
}

SipEnd *sip_end_open(const LoaderConfig *config, SipEndFunc on_message, void *self)
{
    SipEnd *end = g_new0(SipEnd, 1);
    end->config = *config;
    end->gateway = loopback(config->sip_port);
    end->branches = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    end->on_message = on_message;
    end->self = self;
    for (int i = 0; i < 3; i++)
        end->pipes[i] = (Pipe){-1, g_string_new(NULL), g_string_new(NULL)};
    if (config->tcp)
        tcp_open(end);
    else
        pipe_set(&end->pipes[0], bound(SOCK_DGRAM, config->listen_port));
    return end;
}

static void put(SipEnd *end, int which, const char *text, size_t length)
{
    if (end->config.tcp)
        g_string_append_len(end->pipes[which].out, text, (gssize)length);
    else if (sendto(end->pipes[0].fd, text, length, 0, (struct sockaddr *)&end->gateway,
                    sizeof end->gateway) < 0 && errno != EAGAIN)
        die("sendto");
}

void sip_end_send(SipEnd *end, int number)
{
    const LoaderConfig *config = &end->config;
    int user = number % LOADER_ADDRESSES;
    char text[1200], body[160];
    int body_length = snprintf(body, sizeof body, "n%d n This is a message of about one hundred "
                               "octets, as people write them to each other.", number);
    int length = snprintf(
        text, sizeof text,
        "MESSAGE sip:u%d@%s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%u;branch=z9hG4bKn%d;rport\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:s%d@%s>;tag=t%d\r\nTo: <sip:u%d@%s>\r\n"
        "Call-ID: c%d@load\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
        "Content-Length: %d\r\n\r\n%s",
        user, config->component, config->tcp ? "TCP" : "UDP", config->listen_port, number, user,
        config->sip_domain, number, user, config->component, number, body_length, body);
    put(end, 0, text, (size_t)length);
}

// A header's line within the head, without its name; NULL when absent.
static const char *header(const char *head, const char *name)
{
    g_autofree char *mark = g_strdup_printf("\r\n%s: ", name);
    const char *at = strcasestr(head, mark);
    return at != NULL ? at + strlen(mark) : NULL;
}

static void header_copy(GString *into, const char *head, const char *name)
{
    const char *value = header(head, name);
    if (value != NULL)
        g_string_append_printf(into, "%s: %.*s\r\n", name, (int)strcspn(value, "\r"), value);
}

static void request_answer(SipEnd *end, int which, const char *head)
{
    GString *answer = g_string_new("SIP/2.0 200 OK\r\n");
    for (const char *at = head; (at = strstr(at, "\r\nVia: ")) != NULL; at += 2)
        g_string_append_printf(answer, "%.*s\r\n", (int)strcspn(at + 2, "\r"), at + 2);
    header_copy(answer, head, "From");
    const char *to = header(head, "To");
    g_string_append_printf(answer, "To: %.*s;tag=load\r\n", (int)strcspn(to, "\r"), to);
    header_copy(answer, head, "Call-ID");
    header_copy(answer, head, "CSeq");
    g_string_append(answer, "Content-Length: 0\r\n\r\n");
    put(end, which, answer->str, answer->len);
    g_string_free(answer, TRUE);
}

static bool is_repeated(SipEnd *end, const char *head)
{
    const char *branch = strstr(head, "branch=");
    if (end->config.tcp || branch == NULL)
        return false;
    bool is_new = g_hash_table_add(end->branches, g_strndup(branch, strcspn(branch, ";\r")));
    end->repeated += !is_new;
    return !is_new;
}

static void message_handle(SipEnd *end, int which, const char *head, const char *body)
{
    if (g_str_has_prefix(head, "SIP/2.0 ")) {
        const char *id = header(head, "Call-ID");
        int status = atoi(head + strlen("SIP/2.0 "));
        if (status >= 200 && id != NULL && id[0] == 'c')
            end->on_message(end->self, atoi(id + 1), status);
        return;
    }
    request_answer(end, which, head);
    if (body[0] == 'n' && !is_repeated(end, head))
        end->on_message(end->self, atoi(body + 1), 0);
}

static void datagrams_read(SipEnd *end)
{
    char buffer[65536];
    ssize_t got;
    while ((got = recv(end->pipes[0].fd, buffer, sizeof buffer - 1, 0)) > 0) {
        buffer[got] = '\0';
        char *blank = strstr(buffer, "\r\n\r\n");
        if (blank != NULL)
            message_handle(end, 0, buffer, blank + 4);
    }
}

// Takes one whole message off the front of a stream; false when more has to come.
static bool stream_cut(SipEnd *end, int which, GString *in, size_t *from)
{
    char *head = in->str + *from;
    char *blank = strstr(head, "\r\n\r\n");
    if (blank == NULL)
        return false;
    const char *length = header(head, "Content-Length");
    size_t whole = (size_t)(blank + 4 - head) + (length != NULL ? (size_t)atoi(length) : 0);
    if (in->len - *from < whole)
        return false;
    blank[2] = '\0';
    message_handle(end, which, head, blank + 4);
    *from += whole;
    return true;
}

static void stream_read(SipEnd *end, int which)
{
    char buffer[65536];
    GString *in = end->pipes[which].in;
    size_t from = 0;
    ssize_t got = read(end->pipes[which].fd, buffer, sizeof buffer);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        die("connection lost");
    if (got > 0)
        g_string_append_len(in, buffer, got);
    while (stream_cut(end, which, in, &from))
        continue;
    g_string_erase(in, 0, (gssize)from);
}

void sip_end_read(SipEnd *end, int which)
{
    if (!end->config.tcp)
        datagrams_read(end);
    else if (which == 1)
        pipe_set(&end->pipes[2], accept(end->pipes[1].fd, NULL, NULL));
    else
        stream_read(end, which);
}

int sip_end_fd(const SipEnd *end, int which)
{
    return end->pipes[which].fd;
}

bool sip_end_wants_write(const SipEnd *end, int which)
{
    return end->pipes[which].out->len > 0;
}

void sip_end_write(SipEnd *end, int which)
{
    GString *out = end->pipes[which].out;
    if (out->len == 0)
        return;
    ssize_t put_octets = write(end->pipes[which].fd, out->str, out->len);
    if (put_octets < 0 && errno != EAGAIN)
        die("write");
    if (put_octets > 0)
        g_string_erase(out, 0, put_octets);
}

int sip_end_repeated(const SipEnd *end)
{
    return end->repeated;
}

void sip_end_close(SipEnd *end)
{
    for (int i = 0; i < 3; i++) {
        if (end->pipes[i].fd >= 0)
            close(end->pipes[i].fd);
        g_string_free(end->pipes[i].in, TRUE);
        g_string_free(end->pipes[i].out, TRUE);
    }
    g_hash_table_unref(end->branches);
    g_free(end);
}
