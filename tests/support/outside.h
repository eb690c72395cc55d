// SPDX-License-Identifier: MIT
// The outside: two gates with peers behind them, played at random. They keep the contract of
// docs/seam.md and nothing else: they answer late, twice or never, cross every order, end legs at
// any moment, lose the link and find it again. What the middle commands is held against the
// contract at once (outside_books.h).
#pragma once
#include "mapping/router.h"

typedef struct Outside Outside;

// What: an outside around a router of its own; the same seed plays the same story.
// Shape: owned by the caller.
Outside *outside_new(guint32 seed);
void outside_free(Outside *outside);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outside, outside_free)

// What: something happens.
void outside_step(Outside *outside);

// What: answers everything that is open and lets the timers run out, until nothing happens any
//   more.
// Shape: demands that then every row is closed, every request answered, and no leg is left over.
void outside_come_to_rest(Outside *outside);

// What: the gateway is told to end.
// Shape: demands that then no leg is left but those withdrawn, and every invitation is answered;
//   after outside_come_to_rest() nothing at all.
void outside_close(Outside *outside);

// What: the router, to look at its counters.
Router *outside_router(Outside *outside);
