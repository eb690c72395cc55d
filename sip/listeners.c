// SPDX-License-Identifier: MIT
// Listening addresses; see listeners.h.
#include "sip/listeners.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static Listener *find(Listeners *listeners, const Hop *hop)
{
    for (size_t i = 0; i < listeners->count; i++) {
        Listener *each = &listeners->entries[i];
        if (each->port == hop->port && each->has[HOP_TLS] == (hop->transport == HOP_TLS) &&
            g_ascii_strcasecmp(each->host, hop->host) == 0) {
            return each;
        }
    }
    return NULL;
}

static Listener *add(Listeners *listeners, const Hop *hop)
{
    if (listeners->count == LISTENERS_MAX) {
        return NULL;
    }
    Listener *listener = &listeners->entries[listeners->count++];
    listener->host = g_strdup(hop->host);
    listener->port = hop->port;
    return listener;
}

bool listeners_init(Listeners *listeners, Hop *const *hops, size_t count, char **why)
{
    memset(listeners, 0, sizeof *listeners);
    for (size_t i = 0; i < count; i++) {
        Listener *listener = find(listeners, hops[i]);
        if (listener == NULL && (listener = add(listeners, hops[i])) == NULL) {
            *why = g_strdup_printf("more than %d addresses to listen on", LISTENERS_MAX);
            listeners_clear(listeners);
            return false;
        }
        listener->has[hops[i]->transport] = true;
    }
    if (count == 0) {
        *why = g_strdup("no address to listen on");
    }
    return count > 0;
}

void listeners_clear(Listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        g_free(listeners->entries[i].host);
    }
    memset(listeners, 0, sizeof *listeners);
}

static char *bracketed(const char *host)
{
    return strchr(host, ':') != NULL ? g_strdup_printf("[%s]", host) : g_strdup(host);
}

// A URL without one is for UDP and TCP, or with sips for TLS.
static const char *transport_of(const Listener *listener)
{
    if (listener->has[HOP_TLS] || (listener->has[HOP_UDP] && listener->has[HOP_TCP])) {
        return "";
    }
    return listener->has[HOP_TCP] ? ";transport=tcp" : ";transport=udp";
}

char *listeners_url(const Listener *listener, const char *advertise)
{
    g_autofree char *bound = bracketed(listener->host);
    g_autofree char *shown = bracketed(advertise != NULL ? advertise : listener->host);
    const char *scheme = listener->has[HOP_TLS] ? "sips" : "sip";
    const char *transport = transport_of(listener);
    if (advertise == NULL) {
        return g_strdup_printf("%s:%s:%u%s", scheme, shown, listener->port, transport);
    }
    return g_strdup_printf("%s:%s:%u%s;maddr=%s", scheme, shown, listener->port, transport, bound);
}

static int bind_once(const struct addrinfo *address, int type)
{
    int yes = 1;
    int fd = socket(address->ai_family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return errno;
    }
    // A TCP port in TIME_WAIT is free; on UDP the option would let two processes share a port.
    if (type == SOCK_STREAM) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    int error = bind(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == 0 && type == SOCK_STREAM && listen(fd, 1) != 0) {
        error = errno;
    }
    close(fd);
    return error;
}

static bool probe(const Listener *listener, HopTransport transport, char **why)
{
    static const char *const words[] = {[HOP_UDP] = "udp", [HOP_TCP] = "tcp", [HOP_TLS] = "tls"};
    int type = transport == HOP_UDP ? SOCK_DGRAM : SOCK_STREAM;
    if (!listener->has[transport]) {
        return true;
    }
    g_autofree char *port = g_strdup_printf("%u", listener->port);
    struct addrinfo hints = {.ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(listener->host, port, &hints, &found);
    const char *problem = error != 0 ? gai_strerror(error) : NULL;
    if (error == 0) {
        error = bind_once(found, type);
        problem = error != 0 ? g_strerror(error) : NULL;
        freeaddrinfo(found);
    }
    if (problem != NULL) {
        *why = g_strdup_printf("%s:%s:%u: %s", words[transport], listener->host, listener->port,
                               problem);
    }
    return problem == NULL;
}

bool listeners_probe(const Listeners *listeners, char **why)
{
    for (size_t i = 0; i < listeners->count; i++) {
        const Listener *each = &listeners->entries[i];
        for (HopTransport transport = HOP_UDP; transport < HOP_TRANSPORTS; transport++) {
            if (!probe(each, transport, why)) {
                return false;
            }
        }
    }
    return true;
}
