// SPDX-License-Identifier: MIT
// Whom a request names in a list of recipients in its body: parts and addresses (RFC 5366 4, RFC 5368 5).
#pragma once
#include "sip/gate_core.h"

struct sip_s;

// Shared.
typedef struct {
    GPtrArray *people; // owned, of Address; each once; who has no address here is left out
    GBytes *history;   // owned; what they may know of each other (resource_lists.h), NULL: nothing
} Invitees;

// What: the people in the list of a request: the part with this Content-ID, or NULL: that with the disposition
//   recipient-list.
// Shape: `list` becomes owned by the caller (invitees_unref).
// Errors: the status to refuse with, 0: none: 400 no such part or none that can be read; 403 more than `max_list`.
// Source: CONF-009, CONF-018.
int invitees_read(Invitees **list, const GateCore *core, const struct sip_s *sip,
                  const char *content_id);

// What: one more owner, one less.
// Shape: NULL is allowed.
Invitees *invitees_ref(Invitees *self);
void invitees_unref(Invitees *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Invitees, invitees_unref)
