// SPDX-License-Identifier: MIT
// text/plain: octets and a charset to UTF-8 text with LF, and back. One-to-one row IM-25; RFC 3261
// 7.4.1 (no charset parameter means UTF-8); RFC 2046 4.1.
#pragma once
#include <glib.h>
#include <stdbool.h>

// What: octets to UTF-8: CRLF becomes LF, what XML 1.0 forbids becomes U+FFFD, a final line end
//       stays.
// Shape: `charset` NULL means UTF-8; `*text` is owned by the caller and set only on success.
// Errors: CHARSET (unknown), WIRE (octets not valid in that charset), LIMIT.
// Source: one-to-one row IM-25
bool plain_text_read(char **text, GBytes *bytes, const char *charset, GError **error);

// What: UTF-8 text to the octets of a text/plain body: every LF without a CR before it gets one.
// Shape: returned bytes are owned by the caller.
// Source: one-to-one row IM-10; RFC 2046 4.1.1
GBytes *plain_text_write(const char *text);
