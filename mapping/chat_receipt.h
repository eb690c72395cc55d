// SPDX-License-Identifier: MIT
// Receipts, markers and reports of a pair: who is told what, once, and by which of his ways. What is
// automatic here never asks for anything itself (SEC-12).
#pragma once
#include "mapping/receipts.h"

// What: notes what the author of a line that was admitted wants to be told.
// Source: EXT-01..04; CHAT-30, CHAT-32.
void chat_receipt_note(Turn *turn, const Line *line);

// What: notes a line that a session took, so that a later failure REPORT finds its author.
// Source: CHAT-31; ERR-07.
void chat_receipt_watch(Turn *turn, const Line *line);

// What: whether the REPORT for content that was sent again still waits for the reader's receipt; if
//   so, it is for this SEND from now on.
// Source: CHAT-21, CHAT-32.
bool chat_receipt_is_awaited(Turn *turn, const Event *event);

// What: a `receipt` of either side: delivered, displayed (up to here, and delivered with it),
//   refused.
// Shape: returns the session of the pair, or 0.
// Errors: what was not asked for, was told already, or is not known: dropped and counted.
// Source: EXT-01..04; CHAT-31, CHAT-32.
uint64_t chat_receipt_on_event(Turn *turn, const Event *event);

// What: a failure after a good end (`delivery` with how=late).
// Errors: false when nobody waits to hear of it.
// Source: IM-29; CHAT-25, CHAT-31; ERR-07.
bool chat_receipt_on_late(Turn *turn, const Event *event);

// What: the final 2xx of a MESSAGE, taken for a receipt where the operator wants that.
// Source: EXT-05.
void chat_receipt_on_page(Turn *turn, const Line *line, const Event *event);

// What: the 200 of a SEND after which no REPORT will come, because its leg ends now or carries
//   lines of a room: taken for the receipt its author asked for.
// Source: ESC-021.
void chat_receipt_on_last_answer(Turn *turn, const Line *line);

// What: tells the author of a MESSAGE that was answered with 2xx and dropped, when he asked for it.
// Source: IM-31.
void chat_receipt_refuse(Turn *turn, const Session *session, const Event *event);
