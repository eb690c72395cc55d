// SPDX-License-Identifier: MIT
// The room of a session: lines through it, private lines beside it, its roster and subject.
#pragma once
#include "mapping/lines.h"

// What: roster, line or subject of the room on a leg of this session: ROOM_ROSTER, ROOM_MESSAGE,
//   ROOM_SUBJECT.
void room_on_event(Turn *turn, Session *session, const Event *event);

// What: hands a waiting room line over into the room (sink `room`).
// Shape: calls journal_hand_over() with LINE_BY_ROOM, or journal_fail().
void room_send(Turn *turn, Session *session, Line *line);

// What: hands a waiting pair line over as a private line on the conference leg (sink `aside`).
// Shape: calls journal_hand_over() with LINE_BY_ASIDE and answers true.
// Errors: false when that leg carries no private lines or T_late is over: the line goes the way `open`.
// Source: docs/escalation.md 5; ESC-014.
bool room_send_aside(Turn *turn, Session *session, Line *line);

// What: the delivery of a line that went by LINE_BY_ROOM or LINE_BY_ASIDE.
// Shape: ends in journal_close(), journal_fail() or journal_take_back().
void room_on_delivery(Turn *turn, Line *line, const Event *event);
