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

#include "tests/bench/octets.h"

struct XmppEnd {
    int fd;
    Octets in;
    Octets out;
    XmppEndFunc on_message;
    void *self; // borrowed, argument of on_message
};

static void die(const char *what)
{
    fprintf(stderr, "loader: XMPP end: %s\n", what);
    exit(1);
}

static int connect_to(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in to = loader_loopback(port);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die(strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

// Blocking, during the handshake only: reads until `mark` has come.
static void await(XmppEnd *end, const char *mark)
{
    while (strstr(octets_start(&end->in), mark) == NULL)
        if (!octets_read(&end->in, end->fd))
            die("closed during the handshake");
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
    g_autofree char *id = stream_id(octets_start(&end->in));
    g_autofree char *salted = g_strconcat(id, secret, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA1, salted, -1);
    g_autofree char *handshake = g_strdup_printf("<handshake>%s</handshake>", digest);
    say(end, handshake);
    await(end, "<handshake/>");
    octets_drop(&end->in, octets_length(&end->in));
}

XmppEnd *xmpp_end_open(const LoaderConfig *config, const char *name, XmppEndFunc on_message,
                       void *self)
{
    XmppEnd *end = g_new0(XmppEnd, 1);
    end->fd = connect_to(config->xmpp_port);
    octets_init(&end->in);
    octets_init(&end->out);
    end->on_message = on_message;
    end->self = self;
    shake_hands(end, name, config->secret);
    fcntl(end->fd, F_SETFL, O_NONBLOCK);
    return end;
}

void xmpp_end_send(XmppEnd *end, const char *from, const char *to, const char *type, int number)
{
    octets_printf(&end->out,
                  "<message from='%s' to='%s' id='n%d' type='%s'><body>n%d n This is a message "
                  "of about one hundred octets, as people write them to each other.</body>"
                  "</message>", from, to, number, type, number);
}

int xmpp_end_fd(const XmppEnd *end)
{
    return end->fd;
}

bool xmpp_end_wants_write(const XmppEnd *end)
{
    return octets_length(&end->out) > 0;
}

void xmpp_end_write(XmppEnd *end)
{
    if (!octets_write(&end->out, end->fd))
        die(strerror(errno));
}

// The value of an attribute of the start tag, or NULL.
static char *attribute(const char *tag, const char *end, const char *name)
{
    char mark[32];
    snprintf(mark, sizeof mark, " %s=", name);
    const char *at = memmem(tag, (size_t)(end - tag), mark, strlen(mark));
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
    octets_printf(&end->out, "<iq type='result' from='%s' to='%s' id='%s'/>", to, from, id);
}

// The number behind the first `mark` that a digit follows, or -1.
static int number_behind(const char *text, const char *end, const char *mark)
{
    const char *at = memmem(text, (size_t)(end - text), mark, strlen(mark));
    return at != NULL ? atoi(at + strlen(mark)) : -1;
}

static void message_handle(XmppEnd *end, const char *start, const char *head, const char *stop)
{
    g_autofree char *type = attribute(start, head, "type");
    if (g_strcmp0(type, "error") != 0) {
        int number = number_behind(head, stop, "<body>n");
        if (number >= 0)
            end->on_message(end->self, number, false, false);
        return;
    }
    g_autofree char *id = attribute(start, head, "id");
    bool is_busy = memmem(head, (size_t)(stop - head), "resource-constraint", 19) != NULL;
    if (id != NULL && id[0] == 'n')
        end->on_message(end->self, atoi(id + 1), true, is_busy);
}

static void stanza_handle(XmppEnd *end, const char *start, const char *stop)
{
    const char *head = memchr(start, '>', (size_t)(stop - start));
    if (!g_str_has_prefix(start, "<iq")) {
        message_handle(end, start, head, stop);
        return;
    }
    g_autofree char *type = attribute(start, head, "type");
    if (g_strcmp0(type, "get") == 0)
        ping_answer(end, start, head);
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
    if (!octets_read(&end->in, end->fd))
        die("stream lost");
    const char *first = octets_start(&end->in), *at = first, *stop;
    while ((stop = stanza_end(at)) != NULL) {
        stanza_handle(end, at, stop);
        at = stop;
    }
    octets_drop(&end->in, (size_t)(at - first));
}

void xmpp_end_close(XmppEnd *end)
{
    if (end == NULL)
        return;
    close(end->fd);
    octets_clear(&end->in);
    octets_clear(&end->out);
    g_free(end);
}
