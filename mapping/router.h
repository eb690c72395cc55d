// SPDX-License-Identifier: MIT
// The middle's door: one event in, its commands out. Which handler hears which event, and nothing
// else.
#pragma once
#include "mapping/turn.h"

typedef struct Router Router;

// What: a middle without sessions.
// Shape: owned by the caller; `route` and `settings` are borrowed and outlive it (a reload changes
//   them in place).
Router *router_new(const Route *route, const Settings *settings);

// What: frees it with every session; nothing is said to anybody.
void router_free(Router *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Router, router_free)

// What: processes one event wholly; the commands are appended to `outbox` in the order decided.
// Shape: returns the id of the session concerned, 0 when there is none.
uint64_t router_dispatch(Router *router, const Event *event, Outbox *outbox);

// What: a turn of this router; what router_dispatch() begins with.
// Shape: borrows router and outbox.
Turn router_turn(Router *router, Outbox *outbox, int64_t now_ms);

// What: what it holds, for status and tests.
// Shape: borrowed.
SessionMap *router_sessions(Router *router);
PeerMemory *router_peers(Router *router);
const TurnCounters *router_counters(const Router *router);
