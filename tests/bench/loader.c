// SPDX-License-Identifier: MIT
// Sends numbered messages one way, paced or by window, and prints what became of them as one JSON object.
#include "tests/bench/loader.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "tests/bench/sip_end.h"
#include "tests/bench/xmpp_end.h"

// How long after the last movement the run counts as over.
#define QUIET_US 8000000
// SIP retransmission of an unanswered request over UDP (T1 500 ms, doubling to T2 4 s).
#define T1_US 500000
#define T2_US 4000000

typedef struct {
    LoaderConfig config;
    LoaderFate *fates; // one per message
    int *retries;      // per message: how often it was sent again (SIP over UDP)
    int sent;
    int over; // messages with a fate
    int64_t started_us;
    int64_t moved_us;
    XmppEnd *xmpp;
    XmppEnd *xmpp_peer; // RAW only
    SipEnd *sip;        // not RAW
} Loader;

int64_t loader_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// A message is over when it arrived and, from SIP, was answered too; or when an error came for it.
static bool is_over(const Loader *loader, const LoaderFate *fate)
{
    if (loader->config.way == LOADER_SIP_TO_XMPP)
        return fate->answers > 0 && (fate->status >= 300 || fate->arrivals > 0);
    return fate->arrivals > 0 || fate->answers > 0;
}

static LoaderFate *fate_get(Loader *loader, int number)
{
    return number >= 0 && number < loader->config.count ? &loader->fates[number] : NULL;
}

static void arrived(Loader *loader, LoaderFate *fate)
{
    bool before = is_over(loader, fate);
    loader->moved_us = loader_now_us();
    fate->arrivals++;
    if (fate->arrived_us == 0)
        fate->arrived_us = loader->moved_us;
    loader->over += !before && is_over(loader, fate);
}

static void answered(Loader *loader, LoaderFate *fate, int status)
{
    bool before = is_over(loader, fate);
    loader->moved_us = loader_now_us();
    fate->answers++;
    fate->status = (uint16_t)status;
    loader->over += !before && is_over(loader, fate);
}

static void on_stanza(void *self, int number, bool is_error)
{
    Loader *loader = self;
    LoaderFate *fate = fate_get(loader, number);
    if (fate != NULL && is_error)
        answered(loader, fate, 600);
    else if (fate != NULL)
        arrived(loader, fate);
}

static void on_sip(void *self, int number, int status)
{
    Loader *loader = self;
    LoaderFate *fate = fate_get(loader, number);
    if (fate != NULL && status != 0)
        answered(loader, fate, status);
    else if (fate != NULL)
        arrived(loader, fate);
}

static void send_one(Loader *loader)
{
    const LoaderConfig *config = &loader->config;
    int number = loader->sent++, user = number % LOADER_ADDRESSES;
    g_autofree char *from = g_strdup_printf("u%d@%s/load", user, config->component);
    const char *domain = config->way == LOADER_RAW ? config->peer : config->sip_domain;
    g_autofree char *to = g_strdup_printf("s%d@%s", user, domain);
    loader->fates[number].sent_us = loader_now_us();
    if (config->way == LOADER_SIP_TO_XMPP)
        sip_end_send(loader->sip, number);
    else
        xmpp_end_send(loader->xmpp, from, to, number);
}

// How many may be sent now, by rate and window.
static int due_count(const Loader *loader, int64_t now_us)
{
    const LoaderConfig *config = &loader->config;
    int due = config->count - loader->sent;
    if (config->rate > 0) {
        int64_t wanted = (now_us - loader->started_us) * config->rate / 1000000 + 1;
        due = MIN(due, (int)wanted - loader->sent);
    }
    return MIN(due, config->window - (loader->sent - loader->over));
}

// What a SIP user agent does over UDP: the same request again until a final answer comes.
static void retransmit_due(Loader *loader, int64_t now_us)
{
    if (loader->config.tcp || loader->config.way != LOADER_SIP_TO_XMPP)
        return;
    for (int i = MAX(0, loader->sent - 20000); i < loader->sent; i++) {
        LoaderFate *fate = &loader->fates[i];
        int64_t wait = MIN((int64_t)T1_US << loader->retries[i], T2_US);
        if (fate->answers > 0 || loader->retries[i] >= 7 || now_us - fate->sent_us < wait)
            continue;
        loader->retries[i]++;
        sip_end_send(loader->sip, i);
    }
}

static int polls_fill(const Loader *loader, struct pollfd *polls)
{
    int count = 0;
    const XmppEnd *ends[] = {loader->xmpp, loader->xmpp_peer};
    for (int i = 0; i < 2; i++)
        if (ends[i] != NULL)
            polls[count++] = (struct pollfd){
                xmpp_end_fd(ends[i]), (short)(POLLIN | (xmpp_end_wants_write(ends[i]) ? POLLOUT : 0)),
                0};
    for (int i = 0; i < 3 && loader->sip != NULL; i++)
        polls[count++] = (struct pollfd){
            sip_end_fd(loader->sip, i),
            (short)(POLLIN | (sip_end_wants_write(loader->sip, i) ? POLLOUT : 0)), 0};
    return count;
}

static void xmpp_serve(XmppEnd *end, short events)
{
    if (events & (POLLIN | POLLHUP))
        xmpp_end_read(end);
    xmpp_end_write(end);
}

static void polls_serve(Loader *loader, const struct pollfd *polls)
{
    int at = 0;
    xmpp_serve(loader->xmpp, polls[at++].revents);
    if (loader->xmpp_peer != NULL)
        xmpp_serve(loader->xmpp_peer, polls[at++].revents);
    for (int i = 0; i < 3 && loader->sip != NULL; i++, at++) {
        if (polls[at].revents & (POLLIN | POLLHUP))
            sip_end_read(loader->sip, i);
        if (sip_end_fd(loader->sip, i) >= 0)
            sip_end_write(loader->sip, i);
    }
}

static void run(Loader *loader)
{
    int64_t retransmitted_us = 0;
    loader->started_us = loader->moved_us = loader_now_us();
    while (loader->over < loader->config.count) {
        int64_t now_us = loader_now_us();
        for (int due = due_count(loader, now_us); due > 0; due--)
            send_one(loader);
        if (now_us - retransmitted_us > 50000) {
            retransmit_due(loader, now_us);
            retransmitted_us = now_us;
        }
        if (loader->sent == loader->config.count && now_us - loader->moved_us > QUIET_US)
            return;
        struct pollfd polls[5];
        int count = polls_fill(loader, polls);
        poll(polls, (nfds_t)count, loader->config.rate > 0 ? 1 : 20);
        polls_serve(loader, polls);
    }
}

static int time_compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return one < two ? -1 : one > two;
}

static void report(const Loader *loader)
{
    int lost = 0, twice = 0, bad = 0, arrived_count = 0;
    g_autofree int64_t *times = g_new0(int64_t, loader->config.count);
    int64_t last_us = loader->started_us;
    for (int i = 0; i < loader->config.count; i++) {
        const LoaderFate *fate = &loader->fates[i];
        lost += fate->arrivals == 0 && fate->answers == 0;
        twice += fate->arrivals > 1;
        bad += fate->answers > 0 && fate->status != 200;
        last_us = MAX(last_us, fate->arrived_us);
        if (fate->arrivals > 0)
            times[arrived_count++] = fate->arrived_us - fate->sent_us;
    }
    qsort(times, (size_t)arrived_count, sizeof *times, time_compare);
    printf("{\"sent\": %d, \"arrived\": %d, \"lost\": %d, \"twice\": %d, \"non_200\": %d, "
           "\"repeated\": %d, \"seconds\": %.3f, \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
           loader->sent, arrived_count, lost, twice, bad,
           loader->sip != NULL ? sip_end_repeated(loader->sip) : 0,
           (double)(last_us - loader->started_us) / 1e6,
           arrived_count > 0 ? (double)times[arrived_count / 2] / 1e3 : 0.0,
           arrived_count > 0 ? (double)times[arrived_count * 99 / 100] / 1e3 : 0.0);
}

static uint16_t port_of(const char *text)
{
    return (uint16_t)atoi(text);
}

// Arguments: WAY TRANSPORT XMPP_PORT SIP_PORT LISTEN_PORT COMPONENT PEER SECRET SIP_DOMAIN COUNT RATE WINDOW
static LoaderConfig config_read(char **argv)
{
    LoaderConfig config = {
        .way = strcmp(argv[1], "raw") == 0   ? LOADER_RAW
               : strcmp(argv[1], "s2x") == 0 ? LOADER_SIP_TO_XMPP
                                             : LOADER_XMPP_TO_SIP,
        .tcp = strcmp(argv[2], "tcp") == 0,
        .xmpp_port = port_of(argv[3]),
        .sip_port = port_of(argv[4]),
        .listen_port = port_of(argv[5]),
        .component = argv[6],
        .peer = argv[7],
        .secret = argv[8],
        .sip_domain = argv[9],
        .count = atoi(argv[10]),
        .rate = atoi(argv[11]),
        .window = atoi(argv[12]),
    };
    return config;
}

int main(int argc, char **argv)
{
    if (argc != 13) {
        fprintf(stderr, "usage: loader raw|s2x|x2s udp|tcp XMPP_PORT SIP_PORT LISTEN_PORT COMPONENT "
                        "PEER SECRET SIP_DOMAIN COUNT RATE WINDOW\n");
        return 2;
    }
    Loader loader = {.config = config_read(argv)};
    const LoaderConfig *config = &loader.config;
    loader.fates = g_new0(LoaderFate, config->count);
    loader.retries = g_new0(int, config->count);
    loader.xmpp = xmpp_end_open(config->xmpp_port, config->component, config->secret, on_stanza,
                                &loader);
    if (config->way == LOADER_RAW)
        loader.xmpp_peer = xmpp_end_open(config->xmpp_port, config->peer, config->secret, on_stanza,
                                         &loader);
    else
        loader.sip = sip_end_open(config, on_sip, &loader);
    run(&loader);
    report(&loader);
    xmpp_end_close(loader.xmpp);
    if (loader.xmpp_peer != NULL)
        xmpp_end_close(loader.xmpp_peer);
    if (loader.sip != NULL)
        sip_end_close(loader.sip);
    g_free(loader.fates);
    g_free(loader.retries);
    return 0;
}
