// SPDX-License-Identifier: MIT
// Finds whole stanzas by their end tag: what comes is what servers write, never hostile input.
#include "tests/bench/xmpp_end.h"

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

struct XmppEnd {
    int fd;
    GString *in;
    GString *out;
    XmppEndFunc on_message;
    void *self;
};

static void die(const char *what)
{
    fprintf(stderr, "loader: XMPP end: %s\n", what);
    exit(1);
}

static int connect_to(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die(strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

// Blocking, during the handshake only: reads until `mark` has come.
static void await(XmppEnd *end, const char *mark)
{
    char buffer[4096];
    while (strstr(end->in->str, mark) == NULL) {
        ssize_t got = read(end->fd, buffer, sizeof buffer);
        if (got <= 0)
            die("closed during the handshake");
        g_string_append_len(end->in, buffer, got);
    }
}

static char *stream_id(const char *header)
{
    const char *at = strstr(header, " id=");
    if (at == NULL)
        die("no stream id");
    char quote = at[4];
    const char *start = at + 5;
    return g_strndup(start, (gsize)(strchr(start, quote) - start));
}

static void say(XmppEnd *end, const char *text)
{
    if (write(end->fd, text, strlen(text)) < 0)
        die(strerror(errno));
}

static void shake_hands(XmppEnd *end, const char *name, const char *secret)
{
    g_autofree char *open = g_strdup_printf(
        "<stream:stream xmlns='jabber:component:accept' "
        "xmlns:stream='http://etherx.jabber.org/streams' to='%s'>", name);
    say(end, open);
    await(end, " id=");
    g_autofree char *id = stream_id(end->in->str);
    g_autofree char *salted = g_strconcat(id, secret, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, salted, -1);
    g_autofree char *handshake = g_strdup_printf("<handshake>%s</handshake>", digest);
    say(end, handshake);
    await(end, "<handshake/>");
    g_string_truncate(end->in, 0);
}

XmppEnd *xmpp_end_open(uint16_t port, const char *name, const char *secret, XmppEndFunc on_message,
                       void *self)
{
    XmppEnd *end = g_new0(XmppEnd, 1);
    end->fd = connect_to(port);
    end->in = g_string_sized_new(1 << 16);
    end->out = g_string_sized_new(1 << 16);
    end->on_message = on_message;
    end->self = self;
    shake_hands(end, name, secret);
    fcntl(end->fd, F_SETFL, O_NONBLOCK);
    return end;
}

void xmpp_end_send(XmppEnd *end, const char *from, const char *to, int number)
{
    g_string_append_printf(end->out,
                           "<message from='%s' to='%s' id='n%d' type='normal'><body>n%d n This is a "
                           "message of about one hundred octets, as people write them to each "
                           "other.</body></message>", from, to, number, number);
}

int xmpp_end_fd(const XmppEnd *end)
{
    return end->fd;
}

bool xmpp_end_wants_write(const XmppEnd *end)
{
    return end->out->len > 0;
}

void xmpp_end_write(XmppEnd *end)
{
    if (end->out->len == 0)
        return;
    ssize_t put = write(end->fd, end->out->str, end->out->len);
    if (put < 0 && errno != EAGAIN)
        die(strerror(errno));
    if (put > 0)
        g_string_erase(end->out, 0, put);
}

// The value of an attribute of the start tag, or NULL.
static char *attribute(const char *tag, const char *end, const char *name)
{
    g_autofree char *mark = g_strdup_printf(" %s=", name);
    const char *at = g_strstr_len(tag, end - tag, mark);
    if (at == NULL)
        return NULL;
    char quote = at[strlen(mark)];
    const char *start = at + strlen(mark) + 1;
    const char *stop = memchr(start, quote, (size_t)(end - start));
    return stop != NULL ? g_strndup(start, (gsize)(stop - start)) : NULL;
}

static void ping_answer(XmppEnd *end, const char *tag, const char *stop)
{
    g_autofree char *from = attribute(tag, stop, "from");
    g_autofree char *to = attribute(tag, stop, "to");
    g_autofree char *id = attribute(tag, stop, "id");
    g_string_append_printf(end->out, "<iq type='result' from='%s' to='%s' id='%s'/>", to, from, id);
}

static int number_in(const char *text, const char *end)
{
    const char *body = g_strstr_len(text, end - text, "<body>n");
    return body != NULL ? atoi(body + strlen("<body>n")) : -1;
}

static void stanza_handle(XmppEnd *end, const char *start, const char *stop)
{
    const char *head = memchr(start, '>', (size_t)(stop - start));
    if (g_str_has_prefix(start, "<iq")) {
        if (g_strstr_len(start, head - start, "get") != NULL)
            ping_answer(end, start, head);
        return;
    }
    bool is_error = g_strstr_len(start, head - start, "type='error'") != NULL ||
                    g_strstr_len(start, head - start, "type=\"error\"") != NULL;
    g_autofree char *id = is_error ? attribute(start, head, "id") : NULL;
    int number = id != NULL && id[0] == 'n' ? atoi(id + 1) : number_in(start, stop);
    if (number >= 0)
        end->on_message(end->self, number, is_error);
}

// The end of the first whole stanza, or NULL.
static const char *stanza_end(const char *start)
{
    const char *head = strchr(start, '>');
    if (head == NULL)
        return NULL;
    if (head[-1] == '/')
        return head + 1;
    const char *mark = g_str_has_prefix(start, "<iq") ? "</iq>" : "</message>";
    const char *close = strstr(head, mark);
    return close != NULL ? close + strlen(mark) : NULL;
}

void xmpp_end_read(XmppEnd *end)
{
    char buffer[65536];
    ssize_t got = read(end->fd, buffer, sizeof buffer);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        die("stream lost");
    if (got > 0)
        g_string_append_len(end->in, buffer, got);
    const char *at = end->in->str, *stop;
    while ((stop = stanza_end(at)) != NULL) {
        stanza_handle(end, at, stop);
        at = stop;
    }
    g_string_erase(end->in, 0, at - end->in->str);
}

void xmpp_end_close(XmppEnd *end)
{
    close(end->fd);
    g_string_free(end->in, TRUE);
    g_string_free(end->out, TRUE);
    g_free(end);
}
