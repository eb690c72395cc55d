// SPDX-License-Identifier: MIT
// One UDP socket, or TCP: one connection of ours and those the gateway makes; messages are cut by
// Content-Length.
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

#include "tests/bench/octets.h"

// Over UDP the kernel holds what comes in a burst.
#define UDP_BUFFER_OCTETS (4 << 20)
// A wait without end, for who has nothing to wait for.
#define NO_WAIT_US 1000000

enum { OUR_SOCKET, LISTENER, ACCEPTED };

typedef struct {
    int fd; // -1 = none
    Octets in;
    Octets out;
} Pipe;

typedef struct {
    int64_t due_us;
    int pipe;
    char *text; // owned
} LateAnswer;

struct SipEnd {
    LoaderConfig config;
    struct sockaddr_in gateway;
    Pipe pipes[SIP_END_FDS_MAX];
    int pipe_count;
    GQueue late;          // owned LateAnswer *, first due first
    GHashTable *branches; // seen, over UDP: a request that came again
    int repeated;
    SipEndFunc on_message;
    void *self; // borrowed, argument of on_message
};

static void die(const char *what)
{
    fprintf(stderr, "loader: SIP end: %s: %s\n", what, strerror(errno));
    exit(1);
}

// ---- sockets ------------------------------------------------------------------------------------

static int bound(int type, int port)
{
    int fd = socket(AF_INET, type, 0), on = 1, size = UDP_BUFFER_OCTETS;
    struct sockaddr_in address = loader_loopback(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("bind");
    return fd;
}

static void pipe_add(SipEnd *end, int fd)
{
    int on = 1;
    if (end->pipe_count == SIP_END_FDS_MAX)
        die("too many connections");
    Pipe *pipe = &end->pipes[end->pipe_count++];
    pipe->fd = fd;
    octets_init(&pipe->in);
    octets_init(&pipe->out);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

static int tcp_connect(const SipEnd *end)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)&end->gateway, sizeof end->gateway) != 0)
        die("connect to the gateway");
    return fd;
}

static void tcp_open(SipEnd *end)
{
    int listener = bound(SOCK_STREAM, end->config.listen_port);
    if (listen(listener, 8) != 0)
        die("listen");
    pipe_add(end, end->config.way == LOADER_XMPP_TO_SIP ? -1 : tcp_connect(end));
    pipe_add(end, listener);
}

SipEnd *sip_end_open(const LoaderConfig *config, SipEndFunc on_message, void *self)
{
    SipEnd *end = g_new0(SipEnd, 1);
    end->config = *config;
    end->gateway = loader_loopback(config->sip_port);
    end->branches = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    end->on_message = on_message;
    end->self = self;
    g_queue_init(&end->late);
    if (config->tcp)
        tcp_open(end);
    else
        pipe_add(end, bound(SOCK_DGRAM, config->listen_port));
    return end;
}

// A datagram there is no room for is lost, as on a network.
static void put(SipEnd *end, int which, const char *text, size_t length)
{
    if (end->config.tcp)
        octets_append(&end->pipes[which].out, text, length);
    else if (sendto(end->pipes[OUR_SOCKET].fd, text, length, 0,
                    (struct sockaddr *)&end->gateway, sizeof end->gateway) < 0 && errno != EAGAIN)
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
        "MESSAGE sip:u%d@%s SIP/2.0\r\nVia: SIP/2.0/%s 127.0.0.1:%d;branch=z9hG4bKn%d;rport\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:s%d@%s>;tag=t%d\r\nTo: <sip:u%d@%s>\r\n"
        "Call-ID: c%d-%d@load\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
        "Content-Length: %d\r\n\r\n%s",
        user, config->component, config->tcp ? "TCP" : "UDP", config->listen_port, number, user,
        config->sip_domain, number, user, config->component, number, (int)getpid(), body_length, body);
    put(end, OUR_SOCKET, text, (size_t)length);
}

// ---- requests and answers -----------------------------------------------------------------------

// A header's value, up to its line end, in a head that ends with a zero octet; NULL when absent.
static const char *header(const char *head, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = head; (line = strstr(line, "\r\n")) != NULL;) {
        line += 2;
        if (g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + strspn(line + length, ": ");
    }
    return NULL;
}

static int line_length(const char *text)
{
    return (int)strcspn(text, "\r");
}

static void header_copy(GString *into, const char *head, const char *name)
{
    const char *value = header(head, name);
    if (value != NULL)
        g_string_append_printf(into, "%s: %.*s\r\n", name, line_length(value), value);
}

static char *answer_text(const char *head, int status)
{
    GString *answer = g_string_sized_new(512);
    g_string_append_printf(answer, "SIP/2.0 %d Answer\r\n", status);
    for (const char *at = head; (at = strstr(at, "\r\nVia: ")) != NULL; at += 2)
        g_string_append_printf(answer, "%.*s\r\n", line_length(at + 2), at + 2);
    header_copy(answer, head, "From");
    const char *to = header(head, "To");
    g_string_append_printf(answer, "To: %.*s;tag=load\r\n", line_length(to), to);
    header_copy(answer, head, "Call-ID");
    header_copy(answer, head, "CSeq");
    g_string_append(answer, "Content-Length: 0\r\n\r\n");
    return g_string_free(answer, FALSE);
}

static void late_free(LateAnswer *late)
{
    g_free(late->text);
    g_free(late);
}

static void request_answer(SipEnd *end, int which, const char *head)
{
    if (end->config.answer == 0)
        return;
    g_autofree char *text = answer_text(head, end->config.answer);
    if (end->config.answer_after_ms == 0) {
        put(end, which, text, strlen(text));
        return;
    }
    LateAnswer *late = g_new(LateAnswer, 1);
    int64_t due_us = loader_now_us() + (int64_t)end->config.answer_after_ms * 1000;
    *late = (LateAnswer){due_us, which, g_steal_pointer(&text)};
    g_queue_push_tail(&end->late, late);
}

static void late_answers_put(SipEnd *end)
{
    int64_t now_us = loader_now_us();
    while (end->late.head != NULL && ((LateAnswer *)end->late.head->data)->due_us <= now_us) {
        LateAnswer *late = g_queue_pop_head(&end->late);
        put(end, late->pipe, late->text, strlen(late->text));
        late_free(late);
    }
}

int64_t sip_end_wait_us(const SipEnd *end)
{
    const LateAnswer *first = end->late.head != NULL ? end->late.head->data : NULL;
    return first != NULL ? MAX(first->due_us - loader_now_us(), 0) : NO_WAIT_US;
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

static void response_handle(SipEnd *end, const char *head)
{
    const char *id = header(head, "Call-ID");
    int status = atoi(head + strlen("SIP/2.0 "));
    if (status >= 200 && id != NULL && id[0] == 'c')
        end->on_message(end->self, atoi(id + 1), status, header(head, "Retry-After") != NULL);
}

static void message_handle(SipEnd *end, int which, const char *head, const char *body)
{
    if (g_str_has_prefix(head, "SIP/2.0 ")) {
        response_handle(end, head);
        return;
    }
    request_answer(end, which, head);
    if (body[0] == 'n' && !is_repeated(end, head))
        end->on_message(end->self, atoi(body + 1), 0, false);
}

// ---- reading and writing ------------------------------------------------------------------------

static void datagrams_read(SipEnd *end)
{
    char buffer[65536];
    ssize_t got;
    while ((got = recv(end->pipes[OUR_SOCKET].fd, buffer, sizeof buffer - 1, 0)) > 0) {
        buffer[got] = '\0';
        char *blank = strstr(buffer, "\r\n\r\n");
        if (blank == NULL)
            continue;
        blank[2] = '\0';
        message_handle(end, OUR_SOCKET, buffer, blank + 4);
    }
}

// Takes one whole message off the front of a stream; false when more has to come.
static bool stream_cut(SipEnd *end, int which)
{
    Octets *in = &end->pipes[which].in;
    char *head = octets_start(in);
    char *blank = strstr(head, "\r\n\r\n");
    if (blank == NULL)
        return false;
    blank[2] = '\0';
    const char *length = header(head, "Content-Length");
    size_t whole = (size_t)(blank + 4 - head) + (length != NULL ? (size_t)atoi(length) : 0);
    if (octets_length(in) < whole) {
        blank[2] = '\r';
        return false;
    }
    message_handle(end, which, head, blank + 4);
    octets_drop(in, whole);
    return true;
}

static void pipe_drop(Pipe *pipe)
{
    close(pipe->fd);
    pipe->fd = -1;
    octets_drop(&pipe->in, octets_length(&pipe->in));
    octets_drop(&pipe->out, octets_length(&pipe->out));
}

// The gateway may end connections it made; ours to it must stand.
static void stream_read(SipEnd *end, int which)
{
    Pipe *pipe = &end->pipes[which];
    bool stands = octets_read(&pipe->in, pipe->fd);
    while (stream_cut(end, which))
        continue;
    if (!stands && which == OUR_SOCKET)
        die("connection lost");
    if (!stands)
        pipe_drop(pipe);
}

void sip_end_read(SipEnd *end, int which)
{
    if (!end->config.tcp)
        datagrams_read(end);
    else if (which == LISTENER)
        pipe_add(end, accept(end->pipes[LISTENER].fd, NULL, NULL));
    else
        stream_read(end, which);
}

void sip_end_write(SipEnd *end)
{
    late_answers_put(end);
    for (int i = 0; end->config.tcp && i < end->pipe_count; i++)
        if (end->pipes[i].fd >= 0 && !octets_write(&end->pipes[i].out, end->pipes[i].fd))
            pipe_drop(&end->pipes[i]);
}

int sip_end_fd_count(const SipEnd *end)
{
    return end->pipe_count;
}

int sip_end_fd(const SipEnd *end, int which)
{
    return end->pipes[which].fd;
}

bool sip_end_wants_write(const SipEnd *end, int which)
{
    return octets_length(&end->pipes[which].out) > 0;
}

int sip_end_repeated(const SipEnd *end)
{
    return end->repeated;
}

void sip_end_close(SipEnd *end)
{
    if (end == NULL)
        return;
    for (int i = 0; i < end->pipe_count; i++) {
        if (end->pipes[i].fd >= 0)
            close(end->pipes[i].fd);
        octets_clear(&end->pipes[i].in);
        octets_clear(&end->pipes[i].out);
    }
    while (end->late.head != NULL)
        late_free(g_queue_pop_head(&end->late));
    g_hash_table_unref(end->branches);
    g_free(end);
}
