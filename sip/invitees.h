// SPDX-License-Identifier: MIT
// Whom a request names in a list of recipients in its body: parts and addresses (RFC 5366 4, RFC 5368 5).
#pragma once
#include "sip/gate_core.h"

struct sip_s;

// What: the people in the list of a request: the part with this Content-ID, or NULL: that with the disposition
//   recipient-list.
// Shape: `list` becomes owned by the caller (g_ptr_array_unref), of Address, each once; who has no address here is left
//   out.
// Errors: the status to refuse with, 0: none: 400 no such part or none that can be read; 403 more than `max_list`.
// Source: CONF-009, CONF-018.
int invitees_read(GPtrArray **list, const GateCore *core, const struct sip_s *sip,
                  const char *content_id);
