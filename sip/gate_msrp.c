// SPDX-License-Identifier: MIT
// The MSRP of a gate; see gate_msrp.h.
#include "sip/gate_msrp.h"

#include "sip/hop.h"

// A stanza round a text (CHAT-22), and the most we take whatever the stanza limit.
#define STANZA_OVERHEAD 2048
#define LARGEST         (1024 * 1024)

struct GateMsrp {
    const Settings *settings; // borrowed
    Hop *listen;              // owned
    char *advertise;          // owned, or NULL
    Hop *tls_listen;          // owned; NULL: no MSRP over TLS
    MsrpTlsKeys *tls_keys;    // owned, likewise
    void (*trace)(void *trace_self, const SipGateTrace *trace); // NULL: no traces
    void *trace_self;                                           // borrowed
};

MsrpTlsKeys *gate_msrp_load_keys(const SipGateTls *files, GError **error)
{
    return msrp_tls_keys_load(
        &(MsrpTlsFiles){.cert = files->cert, .key = files->key, .ca = files->ca}, error);
}

static bool build_tls(GateMsrp *self, const SipGateConfig *config, char **why)
{
    g_autoptr(GError) problem = NULL;
    if (config->msrp_tls_listen == NULL) {
        return true;
    }
    self->tls_listen = hop_parse_plain(config->msrp_tls_listen, why);
    if (self->tls_listen == NULL) {
        return false;
    }
    self->tls_keys = gate_msrp_load_keys(&config->msrp_tls, &problem);
    if (self->tls_keys == NULL) {
        *why = g_strdup(problem->message);
    }
    return self->tls_keys != NULL;
}

GateMsrp *gate_msrp_new(const SipGateConfig *config, char **why)
{
    g_autoptr(GateMsrp) self = g_new0(GateMsrp, 1);
    self->settings = config->settings;
    self->trace = config->trace;
    self->trace_self = config->trace_self;
    self->listen = hop_parse_plain(config->msrp_listen, why);
    self->advertise = g_strdup(config->msrp_advertise);
    if (self->listen == NULL || !build_tls(self, config, why)) {
        return NULL;
    }
    return g_steal_pointer(&self);
}

void gate_msrp_free(GateMsrp *self)
{
    if (self == NULL) {
        return;
    }
    hop_free(self->listen);
    hop_free(self->tls_listen);
    msrp_tls_keys_free(self->tls_keys);
    g_free(self->advertise);
    g_free(self);
}

static void on_frame(void *user, MsrpSession *session, MsrpDirection direction,
                     const uint8_t *octets, size_t length)
{
    const GateMsrp *self = user;
    self->trace(self->trace_self, &(SipGateTrace){.outgoing = direction == MSRP_SENT,
                                                  .msrp = true,
                                                  .peer = "tcp",
                                                  .text = (const char *)octets,
                                                  .octets = length});
}

// What two-party chats take; rooms have a smaller limit of their own (CHAT-22, MSRP-019).
static uint32_t largest_message(const Settings *settings)
{
    return (uint32_t)CLAMP(settings->max_stanza - STANZA_OVERHEAD, settings->max_size, LARGEST);
}

Msrp *gate_msrp_start(GateMsrp *self, GError **error)
{
    const Settings *settings = self->settings;
    g_autoptr(GError) problem = NULL;
    MsrpConfig config;
    msrp_config_init(&config);
    config.listen_host = self->listen->host;
    config.listen_port = self->listen->port;
    config.advertise_host = self->advertise;
    if (self->tls_listen != NULL) {
        config.tls_keys = self->tls_keys;
        config.tls_host = self->tls_listen->host;
        config.tls_port = self->tls_listen->port;
    }
    config.max_size = largest_message(settings);
    config.bind_ms = (uint32_t)settings->T_msrp;
    config.transaction_ms = (uint32_t)settings->T_tx;
    config.chunk_ms = (uint32_t)settings->T_chunk;
    config.on_frame = self->trace != NULL ? on_frame : NULL;
    config.user = self;
    Msrp *msrp = msrp_new(&config, &problem);
    if (msrp == NULL) {
        g_set_error(error, SIPGATE_ERROR, SIPGATE_ERROR_LISTEN, "MSRP: %s", problem->message);
    }
    return msrp;
}
