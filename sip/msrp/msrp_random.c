// SPDX-License-Identifier: MIT
// Unguessable identifiers from getrandom(2).
#include "sip/msrp/msrp_random.h"

#include <errno.h>
#include <glib.h>
#include <stdint.h>
#include <sys/random.h>

void msrp_random_hex(char *out, size_t digits)
{
    static const char alphabet[] = "0123456789abcdef";
    uint8_t octets[32];
    g_assert(digits <= 2 * sizeof octets);
    // Up to 256 octets come whole (random(7)); only a signal before the pool is ready interrupts.
    ssize_t got;
    do
        got = getrandom(octets, sizeof octets, 0);
    while (got < 0 && errno == EINTR);
    if (got != sizeof octets)
        g_error("no random numbers: %s", g_strerror(errno));
    for (size_t i = 0; i < digits; i++)
        out[i] = alphabet[(octets[i / 2] >> (i % 2 * 4)) & 15];
    out[digits] = '\0';
}
