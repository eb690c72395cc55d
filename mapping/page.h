// SPDX-License-Identifier: MIT
// Page mode towards SIP: at most one MESSAGE outstanding per target, all authors together, the
// others behind it in the order they came (IM-15; RFC 3428 8).
#pragma once
#include "mapping/journal.h"

// What: queues without anything in them.
// Shape: owned by the caller.
PageQueues *page_queues_new(void);
void page_queues_free(PageQueues *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PageQueues, page_queues_free)

// What: hands a waiting line over by page mode: at once, or behind others to the same target.
// Errors: a full queue (setting `im_queue`): the line fails with resource-constraint.
// Source: IM-01, IM-15.
void page_send(Turn *turn, Line *line);

// What: the line at the head was answered; sends the next one to its target.
// Shape: called before the line is closed, failed or taken back.
// Source: IM-15.
void page_on_answer(Turn *turn, const Line *line);
