// SPDX-License-Identifier: MIT
// The lines of a one-to-one chat: which way each goes, what its answer means, what becomes of lines
// when a leg does not come (session, page, error).
#pragma once
#include "mapping/journal.h"

// What: a line between the pair: `xmpp message`, or `sip message` by page mode or inside a session.
// Source: IM-01..33; CHAT-01, 03, 20, 21.
void chat_on_message(Turn *turn, Session *session, const Event *event);

// What: the answer to any line of the session; those of rooms are handed to room.c.
// Source: ERR-02, 03, 07; IM-12, 14, 28; CHAT-25, 31.
void chat_on_delivery(Turn *turn, Line *line, const Event *event);

// What: whether this content came on a leg of the session before and did not fail.
// Source: ESC-017; CHAT-21.
bool chat_is_repeated(const Turn *turn, const Session *session, const Event *event);

// What: acknowledges content that goes nowhere: sent again, or empty.
void chat_answer_unheard(Turn *turn, const Session *session, const Event *event);

// What: takes a line in, whatever its class: row opened, SEND accepted, and sent at once when it
//   may go.
// Shape: `owned` is taken.
// Errors: too many wait already: its author is told resource-constraint, no row was opened.
// Source: CHAT-03; ESC-004, ESC-011.
void chat_take_line(Turn *turn, Session *session, Line *owned);

// What: offers the waiting lines to the table of section 5 again, oldest first.
void chat_offer_waiting(Turn *turn, Session *session);

// What: whether nothing is in flight to the peer, by SEND or page.
// Source: docs/escalation.md 2 (CHAT_DRAINED).
bool chat_is_drained(const Session *session);

// What: the ladder for lines that waited for a leg which did not come: page mode, or an error to
//   each author. The action `fail lines` of the chat leg.
// Source: CHAT-01, CHAT-03; R-10.
void chat_fail_lines(Turn *turn, Session *session, const ChatLegCause *cause);
