// SPDX-License-Identifier: MIT
// multipart/*: splits a body at its boundary into parts. Which of them matters (the first
// understood of multipart/mixed, the last of multipart/alternative) is the caller's business. RFC
// 2046 5.1.
#pragma once
#include "sip/body/mime_part.h"

// What: splits the content of a part whose type is multipart/anything.
// Shape: `*parts` is owned by the caller, of MimePart, never empty; set only on success. A part
//        without Content-Type is text/plain. Contents are shared with `whole`, one level deeper.
// Errors: WIRE (no boundary parameter, no part, no closing delimiter), LIMIT (parts, nesting).
// Source: RFC 2046 5.1; one-to-one rows IM-26, EXT-21
bool multipart_read(GPtrArray **parts, const MimePart *whole, GError **error);

// What: writes parts as a multipart body of a subtype ("mixed", "alternative").
// Shape: `*type` is set to the Content-Type with its boundary, which occurs in no part; both are
//        owned by the caller.
// Source: RFC 2046 5.1
GBytes *multipart_write(const MimePart *const *parts, size_t count, const char *subtype,
                        char **type);
