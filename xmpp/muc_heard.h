// SPDX-License-Identifier: MIT
// The last lines that an occupant heard: a room asked for what was said since a break (XEP-0045 7.2.14:
// in whole seconds) tells the lines of that second again. Source: MUC-B04 (ids kept in a ring).
#pragma once
#include <stdbool.h>

typedef struct MucHeard MucHeard;

// What: nothing heard.
// Shape: owned by the caller.
MucHeard *muc_heard_new(void);
void muc_heard_free(MucHeard *heard);

// What: notes a line; answers whether it was noted before.
// Shape: a line is known by its author and id, or by author and body where it has no id; `id` may be
//   NULL. Answers false for what was heard too long ago.
bool muc_heard_note(MucHeard *heard, const char *nick, const char *id, const char *body);
