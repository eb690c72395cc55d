// SPDX-License-Identifier: MIT
// Octets as small letters and digits, which survive wherever a name or an id may stand. RFC 4648 6, without padding.
#pragma once
#include <glib.h>

// What: `length` octets in base 32.
// Shape: the text is the caller's.
// Source: RFC 4648 6; MUC-B06, MUC-B10.
char *base32_write(const guint8 *octets, gsize length);
