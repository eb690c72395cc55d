// SPDX-License-Identifier: MIT
// A quoted string, as header fields of mail and SIP have it (RFC 2045 5.1, RFC 3261 25.1).
#pragma once
#include <glib.h>

// What: appends a text between quotes, with a backslash before what would end or escape it.
// Shape: `text` is free of controls already.
// Source: RFC 3261 25.1; SEC-06.
void quoted_append(GString *out, const char *text);
