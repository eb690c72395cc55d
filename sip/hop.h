// SPDX-License-Identifier: MIT
// A transport address as it stands in the configuration: "udp:127.0.0.1:5060", "tcp:[::1]:5060",
// "tcp:proxy.example:5060".
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum { HOP_UDP, HOP_TCP, HOP_TLS, HOP_TRANSPORTS } HopTransport;

typedef struct {
    HopTransport transport;
    char *host; // owned; without brackets
    uint16_t port;
} Hop;

// What: reads "udp:HOST:PORT", "tcp:HOST:PORT" or "tls:HOST:PORT"; an IPv6 address stands in
//   brackets.
// Shape: owned by the caller (hop_free).
// Errors: NULL, with a sentence in `why` (owned by the caller) that names the text.
// Source: docs/configuration.md.
Hop *hop_parse(const char *text, char **why);

// What: reads "HOST:PORT" without a transport word, as the MSRP listener is written; port 0 is
//   allowed.
// Shape: as hop_parse(); the transport is TCP.
// Errors: as hop_parse().
Hop *hop_parse_plain(const char *text, char **why);

// What: frees a hop; NULL is allowed.
void hop_free(Hop *hop);

// What: what a transport adds to a SIP URI: "", ";transport=tcp" or ";transport=tls".
// Shape: static.
// Source: RFC 3261 19.1.1, 26.2.2.
const char *hop_parameter(HopTransport transport);

// What: the SIP URI of a hop: `sip:HOST:PORT` with that parameter.
// Shape: owned by the caller (g_free).
// Source: RFC 3261 19.1.1.
char *hop_uri(const Hop *hop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hop, hop_free)
