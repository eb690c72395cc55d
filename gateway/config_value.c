// SPDX-License-Identifier: MIT
// Texts of a key file to typed values; see the header.
#include "gateway/config_value.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "gateway/config.h"
#include "mapping/address.h"

bool config_value_text(const char *value, void *into, char **why)
{
    char **text = into;
    g_free(*text);
    *text = g_strdup(value);
    return value[0] != '\0' || (*why = g_strdup("is empty"), false);
}

bool config_value_domain(const char *value, void *into, char **why)
{
    g_autoptr(Address) address = address_from_jid(value);
    if (address == NULL || address_local(address) != NULL || address_resource(address) != NULL) {
        *why = g_strdup_printf("'%s' is no domain name", value);
        return false;
    }
    return config_value_text(address_domain(address), into, why);
}

bool config_value_flag(const char *value, void *into, char **why)
{
    bool yes = g_str_equal(value, "on") || g_str_equal(value, "true") || g_str_equal(value, "yes");
    bool no = g_str_equal(value, "off") || g_str_equal(value, "false") || g_str_equal(value, "no");
    *(bool *)into = yes;
    return yes || no || (*why = g_strdup_printf("'%s' is neither on nor off", value), false);
}

bool config_value_kind(const char *value, void *into, char **why)
{
    *(ConfigKind *)into = g_str_equal(value, "rooms") ? CONFIG_ROOMS : CONFIG_USERS;
    return g_str_equal(value, "rooms") || g_str_equal(value, "users") ||
           (*why = g_strdup_printf("'%s' is neither users nor rooms", value), false);
}

bool config_value_level(const char *value, void *into, char **why)
{
    static const char *const LEVELS[] = {"error", "warning", "info", "debug", NULL};
    if (!g_strv_contains(LEVELS, value)) {
        *why = g_strdup_printf("'%s' is none of error, warning, info, debug", value);
        return false;
    }
    return config_value_text(value, into, why);
}

bool config_value_endpoint(const char *value, void *into, char **why)
{
    Endpoint **endpoint = into;
    endpoint_free(*endpoint);
    *endpoint = endpoint_parse(value, false, why);
    return *endpoint != NULL;
}

bool config_value_route(const char *value, void *into, char **why)
{
    Endpoint **endpoint = into;
    endpoint_free(*endpoint);
    *endpoint = endpoint_parse(value, true, why);
    return *endpoint != NULL;
}

bool config_value_listens(const char *value, void *into, char **why)
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

bool config_value_addresses(const char *value, void *into, char **why)
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

bool config_value_secret_file(const char *value, void *into, char **why)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(value, &text, NULL, &error)) {
        *why = g_strdup(error->message);
        return false;
    }
    return config_value_text(g_strstrip(text), into, why);
}

bool config_value_file(const char *value, void *into, char **why)
{
    if (g_access(value, R_OK) != 0) {
        *why = g_strdup_printf("%s: %s", value, g_strerror(errno));
        return false;
    }
    return config_value_text(value, into, why);
}

bool config_value_duration(const char *value, void *into, char **why)
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

bool config_value_number(const char *value, void *into, char **why)
{
    guint64 number = 0;
    if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT32, &number, NULL)) {
        *why = g_strdup_printf("'%s' is no number from 0 to %d", value, G_MAXINT32);
        return false;
    }
    *(int64_t *)into = (int64_t)number;
    return true;
}

bool config_value_short_text(const char *value, char *into, char **why)
{
    if ((value[0] == '\0' && into[0] != '\0') || strlen(value) >= SETTINGS_TEXT_SIZE) {
        *why = g_strdup_printf("is empty or longer than %d octets", SETTINGS_TEXT_SIZE - 1);
        return false;
    }
    g_strlcpy(into, value, SETTINGS_TEXT_SIZE);
    return true;
}

bool config_value_choice(const char *value, const char *words, int *into, char **why)
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
