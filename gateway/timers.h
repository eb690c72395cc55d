// SPDX-License-Identifier: MIT
// TIMER commands to TIMER events. All timers stand in one sorted list behind one GSource, since GLib
// walks every source in each turn.
#pragma once
#include "mapping/command.h"
#include "mapping/port.h"

typedef struct Timers Timers;

// What: an empty set of timers on the default main context.
// Shape: owned by the caller; the sink must outlive it.
Timers *timers_new(EventSink sink);

// What: frees it; timers that run are forgotten; NULL is allowed.
void timers_free(Timers *timers);

// What: starts, restarts or (ms = 0) stops the timer (session, how) of a TIMER command.
void timers_execute(Timers *timers, const Command *command);

// What: how many run.
guint timers_count(const Timers *timers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timers, timers_free)
