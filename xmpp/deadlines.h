// SPDX-License-Identifier: MIT
// All deadlines of the XMPP side behind one GSource: a main loop looks at each of its sources in
// every turn, so a source per waiting line would make every turn slow (docs/library-facts.md I). A
// deadline lives in a slot of its owner: the slot is NULL when it is not running.
#pragma once
#include <stdint.h>

typedef struct Deadlines Deadlines;
typedef struct Deadline Deadline;

// What: no deadlines yet, attached to the default main context.
// Shape: `now_ms` is the clock (monotonic); owned by the caller. Every slot is stopped before it is
//   freed.
Deadlines *deadlines_new(int64_t (*now_ms)(void));
void deadlines_free(Deadlines *deadlines);

// What: has `due(self)` called once, `in_ms` from now; a running one in this slot is replaced.
// Shape: the slot is NULL again before `due` is called; `self` and the slot live until then or
//   until deadlines_stop().
void deadlines_start(Deadlines *deadlines, Deadline **slot, int64_t in_ms, void (*due)(void *self),
                     void *self);

// What: forgets the deadline of a slot; an empty slot is allowed.
void deadlines_stop(Deadline **slot);

// What: calls everything that is due by now, oldest first; the source does this, a test with a
//   clock of its own does it itself.
void deadlines_run(Deadlines *deadlines);
