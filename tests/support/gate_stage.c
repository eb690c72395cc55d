// SPDX-License-Identifier: MIT
// A gate, a test and a peer; see gate_stage.h.
#include "tests/support/gate_stage.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mapping/notation.h"
#include "tests/support/loop.h"
#include "tests/support/loopback.h"

enum { START_TRIES = 5 };

// A port that is free on UDP and TCP.
static uint16_t free_port(void)
{
    struct sockaddr_storage address;
    socklen_t length = loopback_address(&address, 0);
    int tcp = loopback_socket(SOCK_STREAM), udp = loopback_socket(SOCK_DGRAM);
    ck_assert_int_eq(bind(udp, (struct sockaddr *)&address, length), 0);
    uint16_t port = loopback_port(udp);
    loopback_address(&address, port);
    bool both = bind(tcp, (struct sockaddr *)&address, length) == 0;
    close(tcp);
    close(udp);
    return both ? port : free_port();
}

static void on_event(void *self, Event *owned)
{
    GateStage *stage = self;
    g_ptr_array_add(stage->events, notation_event_text(owned));
    event_free(owned);
}

void gate_stage_init(GateStage *stage)
{
    *stage = (GateStage){.settings = settings_defaults()};
    stage->route = route_new();
    stage->events = g_ptr_array_new_with_free_func(g_free);
    stage->port = free_port();
    stage->tls_port = free_port();
    ck_assert(route_add_component(stage->route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_xmpp_domain(stage->route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(
        route_add_xmpp_domain(stage->route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.xmpp.test"));
    ck_assert(route_add_component(stage->route, "conf.sip.test", ROUTE_ROOMS, "conf.sip.test"));
    ck_assert(route_add_component(stage->route, "sip.example", ROUTE_USERS, "sip.example"));
    ck_assert(route_add_xmpp_domain(stage->route, "xmpp.example", ROUTE_USERS, "xmpp.example"));
}

static bool try_start(GateStage *stage, bool tcp, GError **error)
{
    bool tls = stage->sip_tls_dir != NULL;
    const char *transport = tls ? "tls" : tcp ? "tcp" : "udp";
    stage->peer = sip_peer_new(tcp || tls, stage->port);
    if (tls) {
        sip_peer_use_tls(stage->peer, stage->sip_tls_peer, stage->tls_port);
    }
    const char *host = loopback_host();
    g_autofree char *udp_listen = g_strdup_printf("udp:%s:%u", host, stage->port);
    g_autofree char *tcp_listen = g_strdup_printf("tcp:%s:%u", host, stage->port);
    g_autofree char *msrp_listen = g_strdup_printf("%s:0", host);
    g_autofree char *hop =
        g_strdup_printf("%s:%s:%u", transport, host, sip_peer_port(stage->peer));
    g_autofree char *tls_listen = g_strdup_printf("tls:%s:%u", host, stage->tls_port);
    SipGateRoute routes[] = {{"sip.test", hop}, {"sip.example", hop}, {"conf.sip.test", hop}};
    SipGateConfig config = {.listen = (const char *const[]){udp_listen, tcp_listen,
                                                            tls ? tls_listen : NULL, NULL},
                            .tls_dir = stage->sip_tls_dir,
                            .routes = routes,
                            .route_count = G_N_ELEMENTS(routes),
                            .msrp_listen = msrp_listen,
                            .msrp_tls_listen = stage->tls.cert != NULL ? msrp_listen : NULL,
                            .msrp_tls = stage->tls,
                            .peers = stage->peers,
                            .trusted = stage->trusted,
                            .realms = stage->realms,
                            .realm_count = stage->realm_count,
                            .advertise = stage->advertise,
                            .trace = stage->trace,
                            .trace_self = stage->trace_self,
                            .route = stage->route,
                            .settings = &stage->settings,
                            .sink = {.self = stage, .take = on_event}};
    stage->gate = sipgate_new(&config, error);
    return stage->gate != NULL && sipgate_start(stage->gate, error);
}

// A port that was free a moment ago may be somebody else's by now.
static void take_other_ports(GateStage *stage)
{
    g_clear_pointer(&stage->gate, sipgate_free);
    g_clear_pointer(&stage->peer, sip_peer_free);
    stage->port = free_port();
    stage->tls_port = free_port();
}

void gate_stage_start(GateStage *stage, bool tcp)
{
    g_autoptr(GError) error = NULL;
    for (int left = START_TRIES; !try_start(stage, tcp, &error) && left > 0; left--) {
        ck_assert_msg(g_error_matches(error, SIPGATE_ERROR, SIPGATE_ERROR_LISTEN), "%s",
                      error->message);
        take_other_ports(stage);
        g_clear_error(&error);
    }
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    gate_stage_expect(stage, "sip link how=up");
}

void gate_stage_clear(GateStage *stage)
{
    sipgate_free(stage->gate);
    sip_peer_free(stage->peer);
    route_free(stage->route);
    g_ptr_array_unref(stage->events);
}

void gate_stage_tell(GateStage *stage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s: %s", line, why);
    Port port = sipgate_port(stage->gate);
    port.execute(port.self, command);
}

static bool has_event(void *self)
{
    return ((GateStage *)self)->events->len > 0;
}

void gate_stage_expect(GateStage *stage, const char *pattern)
{
    loop_until(has_event, stage, pattern);
    g_autofree char *event = g_ptr_array_steal_index(stage->events, 0);
    ck_assert_msg(g_pattern_match_simple(pattern, event), "wanted %s, got %s", pattern, event);
    const char *ref = strstr(event, " ref=");
    if (ref != NULL) {
        stage->last_ref = g_ascii_strtoull(ref + strlen(" ref="), NULL, 10);
    }
}

bool gate_stage_is_quiet(GateStage *stage)
{
    g_free(sip_peer_request_outside(stage->peer, "OPTIONS", "sip:xmpp.test", NULL, NULL));
    sip_peer_await(stage->peer, "SIP/2.0 200");
    return stage->events->len == 0 && sip_peer_pending(stage->peer) == 0;
}
