// SPDX-License-Identifier: MIT
// Reads and writes numeric endpoints. Names are never resolved here: nothing in the daemon may block.
#include "gateway/endpoint.h"

#include <string.h>

#include <gio/gio.h>

static const char *const PREFIXES[] = {[ENDPOINT_ANY] = "",
                                       [ENDPOINT_UDP] = "udp:",
                                       [ENDPOINT_TCP] = "tcp:",
                                       [ENDPOINT_TLS] = "tls:"};

static EndpointTransport transport_cut(const char **text)
{
    for (EndpointTransport each = ENDPOINT_UDP; each <= ENDPOINT_TLS; each++)
        if (g_str_has_prefix(*text, PREFIXES[each])) {
            *text += strlen(PREFIXES[each]);
            return each;
        }
    return ENDPOINT_ANY;
}

// `[v6]:port` or `v4:port`; the caller owns the result.
static char *ip_cut(const char *text, const char **port)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL)
        return NULL;
    *port = colon + 1;
    if (text[0] == '[' && colon > text + 1 && colon[-1] == ']')
        return g_strndup(text + 1, (gsize)(colon - text - 2));
    return g_strndup(text, (gsize)(colon - text));
}

Endpoint *endpoint_parse(const char *text, bool with_transport, char **why)
{
    EndpointTransport transport = ENDPOINT_ANY;
    if (with_transport && (transport = transport_cut(&text)) == ENDPOINT_ANY) {
        *why = g_strdup_printf("'%s' must begin with udp:, tcp: or tls:", text);
        return NULL;
    }
    const char *port = NULL;
    g_autofree char *ip = ip_cut(text, &port);
    guint64 number = 0;
    if (ip == NULL || !g_hostname_is_ip_address(ip) ||
        !g_ascii_string_to_unsigned(port, 10, 0, G_MAXUINT16, &number, NULL)) {
        *why = g_strdup_printf("'%s' is no numeric IP:PORT", text);
        return NULL;
    }
    Endpoint *endpoint = g_new0(Endpoint, 1);
    endpoint->transport = transport;
    endpoint->ip = g_steal_pointer(&ip);
    endpoint->port = (uint16_t)number;
    return endpoint;
}

void endpoint_free(Endpoint *endpoint)
{
    if (endpoint == NULL)
        return;
    g_free(endpoint->ip);
    g_free(endpoint);
}

char *endpoint_text(const Endpoint *endpoint)
{
    bool v6 = strchr(endpoint->ip, ':') != NULL;
    return g_strdup_printf("%s%s%s%s:%u", PREFIXES[endpoint->transport], v6 ? "[" : "",
                           endpoint->ip, v6 ? "]" : "", endpoint->port);
}

bool endpoint_is_loopback(const Endpoint *endpoint)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(endpoint->ip);
    return address != NULL && g_inet_address_get_is_loopback(address);
}
