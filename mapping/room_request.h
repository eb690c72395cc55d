// SPDX-License-Identifier: MIT
// What is asked of a room: somebody invited, put out or banned, the room looked at. The home carries it out; what the
// roster tells already is answered here.
#pragma once
#include "mapping/turn.h"

// What: something is asked of a room (ROOM_REQUEST, side = facade).
// Shape: returns the id of the session that asks, 0 when there is none.
// Source: CONF-007, CONF-014, CONF-015; MUC-A16, A19, A26, B12, B13; ROSTER-020.
uint64_t room_request_on_event(Turn *turn, const Event *event);

// What: the outcome (ROOM_RESULT, side = home), handed on to who asked.
// Source: table 6.6.
uint64_t room_request_on_result(Turn *turn, const Event *event);

// What: tells who asked how it went, or that it is refused.
void room_request_answer(Turn *turn, const Event *request, How how);
void room_request_refuse(Turn *turn, const Event *request, const Fields *why);
