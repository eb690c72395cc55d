// SPDX-License-Identifier: MIT
// The loads' common ground; see loader.h.
#include "tests/bench/loader.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include <glib.h>

int64_t loader_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void loader_descriptors_raise(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

struct sockaddr_in loader_loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static bool way_read(const char *name, LoaderWay *way)
{
    static const char *const names[] = {"s2x", "x2s", "raw", "sip", "echo", "hold"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(name, names[i]) == 0)
            return *way = (LoaderWay)i, true;
    return false;
}

bool loader_read(int argc, char **argv, LoaderConfig *config)
{
    g_autofree char *way = NULL, *transport = NULL;
    const GOptionEntry entries[] = {
        {"way", 0, 0, G_OPTION_ARG_STRING, &way, "s2x, x2s, raw, sip, echo or hold", NULL},
        {"transport", 0, 0, G_OPTION_ARG_STRING, &transport, "udp or tcp", NULL},
        {"xmpp-port", 0, 0, G_OPTION_ARG_INT, &config->xmpp_port, "of the XMPP server", NULL},
        {"sip-port", 0, 0, G_OPTION_ARG_INT, &config->sip_port, "of the gateway", NULL},
        {"listen-port", 0, 0, G_OPTION_ARG_INT, &config->listen_port, "ours, for SIP", NULL},
        {"component", 0, 0, G_OPTION_ARG_STRING, &config->component, "our XMPP domain", NULL},
        {"peer", 0, 0, G_OPTION_ARG_STRING, &config->peer, "second XMPP domain (raw)", NULL},
        {"secret", 0, 0, G_OPTION_ARG_STRING, &config->secret, "of the components", NULL},
        {"sip-domain", 0, 0, G_OPTION_ARG_STRING, &config->sip_domain, "of the SIP users", NULL},
        {"sessions", 0, 0, G_OPTION_ARG_INT, &config->sessions, "to open", NULL},
        {"room", 0, 0, G_OPTION_ARG_STRING, &config->room, "name@host", NULL},
        {"watch", 0, 0, G_OPTION_ARG_NONE, &config->watch, "the roster of the room", NULL},
        {"count", 0, 0, G_OPTION_ARG_INT, &config->count, "messages", NULL},
        {"rate", 0, 0, G_OPTION_ARG_INT, &config->rate, "per second, 0 = by window only", NULL},
        {"window", 0, 0, G_OPTION_ARG_INT, &config->window, "messages under way at once", NULL},
        {"answer", 0, 0, G_OPTION_ARG_INT, &config->answer, "our SIP status, 0 = none", NULL},
        {"answer-after", 0, 0, G_OPTION_ARG_INT, &config->answer_after_ms, "ms", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- a load on the gateway");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s: %s\n", argv[0], error->message);
        return false;
    }
    if (way != NULL && !way_read(way, &config->way)) {
        fprintf(stderr, "%s: no such way: %s\n", argv[0], way);
        return false;
    }
    config->tcp = config->tcp || g_strcmp0(transport, "tcp") == 0;
    return true;
}
