// SPDX-License-Identifier: MIT
// Which octets of a message are there already, or reported already (RFC 4975 7.3.1, 7.3.2).
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct MsrpCover MsrpCover;

// What: a cover of nothing.
// Shape: owned by the caller (msrp_cover_free).
MsrpCover *msrp_cover_new(void);
void msrp_cover_free(MsrpCover *cover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpCover, msrp_cover_free)

// What: adds the octets from `from` up to, but not including, `to`; the first octet is 0.
// Errors: false when that would leave more separate pieces than are kept track of.
bool msrp_cover_add(MsrpCover *cover, uint64_t from, uint64_t to);

// What: whether nothing is missing in front of octet `total`.
bool msrp_cover_whole(const MsrpCover *cover, uint64_t total);
