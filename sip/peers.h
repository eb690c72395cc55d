// SPDX-License-Identifier: MIT
// Who may send us requests, by network address (SEC-03). Addresses are compared in binary; an IPv4
// address mapped into IPv6 is the IPv4 address.
#pragma once
#include <stdbool.h>

#include <glib.h>

struct sockaddr;

typedef struct Peers Peers;

// What: nobody at all yet.
// Shape: owned by the caller (peers_free).
Peers *peers_new(void);

// What: frees the list; NULL is allowed.
void peers_free(Peers *peers);

// What: allows "IP" or "IP/BITS".
// Errors: false when it cannot be read.
// Source: SEC-03.
bool peers_add(Peers *peers, const char *text);

// What: allows both loopback networks, 127.0.0.0/8 and ::1.
void peers_add_loopback(Peers *peers);

// What: allows every address that a host name has now.
// Shape: blocks while the name is looked up: at start only; a numeric address costs nothing.
// Errors: false when it has none.
bool peers_add_host(Peers *peers, const char *host);

// What: whether this address is allowed; other families than IP never are.
bool peers_has(const Peers *peers, const struct sockaddr *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Peers, peers_free)
