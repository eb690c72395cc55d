// SPDX-License-Identifier: MIT
// Transport addresses of the configuration; see hop.h.
#include "sip/hop.h"

#include <string.h>

// LIMIT: a host name has at most 253 octets (RFC 1035 2.3.4).
enum { HOST_OCTETS = 253 };

static bool is_host(const char *host)
{
    size_t octets = strlen(host);
    if (octets == 0 || octets > HOST_OCTETS) {
        return false;
    }
    return g_hostname_is_ip_address(host) ||
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
               octets;
}

// The host of "HOST:PORT", brackets removed; `port` is set to what follows its colon.
static char *split_host(const char *text, const char **port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL) {
        return NULL;
    }
    *port = colon + 1;
    if (text[0] != '[') {
        return memchr(text, ':', colon - text) ? NULL : g_strndup(text, colon - text);
    }
    return colon > text + 1 && colon[-1] == ']' ? g_strndup(text + 1, colon - text - 2) : NULL;
}

static Hop *parse(const char *text, const char *rest, HopTransport transport, unsigned lowest,
                  char **why)
{
    const char *port = NULL;
    guint64 number = 0;
    g_autofree char *host = split_host(rest, &port);
    if (host == NULL || !is_host(host)) {
        *why = g_strdup_printf("'%s' has no host and port", text);
        return NULL;
    }
    if (!g_ascii_string_to_unsigned(port, 10, lowest, G_MAXUINT16, &number, NULL)) {
        *why = g_strdup_printf("'%s' has no port between %u and 65535", text, lowest);
        return NULL;
    }
    Hop *hop = g_new0(Hop, 1);
    *hop = (Hop){.transport = transport, .host = g_steal_pointer(&host), .port = (uint16_t)number};
    return hop;
}

Hop *hop_parse(const char *text, char **why)
{
    static const char *const words[] = {
        [HOP_UDP] = "udp:", [HOP_TCP] = "tcp:", [HOP_TLS] = "tls:"};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_str_has_prefix(text, words[i])) {
            return parse(text, text + strlen(words[i]), (HopTransport)i, 1, why);
        }
    }
    *why = g_strdup_printf("'%s' begins with none of udp:, tcp:, tls:", text);
    return NULL;
}

Hop *hop_parse_plain(const char *text, char **why)
{
    return parse(text, text, HOP_TCP, 0, why);
}

void hop_free(Hop *hop)
{
    if (hop == NULL) {
        return;
    }
    g_free(hop->host);
    g_free(hop);
}

const char *hop_parameter(HopTransport transport)
{
    static const char *const parameters[] = {
        [HOP_UDP] = "", [HOP_TCP] = ";transport=tcp", [HOP_TLS] = ";transport=tls"};
    return parameters[transport];
}

char *hop_uri(const Hop *hop)
{
    bool bare6 = strchr(hop->host, ':') != NULL;
    return g_strdup_printf("sip:%s%s%s:%u%s", bare6 ? "[" : "", hop->host, bare6 ? "]" : "",
                           hop->port, hop_parameter(hop->transport));
}
