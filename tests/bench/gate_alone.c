// SPDX-License-Identifier: MIT
// One side of the gateway by itself, so that what its library and its folder cost can be told from the rest:
// `gate_alone sip PORT` accepts every MESSAGE at once; `gate_alone xmpp SERVER_PORT SECRET` sends every message
// back to its author and has it proven. Runs until SIGTERM; writes `ready` when it stands.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib-unix.h>

#include "mapping/route.h"
#include "sip/sipgate.h"
#include "xmpp/xmppgate.h"

#define SIP_DOMAIN  "sip.test"
#define LOAD_DOMAIN "load.test"

typedef struct {
    Settings settings;
    Port port;
    uint64_t rows;
} Alone;

static void say_ready(void)
{
    puts("ready");
    fflush(stdout);
}

static gboolean on_term(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

static void loop_run(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_unix_signal_add(SIGTERM, on_term, loop);
    g_main_loop_run(loop);
}

// ---- SIP ----------------------------------------------------------------------------------------

static void on_sip_event(void *self, Event *owned)
{
    g_autoptr(Event) event = owned;
    Alone *alone = self;
    if (event->kind != EVENT_MESSAGE)
        return;
    g_autoptr(Command) accept = command_new(COMMAND_ACCEPT, SIDE_SIP);
    accept->f.ref = event->f.ref;
    alone->port.execute(alone->port.self, accept);
}

static int sip_run(Alone *alone, const char *port)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Route) route = route_new();
    g_autofree char *udp = g_strconcat("udp:127.0.0.1:", port, NULL);
    g_autofree char *tcp = g_strconcat("tcp:127.0.0.1:", port, NULL);
    route_add_component(route, SIP_DOMAIN, ROUTE_USERS, SIP_DOMAIN);
    route_add_xmpp_domain(route, LOAD_DOMAIN, ROUTE_USERS, LOAD_DOMAIN);
    SipGateConfig config = {.listen = (const char *const[]){udp, tcp, NULL},
                            .msrp_listen = "127.0.0.1:0",
                            .route = route,
                            .settings = &alone->settings,
                            .sink = {alone, on_sip_event}};
    g_autoptr(SipGate) gate = sipgate_new(&config, &error);
    if (gate == NULL || !sipgate_start(gate, &error)) {
        fprintf(stderr, "gate_alone: %s\n", error->message);
        return 1;
    }
    alone->port = sipgate_port(gate);
    say_ready();
    loop_run();
    return 0;
}

// ---- XMPP ---------------------------------------------------------------------------------------

static void on_xmpp_event(void *self, Event *owned)
{
    g_autoptr(Event) event = owned;
    Alone *alone = self;
    if (event->kind == EVENT_LINK && event->f.how == HOW_UP)
        say_ready();
    if (event->kind != EVENT_MESSAGE)
        return;
    g_autoptr(Command) back = command_new(COMMAND_MESSAGE, SIDE_XMPP);
    back->f.row = ++alone->rows;
    fields_set_address(&back->f.from, event->f.to);
    fields_set_address(&back->f.to, event->f.from);
    fields_set_text(&back->f.id, event->f.id);
    fields_set_text(&back->f.body, event->f.body);
    alone->port.execute(alone->port.self, back);
}

static int xmpp_run(Alone *alone, const char *port, const char *secret)
{
    g_autofree char *why = NULL;
    XmppGateComponent component = {SIP_DOMAIN, secret, XMPPGATE_USERS};
    XmppGateDomain domain = {LOAD_DOMAIN, XMPPGATE_USERS};
    XmppGateConfig config = {.server_ip = "127.0.0.1",
                             .server_port = (uint16_t)atoi(port),
                             .components = &component,
                             .component_count = 1,
                             .domains = &domain,
                             .domain_count = 1,
                             .settings = &alone->settings,
                             .sink = {alone, on_xmpp_event}};
    XmppGate *gate = xmppgate_new(&config, &why);
    if (gate == NULL || !xmppgate_start(gate, &why)) {
        fprintf(stderr, "gate_alone: %s\n", why);
        return 1;
    }
    alone->port = xmppgate_port(gate);
    loop_run();
    xmppgate_free(gate);
    return 0;
}

int main(int argc, char **argv)
{
    Alone alone = {.settings = settings_defaults()};
    if (argc == 3 && strcmp(argv[1], "sip") == 0)
        return sip_run(&alone, argv[2]);
    if (argc == 4 && strcmp(argv[1], "xmpp") == 0)
        return xmpp_run(&alone, argv[2], argv[3]);
    fprintf(stderr, "usage: gate_alone sip PORT | gate_alone xmpp SERVER_PORT SECRET\n");
    return 2;
}
