// SPDX-License-Identifier: MIT
// The door of the XMPP side: links below, switchboard above, and the wire between them.
#include "xmpp/xmppgate.h"

#include <arpa/inet.h>

#include "xmpp/component.h"
#include "xmpp/switchboard.h"

struct XmppGate {
    void (*on_stanza)(void *self, XmppGateDirection direction, const char *name, const char *text);
    void *trace_self;       // borrowed
    Wire *wire;             // owned
    Switchboard *board;     // owned
    xmpp_ctx_t *ctx;        // owned, of the stanzas that we make
    GHashTable *components; // owned char * domain (canonical) -> owned Component *
    bool is_stopping;
    guint open; // links that are being closed
    Deadline *stop;
    void (*done)(void *self);
    void *done_self; // borrowed
};

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static int64_t wall_ms(void)
{
    return g_get_real_time() / 1000;
}

static void trace(XmppGate *gate, XmppGateDirection direction, const char *name, const char *text)
{
    gate->on_stanza(gate->trace_self, direction, name, text);
}

static WireResult send_stanza(void *self, const char *domain, xmpp_stanza_t *stanza, WireUse use)
{
    XmppGate *gate = self;
    Component *component = g_hash_table_lookup(gate->components, domain);
    if (component == NULL || !component_is_up(component))
        return WIRE_DOWN;
    size_t octets = 0;
    g_autofree char *text = stanza_to_text(stanza, &octets);
    if (!component_send(component, text, octets, use == WIRE_HOUSEKEEPING))
        return WIRE_FULL;
    if (gate->on_stanza != NULL)
        trace(gate, XMPPGATE_SENT, component_name(component), text);
    return WIRE_SENT;
}

static void on_stanza(void *self, Component *component, xmpp_stanza_t *stanza)
{
    XmppGate *gate = self;
    if (gate->on_stanza != NULL) {
        g_autofree char *text = stanza_to_text(stanza, NULL);
        trace(gate, XMPPGATE_RECEIVED, component_name(component), text);
    }
    if (!gate->is_stopping)
        switchboard_on_stanza(gate->board, stanza);
}

static void on_link(void *self, Component *component, bool is_up)
{
    XmppGate *gate = self;
    if (!is_up)
        wire_counters(gate->wire)->links_lost++;
    switchboard_on_link(gate->board, component_name(component), is_up);
}

static void on_refused(void *self, Component *component)
{
    wire_counters(((XmppGate *)self)->wire)->links_refused++;
}

static bool is_numeric(const char *ip)
{
    struct in6_addr address;
    return ip != NULL &&
           (inet_pton(AF_INET, ip, &address) == 1 || inet_pton(AF_INET6, ip, &address) == 1);
}

static bool add_component(XmppGate *gate, const XmppGateConfig *config,
                          const XmppGateComponent *wanted, char **why)
{
    g_autofree char *name = address_prepare_domain(wanted->name);
    if (name == NULL || !wire_add_component(gate->wire, name, wanted->kind)) {
        *why = g_strdup_printf("component %s: no domain name, or named twice", wanted->name);
        return false;
    }
    Component *component = component_new(&(ComponentConfig){
        .server_ip = config->server_ip,
        .server_port = config->server_port,
        .name = name,
        .secret = wanted->secret,
        .queue_octets = &config->settings->xmpp_queue_octets,
        .deadlines = wire_deadlines(gate->wire),
        .self = gate,
        .on_stanza = on_stanza,
        .on_link = on_link,
        .on_refused = on_refused,
    });
    g_hash_table_insert(gate->components, g_steal_pointer(&name), component);
    return true;
}

static bool add_all(XmppGate *gate, const XmppGateConfig *config, char **why)
{
    if (!is_numeric(config->server_ip) || config->component_count == 0) {
        *why = g_strdup(config->component_count == 0 ? "no component"
                                                     : "the server's address is not numeric");
        return false;
    }
    for (size_t i = 0; i < config->component_count; i++) {
        if (!add_component(gate, config, &config->components[i], why))
            return false;
    }
    for (size_t i = 0; i < config->domain_count; i++) {
        const XmppGateDomain *domain = &config->domains[i];
        if (!wire_add_served(gate->wire, domain->name, domain->kind)) {
            *why = g_strdup_printf("domain %s: no domain name, or named twice", domain->name);
            return false;
        }
    }
    return true;
}

static void free_component(void *component)
{
    component_free(component);
}

XmppGate *xmppgate_new(const XmppGateConfig *config, char **why)
{
    xmpp_initialize();
    XmppGate *gate = g_new0(XmppGate, 1);
    gate->on_stanza = config->on_stanza;
    gate->trace_self = config->trace_self;
    gate->ctx = xmpp_ctx_new(NULL, NULL);
    gate->components = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_component);
    gate->wire = wire_new(&(WireConfig){.ctx = gate->ctx,
                                        .settings = config->settings,
                                        .sink = config->sink,
                                        .now_ms = now_ms,
                                        .wall_ms = wall_ms,
                                        .send = send_stanza,
                                        .send_self = gate});
    gate->board = switchboard_new(gate->wire);
    if (add_all(gate, config, why))
        return gate;
    xmppgate_free(gate);
    return NULL;
}

bool xmppgate_start(XmppGate *gate, char **why)
{
    GHashTableIter iter;
    gpointer component;
    g_hash_table_iter_init(&iter, gate->components);
    while (g_hash_table_iter_next(&iter, NULL, &component)) {
        if (!component_start(component)) {
            *why = g_strdup("no descriptor left below FD_SETSIZE");
            return false;
        }
    }
    return true;
}

static void execute(void *self, const Command *command)
{
    switchboard_execute(((XmppGate *)self)->board, command);
}

Port xmppgate_port(XmppGate *gate)
{
    return (Port){.side = SIDE_XMPP, .self = gate, .execute = execute};
}

bool xmppgate_is_up(const XmppGate *gate)
{
    GHashTableIter iter;
    gpointer component;
    g_hash_table_iter_init(&iter, gate->components);
    while (g_hash_table_iter_next(&iter, NULL, &component)) {
        if (!component_is_up(component))
            return false;
    }
    return true;
}

void xmppgate_pause(XmppGate *gate, bool paused)
{
    GHashTableIter iter;
    gpointer component;
    g_hash_table_iter_init(&iter, gate->components);
    while (g_hash_table_iter_next(&iter, NULL, &component))
        component_pause(component, paused);
    switchboard_pause(gate->board, paused);
}

static void stopped(XmppGate *gate)
{
    void (*done)(void *) = gate->done;
    if (done == NULL)
        return; // told already
    gate->done = NULL;
    deadlines_stop(&gate->stop);
    done(gate->done_self);
}

static void on_closed(void *self)
{
    XmppGate *gate = self;
    if (--gate->open == 0)
        stopped(gate);
}

static void on_stop_over(void *self)
{
    stopped(self);
}

void xmppgate_stop(XmppGate *gate, void (*done)(void *self), void *self)
{
    gate->done = done;
    gate->done_self = self;
    gate->is_stopping = true;
    wire_mute(gate->wire);
    switchboard_leave_rooms(gate->board, "gateway is going down");
    deadlines_start(wire_deadlines(gate->wire), &gate->stop, XMPPGATE_STOP_MS, on_stop_over, gate);
    g_autoptr(GList) components = g_hash_table_get_values(gate->components);
    gate->open = g_list_length(components) + 1;
    for (GList *at = components; at != NULL; at = at->next)
        component_close(at->data, on_closed, gate);
    on_closed(gate);
}

const XmppGateCounters *xmppgate_counters(XmppGate *gate)
{
    XmppGateCounters *counters = wire_counters(gate->wire);
    switchboard_count(gate->board);
    counters->queue_octets = 0;
    GHashTableIter iter;
    gpointer component;
    g_hash_table_iter_init(&iter, gate->components);
    while (g_hash_table_iter_next(&iter, NULL, &component))
        counters->queue_octets += component_queue_octets(component);
    return counters;
}

void xmppgate_free(XmppGate *gate)
{
    if (gate == NULL)
        return;
    deadlines_stop(&gate->stop);
    switchboard_free(gate->board); // what it keeps of stanzas lives in the contexts of the components
    g_hash_table_unref(gate->components);
    wire_free(gate->wire);
    xmpp_ctx_free(gate->ctx);
    g_free(gate);
    xmpp_shutdown();
}
