// SPDX-License-Identifier: MIT
// Comparing stanzas as XML: attributes in any order, namespaces resolved, text exact.
#pragma once
#include <strophe.h>

// What: whether `actual` is what `expected` says; the attribute value or text `*` stands for any
//   but none.
// Shape: both are XML texts; on false `why` (owned by the caller) names the first difference.
int stanza_match(xmpp_ctx_t *ctx, const char *expected, const char *actual, char **why);
