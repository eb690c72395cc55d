// SPDX-License-Identifier: MIT
// MESSAGE of ours: sent, sent once more where the answer is not the end yet, its outcome told
// (RFC 3428, RFC 7572; IM-01..14).
#pragma once
#include "sip/gate_core.h"

typedef struct PagerOut PagerOut;

// What: nothing sent.
// Shape: `core` is borrowed. Owned by the caller (pager_out_free).
PagerOut *pager_out_new(GateCore *core);
void pager_out_free(PagerOut *self);

// What: sends a line, who is writing, or a notification; answered by one DELIVERY.
// Source: IM-01..14; ERR-03, ERR-05.
void pager_out_send(PagerOut *self, const Command *command);

// What: how many wait for their answer; how many of them were sent lately.
unsigned pager_out_count(const PagerOut *self);
unsigned pager_out_young_count(PagerOut *self);

// What: forgets what was sent.
void pager_out_close(PagerOut *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PagerOut, pager_out_free)
