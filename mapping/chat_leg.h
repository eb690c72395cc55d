// SPDX-License-Identifier: MIT
// The two-party leg of a session: the table of docs/escalation.md section 4 (4 states, 9 events, 36
// cells) and the only function that changes its state.
#pragma once
#include "mapping/refusal.h"

#define CHAT_LEG_STATES(X)                                                                         \
    X(NONE)    /* no leg, or page mode */                                                          \
    X(OPENING) /* asked for */                                                                     \
    X(UP)                                                                                          \
    X(LOST)    /* it was up and the peer ended it */

#define CHAT_LEG_EVENTS(X)                                                                         \
    X(NEEDED)                                                                                      \
    X(LEG_UP)                                                                                      \
    X(LEG_DOWN)                                                                                    \
    X(RETURNED)                                                                                    \
    X(RECORD_OPENS)                                                                                \
    X(ENDED)                                                                                       \
    X(WIDENED)                                                                                     \
    X(NARROWED)                                                                                    \
    X(RESTARTED)

#define CHAT_LEG_ACTIONS(X)                                                                        \
    X(NOTHING, "")                                                                                 \
    X(OPEN_LEG, "open leg")     /* answer the peer's offer when there is one, else ask */          \
    X(CANCEL_LEG, "cancel leg") /* give the number up */                                           \
    X(CLOSE_LEG, "close leg")                                                                      \
    X(FAIL_LINES, "fail lines") /* the ladder of chat.c: session, page, error */                   \
    X(CLOSE_SPARE, "close spare")                                                                  \
    X(NARROW_SPARE, "narrow spare")                                                                \
    X(GIVE_LEG, "give leg")     /* the number leaves the chat; its new role is the record's */     \
    X(TAKE_LEG, "take leg")                                                                        \
    X(RENEW_LEG, "renew leg")

typedef enum {
#define CHAT_LEG_ENUM(NAME) CHAT_LEG_##NAME,
    CHAT_LEG_STATES(CHAT_LEG_ENUM)
#undef CHAT_LEG_ENUM
    CHAT_LEG_STATE_COUNT
} ChatLegState;

typedef enum {
#define CHAT_LEG_ENUM(NAME) CHAT_LEG_ON_##NAME,
    CHAT_LEG_EVENTS(CHAT_LEG_ENUM)
#undef CHAT_LEG_ENUM
    CHAT_LEG_EVENT_COUNT
} ChatLegEvent;

typedef enum {
#define CHAT_LEG_ENUM(NAME, text) CHAT_LEG_DO_##NAME,
    CHAT_LEG_ACTIONS(CHAT_LEG_ENUM)
#undef CHAT_LEG_ENUM
    CHAT_LEG_ACTION_COUNT
} ChatLegAction;

typedef enum {
    CHAT_LEG_MOVES,     // a move
    CHAT_LEG_STAYS,     // actions without a move
    CHAT_LEG_IGNORES,   // `=`: heard and ignored on purpose
    CHAT_LEG_SURPRISES, // `!`: logged, counted, answered safely
} ChatLegKind;

// One cell of the table.
typedef struct {
    ChatLegState from;
    ChatLegEvent on;
    ChatLegKind kind;
    ChatLegState to;
    ChatLegAction does;
} ChatLegRow;

// What a session keeps of its two-party leg.
typedef struct {
    ChatLegState state; // written by chat_leg_fire() only
    uint64_t number;    // the leg while OPENING or UP, else 0
    uint64_t offer;     // ref of a peer's offer that the next `open leg` answers, else 0
    bool is_partial;    // part of a message of the peer's is there, the rest is not (ESC-013)
} ChatLeg;

// Why an event is fired; what an action says outside comes from here. Everything may be 0.
typedef struct {
    uint64_t leg;    // RETURNED, NARROWED: the leg concerned
    Refusal refusal; // LEG_DOWN: in which way and why; ENDED: the reason given with BYE
} ChatLegCause;

// What: the cause that an event tells (leg and refusal).
// Shape: borrows the event's text.
ChatLegCause chat_leg_cause(const Event *event);

// What: fires an event: looks the cell up, carries its action out, writes the state, logs the move,
//   and raises what follows from a move: waiting lines are offered to section 5 again, MOVING may
//   be drained.
// Shape: `cause` may be NULL. WIDENED leaves the number unbound: the caller reads it before and
//   binds it to its new role after; RETURNED and NARROWED take `cause->leg`, whatever role it had.
// Source: docs/escalation.md 4.
void chat_leg_fire(Turn *turn, Session *session, ChatLegEvent on, const ChatLegCause *cause);

// What: the cell of a state and an event.
// Shape: static, never NULL.
const ChatLegRow *chat_leg_cell(ChatLegState from, ChatLegEvent on);

// What: words of the table.
// Shape: static text: "OPENING", "LEG_UP", "open leg" ("" for none).
const char *chat_leg_state_name(ChatLegState state);
const char *chat_leg_event_name(ChatLegEvent event);
const char *chat_leg_action_name(ChatLegAction action);
