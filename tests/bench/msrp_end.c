// SPDX-License-Identifier: MIT
// Calls with MSRP, thousands of them behind one epoll descriptor.
#include "tests/bench/msrp_end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#include "tests/bench/octets.h"

// Calls that are being set up at once: fewer than the connections a gateway lets wait for a session.
#define SETUP_WINDOW 100
// In a room each that comes in costs the XMPP server as many presences as there are: few at once, so that
// none waits for all of theirs.
#define ROOM_WINDOW  4
#define EVENTS_MAX   256

typedef struct {
    int fd; // -1 = none yet
    Octets in, out;
    char *path; // owned: of the gateway, once it answered
    bool is_bound;
    bool is_sip;
} Talk;

struct MsrpEnd {
    LoaderConfig config;
    int epoll;
    Talk sip;    // the one SIP connection
    Talk door;   // listens for SIP connections of the gateway's, in rooms
    GPtrArray *callers; // owned, of Talk: those
    Talk *talks; // owned; one per session
    int count, begun, bound;
    MsrpEndNotices notices;
    MsrpEndFunc on_message;
    void *self; // borrowed, argument of on_message
};

static void die(const char *what)
{
    fprintf(stderr, "loader: MSRP end: %s: %s\n", what, strerror(errno));
    exit(1);
}

// ---- sockets ------------------------------------------------------------------------------------

// Watches a connection that stands.
static void talk_open(MsrpEnd *end, Talk *talk)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = talk};
    int on = 1;
    setsockopt(talk->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(talk->fd, F_SETFL, O_NONBLOCK);
    octets_init(&talk->in);
    octets_init(&talk->out);
    if (epoll_ctl(end->epoll, EPOLL_CTL_ADD, talk->fd, &event) != 0)
        die("epoll");
}

static void talk_connect(MsrpEnd *end, Talk *talk, int port)
{
    struct sockaddr_in address = loader_loopback(port);
    talk->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (talk->fd < 0 || connect(talk->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    talk_open(end, talk);
}

static void door_open(MsrpEnd *end)
{
    struct sockaddr_in address = loader_loopback(end->config.listen_port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &end->door};
    int on = 1;
    end->door.fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(end->door.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(end->door.fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(end->door.fd, 16) != 0 || epoll_ctl(end->epoll, EPOLL_CTL_ADD, end->door.fd, &event) != 0)
        die("listen");
}

static void door_serve(MsrpEnd *end)
{
    Talk *talk = g_new0(Talk, 1);
    talk->fd = accept(end->door.fd, NULL, NULL);
    talk->is_sip = true;
    if (talk->fd < 0)
        die("accept");
    g_ptr_array_add(end->callers, talk);
    talk_open(end, talk);
}

// What the socket does not take at once waits for it to become writable.
static void talk_flush(MsrpEnd *end, Talk *talk)
{
    bool waited = octets_length(&talk->out) > 0;
    if (waited && !octets_write(&talk->out, talk->fd))
        die("connection lost");
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = talk};
    if (octets_length(&talk->out) > 0)
        event.events |= EPOLLOUT;
    epoll_ctl(end->epoll, EPOLL_CTL_MOD, talk->fd, &event);
}

// ---- calls --------------------------------------------------------------------------------------

// Whom a user calls: another user, or the room.
static char *target_of(const MsrpEnd *end, int number)
{
    const LoaderConfig *config = &end->config;
    return config->room != NULL ? g_strdup(config->room)
                                : g_strdup_printf("u%d@%s", number % LOADER_ADDRESSES, config->component);
}

static void call_begin(MsrpEnd *end, int number)
{
    const LoaderConfig *config = &end->config;
    const char *types = config->room != NULL ? "message/cpim\r\na=accept-wrapped-types:text/plain\r\n"
                                               "a=chatroom:nickname private-messages"
                                             : "text/plain";
    g_autofree char *target = target_of(end, number);
    char sdp[512];
    int length = snprintf(sdp, sizeof sdp,
                          "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                          "m=message 9 TCP/MSRP *\r\na=accept-types:%s\r\na=setup:active\r\n"
                          "a=path:msrp://127.0.0.1:9/s%d;tcp\r\n", types, number);
    octets_printf(&end->sip.out,
                  "INVITE sip:%s SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:%d;branch=z9hG4bKi%d\r\n"
                  "Max-Forwards: 70\r\nFrom: <sip:s%d@%s>;tag=t%d\r\nTo: <sip:%s>\r\n"
                  "Call-ID: c%d@load\r\nCSeq: 1 INVITE\r\nContact: <sip:s%d@127.0.0.1:%d;transport=tcp>\r\n"
                  "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
                  target, config->listen_port, number, number, config->sip_domain, number, target, number, number,
                  config->listen_port, length, sdp);
}

// Asks for the documents of the room, beside the call.
static void watch_begin(MsrpEnd *end, int number)
{
    const LoaderConfig *config = &end->config;
    octets_printf(&end->sip.out,
                  "SUBSCRIBE sip:%s SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:%d;branch=z9hG4bKw%d\r\n"
                  "Max-Forwards: 70\r\nFrom: <sip:s%d@%s>;tag=w%d\r\nTo: <sip:%s>\r\nCall-ID: w%d@load\r\n"
                  "CSeq: 1 SUBSCRIBE\r\nContact: <sip:s%d@127.0.0.1:%d;transport=tcp>\r\nEvent: conference\r\n"
                  "Expires: 3600\r\nContent-Length: 0\r\n\r\n",
                  config->room, config->listen_port, number, number, config->sip_domain, number, config->room,
                  number, number, config->listen_port);
    talk_flush(end, &end->sip);
}

static void calls_begin(MsrpEnd *end)
{
    int window = end->config.room != NULL ? ROOM_WINDOW : SETUP_WINDOW;
    while (end->begun < end->count && end->begun - end->bound < window)
        call_begin(end, end->begun++);
    talk_flush(end, &end->sip);
}

static char *line_after(const char *text, const char *mark)
{
    const char *at = strstr(text, mark);
    return at != NULL ? g_strndup(at + strlen(mark), strcspn(at + strlen(mark), "\r")) : NULL;
}

static void call_acknowledge(MsrpEnd *end, const char *answer, int number)
{
    g_autofree char *to = line_after(answer, "\r\nTo: ");
    g_autofree char *contact = line_after(answer, "\r\nContact: <");
    if (to == NULL || contact == NULL)
        die("answer without To or Contact");
    contact[strcspn(contact, ">")] = '\0';
    octets_printf(&end->sip.out,
                  "ACK %s SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:%d;branch=z9hG4bKa%d\r\n"
                  "Max-Forwards: 70\r\nFrom: <sip:s%d@%s>;tag=t%d\r\nTo: %s\r\nCall-ID: c%d@load\r\n"
                  "CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
                  contact, end->config.listen_port, number, number, end->config.sip_domain, number, to, number);
}

static void talk_begin(MsrpEnd *end, Talk *talk, char *path)
{
    int number = (int)(talk - end->talks);
    const char *port = strrchr(path, ':');
    talk->path = path;
    talk_connect(end, talk, (uint16_t)atoi(port + 1));
    octets_printf(&talk->out, "MSRP bind%d SEND\r\nTo-Path: %s\r\nFrom-Path: msrp://127.0.0.1:9/s%d;tcp\r\n"
                  "Message-ID: bind%d\r\n-------bind%d$\r\n", number, path, number, number, number);
    talk_flush(end, talk);
}

// A NOTIFY; other requests do not come.
static void request_answer(MsrpEnd *end, Talk *talk, const char *head, size_t whole)
{
    static const char *const names[] = {"Via", "From", "To", "Call-ID", "CSeq"};
    end->notices.count++;
    end->notices.octets += (int64_t)whole;
    octets_printf(&talk->out, "SIP/2.0 200 OK\r\n");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *mark = g_strdup_printf("\r\n%s: ", names[i]);
        g_autofree char *value = line_after(head, mark);
        octets_printf(&talk->out, "%s: %s\r\n", names[i], value);
    }
    octets_printf(&talk->out, "Content-Length: 0\r\n\r\n");
}

// Whatever comes on the SIP connection but 200 to an INVITE is of no interest here; a refusal is.
static void answer_handle(MsrpEnd *end, const char *head, const char *body)
{
    g_autofree char *id = line_after(head, "\r\nCall-ID: c");
    int status = atoi(head + strlen("SIP/2.0 "));
    if (status == 200 && id != NULL && strstr(head, " INVITE") != NULL) {
        call_acknowledge(end, head, atoi(id));
        talk_begin(end, &end->talks[atoi(id)], line_after(body, "a=path:"));
    } else if (status >= 300) {
        fprintf(stderr, "loader: MSRP end: %.60s\n", head);
        exit(1);
    }
}

static bool sip_cut(MsrpEnd *end, Talk *talk)
{
    Octets *in = &talk->in;
    char *head = octets_start(in);
    char *blank = strstr(head, "\r\n\r\n");
    if (blank == NULL)
        return false;
    g_autofree char *length = line_after(head, "\r\nContent-Length: ");
    size_t whole = (size_t)(blank + 4 - head) + (length != NULL ? (size_t)atoi(length) : 0);
    if (octets_length(in) < whole)
        return false;
    g_autofree char *message = g_strndup(head, whole);
    octets_drop(in, whole);
    if (g_str_has_prefix(message, "SIP/2.0 "))
        answer_handle(end, message, message + (blank + 4 - head));
    else
        request_answer(end, talk, message, whole);
    return true;
}

// ---- frames -------------------------------------------------------------------------------------

static void answer_put(Talk *talk, const char *tid, const char *frame)
{
    g_autofree char *from = line_after(frame, "\r\nFrom-Path: ");
    g_autofree char *to = line_after(frame, "\r\nTo-Path: ");
    octets_printf(&talk->out, "MSRP %s 200 OK\r\nTo-Path: %s\r\nFrom-Path: %s\r\n-------%s$\r\n", tid, from, to,
                  tid);
}

static void frame_handle(MsrpEnd *end, Talk *talk, const char *tid, const char *frame)
{
    int status = atoi(frame + strlen("MSRP ") + strlen(tid) + 1);
    const char *body = strstr(frame, "\r\n\r\nn");
    if (status != 0 && g_str_has_prefix(tid, "bind")) {
        end->bound += !talk->is_bound;
        talk->is_bound = true;
        if (end->config.watch)
            watch_begin(end, (int)(talk - end->talks));
    } else if (status != 0) {
        end->on_message(end->self, atoi(tid + 1), status);
    } else {
        answer_put(talk, tid, frame);
        if (body != NULL)
            end->on_message(end->self, atoi(body + 5), 0);
    }
}

static bool frame_cut(MsrpEnd *end, Talk *talk)
{
    const char *text = octets_start(&talk->in);
    if (!g_str_has_prefix(text, "MSRP ") || strchr(text + 5, ' ') == NULL)
        return false;
    g_autofree char *tid = g_strndup(text + 5, strcspn(text + 5, " "));
    g_autofree char *mark = g_strdup_printf("\r\n-------%s", tid);
    const char *last = strstr(text, mark);
    size_t whole = last != NULL ? (size_t)(last - text) + strlen(mark) + strlen("$\r\n") : 0;
    if (last == NULL || octets_length(&talk->in) < whole)
        return false;
    g_autofree char *frame = g_strndup(text, whole);
    octets_drop(&talk->in, whole);
    frame_handle(end, talk, tid, frame);
    return true;
}

void msrp_end_send(MsrpEnd *end, int number)
{
    const LoaderConfig *config = &end->config;
    int which = config->room != NULL ? 0 : number % MIN(end->count, LOADER_ADDRESSES);
    Talk *talk = &end->talks[which];
    g_autofree char *envelope =
        config->room != NULL ? g_strdup_printf("To: <sip:%s>\r\nFrom: <sip:s%d@%s>\r\n\r\n"
                                               "Content-Type: text/plain\r\n\r\n",
                                               config->room, which, config->sip_domain)
                             : g_strdup("");
    g_autofree char *body = g_strdup_printf("%sn%d n This is a message of about one hundred octets, as people "
                                            "write them to each other.", envelope, number);
    size_t length = strlen(body);
    octets_printf(&talk->out,
                  "MSRP t%08d SEND\r\nTo-Path: %s\r\nFrom-Path: msrp://127.0.0.1:9/s%d;tcp\r\nMessage-ID: m%08d\r\n"
                  "Byte-Range: 1-%zu/%zu\r\nContent-Type: %s\r\n\r\n%s\r\n-------t%08d$\r\n",
                  number, talk->path, which, number, length, length,
                  config->room != NULL ? "message/cpim" : "text/plain", body, number);
    talk_flush(end, talk);
}

// ---- the loop -----------------------------------------------------------------------------------

MsrpEnd *msrp_end_open(const LoaderConfig *config, MsrpEndFunc on_message, void *self)
{
    MsrpEnd *end = g_new0(MsrpEnd, 1);
    end->config = *config;
    end->count = config->sessions;
    end->talks = g_new0(Talk, config->sessions);
    end->epoll = epoll_create1(EPOLL_CLOEXEC);
    end->on_message = on_message;
    end->self = self;
    for (int i = 0; i < config->sessions; i++)
        end->talks[i].fd = -1;
    end->callers = g_ptr_array_new_with_free_func(g_free);
    end->sip.is_sip = true;
    talk_connect(end, &end->sip, config->sip_port);
    if (config->room != NULL)
        door_open(end);
    calls_begin(end);
    return end;
}

int msrp_end_bound(const MsrpEnd *end)
{
    return end->bound;
}

MsrpEndNotices msrp_end_notices(const MsrpEnd *end)
{
    return end->notices;
}

int msrp_end_fd(const MsrpEnd *end)
{
    return end->epoll;
}

static void talk_serve(MsrpEnd *end, Talk *talk)
{
    if (!octets_read(&talk->in, talk->fd))
        die("connection ended by the gateway");
    while (talk->is_sip ? sip_cut(end, talk) : frame_cut(end, talk))
        continue;
    talk_flush(end, talk);
}

void msrp_end_serve(MsrpEnd *end)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(end->epoll, events, EVENTS_MAX, 0);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == &end->door)
            door_serve(end);
        else
            talk_serve(end, events[i].data.ptr);
    }
    calls_begin(end);
}

static void talk_close(Talk *talk)
{
    close(talk->fd);
    octets_clear(&talk->in);
    octets_clear(&talk->out);
    g_free(talk->path);
}

void msrp_end_close(MsrpEnd *end)
{
    if (end == NULL)
        return;
    for (int i = 0; i < end->count; i++) {
        if (end->talks[i].fd >= 0)
            talk_close(&end->talks[i]);
    }
    for (guint i = 0; i < end->callers->len; i++)
        talk_close(end->callers->pdata[i]);
    g_ptr_array_unref(end->callers);
    talk_close(&end->sip);
    if (end->config.room != NULL)
        close(end->door.fd);
    close(end->epoll);
    g_free(end->talks);
    g_free(end);
}
