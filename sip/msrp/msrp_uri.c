// SPDX-License-Identifier: MIT
// MSRP URIs and paths made of them (RFC 4975 6, 6.1, 9; authority by RFC 3986 3.2).
#include "sip/msrp/msrp_uri.h"

#include <arpa/inet.h>
#include <string.h>

#define URI_MAX 1024 // LIMIT: octets; a session URI has about 70

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

void msrp_uri_free(MsrpUri *uri)
{
    if (uri == NULL)
        return;
    g_free(uri->text);
    g_free(uri->host);
    g_free(uri->session_id);
    g_free(uri->transport);
    g_free(uri);
}

// token of RFC 4975 9.
static bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`{|}~";
    size_t i = 0;
    while (g_ascii_isalnum(text[i]) || (text[i] != '\0' && strchr(others, text[i]) != NULL))
        i++;
    return i > 0 && text[i] == '\0';
}

// Percent-encoded unreserved characters are the characters themselves (RFC 4975 6.1 rule 2).
static bool append_encoded(GString *name, const char *at)
{
    if (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2]))
        return false;
    char c = (char)(g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]));
    if (c != '\0' && strchr(UNRESERVED, c) != NULL)
        g_string_append_c(name, g_ascii_tolower(c));
    else
        g_string_append_printf(name, "%%%02x", (unsigned char)c);
    return true;
}

// A name of RFC 3986 in the form in which it is compared. ';' may stand in one there, but here it
// begins the transport. NULL: not a name.
static char *name_read(const char *text)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '%') {
            if (!append_encoded(name, at))
                return NULL;
            at += 2;
        } else if (strchr(UNRESERVED "!$&'()*+,=", *at) != NULL) {
            g_string_append_c(name, g_ascii_tolower(*at));
        } else {
            return NULL;
        }
    }
    return name->len > 0 ? g_strdup(name->str) : NULL;
}

// The canonical form of an address, so that two spellings of one compare equal; NULL: no address.
static char *address_read(int family, const char *text)
{
    unsigned char octets[sizeof(struct in6_addr)];
    char out[INET6_ADDRSTRLEN];
    if (inet_pton(family, text, octets) != 1)
        return NULL;
    return g_strdup(inet_ntop(family, octets, out, sizeof out));
}

static char *host_read(const char *text)
{
    size_t length = strlen(text);
    if (text[0] == '[') {
        if (length < 2 || text[length - 1] != ']')
            return NULL;
        g_autofree char *inside = g_strndup(text + 1, length - 2);
        return address_read(AF_INET6, inside);
    }
    char *address = address_read(AF_INET, text);
    return address != NULL ? address : name_read(text);
}

static bool port_read(const char *text, uint16_t *port)
{
    guint64 value;
    if (!g_ascii_isdigit(text[0]) || !g_ascii_string_to_unsigned(text, 10, 1, 65535, &value, NULL))
        return false;
    *port = (uint16_t)value;
    return true;
}

// [userinfo "@"] host [":" port]; the userinfo says nothing here (RFC 4975 6.1).
static bool authority_read(MsrpUri *uri, char *text)
{
    char *at = strrchr(text, '@');
    if (at != NULL)
        text = at + 1;
    char *after_address = strrchr(text, ']');
    char *colon = strrchr(after_address != NULL ? after_address : text, ':');
    if (colon != NULL) {
        if (!port_read(colon + 1, &uri->port))
            return false;
        *colon = '\0';
    }
    uri->host = host_read(text);
    return uri->host != NULL;
}

static bool session_id_read(MsrpUri *uri, const char *text)
{
    if (text[0] == '\0' || text[strspn(text, UNRESERVED "+=/")] != '\0')
        return false;
    uri->session_id = g_strdup(text);
    return true;
}

// ";" transport *( ";" URI-parameter ), without the first semicolon.
static bool parameters_read(MsrpUri *uri, const char *text)
{
    if (text[0] == '\0')
        return false;
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    for (size_t i = 0; parts[0][i] != '\0'; i++) {
        if (!g_ascii_isalnum(parts[0][i]))
            return false;
    }
    uri->transport = g_ascii_strdown(parts[0], -1);
    for (size_t i = 1; parts[i] != NULL; i++) {
        char *equals = strchr(parts[i], '=');
        if (equals != NULL)
            *equals = '\0';
        if (!is_token(parts[i]) || (equals != NULL && !is_token(equals + 1)))
            return false;
    }
    return parts[0][0] != '\0';
}

static bool scheme_read(MsrpUri *uri, const char **text)
{
    uri->secure = g_ascii_strncasecmp(*text, "msrps://", 8) == 0;
    if (!uri->secure && g_ascii_strncasecmp(*text, "msrp://", 7) != 0)
        return false;
    *text += uri->secure ? 8 : 7;
    return true;
}

MsrpUri *msrp_uri_read(const char *text, size_t length)
{
    if (length == 0 || length > URI_MAX || memchr(text, '\0', length) != NULL)
        return NULL;
    g_autoptr(MsrpUri) uri = g_new0(MsrpUri, 1);
    uri->text = g_strndup(text, length);
    const char *rest = uri->text;
    if (!scheme_read(uri, &rest))
        return NULL;
    g_autofree char *authority = g_strdup(rest);
    char *semicolon = strchr(authority, ';');
    if (semicolon == NULL || !parameters_read(uri, semicolon + 1))
        return NULL;
    *semicolon = '\0';
    char *slash = strchr(authority, '/');
    if (slash != NULL) {
        if (!session_id_read(uri, slash + 1))
            return NULL;
        *slash = '\0';
    }
    return authority_read(uri, authority) ? g_steal_pointer(&uri) : NULL;
}

MsrpUri *msrp_uri_copy(const MsrpUri *uri)
{
    MsrpUri *copy = g_new(MsrpUri, 1);
    *copy = (MsrpUri){.text = g_strdup(uri->text),
                      .secure = uri->secure,
                      .host = g_strdup(uri->host),
                      .port = uri->port,
                      .session_id = g_strdup(uri->session_id),
                      .transport = g_strdup(uri->transport)};
    return copy;
}

void msrp_uri_set_address(MsrpUri *uri, const char *host, uint16_t port)
{
    g_free(uri->host);
    uri->host = g_strdup(host);
    uri->port = port;
}

bool msrp_uri_equal(const MsrpUri *a, const MsrpUri *b)
{
    return a->secure == b->secure && a->port == b->port && strcmp(a->host, b->host) == 0 &&
           g_strcmp0(a->session_id, b->session_id) == 0 && strcmp(a->transport, b->transport) == 0;
}

char *msrp_uri_write(bool secure, const char *host, uint16_t port, const char *session_id)
{
    bool bracket = strchr(host, ':') != NULL;
    return g_strdup_printf("%s://%s%s%s:%u/%s;tcp", secure ? "msrps" : "msrp", bracket ? "[" : "",
                           host, bracket ? "]" : "", port, session_id);
}

GPtrArray *msrp_uri_path_read(const char *text)
{
    g_autoptr(GPtrArray) path = g_ptr_array_new_with_free_func((GDestroyNotify)msrp_uri_free);
    for (;;) {
        size_t length = strcspn(text, " ");
        MsrpUri *uri = msrp_uri_read(text, length);
        if (uri == NULL || path->len == MSRP_URI_PATH_MAX) {
            msrp_uri_free(uri);
            return NULL;
        }
        g_ptr_array_add(path, uri);
        if (text[length] == '\0')
            return g_steal_pointer(&path);
        text += length + 1;
    }
}
