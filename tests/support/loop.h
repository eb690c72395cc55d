// SPDX-License-Identifier: MIT
// Waiting in tests that have a main loop: for a condition, never for time. A condition that does
// not come fails the test.
#pragma once
#include <stdbool.h>

typedef bool (*LoopCondition)(void *self);

// What: runs the default main context until the condition holds.
// Shape: `what` says in words what is waited for.
// Errors: fails the test when it does not hold within 20 s.
void loop_until(LoopCondition holds, void *self, const char *what);

// What: runs everything that is ready now.
void loop_drain(void);
