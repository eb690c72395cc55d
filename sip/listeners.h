// SPDX-License-Identifier: MIT
// The addresses the user agent listens on, in the form the SIP library wants them: one URL per
// address, UDP and TCP together where both have the same port, TLS apart, at most two URLs.
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "sip/hop.h"

// LIMIT: the library takes two URLs.
#define LISTENERS_MAX 2

typedef struct {
    char *host; // owned; the address to bind
    uint16_t port;
    bool has[HOP_TRANSPORTS];
} Listener;

typedef struct {
    Listener entries[LISTENERS_MAX];
    size_t count;
} Listeners;

// What: groups addresses by host and port.
// Shape: `listeners` is overwritten; clear it with listeners_clear().
// Errors: false with a sentence in `why` (owned by the caller): none at all, or more than the
//   library takes.
bool listeners_init(Listeners *listeners, Hop *const *hops, size_t count, char **why);

// What: frees what the value owns.
void listeners_clear(Listeners *listeners);

// What: the URL that makes the library listen; `advertise` (may be NULL) stands in Via and Contact
//   instead of the address.
// Shape: owned by the caller (g_free).
char *listeners_url(const Listener *listener, const char *advertise);

// What: whether all ports are free now. The library's own complaint does not name the port, and on
//   UDP it would share one with another process.
// Errors: false with a sentence in `why` (owned by the caller) naming transport, address and port.
bool listeners_probe(const Listeners *listeners, char **why);
