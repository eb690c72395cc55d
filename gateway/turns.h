// SPDX-License-Identifier: MIT
// A turn: events in, commands out; the STORE commands in one transaction, commit, then the others in
// order, acceptances first. So the ledger row precedes every acknowledgement and hand-over; its closing may follow
// (docs/decisions/0003).
#pragma once
#include "gateway/ladder.h"
#include "gateway/store.h"
#include "gateway/timers.h"
#include "gateway/turn_queue.h"
#include "mapping/router.h"

// What a turn works with; all borrowed.
typedef struct {
    TurnQueue *queue;
    Router *router;
    Store *store;
    Timers *timers;
    Ladder *ladder;
    Port ports[2]; // by Side
} Turns;

// What: runs one turn over what waits in the queue (a bounded number of events).
// Errors: when the store fails nothing of the turn is handed over or accepted: lines get a failed
//         DELIVERY, content waiting for its acknowledgement is refused with 503.
void turns_run(const Turns *turns);
