// SPDX-License-Identifier: MIT
// Taking SIP URIs apart: scheme, user, host, parameters. Password, port, headers and all other
// parameters are dropped (ADDR-20).
#include "mapping/uri.h"

#include "mapping/address.h"
#include "mapping/escape.h"

#include <string.h>

enum {
    URI_OCTETS_MAX = 8192, // LIMIT: three parts of 1023 octets, each octet written as %HH, need less
};

typedef struct {
    const char *name;
    bool is_phone, is_secure;
} UriScheme;

static const UriScheme URI_SCHEMES[] = {
    {"sip", false, false}, {"sips", false, true}, {"im", false, false},
    {"pres", false, false}, {"tel", true, false},
};

static bool refuse(int *status, int with)
{
    *status = with;
    return false;
}

static const UriScheme *find_scheme(const char *text, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(URI_SCHEMES); i++)
        if (strlen(URI_SCHEMES[i].name) == length &&
            g_ascii_strncasecmp(text, URI_SCHEMES[i].name, length) == 0)
            return &URI_SCHEMES[i];
    return NULL;
}

// A phone number without the separators of RFC 3966 5.1.1; NULL when the text is no number.
static char *bare_number(const char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr("-.()", *p) == NULL)
            g_string_append_c(out, *p);
    }
    const char *digits = out->str + (out->str[0] == '+');
    if (*digits == '\0' || strspn(digits, "0123456789*#ABCDEFabcdef") != strlen(digits))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

// Keeps the decoded value of a parameter in an empty `slot`; the first one of a name wins.
static bool keep(char **slot, const char *value, int *status)
{
    if (*slot != NULL || *value == '\0')
        return true;
    *slot = escape_undo_percent(value);
    return *slot != NULL || refuse(status, 400);
}

// One parameter `name` or `name=value`; those without meaning for an identity are passed over.
static bool take_param(Uri *uri, const char *name, const char *value, int *status)
{
    if (g_ascii_strcasecmp(name, "gr") == 0)
        return keep(&uri->instance, value, status);
    if (g_ascii_strcasecmp(name, "phone-context") == 0)
        return keep(&uri->phone_context, value, status);
    if (g_ascii_strcasecmp(name, "user") == 0 && g_ascii_strcasecmp(value, "phone") == 0)
        uri->is_phone = true;
    return true;
}

// Parameters from the first ';' on, without headers.
static bool take_params(Uri *uri, char *text, int *status)
{
    while (text != NULL && *text != '\0') {
        char *next = strchr(text, ';');
        if (next != NULL)
            *next++ = '\0';
        char *value = strchr(text, '=');
        if (value != NULL)
            *value++ = '\0';
        if (!take_param(uri, text, value != NULL ? value : "", status))
            return false;
        text = next;
    }
    return true;
}

static bool take_user(Uri *uri, char *text, int *status)
{
    text[strcspn(text, ":")] = '\0'; // the password
    uri->user = escape_undo_percent(text);
    uri->spelled_user = g_strdup(text);
    return uri->user != NULL || refuse(status, 400);
}

static bool take_host(Uri *uri, char *text, int *status)
{
    size_t literal = text[0] == '[' ? strcspn(text, "]") : 0;
    char *port = strchr(text + literal, ':');
    if (port != NULL) {
        *port++ = '\0';
        if (*port == '\0' || strspn(port, "0123456789") != strlen(port))
            return refuse(status, 400);
    }
    if (*text == '\0' || strpbrk(text, " \t\r\n\"<>@%") != NULL)
        return refuse(status, 400);
    uri->domain = address_prepare_domain(text);
    return uri->domain != NULL || refuse(status, 404);
}

static bool finish_phone(Uri *uri, bool is_tel, int *status)
{
    char *number = uri->is_phone && uri->user != NULL ? bare_number(uri->user) : NULL;
    uri->is_phone = number != NULL;
    if (number == NULL)
        return !is_tel || refuse(status, 400);
    g_free(uri->user);
    uri->user = number;
    return true;
}

// Everything behind "scheme:"; `text` is cut into pieces on the way.
static bool take_rest(Uri *uri, char *text, bool is_tel, int *status)
{
    char *at = is_tel ? NULL : strchr(text, '@');
    char *host = at != NULL ? at + 1 : text;
    char *headers = strchr(host, '?'), *params = strchr(host, ';');
    if (headers != NULL)
        *headers = '\0';
    if (params != NULL && (headers == NULL || params < headers))
        *params++ = '\0';
    else
        params = NULL;
    if (at != NULL)
        *at = '\0';
    if ((is_tel || at != NULL) && !take_user(uri, text, status))
        return false;
    return (is_tel || take_host(uri, host, status)) && take_params(uri, params, status) &&
           finish_phone(uri, is_tel, status);
}

bool uri_parse(Uri *uri, const char *text, int *status)
{
    if (strlen(text) > URI_OCTETS_MAX)
        return refuse(status, 414);
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text)
        return refuse(status, 400);
    const UriScheme *scheme = find_scheme(text, (size_t)(colon - text));
    if (scheme == NULL)
        return refuse(status, 416);
    g_auto(Uri) found = {.is_phone = scheme->is_phone, .is_secure = scheme->is_secure};
    g_autofree char *rest = g_strdup(colon + 1);
    if (!take_rest(&found, rest, scheme->is_phone, status))
        return false;
    *uri = found;
    found = (Uri){0};
    return true;
}

void uri_clear(Uri *uri)
{
    g_free(uri->user);
    g_free(uri->spelled_user);
    g_free(uri->domain);
    g_free(uri->instance);
    g_free(uri->phone_context);
    *uri = (Uri){0};
}

char *uri_print(const char *user, const char *domain, const char *instance)
{
    GString *out = g_string_new("sip:");
    g_autofree char *ascii = g_hostname_to_ascii(domain);
    if (user != NULL)
        g_string_append_printf(out, "%s@", user);
    g_string_append(out, ascii != NULL ? ascii : domain);
    if (instance != NULL) {
        g_autofree char *value = escape_uri_param(instance);
        g_string_append_printf(out, ";gr=%s", value);
    }
    return g_string_free(out, FALSE);
}
