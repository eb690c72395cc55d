// SPDX-License-Identifier: MIT
// Page mode towards SIP: at most one MESSAGE outstanding per target, all authors together, the
// others behind it in the order they came (IM-15; RFC 3428 8). What is sent beside lines, receipts for
// one, waits in the same queue.
#pragma once
#include "mapping/journal.h"

// What: queues without anything in them.
// Shape: owned by the caller.
PageQueues *page_queues_new(void);
void page_queues_free(PageQueues *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageQueues, page_queues_free)

// What: hands a waiting line over by page mode: at once, or behind others to the same target.
// Errors: a full queue (setting `im_queue`): the line fails with resource-constraint. A notice
//   (`own`), whose own failure nobody would hear of, waits behind a full one, too.
// Source: IM-01, IM-15; ESC-004.
void page_send(Turn *turn, Line *line);

// What: sends the line that was outstanding once more, as nothing but text: what it was wrapped in
//   was refused.
// Source: IM-13.
void page_send_plainly(Turn *turn, const Line *line);

// What: the line at the head was answered; sends the next one to its target.
// Shape: called before the line is closed, failed or taken back.
// Source: IM-15.
void page_on_answer(Turn *turn, const Line *line);

// What: sends an order that is no line by page mode: at once, or behind others to the same target.
// Shape: `owned` is taken; its `to` names the target. It gets a row of its own, which no ledger has.
// Errors: a full queue (setting `im_queue`): it is dropped, for nobody waits for it; but word of a
//   failure (a receipt `refused`) waits behind a full one, too.
// Source: IM-15, IM-29; EXT-01.
void page_send_notice(Turn *turn, Command *owned);

// What: the answer to such an order, whatever it says; sends the next one to its target.
// Errors: false when the row is none of theirs.
bool page_on_notice_answer(Turn *turn, const Event *delivery);

// What: the session that such an order of this kind, now outstanding with this row, belongs to.
// Errors: 0 when there is none.
uint64_t page_notice_session(const Turn *turn, CommandKind kind, uint64_t row);

// What: takes a session's orders of this kind, which still wait for their turn, out of the queue.
// Errors: false when there are none.
// Source: CHAT-43 ("drop a queued state when a message follows").
bool page_drop_notice(Turn *turn, CommandKind kind, const Session *session);
