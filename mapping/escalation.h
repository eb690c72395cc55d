// SPDX-License-Identifier: MIT
// The escalation machine (docs/escalation.md): its states and its doors to the chat.
#pragma once
#include "mapping/turn.h"

#define ESCALATION_STATES(X) X(CHAT) X(INVITING) X(ENTERING) X(FETCHING) X(MOVING) X(CONFERENCE)

typedef enum {
#define ESCALATION_ENUM(NAME) ESCALATION_##NAME,
    ESCALATION_STATES(ESCALATION_ENUM)
#undef ESCALATION_ENUM
    ESCALATION_STATE_COUNT
} EscalationState;

typedef struct Escalation Escalation; // the record of one session
typedef struct Line Line;

// What: the state of a session's record; ESCALATION_CHAT when it has none.
EscalationState escalation_state(const Session *session);

// What: frees a record; NULL is allowed.
void escalation_free(Escalation *escalation);

// What: an answer, entry or exit on a conference leg of this session (asked, given up, party or home):
//   ROOM_ANSWER, ROOM_ENTRY, ROOM_EXIT.
void escalation_on_leg(Turn *turn, Session *session, const Event *event);

// What: one of its timers ran out (HOW_PATIENCE, HOW_LATE_LINES, HOW_HOLD); a stale one never gets here.
void escalation_on_timer(Turn *turn, Session *session, const Event *event);

// What: a link went down or came back; RESTORED of a kind that is not the chat's; the gateway closes.
void escalation_on_link(Turn *turn, const Event *event);
void escalation_on_restored(Turn *turn, const Event *event);
void escalation_on_closing(Turn *turn, Session *session);

// What: the chat leg's lines were all answered, or the chat leg is gone: fires CHAT_DRAINED in MOVING
//   when that is all it waits for. Shaped to be raised (TurnHappening).
// Source: docs/escalation.md 2 (CHAT_DRAINED).
void escalation_on_drained(Turn *turn, Session *session, int unused);
