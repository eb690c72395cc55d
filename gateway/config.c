// SPDX-License-Identifier: MIT
// Key file to typed Config. GKeyFile reads the values; a scan of the text beside it knows the lines and
// finds what GKeyFile keeps silent about: keys and sections given twice.
#include "gateway/config.h"

#include <string.h>

#include "gateway/config_check.h"
#include "gateway/config_lines.h"
#include "gateway/config_value.h"
#include "gateway/gateway_error.h"
#include "mapping/address.h"

// ---- life ---------------------------------------------------------------------------------------

static void component_free(gpointer data)
{
    ConfigComponent *component = data;
    g_free(component->name);
    g_free(component->secret);
    g_free(component->sip_domain);
    endpoint_free(component->sip_route);
    g_free(component);
}

static void domain_free(gpointer data)
{
    ConfigDomain *domain = data;
    g_free(domain->name);
    g_free(domain->sip_domain);
    g_free(domain);
}

static void alias_free(gpointer data)
{
    ConfigAlias *alias = data;
    g_free(alias->jid);
    g_free(alias->uri);
    g_free(alias);
}

static void peer_free(gpointer data)
{
    ConfigPeer *peer = data;
    g_free(peer->name);
    g_free(peer);
}

static void realm_free(gpointer data)
{
    ConfigRealm *realm = data;
    g_free(realm->name);
    g_free(realm->user);
    g_free(realm->password);
    g_free(realm);
}

static void listen_free(gpointer data)
{
    endpoint_free(data);
}

static Config *config_new(void)
{
    Config *config = g_new0(Config, 1);
    config->components = g_ptr_array_new_with_free_func(component_free);
    config->domains = g_ptr_array_new_with_free_func(domain_free);
    config->aliases = g_ptr_array_new_with_free_func(alias_free);
    config->peer_rules = g_ptr_array_new_with_free_func(peer_free);
    config->realms = g_ptr_array_new_with_free_func(realm_free);
    config->sip_listen = g_ptr_array_new_with_free_func(listen_free);
    config->peers = g_ptr_array_new_with_free_func(g_free);
    config->trusted = g_ptr_array_new_with_free_func(g_free);
    config->log_level = g_strdup("info");
    config->settings = settings_defaults();
    return config;
}

void config_free(Config *config)
{
    if (config == NULL)
        return;
    g_free(config->state_dir);
    g_free(config->log_level);
    endpoint_free(config->xmpp_server);
    g_ptr_array_unref(config->components);
    g_ptr_array_unref(config->domains);
    g_ptr_array_unref(config->aliases);
    g_ptr_array_unref(config->peer_rules);
    g_ptr_array_unref(config->realms);
    g_ptr_array_unref(config->sip_listen);
    g_free(config->sip_advertise);
    g_free(config->sip_tls_dir);
    g_free(config->resolv_conf);
    g_ptr_array_unref(config->peers);
    g_ptr_array_unref(config->trusted);
    endpoint_free(config->msrp_listen);
    g_free(config->msrp_advertise);
    endpoint_free(config->msrp_listen_tls);
    g_free(config->tls_cert);
    g_free(config->tls_key);
    g_free(config->tls_ca);
    g_free(config->foreign_xmpp);
    g_free(config->foreign_sip);
    g_free(config->phone_domain);
    g_free(config->phone_context);
    g_free(config);
}

// ---- keys ---------------------------------------------------------------------------------------

typedef struct {
    const char *section;
    const char *key;
    ConfigValueRead read;
    size_t offset;
} KeyRow;

#define AT(member) offsetof(Config, member)
#define AT_COMPONENT(member) offsetof(ConfigComponent, member)
#define AT_REALM(member) offsetof(ConfigRealm, member)
#define AT_DOMAIN(member) offsetof(ConfigDomain, member)

static const KeyRow KEYS[] = {
    {"gateway", "state_dir", config_value_text, AT(state_dir)},
    {"gateway", "log_level", config_value_level, AT(log_level)},
    {"xmpp", "server", config_value_endpoint, AT(xmpp_server)},
    {"sip", "listen", config_value_listens, AT(sip_listen)},
    {"sip", "tls_dir", config_value_text, AT(sip_tls_dir)},
    {"sip", "advertise", config_value_text, AT(sip_advertise)},
    {"sip", "resolv_conf", config_value_file, AT(resolv_conf)},
    {"sip", "peers", config_value_addresses, AT(peers)},
    {"sip", "trusted", config_value_addresses, AT(trusted)},
    {"msrp", "listen", config_value_endpoint, AT(msrp_listen)},
    {"msrp", "advertise", config_value_text, AT(msrp_advertise)},
    {"msrp", "listen_tls", config_value_endpoint, AT(msrp_listen_tls)},
    {"msrp", "tls_cert", config_value_text, AT(tls_cert)},
    {"msrp", "tls_key", config_value_text, AT(tls_key)},
    {"msrp", "tls_ca", config_value_text, AT(tls_ca)},
    {"foreign", "foreign_mode", config_value_flag, AT(foreign_mode)},
    {"foreign", "xmpp_domain", config_value_domain, AT(foreign_xmpp)},
    {"foreign", "sip_domain", config_value_domain, AT(foreign_sip)},
    {"foreign", "phone_domain", config_value_domain, AT(phone_domain)},
    {"foreign", "phone_context", config_value_text, AT(phone_context)},
    {"component ", "kind", config_value_kind, AT_COMPONENT(kind)},
    {"component ", "secret", config_value_text, AT_COMPONENT(secret)},
    {"component ", "secret_file", config_value_secret_file, AT_COMPONENT(secret)},
    {"component ", "sip_domain", config_value_domain, AT_COMPONENT(sip_domain)},
    {"component ", "sip_route", config_value_route, AT_COMPONENT(sip_route)},
    {"realm ", "user", config_value_text, AT_REALM(user)},
    {"realm ", "password", config_value_text, AT_REALM(password)},
    {"realm ", "password_file", config_value_secret_file, AT_REALM(password)},
    {"xmpp-domain ", "kind", config_value_kind, AT_DOMAIN(kind)},
    {"xmpp-domain ", "sip_domain", config_value_domain, AT_DOMAIN(sip_domain)},
};

static bool key_set(const char *section, const char *key, const char *value, void *object,
                    char **why)
{
    for (size_t i = 0; i < G_N_ELEMENTS(KEYS); i++)
        if (g_str_equal(KEYS[i].section, section) && g_str_equal(KEYS[i].key, key))
            return KEYS[i].read(value, (char *)object + KEYS[i].offset, why);
    *why = g_strdup("unknown key");
    return false;
}

static bool timer_set(Settings *settings, const char *key, const char *value, char **why)
{
#define SET_TIMER(name, initial)                                                                   \
    if (g_str_equal(key, #name))                                                                   \
        return config_value_duration(value, &settings->name, why);
    SETTINGS_TIMERS(SET_TIMER)
#undef SET_TIMER
    *why = g_strdup("unknown key");
    return false;
}

static bool setting_set(Settings *settings, const char *key, const char *value, char **why)
{
#define SET_NUMBER(name, initial)                                                                  \
    if (g_str_equal(key, #name))                                                                   \
        return config_value_number(value, &settings->name, why);
#define SET_FLAG(name, initial)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return config_value_flag(value, &settings->name, why);
#define SET_CHOICE(name, words)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return config_value_choice(value, words, &settings->name, why);
#define SET_TEXT(name, initial)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return config_value_short_text(value, settings->name, why);
    SETTINGS_NUMBERS(SET_NUMBER)
    SETTINGS_FLAGS(SET_FLAG)
    SETTINGS_CHOICES(SET_CHOICE)
    SETTINGS_TEXTS(SET_TEXT)
#undef SET_TEXT
#undef SET_NUMBER
#undef SET_FLAG
#undef SET_CHOICE
    *why = g_strdup("unknown key");
    return false;
}

static bool rule_read(const char *value, PeerMemoryRule *into, char **why)
{
    int word = 0;
    bool good = config_value_choice(value, "auto|always|never", &word, why);
    *into = (PeerMemoryRule)word;
    return good;
}

static bool safety_read(const char *value, PeerMemoryRule *into, char **why)
{
    bool yes = false;
    bool good = config_value_flag(value, &yes, why);
    *into = yes ? PEER_MEMORY_ALWAYS : PEER_MEMORY_NEVER;
    return good;
}

// Keys are the words of the traits with `_` for `-`.
static bool peer_set(PeerMemoryRules *rules, const char *key, const char *value, char **why)
{
    g_autofree char *word = g_strdelimit(g_strdup(key), "_", '-');
    PeerMemoryTrait trait = peer_memory_trait_find(word, strlen(word));
    if (trait == PEER_MEMORY_MAX_SIZE)
        return config_value_number(value, &rules->max_size, why);
    if (trait < PEER_MEMORY_TRAIT_COUNT)
        return rule_read(value, &rules->traits[trait], why);
    if (g_str_equal(key, "congestion_safe"))
        return safety_read(value, &rules->congestion_safe, why);
    *why = g_strdup("unknown key");
    return false;
}

static bool alias_add(Config *config, const char *jid, const char *uri)
{
    ConfigAlias *alias = g_new0(ConfigAlias, 1);
    alias->jid = g_strdup(jid);
    alias->uri = g_strdup(uri);
    g_ptr_array_add(config->aliases, alias);
    return true;
}

// ---- sections -----------------------------------------------------------------------------------

static ConfigComponent *component_add(Config *config, const char *name)
{
    ConfigComponent *component = g_new0(ConfigComponent, 1);
    component->name = g_strdup(name);
    component->sip_domain = g_strdup(name);
    g_ptr_array_add(config->components, component);
    return component;
}

static ConfigDomain *domain_add(Config *config, const char *name)
{
    ConfigDomain *domain = g_new0(ConfigDomain, 1);
    domain->name = g_strdup(name);
    domain->sip_domain = g_strdup(name);
    g_ptr_array_add(config->domains, domain);
    return domain;
}

static ConfigPeer *peer_add(Config *config, const char *name)
{
    ConfigPeer *peer = g_new0(ConfigPeer, 1);
    peer->name = g_strdup(name);
    g_ptr_array_add(config->peer_rules, peer);
    return peer;
}

static void *realm_open(Config *config, const char *name, char **why)
{
    if (name[0] == '\0' || strpbrk(name, "\"\\") != NULL) {
        *why = g_strdup("a realm may have neither quotes nor backslashes");
        return NULL;
    }
    ConfigRealm *realm = g_new0(ConfigRealm, 1);
    realm->name = g_strdup(name);
    g_ptr_array_add(config->realms, realm);
    return realm;
}

static void *peer_open(Config *config, const char *name, char **why)
{
    g_autoptr(Address) address = address_from_jid(name);
    if (g_str_equal(name, "*"))
        return peer_add(config, name);
    if (address != NULL && address_resource(address) == NULL)
        return peer_add(config, address_bare(address));
    *why = g_strdup_printf("'%s' is neither an address without resource nor a domain nor *", name);
    return NULL;
}

// A section name is fixed ("sip") or a kind with a name behind a space ("component sip.test").
static void *section_open(Config *config, const char *section, char **kind, char **why)
{
    const char *space = strchr(section, ' ');
    *kind = space != NULL ? g_strndup(section, (gsize)(space - section + 1)) : g_strdup(section);
    if (space == NULL)
        return config;
    if (g_str_equal(*kind, "realm "))
        return realm_open(config, space + 1, why);
    if (g_str_equal(*kind, "peer "))
        return peer_open(config, space + 1, why);
    g_autofree char *name = NULL;
    if (!config_value_domain(space + 1, &name, why))
        return NULL;
    if (g_str_equal(*kind, "component "))
        return component_add(config, name);
    if (g_str_equal(*kind, "xmpp-domain "))
        return domain_add(config, name);
    *why = g_strdup("unknown section");
    return NULL;
}

static bool entry_set(Config *config, const char *kind, void *object, const char *key,
                      const char *value, char **why)
{
    if (g_str_equal(kind, "timers"))
        return timer_set(&config->settings, key, value, why);
    if (g_str_equal(kind, "settings"))
        return setting_set(&config->settings, key, value, why);
    if (g_str_equal(kind, "peer "))
        return peer_set(&((ConfigPeer *)object)->rules, key, value, why);
    if (g_str_equal(kind, "alias"))
        return alias_add(config, key, value);
    return key_set(kind, key, value, object, why);
}

static bool section_read(Config *config, GKeyFile *file, const char *section, ConfigLines *lines,
                         GError **error)
{
    g_autofree char *kind = NULL;
    g_autofree char *why = NULL;
    void *object = section_open(config, section, &kind, &why);
    if (object == NULL)
        return config_lines_fail(lines, section, NULL, why, error);
    g_auto(GStrv) keys = g_key_file_get_keys(file, section, NULL, NULL);
    for (char **key = keys; *key != NULL; key++) {
        g_autofree char *value = g_key_file_get_string(file, section, *key, error);
        if (value == NULL)
            return g_prefix_error(error, "%s: ", config_lines_where(lines, section, *key)), false;
        if (!entry_set(config, kind, object, *key, g_strchomp(value), &why))
            return config_lines_fail(lines, section, *key, why, error);
    }
    return true;
}

// ---- the whole ----------------------------------------------------------------------------------

static bool sections_read(Config *config, GKeyFile *file, ConfigLines *lines, GError **error)
{
    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);
    for (char **section = sections; *section != NULL; section++)
        if (!section_read(config, file, *section, lines, error))
            return false;
    return true;
}

Config *config_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    g_autoptr(ConfigLines) lines = config_lines_scan(path, text, error);
    g_autoptr(GKeyFile) file = g_key_file_new();
    if (lines == NULL)
        return NULL;
    if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    g_autoptr(Config) config = config_new();
    if (!sections_read(config, file, lines, error) || !config_check(config, path, lines, error))
        return NULL;
    return g_steal_pointer(&config);
}
