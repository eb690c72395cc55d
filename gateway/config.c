// SPDX-License-Identifier: MIT
// Key file to typed Config. GKeyFile reads the values; a scan of the text beside it knows the lines and
// finds what GKeyFile keeps silent about: keys and sections given twice.
#include "gateway/config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "gateway/config_lines.h"
#include "gateway/gateway_error.h"
#include "mapping/address.h"
#include "sip/sipgate.h"

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

// ---- values -------------------------------------------------------------------------------------

// Each reader fills one typed place from the text of one key, or says why not.
typedef bool (*ValueRead)(const char *value, void *into, char **why);

static bool text_read(const char *value, void *into, char **why)
{
    char **text = into;
    g_free(*text);
    *text = g_strdup(value);
    return value[0] != '\0' || (*why = g_strdup("is empty"), false);
}

static bool domain_read(const char *value, void *into, char **why)
{
    g_autoptr(Address) address = address_from_jid(value);
    if (address == NULL || address_local(address) != NULL || address_resource(address) != NULL) {
        *why = g_strdup_printf("'%s' is no domain name", value);
        return false;
    }
    return text_read(address_domain(address), into, why);
}

static bool bool_read(const char *value, void *into, char **why)
{
    bool yes = g_str_equal(value, "on") || g_str_equal(value, "true") || g_str_equal(value, "yes");
    bool no = g_str_equal(value, "off") || g_str_equal(value, "false") || g_str_equal(value, "no");
    *(bool *)into = yes;
    return yes || no || (*why = g_strdup_printf("'%s' is neither on nor off", value), false);
}

static bool kind_read(const char *value, void *into, char **why)
{
    *(ConfigKind *)into = g_str_equal(value, "rooms") ? CONFIG_ROOMS : CONFIG_USERS;
    return g_str_equal(value, "rooms") || g_str_equal(value, "users") ||
           (*why = g_strdup_printf("'%s' is neither users nor rooms", value), false);
}

static bool level_read(const char *value, void *into, char **why)
{
    static const char *const LEVELS[] = {"error", "warning", "info", "debug", NULL};
    if (!g_strv_contains(LEVELS, value)) {
        *why = g_strdup_printf("'%s' is none of error, warning, info, debug", value);
        return false;
    }
    return text_read(value, into, why);
}

static bool plain_endpoint_read(const char *value, void *into, char **why)
{
    Endpoint **endpoint = into;
    endpoint_free(*endpoint);
    *endpoint = endpoint_parse(value, false, why);
    return *endpoint != NULL;
}

static bool route_read(const char *value, void *into, char **why)
{
    Endpoint **endpoint = into;
    endpoint_free(*endpoint);
    *endpoint = endpoint_parse(value, true, why);
    return *endpoint != NULL;
}

static bool listens_read(const char *value, void *into, char **why)
{
    GPtrArray *list = *(GPtrArray **)into;
    g_auto(GStrv) words = g_strsplit(value, ";", 32);
    for (char **word = words; *word != NULL; word++) {
        if (g_strstrip(*word)[0] == '\0')
            continue;
        Endpoint *endpoint = endpoint_parse(*word, true, why);
        if (endpoint == NULL)
            return false;
        g_ptr_array_add(list, endpoint);
    }
    return list->len > 0 || (*why = g_strdup("names no address"), false);
}

static bool peers_read(const char *value, void *into, char **why)
{
    GPtrArray *list = *(GPtrArray **)into;
    g_auto(GStrv) words = g_strsplit(value, ";", 1024);
    for (char **word = words; *word != NULL; word++) {
        if (g_strstrip(*word)[0] == '\0')
            continue;
        if (!g_hostname_is_ip_address(*word)) {
            *why = g_strdup_printf("'%s' is no numeric address", *word);
            return false;
        }
        g_ptr_array_add(list, g_strdup(*word));
    }
    return true;
}

static bool secret_file_read(const char *value, void *into, char **why)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(value, &text, NULL, &error)) {
        *why = g_strdup(error->message);
        return false;
    }
    return text_read(g_strstrip(text), into, why);
}

// The path of a file that can be read now.
static bool file_read(const char *value, void *into, char **why)
{
    if (g_access(value, R_OK) != 0) {
        *why = g_strdup_printf("%s: %s", value, g_strerror(errno));
        return false;
    }
    return text_read(value, into, why);
}

// A duration: a number with ms, s, m or h; a bare number is milliseconds.
static bool duration_read(const char *value, void *into, char **why)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } UNITS[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    char *end = NULL;
    guint64 number = g_ascii_strtoull(value, &end, 10);
    for (size_t i = 0; g_ascii_isdigit(value[0]) && i < G_N_ELEMENTS(UNITS); i++)
        if (g_str_equal(end, UNITS[i].unit) && number <= G_MAXINT32) {
            *(int64_t *)into = (int64_t)number * UNITS[i].ms;
            return true;
        }
    *why = g_strdup_printf("'%s' is no duration (number with ms, s, m or h)", value);
    return false;
}

static bool number_read(const char *value, void *into, char **why)
{
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &number, NULL)) {
        *why = g_strdup_printf("'%s' is no number from 0 to %d", value, G_MAXINT32);
        return false;
    }
    *(int64_t *)into = (int64_t)number;
    return true;
}

// Empty only where that is the default.
static bool short_text_read(const char *value, char *into, char **why)
{
    if ((value[0] == '\0' && into[0] != '\0') || strlen(value) >= SETTINGS_TEXT_SIZE) {
        *why = g_strdup_printf("is empty or longer than %d octets", SETTINGS_TEXT_SIZE - 1);
        return false;
    }
    g_strlcpy(into, value, SETTINGS_TEXT_SIZE);
    return true;
}

static bool choice_read(const char *value, const char *words, int *into, char **why)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    for (int i = 0; list[i] != NULL; i++)
        if (g_str_equal(list[i], value)) {
            *into = i;
            return true;
        }
    *why = g_strdup_printf("'%s' is none of %s", value, words);
    return false;
}

// ---- keys ---------------------------------------------------------------------------------------

typedef struct {
    const char *section;
    const char *key;
    ValueRead read;
    size_t offset;
} KeyRow;

#define AT(member) offsetof(Config, member)
#define AT_COMPONENT(member) offsetof(ConfigComponent, member)
#define AT_REALM(member) offsetof(ConfigRealm, member)
#define AT_DOMAIN(member) offsetof(ConfigDomain, member)

static const KeyRow KEYS[] = {
    {"gateway", "state_dir", text_read, AT(state_dir)},
    {"gateway", "log_level", level_read, AT(log_level)},
    {"xmpp", "server", plain_endpoint_read, AT(xmpp_server)},
    {"sip", "listen", listens_read, AT(sip_listen)},
    {"sip", "tls_dir", text_read, AT(sip_tls_dir)},
    {"sip", "advertise", text_read, AT(sip_advertise)},
    {"sip", "resolv_conf", file_read, AT(resolv_conf)},
    {"sip", "peers", peers_read, AT(peers)},
    {"sip", "trusted", peers_read, AT(trusted)},
    {"msrp", "listen", plain_endpoint_read, AT(msrp_listen)},
    {"msrp", "advertise", text_read, AT(msrp_advertise)},
    {"msrp", "listen_tls", plain_endpoint_read, AT(msrp_listen_tls)},
    {"msrp", "tls_cert", text_read, AT(tls_cert)},
    {"msrp", "tls_key", text_read, AT(tls_key)},
    {"msrp", "tls_ca", text_read, AT(tls_ca)},
    {"foreign", "foreign_mode", bool_read, AT(foreign_mode)},
    {"foreign", "xmpp_domain", domain_read, AT(foreign_xmpp)},
    {"foreign", "sip_domain", domain_read, AT(foreign_sip)},
    {"foreign", "phone_domain", domain_read, AT(phone_domain)},
    {"foreign", "phone_context", text_read, AT(phone_context)},
    {"component ", "kind", kind_read, AT_COMPONENT(kind)},
    {"component ", "secret", text_read, AT_COMPONENT(secret)},
    {"component ", "secret_file", secret_file_read, AT_COMPONENT(secret)},
    {"component ", "sip_domain", domain_read, AT_COMPONENT(sip_domain)},
    {"component ", "sip_route", route_read, AT_COMPONENT(sip_route)},
    {"realm ", "user", text_read, AT_REALM(user)},
    {"realm ", "password", text_read, AT_REALM(password)},
    {"realm ", "password_file", secret_file_read, AT_REALM(password)},
    {"xmpp-domain ", "kind", kind_read, AT_DOMAIN(kind)},
    {"xmpp-domain ", "sip_domain", domain_read, AT_DOMAIN(sip_domain)},
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
        return duration_read(value, &settings->name, why);
    SETTINGS_TIMERS(SET_TIMER)
#undef SET_TIMER
    *why = g_strdup("unknown key");
    return false;
}

static bool setting_set(Settings *settings, const char *key, const char *value, char **why)
{
#define SET_NUMBER(name, initial)                                                                  \
    if (g_str_equal(key, #name))                                                                   \
        return number_read(value, &settings->name, why);
#define SET_FLAG(name, initial)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return bool_read(value, &settings->name, why);
#define SET_CHOICE(name, words)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return choice_read(value, words, &settings->name, why);
#define SET_TEXT(name, initial)                                                                    \
    if (g_str_equal(key, #name))                                                                   \
        return short_text_read(value, settings->name, why);
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
    bool good = choice_read(value, "auto|always|never", &word, why);
    *into = (PeerMemoryRule)word;
    return good;
}

static bool safety_read(const char *value, PeerMemoryRule *into, char **why)
{
    bool yes = false;
    bool good = bool_read(value, &yes, why);
    *into = yes ? PEER_MEMORY_ALWAYS : PEER_MEMORY_NEVER;
    return good;
}

// Keys are the words of the traits with `_` for `-`.
static bool peer_set(PeerMemoryRules *rules, const char *key, const char *value, char **why)
{
    g_autofree char *word = g_strdelimit(g_strdup(key), "_", '-');
    PeerMemoryTrait trait = peer_memory_trait_find(word, strlen(word));
    if (trait == PEER_MEMORY_MAX_SIZE)
        return number_read(value, &rules->max_size, why);
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
    if (!domain_read(space + 1, &name, why))
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

static bool secrets_check(const Config *config, const char *path, ConfigLines *lines,
                          GError **error)
{
    struct stat info;
    bool open_to_all = stat(path, &info) == 0 && (info.st_mode & S_IROTH) != 0;
    for (guint i = 0; i < config->components->len; i++) {
        const ConfigComponent *component = g_ptr_array_index(config->components, i);
        g_autofree char *section = g_strdup_printf("component %s", component->name);
        if (component->secret == NULL)
            return config_lines_fail(lines, section, NULL, "has neither secret nor secret_file",
                                     error);
        if (open_to_all && config_lines_has(lines, section, "secret"))
            return config_lines_fail(lines, section, "secret",
                                     "the file is readable by everybody (chmod o-r)", error);
    }
    return true;
}

static bool realms_check(const Config *config, const char *path, ConfigLines *lines, GError **error)
{
    struct stat info;
    bool open_to_all = stat(path, &info) == 0 && (info.st_mode & S_IROTH) != 0;
    for (guint i = 0; i < config->realms->len; i++) {
        const ConfigRealm *realm = g_ptr_array_index(config->realms, i);
        g_autofree char *section = g_strdup_printf("realm %s", realm->name);
        if (realm->user == NULL || realm->password == NULL)
            return config_lines_fail(lines, section, NULL,
                                     "needs user and password (or password_file)", error);
        if (strchr(realm->user, ':') != NULL)
            return config_lines_fail(lines, section, "user", "may have no colon in it", error);
        if (open_to_all && config_lines_has(lines, section, "password"))
            return config_lines_fail(lines, section, "password",
                                     "the file is readable by everybody (chmod o-r)", error);
    }
    return true;
}

// What a running daemon cannot do without, each with the place where it is missed.
static bool whole_check(const Config *config, ConfigLines *lines, GError **error)
{
    if (config->state_dir == NULL)
        return config_lines_fail(lines, "gateway", "state_dir", "is missing", error);
    if (config->xmpp_server == NULL)
        return config_lines_fail(lines, "xmpp", "server", "is missing", error);
    if (!endpoint_is_loopback(config->xmpp_server) && !config->settings.allow_remote)
        return config_lines_fail(lines, "xmpp", "server",
                                 "is not loopback, and a component link has no TLS: use a tunnel, "
                                 "or set allow_remote=on", error);
    if (config->sip_listen->len == 0)
        return config_lines_fail(lines, "sip", "listen", "is missing", error);
    if (config->msrp_listen == NULL)
        return config_lines_fail(lines, "msrp", "listen", "is missing", error);
    if (config->components->len == 0)
        return config_lines_fail(lines, "component ", NULL, "there is no component", error);
    if (config->foreign_mode && (config->foreign_xmpp == NULL || config->foreign_sip == NULL))
        return config_lines_fail(lines, "foreign", "foreign_mode",
                                 "needs xmpp_domain and sip_domain", error);
    const Settings *settings = &config->settings;
    if (settings->rate_msg == 0 || settings->rate_burst == 0 || settings->rate_session == 0 ||
        settings->rate_invite == 0 || settings->rate_join == 0)
        return config_lines_fail(
            lines, "settings", "rate_msg",
            "rates must be at least 1 (rate_burst, rate_session, rate_invite and rate_join, too)", error);
    if (config->settings.message_ok_code != 200 && config->settings.message_ok_code != 202)
        return config_lines_fail(lines, "settings", "message_ok_code", "must be 200 or 202", error);
    return true;
}

static bool listens_by_tls(const Config *config)
{
    for (guint i = 0; i < config->sip_listen->len; i++)
        if (((Endpoint *)g_ptr_array_index(config->sip_listen, i))->transport == ENDPOINT_TLS)
            return true;
    return false;
}

static bool has_tls_route(const Config *config)
{
    for (guint i = 0; i < config->components->len; i++) {
        const ConfigComponent *component = g_ptr_array_index(config->components, i);
        if (component->sip_route != NULL && component->sip_route->transport == ENDPOINT_TLS)
            return true;
    }
    return false;
}

// What the SIP library looks for in its directory; it does not say what is missing.
static char *sip_tls_fault(const Config *config)
{
    struct stat info;
    g_autofree char *own = g_build_filename(config->sip_tls_dir, "agent.pem", NULL);
    g_autofree char *trusted = g_build_filename(config->sip_tls_dir, "cafile.pem", NULL);
    if (access(own, R_OK) != 0 || stat(own, &info) != 0)
        return g_strdup_printf("%s cannot be read", own);
    if ((info.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return g_strdup_printf("%s is open to everybody (chmod o-rw)", own);
    if (has_tls_route(config) && access(trusted, R_OK) != 0)
        return g_strdup_printf("%s cannot be read", trusted);
    return NULL;
}

static bool sip_tls_check(const Config *config, ConfigLines *lines, GError **error)
{
    if (has_tls_route(config) && !listens_by_tls(config))
        return config_lines_fail(lines, "sip", "listen", "a sip_route of tls: needs a tls: address",
                                 error);
    if (listens_by_tls(config) != (config->sip_tls_dir != NULL))
        return config_lines_fail(lines, "sip", "tls_dir", "goes with a tls: address in listen",
                                 error);
    g_autofree char *fault = config->sip_tls_dir != NULL ? sip_tls_fault(config) : NULL;
    return fault == NULL || config_lines_fail(lines, "sip", "tls_dir", fault, error);
}

// Without a listener all of it would be without effect.
static bool no_tls_check(const Config *config, ConfigLines *lines, GError **error)
{
    static const char *const keys[] = {"tls_cert", "tls_key", "tls_ca"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
        if (config_lines_has(lines, "msrp", keys[i]))
            return config_lines_fail(lines, "msrp", keys[i], "needs listen_tls", error);
    if (config->settings.msrp_tls != MSRP_TLS_ACCEPT)
        return config_lines_fail(lines, "settings", "msrp_tls", "needs listen_tls in [msrp]",
                                 error);
    return true;
}

static bool tls_check(const Config *config, ConfigLines *lines, GError **error)
{
    g_autoptr(GError) problem = NULL;
    SipGateTls files = {.cert = config->tls_cert, .key = config->tls_key, .ca = config->tls_ca};
    if (config->msrp_listen_tls == NULL)
        return no_tls_check(config, lines, error);
    if (files.cert == NULL || files.key == NULL)
        return config_lines_fail(lines, "msrp", "listen_tls", "needs tls_cert and tls_key", error);
    return sipgate_check_tls(&files, &problem) ||
           config_lines_fail(lines, "msrp", "listen_tls", problem->message, error);
}

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
    if (!sections_read(config, file, lines, error) || !whole_check(config, lines, error) ||
        !secrets_check(config, path, lines, error) ||
        !realms_check(config, path, lines, error) || !tls_check(config, lines, error) ||
        !sip_tls_check(config, lines, error))
        return NULL;
    return g_steal_pointer(&config);
}
