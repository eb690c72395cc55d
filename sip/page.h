// SPDX-License-Identifier: MIT
// Page mode: one MESSAGE per line, out and in. A MESSAGE from outside is answered when the middle says
// ACCEPT or REFUSE and not before; its retransmissions are absorbed by the transaction.
#pragma once
#include "sip/parties.h"

typedef struct Page Page;

// What: page mode of a gate.
// Shape: `core` is borrowed. Owned by the caller (page_free).
Page *page_new(GateCore *core);

// What: drops everything open without a word; NULL is allowed.
void page_free(Page *page);

// What: `sip message` without a leg: sends it, answered by one `sip delivery`.
// Source: IM-01..14; ERR-03, ERR-05.
void page_send(Page *page, const Command *command);

// What: a MESSAGE outside any dialog of ours.
// Source: IM-20..33.
void page_on_message(Page *page, const AgentEvent *event);

// What: a MESSAGE inside the dialog of a two-party leg.
// Shape: `parties`: of the dialog.
// Source: IM-32.
void page_on_dialog_message(Page *page, const AgentEvent *event, const Parties *parties,
                            uint64_t leg);

// What: how many wait for their answer, ours and theirs.
unsigned page_out_count(const Page *page);
unsigned page_in_count(const Page *page);

// What: answers 503 to what waits, forgets what was sent; for the shutdown.
void page_close(Page *page);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)
