// SPDX-License-Identifier: MIT
// The MSRP stack as a whole: its configuration, its connections, its end (RFC 4975 5.4; MSRP-012).
#include "sip/msrp/msrp.h"

#include "sip/msrp/msrp_stack.h"

#include <unistd.h>

#define MAX_SIZE_LIMIT   (1 << 20) // LIMIT: CHAT-22
#define MESSAGE_OVERHEAD 4096      // of an incomplete message, beside its octets

void msrp_config_init(MsrpConfig *config)
{
    *config = (MsrpConfig){
        .listen_host = "127.0.0.1",
        .listen_port = 2855,
        .max_size = 10000,
        .bind_ms = 30000,
        .transaction_ms = 30000,
        .chunk_ms = 540000,
        .keepalive_ms = 120000,
        .unbound_ms = 10000,
        .shake_ms = 10000,
        .linger_ms = 30000,
        .flush_ms = 5000,
        .unbound_max = 256,
        .queue_max = 1 << 20,
        .total_memory = 64 << 20,
    };
}

static void on_sent(void *user, void *sender, MsrpKind kind, const uint8_t *octets, size_t length)
{
    Msrp *msrp = user;
    msrp->counts.frames[MSRP_SENT][kind]++;
    if (msrp->config.on_frame != NULL)
        msrp->config.on_frame(msrp->config.user, sender, MSRP_SENT, octets, length);
}

static void on_open(void *user, MsrpConnection *connection)
{
    const GPtrArray *sessions = msrp_connection_sessions(connection);
    for (guint i = 0; i < sessions->len; i++)
        msrp_session_on_open(sessions->pdata[i]);
}

static void connection_remove(Msrp *msrp, MsrpConnection *connection)
{
    const char *peer = msrp_connection_peer(connection);
    if (peer != NULL && g_hash_table_lookup(msrp->dialled, peer) == connection)
        g_hash_table_remove(msrp->dialled, peer);
    if (peer == NULL && !msrp_connection_was_used(connection))
        msrp->unbound--;
    msrp->counts.connections--;
    g_hash_table_remove(msrp->connections, connection);
}

// A lost connection fails all its sessions (RFC 4975 5.4).
static void on_end(void *user, MsrpConnection *connection, MsrpSessionEnd reason)
{
    const GPtrArray *sessions = msrp_connection_sessions(connection);
    while (sessions->len > 0)
        msrp_session_on_end(sessions->pdata[sessions->len - 1], reason);
    msrp_router_let_go(user, connection);
    connection_remove(user, connection);
}

static const MsrpConnectionFuncs connection_funcs = {
    .on_frame = msrp_router_on_frame,
    .on_broken = msrp_router_on_broken,
    .on_open = on_open,
    .on_end = on_end,
    .on_sent = on_sent,
};

static MsrpConnectionConfig connection_config(Msrp *msrp)
{
    return (MsrpConnectionConfig){
        .loop = msrp->loop,
        .budget = &msrp->budget,
        .body_max = msrp->config.max_size,
        .unbound_ms = msrp->config.unbound_ms,
        .linger_ms = msrp->config.linger_ms,
        .stall_ms = msrp->config.transaction_ms,
        .shake_ms = msrp->config.shake_ms,
        .keys = msrp->config.tls_keys,
        .traced = msrp->config.on_frame != NULL,
        .funcs = &connection_funcs,
        .user = msrp,
        .sender = &msrp_session_sender,
    };
}

static void connection_add(Msrp *msrp, MsrpConnection *connection)
{
    g_hash_table_add(msrp->connections, connection);
    msrp->counts.connections++;
}

// Logged each time the number has doubled: who floods us must not fill the log as well.
static void turn_away(Msrp *msrp, int fd)
{
    uint64_t count = ++msrp->counts.turned_away;
    if ((count & (count - 1)) == 0)
        g_warning("side=sip MSRP: %" G_GUINT64_FORMAT " connections turned away: %u belong to none",
                  count, msrp->unbound);
    close(fd);
}

static void take_connection(Msrp *msrp, int fd, bool secure)
{
    if (msrp->unbound >= msrp->config.unbound_max) {
        turn_away(msrp, fd);
        return;
    }
    MsrpConnectionConfig config = connection_config(msrp);
    msrp->unbound++;
    connection_add(msrp, msrp_connection_accept(&config, fd, secure));
}

static void on_accept(void *user, int fd)
{
    take_connection(user, fd, false);
}

static void on_accept_tls(void *user, int fd)
{
    take_connection(user, fd, true);
}

MsrpConnection *msrp_connect(Msrp *msrp, const MsrpUri *uri, const MsrpTlsPeer *peer)
{
    g_autofree char *key = msrp_connection_key(uri->host, uri->port, peer);
    MsrpConnection *connection = g_hash_table_lookup(msrp->dialled, key);
    if (connection != NULL && !msrp_connection_is_ending(connection))
        return connection;
    MsrpConnectionConfig config = connection_config(msrp);
    connection = msrp_connection_dial(&config, uri->host, uri->port, peer);
    connection_add(msrp, connection);
    g_hash_table_replace(msrp->dialled, g_strdup(msrp_connection_peer(connection)), connection);
    return connection;
}

static void config_copy(Msrp *msrp, const MsrpConfig *config)
{
    msrp->config = *config;
    MsrpConfig *own = &msrp->config;
    own->advertise_host =
        g_strdup(config->advertise_host != NULL ? config->advertise_host : config->listen_host);
    own->listen_host = g_strdup(config->listen_host);
    own->tls_host = g_strdup(config->tls_host);
    own->max_size = MIN(config->max_size, MAX_SIZE_LIMIT);
    if (own->session_memory == 0)
        own->session_memory = 2 * (own->max_size + MESSAGE_OVERHEAD);
}

Msrp *msrp_new(const MsrpConfig *config, GError **error)
{
    g_autoptr(Msrp) msrp = g_new0(Msrp, 1);
    config_copy(msrp, config);
    msrp->budget = (MsrpBudget){NULL, config->total_memory, 0};
    msrp->loop = msrp_loop_new(config->clock_ms);
    msrp->sessions =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)msrp_session_free);
    msrp->connections =
        g_hash_table_new_full(NULL, NULL, (GDestroyNotify)msrp_connection_free, NULL);
    msrp->dialled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    msrp->listener = msrp_listener_new(msrp->loop, config->listen_host, config->listen_port,
                                       on_accept, msrp, error);
    if (msrp->listener == NULL)
        return NULL;
    msrp->port = msrp_listener_port(msrp->listener);
    if (config->tls_keys != NULL) {
        msrp->tls_listener = msrp_listener_new(msrp->loop, config->tls_host, config->tls_port,
                                               on_accept_tls, msrp, error);
        if (msrp->tls_listener == NULL)
            return NULL;
    }
    return g_steal_pointer(&msrp);
}

void msrp_free(Msrp *msrp)
{
    if (msrp == NULL)
        return;
    msrp_listener_free(msrp->listener);
    msrp_listener_free(msrp->tls_listener);
    g_hash_table_unref(msrp->sessions);
    g_hash_table_unref(msrp->dialled);
    g_hash_table_unref(msrp->connections);
    msrp_loop_free(msrp->loop);
    g_free((char *)msrp->config.listen_host);
    g_free((char *)msrp->config.tls_host);
    g_free((char *)msrp->config.advertise_host);
    g_free(msrp);
}

const char *msrp_host(const Msrp *msrp)
{
    return msrp->config.advertise_host;
}

uint16_t msrp_port(const Msrp *msrp)
{
    return msrp->config.advertise_port != 0 ? msrp->config.advertise_port : msrp->port;
}

bool msrp_has_tls(const Msrp *msrp)
{
    return msrp->tls_listener != NULL;
}

uint16_t msrp_tls_port(const Msrp *msrp)
{
    return msrp->tls_listener != NULL ? msrp_listener_port(msrp->tls_listener) : 0;
}

const char *const *msrp_fingerprints(const Msrp *msrp)
{
    const MsrpTlsKeys *keys = msrp->config.tls_keys;
    return keys != NULL ? msrp_tls_keys_fingerprints(keys) : NULL;
}

uint32_t msrp_max_size(const Msrp *msrp)
{
    return msrp->config.max_size;
}

const MsrpCounts *msrp_counts(const Msrp *msrp)
{
    return &msrp->counts;
}
