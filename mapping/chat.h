// SPDX-License-Identifier: MIT
// One-to-one chat: which way each line goes, when a leg is asked for, what happens when it fails
// (session, page, error), and how a chat ends.
#pragma once
#include "mapping/journal.h"

// What: a line between the pair. XMPP to SIP: `event` is `xmpp message`; SIP to XMPP: `sip message`.
// Source: IM-01..33, CHAT-01, CHAT-20.
void chat_on_message(Turn *turn, Session *session, const Event *event);

// What: the answer to a line that went by page, leg or chat.
void chat_on_delivery(Turn *turn, Line *line, const Event *event);

// What: the peer offers a leg; ours came up; ours went down.
// Source: CHAT-03, 04, 07..09, 50.
void chat_on_leg_offered(Turn *turn, Session *session, const Event *event);
void chat_on_leg_up(Turn *turn, Session *session, const Event *event);
void chat_on_leg_down(Turn *turn, Session *session, const Event *event);

// What: the XMPP user closed the window; the chat was idle or took too long to set up; the gateway ends.
// Source: CHAT-03, 51, 53, 54.
void chat_on_gone(Turn *turn, Session *session, const Event *event);
void chat_on_timer(Turn *turn, Session *session, const Event *event);
void chat_on_closing(Turn *turn, Session *session);

// What: takes a line in, whatever its class: row opened, queued, and sent at once when it may.
// Shape: `owned` is taken.
void chat_take_line(Turn *turn, Session *session, Line *owned);

// What: offers the waiting lines to the table of section 5 again, oldest first.
void chat_offer_waiting(Turn *turn, Session *session);

// What: whether nothing is in flight to the peer, by SEND or page.
// Source: docs/escalation.md 2 (CHAT_DRAINED).
bool chat_is_drained(const Session *session);

// What: hands in again what was put off while a record was open: <gone/> from either side, idle closing.
// Source: docs/escalation.md 3; ESC-024.
void chat_put_off_resume(Turn *turn, Session *session);

// What: the ladder for lines that waited for a leg which did not come: page mode, or an error to each
//   author. The action `fail lines` of the chat leg.
// Source: CHAT-01, CHAT-03; R-10.
void chat_fail_lines(Turn *turn, Session *session, const ChatLegCause *cause);
