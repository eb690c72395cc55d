// SPDX-License-Identifier: MIT
// The effective configuration as text. Secrets are shown as `(hidden)`.
#include "gateway/config.h"

static void line_add(GString *out, const char *key, const char *value)
{
    if (value != NULL)
        g_string_append_printf(out, "%s=%s\n", key, value);
}

static void endpoint_add(GString *out, const char *key, const Endpoint *endpoint)
{
    g_autofree char *text = endpoint != NULL ? endpoint_text(endpoint) : NULL;
    line_add(out, key, text);
}

static void component_add(GString *out, const ConfigComponent *component)
{
    g_string_append_printf(out, "\n[component %s]\n", component->name);
    line_add(out, "kind", component->kind == CONFIG_ROOMS ? "rooms" : "users");
    line_add(out, "secret", "(hidden)");
    line_add(out, "sip_domain", component->sip_domain);
    endpoint_add(out, "sip_route", component->sip_route);
}

static void domain_add(GString *out, const ConfigDomain *domain)
{
    g_string_append_printf(out, "\n[xmpp-domain %s]\n", domain->name);
    line_add(out, "kind", domain->kind == CONFIG_ROOMS ? "rooms" : "users");
    line_add(out, "sip_domain", domain->sip_domain);
}

// Only what is ruled: `auto` is the default of every trait.
static void peer_add(GString *out, const ConfigPeer *peer)
{
    const PeerMemoryRules *rules = &peer->rules;
    g_string_append_printf(out, "\n[peer %s]\n", peer->name);
    for (int trait = 0; trait < PEER_MEMORY_MAX_SIZE; trait++) {
        const char *word = peer_memory_trait_name((PeerMemoryTrait)trait);
        g_autofree char *key = g_strdelimit(g_strdup(word), "-", '_');
        if (rules->traits[trait] != PEER_MEMORY_AUTO)
            line_add(out, key, rules->traits[trait] == PEER_MEMORY_ALWAYS ? "always" : "never");
    }
    if (rules->max_size > 0)
        g_string_append_printf(out, "max_size=%" G_GINT64_FORMAT "\n", rules->max_size);
    if (rules->congestion_safe != PEER_MEMORY_AUTO)
        line_add(out, "congestion_safe",
                 rules->congestion_safe == PEER_MEMORY_ALWAYS ? "on" : "off");
}

static void realm_add(GString *out, const ConfigRealm *realm)
{
    g_string_append_printf(out, "\n[realm %s]\n", realm->name);
    line_add(out, "user", realm->user);
    line_add(out, "password", "(hidden)");
}

static void list_add(GString *out, const char *key, const GPtrArray *words)
{
    if (words->len > 0)
        g_string_append_printf(out, "%s=", key);
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(out, "%s%s", (char *)g_ptr_array_index(words, i),
                               i + 1 < words->len ? ";" : "\n");
}

static void sip_add(GString *out, const Config *config)
{
    g_string_append(out, "\n[sip]\nlisten=");
    for (guint i = 0; i < config->sip_listen->len; i++) {
        g_autofree char *text = endpoint_text(g_ptr_array_index(config->sip_listen, i));
        g_string_append_printf(out, "%s;", text);
    }
    g_string_append_c(out, '\n');
    line_add(out, "tls_dir", config->sip_tls_dir);
    line_add(out, "advertise", config->sip_advertise);
    line_add(out, "resolv_conf", config->resolv_conf);
    list_add(out, "peers", config->peers);
    list_add(out, "trusted", config->trusted);
}

static void choice_add(GString *out, const char *key, const char *words, int index)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    line_add(out, key, list[index]);
}

static void settings_add(GString *out, const Settings *settings)
{
#define DUMP_NUMBER(name, initial)                                                                 \
    g_string_append_printf(out, "%s=%" G_GINT64_FORMAT "\n", #name, settings->name);
#define DUMP_FLAG(name, initial) line_add(out, #name, settings->name ? "on" : "off");
#define DUMP_CHOICE(name, words) choice_add(out, #name, words, settings->name);
    g_string_append(out, "\n[timers]\n");
    SETTINGS_TIMERS(DUMP_NUMBER)
    g_string_append(out, "\n[settings]\n");
    SETTINGS_NUMBERS(DUMP_NUMBER)
    SETTINGS_FLAGS(DUMP_FLAG)
    SETTINGS_CHOICES(DUMP_CHOICE)
#define DUMP_TEXT(name, initial) line_add(out, #name, settings->name);
    SETTINGS_TEXTS(DUMP_TEXT)
#undef DUMP_TEXT
#undef DUMP_NUMBER
#undef DUMP_FLAG
#undef DUMP_CHOICE
}

char *config_dump(const Config *config)
{
    GString *out = g_string_new("[gateway]\n");
    line_add(out, "state_dir", config->state_dir);
    line_add(out, "log_level", config->log_level);
    g_string_append(out, "\n[xmpp]\n");
    endpoint_add(out, "server", config->xmpp_server);
    for (guint i = 0; i < config->components->len; i++)
        component_add(out, g_ptr_array_index(config->components, i));
    for (guint i = 0; i < config->domains->len; i++)
        domain_add(out, g_ptr_array_index(config->domains, i));
    sip_add(out, config);
    g_string_append(out, "\n[msrp]\n");
    endpoint_add(out, "listen", config->msrp_listen);
    line_add(out, "advertise", config->msrp_advertise);
    endpoint_add(out, "listen_tls", config->msrp_listen_tls);
    line_add(out, "tls_cert", config->tls_cert);
    line_add(out, "tls_key", config->tls_key);
    line_add(out, "tls_ca", config->tls_ca);
    g_string_append(out, "\n[foreign]\n");
    line_add(out, "foreign_mode", config->foreign_mode ? "on" : "off");
    line_add(out, "xmpp_domain", config->foreign_xmpp);
    line_add(out, "sip_domain", config->foreign_sip);
    line_add(out, "phone_domain", config->phone_domain);
    line_add(out, "phone_context", config->phone_context);
    if (config->aliases->len > 0)
        g_string_append(out, "\n[alias]\n");
    for (guint i = 0; i < config->aliases->len; i++) {
        const ConfigAlias *alias = g_ptr_array_index(config->aliases, i);
        line_add(out, alias->jid, alias->uri);
    }
    for (guint i = 0; i < config->realms->len; i++)
        realm_add(out, g_ptr_array_index(config->realms, i));
    for (guint i = 0; i < config->peer_rules->len; i++)
        peer_add(out, g_ptr_array_index(config->peer_rules, i));
    settings_add(out, &config->settings);
    return g_string_free(out, FALSE);
}
