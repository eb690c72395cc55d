// SPDX-License-Identifier: MIT
// What no single key can be told by; see the header.
#include "gateway/config_check.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sip/sipgate.h"

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

bool config_check(const Config *config, const char *path, ConfigLines *lines, GError **error)
{
    return whole_check(config, lines, error) && secrets_check(config, path, lines, error) &&
           realms_check(config, path, lines, error) && tls_check(config, lines, error) &&
           sip_tls_check(config, lines, error);
}
