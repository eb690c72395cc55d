// SPDX-License-Identifier: MIT
// A numeric address with a port and, where it matters, a transport: `udp:127.0.0.1:5060`, `[::1]:2855`.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum { ENDPOINT_ANY, ENDPOINT_UDP, ENDPOINT_TCP, ENDPOINT_TLS } EndpointTransport;

typedef struct {
    EndpointTransport transport;
    char *ip; // owned, numeric, without brackets
    uint16_t port;
} Endpoint;

// What: reads `IP:PORT`, or `udp:IP:PORT`, `tcp:IP:PORT`, `tls:IP:PORT` when `with_transport` is true.
// Shape: returned endpoint owned by the caller.
// Errors: NULL, with a sentence in `why` (owned by the caller).
Endpoint *endpoint_parse(const char *text, bool with_transport, char **why);

// What: frees the endpoint; NULL is allowed.
void endpoint_free(Endpoint *endpoint);

// What: the text endpoint_parse() reads.
// Shape: owned by the caller.
char *endpoint_text(const Endpoint *endpoint);

// What: true when the address is of the machine itself (127.0.0.0/8, ::1).
bool endpoint_is_loopback(const Endpoint *endpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Endpoint, endpoint_free)
