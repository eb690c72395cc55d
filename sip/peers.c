// SPDX-License-Identifier: MIT
// Allowed addresses; see peers.h.
#include "sip/peers.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

enum { OCTETS = 16, BITS = 128, IPV4_OFFSET = 12 };

// An IPv6 prefix; IPv4 is kept as ::ffff:a.b.c.d.
typedef struct {
    unsigned char octets[OCTETS];
    unsigned bits;
} Prefix;

struct Peers {
    GArray *prefixes; // owned, of Prefix
};

Peers *peers_new(void)
{
    Peers *peers = g_new0(Peers, 1);
    peers->prefixes = g_array_new(FALSE, TRUE, sizeof(Prefix));
    return peers;
}

void peers_free(Peers *peers)
{
    if (peers == NULL) {
        return;
    }
    g_array_unref(peers->prefixes);
    g_free(peers);
}

static void map_ipv4(Prefix *prefix, const void *four)
{
    memset(prefix->octets, 0, OCTETS);
    memset(prefix->octets + 10, 0xff, 2);
    memcpy(prefix->octets + IPV4_OFFSET, four, 4);
    prefix->bits = BITS;
}

// The octets of a numeric address; `width` is set to the bits of its family.
static bool read_address(const char *text, Prefix *prefix, unsigned *width)
{
    struct in_addr four;
    if (inet_pton(AF_INET, text, &four) == 1) {
        map_ipv4(prefix, &four);
        *width = 32;
        return true;
    }
    prefix->bits = *width = BITS;
    return inet_pton(AF_INET6, text, prefix->octets) == 1;
}

bool peers_add(Peers *peers, const char *text)
{
    Prefix prefix;
    unsigned width;
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    if (parts[0] == NULL || !read_address(parts[0], &prefix, &width)) {
        return false;
    }
    if (parts[1] != NULL) {
        guint64 bits;
        if (!g_ascii_string_to_unsigned(parts[1], 10, 0, width, &bits, NULL)) {
            return false;
        }
        prefix.bits = BITS - width + (unsigned)bits;
    }
    g_array_append_val(peers->prefixes, prefix);
    return true;
}

void peers_add_loopback(Peers *peers)
{
    peers_add(peers, "127.0.0.0/8");
    peers_add(peers, "::1");
}

static bool read_sockaddr(const struct sockaddr *address, Prefix *prefix)
{
    if (address->sa_family == AF_INET) {
        map_ipv4(prefix, &((const struct sockaddr_in *)address)->sin_addr);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        memcpy(prefix->octets, &((const struct sockaddr_in6 *)address)->sin6_addr, OCTETS);
        prefix->bits = BITS;
        return true;
    }
    return false;
}

bool peers_add_host(Peers *peers, const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;
    bool any = false;
    if (getaddrinfo(host, NULL, &hints, &found) != 0) {
        return false;
    }
    for (const struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        Prefix prefix;
        if (read_sockaddr(each->ai_addr, &prefix)) {
            g_array_append_val(peers->prefixes, prefix);
            any = true;
        }
    }
    freeaddrinfo(found);
    return any;
}

static bool covers(const Prefix *prefix, const Prefix *address)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(prefix->octets, address->octets, whole) != 0) {
        return false;
    }
    return rest == 0 || ((prefix->octets[whole] ^ address->octets[whole]) >> (8 - rest)) == 0;
}

bool peers_has(const Peers *peers, const struct sockaddr *address)
{
    Prefix asked;
    if (!read_sockaddr(address, &asked)) {
        return false;
    }
    for (guint i = 0; i < peers->prefixes->len; i++) {
        if (covers(&g_array_index(peers->prefixes, Prefix, i), &asked)) {
            return true;
        }
    }
    return false;
}
