// SPDX-License-Identifier: MIT
// The user agent of a gate; see gate_agent.h.
#include "sip/gate_agent.h"

#include "sip/hop.h"

struct GateAgent {
    Peers *peers;   // owned
    Peers *trusted; // owned
    void (*trace)(void *trace_self, const SipGateTrace *trace); // NULL: no traces
    void *trace_self;                                           // borrowed
};

GateAgent *gate_agent_new(const SipGateConfig *config)
{
    GateAgent *self = g_new0(GateAgent, 1);
    *self = (GateAgent){.peers = peers_new(),
                        .trusted = peers_new(),
                        .trace = config->trace,
                        .trace_self = config->trace_self};
    return self;
}

void gate_agent_free(GateAgent *self)
{
    if (self == NULL) {
        return;
    }
    peers_free(self->peers);
    peers_free(self->trusted);
    g_free(self);
}

static GPtrArray *read_hops(const char *const *texts, char **why)
{
    g_autoptr(GPtrArray) hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
    for (; texts != NULL && *texts != NULL; texts++) {
        Hop *hop = hop_parse(*texts, why);
        if (hop == NULL) {
            return NULL;
        }
        g_ptr_array_add(hops, hop);
    }
    return g_steal_pointer(&hops);
}

static GPtrArray *read_route_hops(const SipGateConfig *config, char **why)
{
    g_autofree const char **texts = g_new0(const char *, config->route_count + 1);
    for (size_t i = 0; i < config->route_count; i++) {
        texts[i] = config->routes[i].hop;
    }
    return read_hops(texts, why);
}

static bool add_addresses(Peers *peers, const char *const *texts, char **why)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        if (!peers_add(peers, *texts)) {
            *why = g_strdup_printf("peer '%s' is neither IP nor IP/BITS", *texts);
            return false;
        }
    }
    return true;
}

static bool add_peers(Peers *peers, const SipGateConfig *config, const GPtrArray *hops, char **why)
{
    if (config->peers != NULL) {
        return add_addresses(peers, config->peers, why);
    }
    peers_add_loopback(peers);
    for (guint i = 0; i < hops->len; i++) {
        const Hop *hop = hops->pdata[i];
        if (!peers_add_host(peers, hop->host)) {
            g_warning("side=sip the host of route %s has no address now: its requests are refused",
                      hop->host);
        }
    }
    return true;
}

static void on_wire(void *self, bool outgoing, const char *peer, const char *text, size_t octets)
{
    const GateAgent *agent = self;
    agent->trace(
        agent->trace_self,
        &(SipGateTrace){.outgoing = outgoing, .peer = peer, .text = text, .octets = octets});
}

Agent *gate_agent_build(GateAgent *self, const SipGateConfig *config, const AgentHandler *strangers,
                        void *owner, char **why)
{
    g_autoptr(GPtrArray) listen = read_hops(config->listen, why);
    g_autoptr(GPtrArray) hops = listen != NULL ? read_route_hops(config, why) : NULL;
    if (hops == NULL || !add_peers(self->peers, config, hops, why) ||
        !add_addresses(self->trusted, config->trusted, why)) {
        return NULL;
    }
    g_autofree AgentRoute *routes = g_new0(AgentRoute, config->route_count + 1);
    for (size_t i = 0; i < config->route_count; i++) {
        routes[i] = (AgentRoute){config->routes[i].sip_domain, hops->pdata[i]};
    }
    return agent_new(&(AgentConfig){.listen = (Hop *const *)listen->pdata,
                                    .listen_count = listen->len,
                                    .advertise = config->advertise,
                                    .resolv_conf = config->resolv_conf,
                                    .tls_dir = config->tls_dir,
                                    .routes = routes,
                                    .route_count = config->route_count,
                                    .peers = self->peers,
                                    .trusted = self->trusted,
                                    .strangers = strangers,
                                    .owner = owner,
                                    .t1x64_ms = config->settings->T_sip,
                                    .min_se_s = (unsigned)(config->settings->T_min_se / 1000),
                                    .trace = config->trace != NULL ? on_wire : NULL,
                                    .trace_self = self},
                     why);
}
