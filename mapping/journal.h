// SPDX-License-Identifier: MIT
// The fate of lines: each gets a ledger row before anything is handed on, and the row is closed
// once (ESC-004). Here a line comes in, is handed over, is taken back from a dead leg, and ends.
#pragma once
#include "mapping/lines.h"
#include "mapping/refusal.h"
#include "mapping/session.h"

// What: gives the line its row (STORE row-open) and puts it behind the lines that wait.
// Shape: `owned` is taken.
// Source: ESC-004; R-22.
void journal_admit(Turn *turn, Session *session, Line *owned);

// What: moves a waiting line to those in flight and notes in its row how it leaves (STORE row-hand,
//   or within the row-open of the same event); the caller pushes the command with `line->row`.
// Shape: `leg` 0 where the carrier has none.
// Source: R-22.
void journal_hand_over(Turn *turn, Line *line, LineCarrier carrier, uint64_t leg);

// What: the same for a page that stands behind others to its target: its row says that it waits
//   until _depart(), which the caller follows with the command.
// Source: IM-15.
void journal_queue_up(Turn *turn, Line *line);
void journal_depart(Turn *turn, const Line *line);

// What: takes back a line that its gate did not send at all: its row says that it waits.
void journal_never_left(Turn *turn, Line *line);

// What: moves a line in flight back to its place among those that wait: before all younger ones.
void journal_take_back(Turn *turn, Line *line);

// What: takes back every line in flight on a leg, in order; they will be sent again with the same
//   id.
// Source: docs/escalation.md 5; CHAT-52; ESC-013.
void journal_take_back_leg(Turn *turn, Session *session, uint64_t leg);

// What: a leg is gone or given up: what was on its way there waits again, its number is unbound.
// Source: docs/seam.md (after the end of a leg no event follows); ESC-004.
void journal_drop_leg(Turn *turn, Session *session, uint64_t leg);

// What: answers the request a line came with, once its row stands: a SEND's 200; page mode waits.
// Source: R-22; docs/seam.md, Lines.
void journal_accept(Turn *turn, Line *line);

// What: the request that a line came with can be reported on no more (`ref-over`): of its failure
//   its author is told by a notice.
// Source: ESC-004; RFC 4975 7.1.2.
void journal_on_ref_over(Turn *turn, Session *session, const Event *event);

// What: takes content that was sent again for the line it is, when that can be reported on no more
//   and has no end yet: the REPORT is for this SEND from now on. It is acknowledged.
// Errors: false when there is no such line.
// Source: CHAT-21.
bool journal_resume(Turn *turn, const Session *session, const Event *event);

// What: ends a row (STORE row-close), that of a line or one that has no line in this run.
// Shape: borrowed, as turn_push(); `session` may be NULL.
Command *journal_close_row(Turn *turn, const Session *session, Side to_side, uint64_t row,
                           FailureReason failure);

// What: ends a line that arrived: STORE row-close; the page-mode 200, or the REPORT of a SEND whose
//   author does not wait for the reader's receipt.
// Shape: the line is gone afterwards.
// Source: ESC-004; IM-28; CHAT-32.
void journal_close(Turn *turn, Line *line);

// What: ends a line that failed: STORE row-close, and its author is told: an error stanza, the
//   final refusal of a request, or, when a SEND was accepted already, a REPORT.
//   An author whom no link reaches is told when it stands again; the row stays open until then.
// Shape: the line is gone afterwards.
// Source: ESC-004; ERR-02, ERR-03, ERR-07; IM-28, IM-29; GEN-06.
void journal_fail(Turn *turn, Line *line, const Refusal *refusal);
