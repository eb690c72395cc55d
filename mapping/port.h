// SPDX-License-Identifier: MIT
// The only two interfaces between the middle and the rest: a gate takes commands, the house takes events.
#pragma once
#include "mapping/command.h"
#include "mapping/event.h"

// A gate. `execute` borrows the command; answers come back as events, never as a return value.
typedef struct {
    Side side;
    void *self; // borrowed, first argument of execute
    void (*execute)(void *self, const Command *command);
} Port;

// Where a gate puts what happened. `take` owns the event and returns before anything is decided on it.
typedef struct {
    void *self; // borrowed, first argument of take
    void (*take)(void *self, Event *owned);
} EventSink;
