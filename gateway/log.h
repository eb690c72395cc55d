// SPDX-License-Identifier: MIT
// Log lines on stderr: `TIME LEVEL text`. The whole program logs through GLib's g_info() and friends; a
// line about a conversation begins `session=N side=SIDE`. Bodies, passwords and secrets are never given.
#pragma once
#include <stdbool.h>

// What: from now on lines of this level and above go to stderr, one write each.
// Shape: `level` is error, warning, info or debug.
void log_start(const char *level);

// What: true when debug lines are shown, so that costly ones are not even made.
bool log_is_debug(void);
