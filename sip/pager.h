// SPDX-License-Identifier: MIT
// Pager mode: one MESSAGE per line, out and in. A MESSAGE from outside is answered when the middle
// says ACCEPT or REFUSE and not before; its retransmissions are absorbed by the transaction.
#pragma once
#include "sip/parties.h"

typedef struct Pager Pager;

// What: page mode of a gate.
// Shape: `core` is borrowed. Owned by the caller (pager_free).
Pager *pager_new(GateCore *core);

// What: drops everything open without a word; NULL is allowed.
void pager_free(Pager *pager);

// What: `sip message`, `sip chat-state` or `sip receipt` without a leg: sends it, answered by one `sip delivery`.
// Source: IM-01..14; CHAT-42, 43; ERR-03, ERR-05.
void pager_send(Pager *pager, const Command *command);

// What: a MESSAGE outside any dialog of ours.
// Source: IM-20..33.
void pager_on_message(Pager *pager, const AgentEvent *event);

// What: a MESSAGE inside the dialog of a two-party leg.
// Shape: `parties`: of the dialog.
// Source: IM-32.
void pager_on_dialog_message(Pager *pager, const AgentEvent *event, const Parties *parties,
                             uint64_t leg);

// What: how many wait for their answer, ours and theirs.
unsigned pager_sent_count(const Pager *pager);
unsigned pager_in_count(const Pager *pager);

// What: how many of ours were sent lately and wait for their answer: the load that is being worked
//   off, without what a peer that is gone leaves behind.
unsigned pager_young_count(Pager *pager);

// What: answers 503 to what waits, forgets what was sent; for the shutdown.
void pager_close(Pager *pager);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pager, pager_free)
