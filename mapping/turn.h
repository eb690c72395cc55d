// SPDX-License-Identifier: MIT
// A turn: one event processed wholly, from its dispatch to the last thing it set off. Every handler
// of the middle gets it as its first argument: what it may read, where its commands go, what time
// it is. Numbers of sessions, legs and ledger rows are handed out here and never used twice
// (docs/seam.md).
#pragma once
#include "mapping/event.h"
#include "mapping/outbox.h"
#include "mapping/peer_memory.h"
#include "mapping/settings.h"

typedef struct Session Session;
typedef struct SessionMap SessionMap;
typedef struct PageQueues PageQueues;
typedef struct Receipts Receipts;
typedef struct Requests Requests;
typedef struct Recovery Recovery;
typedef struct Links Links;
typedef struct Rooms Rooms;
typedef struct Ghosts Ghosts;
typedef struct Outsiders Outsiders;
typedef struct Route Route;

// The counters that outlive a turn. `row` goes on where the store says (`restored how=counter`).
typedef struct {
    uint64_t leg;       // last leg number handed out
    uint64_t row;       // last ledger row handed out
    uint64_t timer;     // last timer generation handed out
    uint64_t surprises; // cells marked `!` that were reached
    uint64_t late;      // answers that met nothing any more
} TurnCounters;

typedef struct {
    SessionMap *sessions;     // borrowed (router), as is everything here
    PageQueues *pages;        // borrowed
    PeerMemory *peers;        // borrowed
    Receipts *receipts;       // borrowed
    Requests *requests;       // borrowed
    Recovery *recovery;       // borrowed
    Links *links;             // borrowed
    Rooms *rooms;             // borrowed
    Ghosts *ghosts;           // borrowed
    Outsiders *outsiders;     // borrowed
    const Route *route;       // borrowed
    const Settings *settings; // borrowed
    TurnCounters *counters;   // borrowed
    Outbox *outbox;           // borrowed (caller of router_dispatch)
    Command *opened;          // borrowed (outbox): the row-open of this event, or NULL
    GQueue *happenings;       // borrowed, raised inside this turn
    int64_t now_ms;           // time of the event, monotonic
} Turn;

// Something raised inside a turn; `what` is a word of its own for the function (an enum), or 0.
typedef void (*TurnHappening)(Turn *turn, Session *session, int what);

// What: appends a command of this session and hands it out to be filled.
// Shape: `session` may be NULL (the command belongs to none); borrowed until the turn ends.
Command *turn_push(Turn *turn, const Session *session, CommandKind kind, Side side);

// What: a leg number or ledger row that was never used.
uint64_t turn_next_leg(Turn *turn);
uint64_t turn_next_row(Turn *turn);

// What: starts, restarts or stops the timer (session, how); an older one of that name no longer
//   counts.
// Shape: `how` is one of the timer words FIELDS_TIMER_FIRST..FIELDS_TIMER_LAST; ms >= 1.
void turn_timer_start(Turn *turn, Session *session, How how, int64_t ms);
void turn_timer_stop(Turn *turn, Session *session, How how);

// What: whether the timer (session, how) runs.
bool turn_timer_is_running(const Session *session, How how);

// What: whether a timer event is the one started last under its name; if so, the timer is spent.
bool turn_timer_is_due(Turn *turn, Session *session, const Event *event);

// What: has `happening` called after the row being carried out is complete, and before the turn
//   ends.
// Shape: a session that was forgotten meanwhile is silently skipped.
// Source: docs/escalation.md 3 (last paragraph).
void turn_raise(Turn *turn, const Session *session, TurnHappening happening, int what);

// What: carries out everything raised, first in first out, until nothing is left.
void turn_settle(Turn *turn);
