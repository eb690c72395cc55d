// SPDX-License-Identifier: MIT
// A stay: one device of a user of the facade that has come into a room of the home by itself: the table of
// docs/stay.md (5 states, 7 events, 35 cells) and the only function that changes its state (stay.c); the
// classifier, which makes one of its events of what happened outside (stay_on.c).
#pragma once
#include "mapping/turn.h"

#define STAY_STATES(X)                                                                             \
    X(OUT)       /* no seat */                                                                     \
    X(ENTERING)  /* the home was asked; the party's offer is not answered */                       \
    X(ANSWERING) /* inside at home; the party leg is not complete */                               \
    X(INSIDE)                                                                                      \
    X(AWAY)      /* inside, but the home is lost, and its gate tries to come in again */

#define STAY_EVENTS(X)                                                                             \
    X(OFFERED)   /* the party wants in, or comes once more */                                      \
    X(HOME_IN)   /* the home leg is complete, or again */                                          \
    X(HOME_OUT)  /* the home does not let us in, or no longer */                                   \
    X(HOME_LOST) /* the home leg is lost, and may come again */                                    \
    X(PARTY_IN)  /* the party leg is complete */                                                   \
    X(PARTY_OUT) /* the party took its offer back, its leg failed, it left */                      \
    X(GIVEN_UP)  /* patience is over, a link stays lost, the gateway ends */

#define STAY_ACTIONS(X)                                                                            \
    X(NOTHING, "")                                                                                 \
    X(TAKE_OFFER, "take offer")                                                                    \
    X(REFUSE_OFFER, "refuse offer")                                                                \
    X(DROP_OFFER, "drop offer")    /* a newer one of the same device takes its place */            \
    X(ENTER_HOME, "enter home")                                                                    \
    X(LEAVE_HOME, "leave home")                                                                    \
    X(ANSWER_PARTY, "answer party")                                                                \
    X(ADMIT_PARTY, "admit party")                                                                  \
    X(DROP_PARTY, "drop party")    /* a newer leg of the same device takes its place */            \
    X(EXPEL_PARTY, "expel party")                                                                  \
    X(FAIL_UNKNOWN, "fail unanswered lines") /* whether they arrived nobody knows */

typedef enum {
#define STAY_ENUM(NAME) STAY_##NAME,
    STAY_STATES(STAY_ENUM)
#undef STAY_ENUM
    STAY_STATE_COUNT
} StayState;

typedef enum {
#define STAY_ENUM(NAME) STAY_ON_##NAME,
    STAY_EVENTS(STAY_ENUM)
#undef STAY_ENUM
    STAY_EVENT_COUNT
} StayEvent;

typedef enum {
#define STAY_ENUM(NAME, text) STAY_DO_##NAME,
    STAY_ACTIONS(STAY_ENUM)
#undef STAY_ENUM
    STAY_ACTION_COUNT
} StayAction;

typedef enum {
    STAY_MOVES,
    STAY_STAYS,     // actions without a move
    STAY_IGNORES,   // `=`: heard and ignored on purpose
    STAY_SURPRISES, // `!`: logged, counted, answered safely
} StayKind;

#define STAY_ACTIONS_MAX 3

// One cell of the table.
typedef struct {
    StayState from;
    StayEvent on;
    StayKind kind;
    StayState to;
    StayAction does[STAY_ACTIONS_MAX]; // ends with NOTHING unless full
} StayRow;

// What a session keeps of a stay beside its seat (seat.h).
typedef struct {
    StayState state; // written by stay_fire() only
    uint64_t offer;  // ref of the party's offer while it waits for its answer, 0 = none
    char *wish;      // owned: the nick it would have by itself
} Stay;

// What: fires an event: looks the cell up, carries its actions out, writes the state, logs the move and
//   does what follows from every move: patience, waiting lines, and in OUT the seat is free.
// Shape: `cause` is what happened outside; actions take refs and reasons from it.
// Source: docs/stay.md.
void stay_fire(Turn *turn, Session *session, StayEvent on, const Event *cause);

// What: a device wants to come into a room (ROOM_OFFERED); finds or opens its session, or refuses it.
// Shape: returns the id of that session, 0 when there is none.
// Source: CONF-002, CONF-022; MUC-A01, A03; docs/escalation.md 6, rule 7.
uint64_t stay_on_offer(Turn *turn, const Event *event);

// What: brings a device of an XMPP user back into the conference it was in when an earlier run ended: an offer without
//   ref, of which the device knows nothing.
// Shape: `binding` is RESTORED, how=room-bind.
// Source: docs/configuration.md, room_restart.
void stay_on_restored(Turn *turn, const Event *binding);

// What: an answer, entry or exit on a leg of a stay, or an offer taken back: ROOM_ANSWER, ROOM_ENTRY, ROOM_EXIT.
// Source: docs/stay.md.
void stay_on_leg(Turn *turn, Session *session, const Event *event);

// What: the home leg of a stay is lost, and its gate tries to come in again (LINK with a leg, how=down).
// Shape: ROOM_ENTRY or ROOM_EXIT of that leg follows, unless LEAVE_ROOM comes before.
// Source: MUC-A30; docs/stay.md.
void stay_on_lost(Turn *turn, Session *session, const Event *event);

// What: patience or the hold time of a lost link is over; the gateway closes.
void stay_on_timer(Turn *turn, Session *session, const Event *event);
void stay_on_closing(Turn *turn, Session *session);

// What: tells the author of an offer that the room does not let him in.
// Shape: `session` may be NULL; `offer` has ref and room, `side` is the facade.
// Source: tables 6.3 and 6.4.
void stay_refuse(Turn *turn, const Session *session, Side side, uint64_t ref, const Fields *why);

// What: the cell of a state and an event.
// Shape: static, never NULL.
const StayRow *stay_cell(StayState from, StayEvent on);

// What: words of the table.
// Shape: static text: "ENTERING", "HOME_IN", "enter home" ("" for none).
const char *stay_state_name(StayState state);
const char *stay_event_name(StayEvent event);
const char *stay_action_name(StayAction action);
