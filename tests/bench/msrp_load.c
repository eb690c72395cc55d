// SPDX-License-Identifier: MIT
// Opens sessions, says `ready`, waits for a line, sends numbered messages one way over them and prints what
// became of them as one JSON object; the sessions stay until its input ends. With --way hold it only holds them,
// and needs no XMPP server.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "tests/bench/fates.h"
#include "tests/bench/msrp_end.h"
#include "tests/bench/xmpp_end.h"

#define WAIT_MS 20

typedef struct {
    LoaderConfig config;
    Fates *fates;  // owned
    MsrpEnd *msrp; // owned
    XmppEnd *xmpp; // owned; NULL: sessions are only held
} MsrpLoad;

static void on_stanza(void *self, int number, bool is_error, bool is_busy)
{
    MsrpLoad *load = self;
    if (is_error)
        fates_answered(load->fates, number, FATES_ERROR_STANZA, is_busy);
    else
        fates_arrived(load->fates, number);
}

static void on_msrp(void *self, int number, int status)
{
    MsrpLoad *load = self;
    if (status != 0)
        fates_answered(load->fates, number, status, false);
    else
        fates_arrived(load->fates, number);
}

static void send_one(MsrpLoad *load)
{
    char from[256], to[256];
    int number = fates_sent_count(load->fates);
    int which = number % MIN(load->config.sessions, LOADER_ADDRESSES);
    fates_sent(load->fates, number);
    if (load->config.way == LOADER_SIP_TO_XMPP) {
        msrp_end_send(load->msrp, number);
        return;
    }
    snprintf(from, sizeof from, "u%d@%s/load", which, load->config.component);
    snprintf(to, sizeof to, "s%d@%s", which, load->config.sip_domain);
    xmpp_end_send(load->xmpp, from, to, "chat", number);
}

// One look at everything; `input` is polled as well when it is not negative. Returns whether it has something.
static bool turn(MsrpLoad *load, int input)
{
    struct pollfd polls[] = {{msrp_end_fd(load->msrp), POLLIN, 0},
                             {load->xmpp != NULL ? xmpp_end_fd(load->xmpp) : -1, POLLIN, 0},
                             {input, POLLIN, 0}};
    if (load->xmpp != NULL && xmpp_end_wants_write(load->xmpp))
        polls[1].events |= POLLOUT;
    poll(polls, G_N_ELEMENTS(polls), WAIT_MS);
    msrp_end_serve(load->msrp);
    if (polls[1].revents != 0)
        xmpp_end_read(load->xmpp);
    if (load->xmpp != NULL)
        xmpp_end_write(load->xmpp);
    return polls[2].revents != 0;
}

// A line of the input, or its end.
static bool await_word(MsrpLoad *load)
{
    char word[64];
    while (!turn(load, STDIN_FILENO))
        continue;
    return read(STDIN_FILENO, word, sizeof word) > 0;
}

static void run(MsrpLoad *load)
{
    const LoaderConfig *config = &load->config;
    while (fates_over_count(load->fates) < config->count) {
        while (fates_sent_count(load->fates) < config->count &&
               fates_sent_count(load->fates) - fates_over_count(load->fates) < config->window)
            send_one(load);
        turn(load, -1);
    }
    printf("{");
    fates_print(load->fates);
    printf("\"sessions\": %d}\n", load->config.sessions);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    MsrpLoad load = {
        .config = {.tcp = true, .listen_port = 9, .sessions = 1000, .count = 1000, .window = 200}};
    if (!loader_read(argc, argv, &load.config))
        return 2;
    bool holds = load.config.way == LOADER_HOLD;
    loader_descriptors_raise();
    load.fates = fates_new(&load.config);
    if (!holds)
        load.xmpp = xmpp_end_open(&load.config, load.config.component, on_stanza, &load);
    load.msrp = msrp_end_open(&load.config, on_msrp, &load);
    while (msrp_end_bound(load.msrp) < load.config.sessions)
        turn(&load, -1);
    printf("ready\n");
    fflush(stdout);
    if (await_word(&load) && !holds)
        run(&load);
    while (await_word(&load))
        continue;
    xmpp_end_close(load.xmpp);
    msrp_end_close(load.msrp);
    fates_free(load.fates);
    return 0;
}
