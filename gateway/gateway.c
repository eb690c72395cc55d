// SPDX-License-Identifier: MIT
// Wires the parts together. Which part knows what: docs/architecture.md.
#include "gateway/gateway.h"

#include <string.h>

#include "gateway/control.h"
#include "gateway/gateway_error.h"
#include "gateway/store_restore.h"
#include "gateway/turns.h"
#include "mapping/route.h"
#include "sip/sipgate.h"
#include "xmpp/xmppgate.h"

// LIMIT: how long an orderly end may take (both gates have shorter limits of their own).
#define STOP_MS 4500
// How often old rows are forgotten; while there are many, up to twenty thousand per second.
#define PRUNE_EVERY_MS 2000
#define PRUNE_AGAIN_MS 100
// How often it is asked, while reading from XMPP waits for SIP, whether it may go on.
#define BUSY_CHECK_MS 100

struct Gateway {
    const Config *config; // borrowed
    Route *route;         // owned
    TurnQueue *queue;     // owned
    Router *router;       // owned
    Store *store;         // owned
    Timers *timers;       // owned
    Ladder *ladder;       // owned
    XmppGate *xmpp;       // owned
    SipGate *sip;         // owned
    Control *control;     // owned
    Turns turns;          // borrows from the above
    guint prune_source;
    guint busy_source;
    guint stop_source;
    int gates_open; // gates that have not said `done` yet
    bool stopping;
    void (*on_ready)(void *self); // NULL once called
    void (*on_done)(void *self);  // NULL until asked to stop and once called
    void *self;                   // borrowed, argument of both
};

// ---- building -----------------------------------------------------------------------------------

static bool config_fail(GError **error, const char *what, const char *name)
{
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_CONFIG, "%s '%s' is malformed or used twice",
                what, name);
    return false;
}

static RouteDomainKind route_kind(ConfigKind kind)
{
    return kind == CONFIG_ROOMS ? ROUTE_ROOMS : ROUTE_USERS;
}

static bool route_fill(Route *route, const Config *config, GError **error)
{
    for (guint i = 0; i < config->components->len; i++) {
        const ConfigComponent *it = g_ptr_array_index(config->components, i);
        if (!route_add_component(route, it->name, route_kind(it->kind), it->sip_domain))
            return config_fail(error, "component", it->name);
    }
    for (guint i = 0; i < config->domains->len; i++) {
        const ConfigDomain *it = g_ptr_array_index(config->domains, i);
        if (!route_add_xmpp_domain(route, it->name, route_kind(it->kind), it->sip_domain))
            return config_fail(error, "xmpp-domain", it->name);
    }
    for (guint i = 0; i < config->aliases->len; i++) {
        const ConfigAlias *it = g_ptr_array_index(config->aliases, i);
        if (!route_add_alias(route, it->jid, it->uri))
            return config_fail(error, "alias", it->jid);
    }
    const ConfigComponent *first = g_ptr_array_index(config->components, 0);
    if (config->settings.allow_anonymous && !route_set_anonymous(route, first->name))
        return config_fail(error, "component", first->name);
    if (config->foreign_mode &&
        !route_set_foreign(route, config->foreign_xmpp, config->foreign_sip))
        return config_fail(error, "foreign domain", config->foreign_xmpp);
    if (config->phone_domain != NULL &&
        !route_set_phone(route, config->phone_domain, config->phone_context))
        return config_fail(error, "phone domain", config->phone_domain);
    return true;
}

static XmppGateKind xmpp_kind(ConfigKind kind)
{
    return kind == CONFIG_ROOMS ? XMPPGATE_ROOMS : XMPPGATE_USERS;
}

static XmppGate *xmpp_build(const Config *config, EventSink sink, GError **error)
{
    guint component_count = config->components->len, domain_count = config->domains->len;
    g_autofree XmppGateComponent *components = g_new0(XmppGateComponent, component_count);
    g_autofree XmppGateDomain *domains = g_new0(XmppGateDomain, domain_count + 1);
    for (guint i = 0; i < component_count; i++) {
        const ConfigComponent *it = g_ptr_array_index(config->components, i);
        components[i] = (XmppGateComponent){it->name, it->secret, xmpp_kind(it->kind)};
    }
    for (guint i = 0; i < domain_count; i++) {
        const ConfigDomain *it = g_ptr_array_index(config->domains, i);
        domains[i] = (XmppGateDomain){it->name, xmpp_kind(it->kind)};
    }
    XmppGateConfig wanted = {
        .server_ip = config->xmpp_server->ip,
        .server_port = config->xmpp_server->port,
        .components = components,
        .component_count = component_count,
        .domains = domains,
        .domain_count = domain_count,
        .settings = &config->settings,
        .sink = sink,
    };
    g_autofree char *why = NULL;
    XmppGate *gate = xmppgate_new(&wanted, &why);
    if (gate == NULL)
        g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_CONFIG, "XMPP side: %s", why);
    return gate;
}

// Texts of all endpoints of a list, NULL-terminated, for g_strfreev().
static char **endpoint_texts(const GPtrArray *endpoints)
{
    char **texts = g_new0(char *, endpoints->len + 1);
    for (guint i = 0; i < endpoints->len; i++)
        texts[i] = endpoint_text(g_ptr_array_index(endpoints, i));
    return texts;
}

static GArray *sip_routes(const Config *config, GPtrArray *texts)
{
    GArray *routes = g_array_new(FALSE, FALSE, sizeof(SipGateRoute));
    for (guint i = 0; i < config->components->len; i++) {
        const ConfigComponent *it = g_ptr_array_index(config->components, i);
        if (it->sip_route == NULL)
            continue;
        char *hop = endpoint_text(it->sip_route);
        g_ptr_array_add(texts, hop);
        g_array_append_vals(routes, &(SipGateRoute){it->sip_domain, hop}, 1);
    }
    return routes;
}

// NULL at the end; the words are borrowed.
static const char **words_of(const GPtrArray *words)
{
    const char **list = g_new0(const char *, words->len + 1);
    for (guint i = 0; i < words->len; i++)
        list[i] = g_ptr_array_index(words, i);
    return list;
}

static SipGate *sip_build(const Config *config, Route *route, EventSink sink, GError **error)
{
    g_auto(GStrv) listen = endpoint_texts(config->sip_listen);
    g_autofree char *msrp_listen = endpoint_text(config->msrp_listen);
    g_autofree char *tls_listen =
        config->msrp_listen_tls != NULL ? endpoint_text(config->msrp_listen_tls) : NULL;
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) routes = sip_routes(config, texts);
    g_autofree const char **peers = words_of(config->peers);
    g_autofree const char **trusted = words_of(config->trusted);
    g_autofree SipGateRealm *realms = g_new0(SipGateRealm, config->realms->len + 1);
    for (guint i = 0; i < config->realms->len; i++) {
        const ConfigRealm *it = g_ptr_array_index(config->realms, i);
        realms[i] = (SipGateRealm){it->name, it->user, it->password};
    }
    SipGateConfig wanted = {
        .realms = realms,
        .realm_count = config->realms->len,
        .listen = (const char *const *)listen,
        .tls_dir = config->sip_tls_dir,
        .advertise = config->sip_advertise,
        .resolv_conf = config->resolv_conf,
        .peers = config->peers->len > 0 ? (const char *const *)peers : NULL,
        .trusted = (const char *const *)trusted,
        .routes = (const SipGateRoute *)(void *)routes->data,
        .route_count = routes->len,
        .msrp_listen = msrp_listen,
        .msrp_advertise = config->msrp_advertise,
        .msrp_tls_listen = tls_listen,
        .msrp_tls = {.cert = config->tls_cert, .key = config->tls_key, .ca = config->tls_ca},
        .route = route,
        .settings = &config->settings,
        .sink = sink,
    };
    return sipgate_new(&wanted, error);
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static Control *control_build(Gateway *gateway, GError **error)
{
    g_autofree char *path = g_build_filename(gateway->config->state_dir, "control.sock", NULL);
    ControlView view = {gateway->router, gateway->store, gateway->ladder,
                        turn_queue_sink(gateway->queue), now_ms};
    return control_new(path, &view, error);
}

static void on_events(void *self);

static Router *router_build(const Route *route, const Config *config)
{
    Router *router = router_new(route, &config->settings);
    for (guint i = 0; i < config->peer_rules->len; i++) {
        const ConfigPeer *it = g_ptr_array_index(config->peer_rules, i);
        peer_memory_set_rules(router_peers(router), it->name, &it->rules);
    }
    return router;
}

static bool parts_build(Gateway *gateway, GError **error)
{
    const Config *config = gateway->config;
    gateway->route = route_new();
    if (!route_fill(gateway->route, config, error))
        return false;
    gateway->store = store_open(config->state_dir, config->settings.store_full, error);
    if (gateway->store == NULL)
        return false;
    gateway->queue = turn_queue_new(on_events, gateway);
    EventSink sink = turn_queue_sink(gateway->queue);
    gateway->timers = timers_new(sink);
    gateway->ladder = ladder_new((guint)config->settings.ladder_lines);
    gateway->router = router_build(gateway->route, config);
    gateway->xmpp = xmpp_build(config, sink, error);
    gateway->sip = gateway->xmpp != NULL ? sip_build(config, gateway->route, sink, error) : NULL;
    gateway->control = gateway->sip != NULL ? control_build(gateway, error) : NULL;
    return gateway->control != NULL &&
           store_restore(gateway->store, sink, g_get_real_time() / 1000, error);
}

static void turns_wire(Gateway *gateway)
{
    gateway->turns = (Turns){
        .queue = gateway->queue,
        .router = gateway->router,
        .store = gateway->store,
        .timers = gateway->timers,
        .ladder = gateway->ladder,
        .ports = {[SIDE_XMPP] = xmppgate_port(gateway->xmpp),
                  [SIDE_SIP] = sipgate_port(gateway->sip)},
    };
}

Gateway *gateway_new(const Config *config, GError **error)
{
    g_autoptr(Gateway) gateway = g_new0(Gateway, 1);
    gateway->config = config;
    if (!parts_build(gateway, error))
        return NULL;
    turns_wire(gateway);
    return g_steal_pointer(&gateway);
}

void gateway_free(Gateway *gateway)
{
    if (gateway == NULL)
        return;
    if (gateway->prune_source != 0)
        g_source_remove(gateway->prune_source);
    if (gateway->stop_source != 0)
        g_source_remove(gateway->stop_source);
    if (gateway->busy_source != 0)
        g_source_remove(gateway->busy_source);
    control_free(gateway->control);
    xmppgate_free(gateway->xmpp);
    sipgate_free(gateway->sip);
    router_free(gateway->router);
    ladder_free(gateway->ladder);
    timers_free(gateway->timers);
    turn_queue_free(gateway->queue);
    store_close(gateway->store);
    route_free(gateway->route);
    g_free(gateway);
}

// ---- running ------------------------------------------------------------------------------------

static void gates_close(Gateway *gateway);

// The SIP side tells by sipgate_start() that it stands; links of the XMPP side come and go.
static void ready_check(Gateway *gateway)
{
    if (gateway->on_ready == NULL || gateway->stopping || !xmppgate_is_up(gateway->xmpp))
        return;
    void (*on_ready)(void *) = gateway->on_ready;
    gateway->on_ready = NULL;
    on_ready(gateway->self);
}

static gboolean on_busy_check(gpointer data);

// What SIP has not worked off yet waits at the XMPP server.
static void reading_balance(Gateway *gateway)
{
    bool is_busy = sipgate_is_busy(gateway->sip);
    xmppgate_pause(gateway->xmpp, is_busy);
    if (is_busy && gateway->busy_source == 0)
        gateway->busy_source = g_timeout_add(BUSY_CHECK_MS, on_busy_check, gateway);
    else if (!is_busy)
        g_clear_handle_id(&gateway->busy_source, g_source_remove);
}

// Nothing may happen by which it would be asked otherwise: the peer is silent.
static gboolean on_busy_check(gpointer data)
{
    Gateway *gateway = data;
    gateway->busy_source = 0;
    reading_balance(gateway);
    return G_SOURCE_REMOVE;
}

// Closing was a turn like any other; what it ordered has been carried out when the queue is empty again.
static void on_events(void *self)
{
    Gateway *gateway = self;
    turns_run(&gateway->turns);
    ready_check(gateway);
    reading_balance(gateway);
    if (gateway->stopping && gateway->gates_open == 0 && turn_queue_length(gateway->queue) == 0)
        gates_close(gateway);
}

static gboolean on_prune(gpointer data)
{
    Gateway *gateway = data;
    const Settings *settings = &gateway->config->settings;
    StoreLimits limits = {settings->ledger_keep, settings->ledger_rows};
    bool more;
    store_prune(gateway->store, &limits, g_get_real_time() / 1000, &more, NULL);
    gateway->prune_source = g_timeout_add(more ? PRUNE_AGAIN_MS : PRUNE_EVERY_MS, on_prune, gateway);
    return G_SOURCE_REMOVE;
}

bool gateway_start(Gateway *gateway, void (*on_ready)(void *self), void *self, GError **error)
{
    g_autofree char *why = NULL;
    gateway->on_ready = on_ready;
    gateway->self = self;
    if (!xmppgate_start(gateway->xmpp, &why)) {
        g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_IO, "XMPP side: %s", why);
        return false;
    }
    if (!sipgate_start(gateway->sip, error))
        return false;
    gateway->prune_source = g_timeout_add(PRUNE_EVERY_MS, on_prune, gateway);
    return true;
}

void gateway_write_ladders(Gateway *gateway)
{
    g_autofree char *path = g_build_filename(gateway->config->state_dir, "ladders.txt", NULL);
    g_autofree char *text = ladder_text(gateway->ladder, 0);
    g_autoptr(GError) error = NULL;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
        g_message("ladders written to %s", path);
    else
        g_warning("ladders are not written: %s", error->message);
}

// ---- ending -------------------------------------------------------------------------------------

static void stop_finish(Gateway *gateway)
{
    void (*on_done)(void *) = gateway->on_done;
    gateway->on_done = NULL;
    if (on_done != NULL)
        on_done(gateway->self);
}

static gboolean on_stop_deadline(gpointer data)
{
    Gateway *gateway = data;
    gateway->stop_source = 0;
    g_warning("the end took too long; what is still open is dropped");
    stop_finish(gateway);
    return G_SOURCE_REMOVE;
}

static void on_gate_closed(void *self)
{
    Gateway *gateway = self;
    if (--gateway->gates_open == 0)
        stop_finish(gateway);
}

static void gates_close(Gateway *gateway)
{
    gateway->gates_open = 2;
    sipgate_shutdown(gateway->sip, on_gate_closed, gateway);
    xmppgate_stop(gateway->xmpp, on_gate_closed, gateway);
}

void gateway_stop(Gateway *gateway, void (*done)(void *self), void *self)
{
    if (gateway->stopping)
        return;
    gateway->stopping = true;
    gateway->on_done = done;
    gateway->self = self;
    gateway->stop_source = g_timeout_add(STOP_MS, on_stop_deadline, gateway);
    EventSink sink = turn_queue_sink(gateway->queue);
    sink.take(sink.self, event_new(EVENT_CLOSING, SIDE_XMPP));
}
