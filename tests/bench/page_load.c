// SPDX-License-Identifier: MIT
// Sends numbered messages one way, paced or by window, and prints what became of them as one JSON object.
#include "tests/bench/loader.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "tests/bench/fates.h"
#include "tests/bench/sip_end.h"
#include "tests/bench/xmpp_end.h"

// The longest wait for something to happen, and how often repetitions are looked for.
#define WAIT_US 20000

typedef struct {
    LoaderConfig config;
    Fates *fates; // owned
    int64_t started_us;
    int64_t repeated_us; // when repetitions were looked for
    XmppEnd *xmpp;      // owned; NULL when it has no part
    XmppEnd *xmpp_peer; // owned, of RAW
    SipEnd *sip;        // owned; NULL when it has no part
} Loader;

static void on_stanza(void *self, int number, bool is_error, bool is_busy)
{
    Loader *loader = self;
    if (is_error)
        fates_answered(loader->fates, number, FATES_ERROR_STANZA, is_busy);
    else
        fates_arrived(loader->fates, number);
}

static void on_sip(void *self, int number, int status, bool is_busy)
{
    Loader *loader = self;
    if (status != 0)
        fates_answered(loader->fates, number, status, is_busy);
    else
        fates_arrived(loader->fates, number);
}

static void stanza_send(Loader *loader, int number)
{
    const LoaderConfig *config = &loader->config;
    char from[256], to[256];
    int user = number % LOADER_ADDRESSES;
    const char *domain = config->way == LOADER_RAW ? config->peer : config->sip_domain;
    snprintf(from, sizeof from, "u%d@%s/load", user, config->component);
    snprintf(to, sizeof to, "s%d@%s", user, domain);
    xmpp_end_send(loader->xmpp, from, to, "normal", number);
}

static void send_one(Loader *loader)
{
    int number = fates_sent_count(loader->fates);
    fates_sent(loader->fates, number);
    if (loader->config.way == LOADER_SIP_TO_XMPP || loader->config.way == LOADER_SIP)
        sip_end_send(loader->sip, number);
    else
        stanza_send(loader, number);
}

// When the next message is due by rate: the n-th, n/rate after the first.
static int64_t next_us(const Loader *loader)
{
    int rate = loader->config.rate;
    if (rate == 0)
        return 0;
    return loader->started_us + (int64_t)fates_sent_count(loader->fates) * 1000000 / rate;
}

static bool may_send(Loader *loader)
{
    int sent = fates_sent_count(loader->fates);
    return sent < loader->config.count &&
           sent - fates_over_count(loader->fates) < loader->config.window;
}

// What a SIP user agent does over UDP: the same request again until a final answer comes.
static void repeat_due(Loader *loader)
{
    int number;
    int64_t now_us = loader_now_us();
    bool is_ours = loader->sip != NULL && loader->config.way != LOADER_XMPP_TO_SIP;
    if (loader->config.tcp || !is_ours || now_us - loader->repeated_us < WAIT_US)
        return;
    loader->repeated_us = now_us;
    while ((number = fates_next_due(loader->fates)) >= 0) {
        sip_end_send(loader->sip, number);
        fates_sent_again(loader->fates, number);
    }
}

// ---- the loop -----------------------------------------------------------------------------------

typedef struct {
    struct pollfd polls[2 + SIP_END_FDS_MAX];
    nfds_t count;
} Polls;

static void poll_add(Polls *polls, int fd, bool wants_write)
{
    short events = (short)(POLLIN | (wants_write ? POLLOUT : 0));
    polls->polls[polls->count++] = (struct pollfd){fd, events, 0};
}

static void polls_fill(const Loader *loader, Polls *polls)
{
    polls->count = 0;
    if (loader->xmpp != NULL)
        poll_add(polls, xmpp_end_fd(loader->xmpp), xmpp_end_wants_write(loader->xmpp));
    if (loader->xmpp_peer != NULL)
        poll_add(polls, xmpp_end_fd(loader->xmpp_peer), xmpp_end_wants_write(loader->xmpp_peer));
    for (int i = 0; loader->sip != NULL && i < sip_end_fd_count(loader->sip); i++)
        poll_add(polls, sip_end_fd(loader->sip, i), sip_end_wants_write(loader->sip, i));
}

static void xmpp_serve(XmppEnd *end, short events)
{
    if (end == NULL)
        return;
    if (events != 0)
        xmpp_end_read(end);
    xmpp_end_write(end);
}

static void sip_serve(SipEnd *end, const struct pollfd *polls, int count)
{
    for (int i = 0; i < count; i++)
        if (polls[i].revents & (POLLIN | POLLHUP | POLLERR))
            sip_end_read(end, i);
    sip_end_write(end);
}

static void polls_serve(Loader *loader, const Polls *polls)
{
    const struct pollfd *at = polls->polls;
    if (loader->xmpp != NULL)
        xmpp_serve(loader->xmpp, (at++)->revents);
    if (loader->xmpp_peer != NULL)
        xmpp_serve(loader->xmpp_peer, (at++)->revents);
    if (loader->sip != NULL)
        sip_serve(loader->sip, at, (int)(polls->count - (nfds_t)(at - polls->polls)));
}

// Waits for a socket or for the next message of the pace.
static void turn(Loader *loader)
{
    Polls polls;
    int64_t wait_us = WAIT_US;
    if (loader->config.rate > 0 && may_send(loader))
        wait_us = CLAMP(next_us(loader) - loader_now_us(), 0, WAIT_US);
    if (loader->sip != NULL)
        wait_us = MIN(wait_us, sip_end_wait_us(loader->sip));
    struct timespec wait = {.tv_nsec = wait_us * 1000};
    polls_fill(loader, &polls);
    if (ppoll(polls.polls, polls.count, &wait, NULL) <= 0)
        for (nfds_t i = 0; i < polls.count; i++)
            polls.polls[i].revents = 0;
    polls_serve(loader, &polls);
}

static void run(Loader *loader)
{
    loader->started_us = loader_now_us();
    while (fates_over_count(loader->fates) < loader->config.count) {
        while (may_send(loader) && next_us(loader) <= loader_now_us())
            send_one(loader);
        repeat_due(loader);
        turn(loader);
    }
}

static void report(const Loader *loader)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    double cpu_us = (double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3;
    printf("{");
    fates_print(loader->fates);
    printf("\"repeated\": %d, \"loader_us\": %.2f}\n",
           loader->sip != NULL ? sip_end_repeated(loader->sip) : 0, cpu_us / loader->config.count);
}

static void ends_open(Loader *loader)
{
    const LoaderConfig *config = &loader->config;
    if (config->way != LOADER_SIP)
        loader->xmpp = xmpp_end_open(config, config->component, on_stanza, loader);
    if (config->way == LOADER_RAW)
        loader->xmpp_peer = xmpp_end_open(config, config->peer, on_stanza, loader);
    else if (config->way != LOADER_ECHO)
        loader->sip = sip_end_open(config, on_sip, loader);
}

int main(int argc, char **argv)
{
    Loader loader = {.config = {.count = 1000, .window = 200, .answer = 200}};
    if (!loader_read(argc, argv, &loader.config))
        return 2;
    loader.fates = fates_new(&loader.config);
    ends_open(&loader);
    run(&loader);
    report(&loader);
    xmpp_end_close(loader.xmpp);
    xmpp_end_close(loader.xmpp_peer);
    sip_end_close(loader.sip);
    fates_free(loader.fates);
    return 0;
}
