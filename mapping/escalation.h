// SPDX-License-Identifier: MIT
// The escalation machine: the table of docs/escalation.md section 2 (6 states, 15 events, 90 cells)
// and the only function that changes its state (escalation.c); the classifier of its section 6,
// which makes one of the events of what happened outside (escalation_on.c).
#pragma once
#include "mapping/turn.h"

#define ESCALATION_STATES(X) X(CHAT) X(INVITING) X(ENTERING) X(FETCHING) X(MOVING) X(CONFERENCE)

#define ESCALATION_EVENTS(X)                                                                       \
    X(HOME_INVITES)                                                                                \
    X(PARTY_INVITES)                                                                               \
    X(RIVAL_INVITES)                                                                               \
    X(CALLED_OFF)                                                                                  \
    X(PATIENCE_OVER)                                                                               \
    X(PARTY_IN)                                                                                    \
    X(PARTY_COMES)                                                                                 \
    X(PARTY_OUT)                                                                                   \
    X(HOME_IN)                                                                                     \
    X(HOME_OUT)                                                                                    \
    X(CHAT_DRAINED)                                                                                \
    X(CHAT_WIDENS)                                                                                 \
    X(CHAT_NARROWS)                                                                                \
    X(LATE_IN)                                                                                     \
    X(RESTARTED)

#define ESCALATION_ACTIONS(X)                                                                      \
    X(NOTHING, "")                                                                                 \
    X(NOTE_ASKER, "note asker")                                                                    \
    X(ASK_PARTY, "ask party")                                                                      \
    X(ASK_HOME, "ask home")                                                                        \
    X(CANCEL_ASK, "cancel ask")                                                                    \
    X(ENTER_HOME, "enter home")                                                                    \
    X(LEAVE_HOME, "leave home")                                                                    \
    X(EXPEL_PARTY, "expel party")                                                                  \
    X(TAKE_PARTY, "take party")                                                                    \
    X(ADMIT_PARTY, "admit party")                                                                  \
    X(RETURN_PARTY, "return party")                                                                \
    X(RETURN_LEG, "return leg")                                                                    \
    X(DISMISS_LEG, "dismiss leg")                                                                  \
    X(ANSWER_YES, "answer yes")                                                                    \
    X(ANSWER_NO, "answer no")                                                                      \
    X(REFUSE_RIVAL, "refuse rival")                                                                \
    X(PASS_ON, "pass on")                                                                          \
    X(END_CHAT, "end chat")                                                                        \
    X(WIDEN_CHAT, "widen chat")                                                                    \
    X(NARROW_CHAT, "narrow chat")                                                                  \
    X(RENEW_LEGS, "renew legs")

typedef enum {
#define ESCALATION_ENUM(NAME) ESCALATION_##NAME,
    ESCALATION_STATES(ESCALATION_ENUM)
#undef ESCALATION_ENUM
    ESCALATION_STATE_COUNT
} EscalationState;

typedef enum {
#define ESCALATION_ENUM(NAME) ESCALATION_ON_##NAME,
    ESCALATION_EVENTS(ESCALATION_ENUM)
#undef ESCALATION_ENUM
    ESCALATION_EVENT_COUNT
} EscalationEvent;

typedef enum {
#define ESCALATION_ENUM(NAME, text) ESCALATION_DO_##NAME,
    ESCALATION_ACTIONS(ESCALATION_ENUM)
#undef ESCALATION_ENUM
    ESCALATION_ACTION_COUNT
} EscalationAction;

typedef enum {
    ESCALATION_MOVES,
    ESCALATION_STAYS,
    ESCALATION_IGNORES,   // `=`: heard and ignored on purpose
    ESCALATION_SURPRISES, // `!`: logged, counted, answered safely
} EscalationKind;

#define ESCALATION_ACTIONS_MAX 4

// One cell of the table.
typedef struct {
    EscalationState from;
    EscalationEvent on;
    EscalationKind kind;
    EscalationState to;
    EscalationAction does[ESCALATION_ACTIONS_MAX]; // ends with NOTHING unless full
} EscalationRow;

typedef struct Escalation Escalation; // the record of one session
typedef struct Line Line;

// What: the state of a session's record; ESCALATION_CHAT when it has none.
EscalationState escalation_state(const Session *session);

// What: frees a record; NULL is allowed.
void escalation_free(Escalation *record);

// What: fires an event: looks the cell up, carries its actions out, writes the state, logs the move
//   and does what every row does (docs/escalation.md 3, last paragraph).
// Shape: `cause` is what happened outside; actions take legs, refs and reasons from it.
// Source: docs/escalation.md 2, 3.
void escalation_fire(Turn *turn, Session *session, EscalationEvent on, const Event *cause);

// What: starts the patience of the state the record is in, from now on.
// Source: docs/escalation.md 1 (states), 3 (last paragraph).
void escalation_patience_start(Turn *turn, Session *session);

// What: an answer, entry or exit on a conference leg of this session (asked, given up, party or
//   home): ROOM_ANSWER, ROOM_ENTRY, ROOM_EXIT.
// Source: docs/escalation.md 6, rule 1.
void escalation_on_leg(Turn *turn, Session *session, const Event *event);

// What: one of its timers ran out (HOW_PATIENCE, HOW_HOLD, HOW_NOTICE); a stale one never gets here.
void escalation_on_timer(Turn *turn, Session *session, const Event *event);

// What: the conference is given up on its home's side, for the reason of `cause`: the home is left, the party put out.
void escalation_on_given_up(Turn *turn, Session *session, const Event *cause);

// What: the gateway closes.
void escalation_on_closing(Turn *turn, Session *session);

// What: the chat leg's lines were all answered, or the chat leg is gone: fires CHAT_DRAINED in
//   MOVING when that is all it waits for. Shaped to be raised (TurnHappening).
// Source: docs/escalation.md 2 (CHAT_DRAINED).
void escalation_on_drained(Turn *turn, Session *session, int unused);

// What: the cell of a state and an event.
// Shape: static, never NULL.
const EscalationRow *escalation_cell(EscalationState from, EscalationEvent on);

// What: words of the table.
// Shape: static text: "INVITING", "HOME_INVITES", "ask party" ("" for none).
const char *escalation_state_name(EscalationState state);
const char *escalation_event_name(EscalationEvent event);
const char *escalation_action_name(EscalationAction action);
