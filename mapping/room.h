// SPDX-License-Identifier: MIT
// The lines of a room: through it, beside it in private, and what its author is told of them. Its legs and what
// the party is shown of it are in room_life.h.
#pragma once
#include "mapping/lines.h"
#include "mapping/refusal.h"

// What: roster, line or subject of the room on a leg of this session: ROOM_ROSTER, ROOM_MESSAGE,
//   ROOM_SUBJECT.
// Source: MUC-B04..09, B14, B19; ESC-010, 011, 018.
void room_on_event(Turn *turn, Session *session, const Event *event);

// What: tells a party that its line is refused, by the door.
// Source: SEC-10.
void room_refuse(Turn *turn, const Event *event, const Refusal *refusal);

// What: hands a waiting room line over into the room (sink `room`).
// Shape: calls journal_hand_over() with LINE_BY_ROOM, or journal_fail(); or leaves the line waiting
//   while the link of the home is lost.
void room_send(Turn *turn, Session *session, Line *line);

// What: hands over what the room said before the party was inside.
// Source: XEP-0045 7.1; MUC-A04.
void room_send_early(Turn *turn, Session *session);

// What: hands a waiting pair line over as a private line on the conference leg (sink `aside`).
// Shape: calls journal_hand_over() with LINE_BY_ASIDE and answers true.
// Errors: false when that leg carries no private lines, the partner is not known to be in the room,
//   or T_late is over: the line goes the way `open`.
// Source: docs/escalation.md 5; ESC-014.
bool room_send_aside(Turn *turn, Session *session, Line *line);

// What: hands a pair line of the peer over as a private line of its occupant, where `late_s` wants
//   so.
// Shape: calls journal_hand_over() with LINE_BY_ROOM and answers true.
// Errors: false when it does not, when the chat has not just moved, or when the partner is not
//   known to be in the room: the line goes as chat.
// Source: ESC-015.
bool room_send_late(Turn *turn, Session *session, Line *line);

// What: the delivery of a line that went by LINE_BY_ROOM or LINE_BY_ASIDE.
// Shape: ends in journal_close(), journal_fail() or journal_take_back().
void room_on_delivery(Turn *turn, Line *line, const Event *event);

// What: tells the authors of lines that were handed over to the home, which is lost, that nobody knows whether they
//   arrived; none of them goes again.
// Source: docs/delivery.md; MUC-A30.
void room_fail_unknown(Turn *turn, Session *session);

// What: notes the text of a one-to-one line, so that its copy in a room's history is known for one.
// Source: ESC-018.
void room_note_pair_line(Turn *turn, Session *session, const char *body);

// What: whether a line of a room's history is a copy of what the pair said, or older than the
//   trigger.
// Shape: `stamp` RFC 3339, NULL = live; `start_ms` wall time; thread T of the pair and of the line
//   may be NULL; `is_known_body`: the pair has said these words.
// Source: ESC-018.
bool room_is_history_copy(const char *stamp, uint64_t start_ms, const char *pair_thread,
                          const char *thread, bool is_known_body);
