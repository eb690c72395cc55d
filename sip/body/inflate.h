// SPDX-License-Identifier: MIT
// Content-Encoding: deflate undone, within bounds. RFC 1950, RFC 2616 3.5; one-to-one row IM-26.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

// What: inflates octets; `deflate` means the zlib format, but bare RFC 1951 octets, which many send
//       under that name, are read too.
// Shape: `*inflated` is owned by the caller and set only on success; at most `max` octets.
// Errors: WIRE (no deflated octets, an end that is missing, octets behind it), LIMIT (more than
//         `max`, or more than a thousandfold: a bomb).
// Source: RFC 1950, RFC 1951; RFC 2616 3.5
bool inflate_read(GBytes **inflated, GBytes *deflated, size_t max, GError **error);
