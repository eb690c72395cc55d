// SPDX-License-Identifier: MIT
// The fate of lines: each gets a ledger row before anything is handed on, and the row is closed once
// (ESC-004). Here a line comes in, is handed over, is taken back from a dead leg, and ends.
#pragma once
#include "mapping/lines.h"
#include "mapping/session.h"

// What: gives the line its row (STORE row-open) and puts it behind the lines that wait.
// Shape: `owned` is taken.
// Source: ESC-004; R-22.
void journal_admit(Turn *turn, Session *session, Line *owned);

// What: moves a waiting line to those in flight; the caller pushes the command with `line->row`.
// Shape: `leg` 0 where the carrier has none.
void journal_hand_over(Turn *turn, Line *line, LineCarrier carrier, uint64_t leg);

// What: moves a line in flight back to its place among those that wait: before all younger ones.
void journal_take_back(Turn *turn, Line *line);

// What: takes back every line in flight on a leg, in order; they will be sent again with the same id.
// Source: docs/escalation.md 5; CHAT-52; ESC-013.
void journal_take_back_leg(Turn *turn, Session *session, uint64_t leg);

// What: ends a line: STORE row-close, and the line is freed.
// Shape: failure FAILURE_NONE = delivered; `how` as the delivery said. The line is gone afterwards.
// Source: ESC-004.
void journal_close(Turn *turn, Line *line, FailureReason failure, How how);

// What: ends a line that failed and tells its author: an error stanza, the final refusal of a request,
//   or, when that was answered already, a REPORT.
// Shape: `status` 0 = by the table; `text` may be NULL. The line is gone afterwards.
// Source: ERR-02, ERR-03, ERR-07; IM-28, IM-29.
void journal_fail(Turn *turn, Line *line, FailureReason failure, uint64_t status, const char *text);
