// SPDX-License-Identifier: MIT
// A wrapper round the GSource of the SIP library which stops its busy spinning: the library rounds
// the time to its next timer down to whole milliseconds, so for up to a millisecond it calls itself
// ready and finds nothing to do; each such turn costs a wake-up. Turns without a socket event are
// therefore let through once per 2 ms, or after a kick. The library passes messages to itself through
// its source; so a turn is followed at once by the next ones until there is no message left
// (docs/library-facts.md A3).
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct SofiaSource SofiaSource;

// What: puts the wrapper round a source that is not attached yet.
// Shape: `source` is borrowed and must be gone before the wrapper is freed; `clock_us` gives
//   monotonic microseconds, NULL: those of GLib. Owned by the caller (sofia_source_free).
SofiaSource *sofia_source_new(GSource *source, int64_t (*clock_us)(void));

// What: frees the wrapper; NULL is allowed.
void sofia_source_free(SofiaSource *self);

// What: says that something was handed to the library from outside its own callbacks, so that the next
//   turn does not wait.
void sofia_source_kick(SofiaSource *self);

// What: runs one turn of the library now, outside the loop; for taking it down.
void sofia_source_turn(SofiaSource *self);
