// SPDX-License-Identifier: MIT
// Which media types a peer takes: accept-types and accept-wrapped-types of its SDP
// (RFC 4975 8.6; MSRP-017).
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct MsrpTypes MsrpTypes;

// What: reads the values of the two attributes.
// Shape: NULL: the attribute is absent; parameters are ignored; owned by the caller.
// Errors: none; an entry that is no type matches nothing.
MsrpTypes *msrp_types_new(const char *accept, const char *wrapped);

void msrp_types_free(MsrpTypes *types);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpTypes, msrp_types_free)

// What: whether a document of type `top` may be sent that contains one of type `inner`.
// Shape: types may have parameters; `inner` is NULL for a document that wraps nothing. Plain text in message/cpim needs
//   no word of its own where the peer has no list of what may be wrapped.
// Source: RFC 4975 8.6; R-27.
bool msrp_types_allow(const MsrpTypes *types, const char *top, const char *inner);
