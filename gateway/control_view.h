// SPDX-License-Identifier: MIT
// What the gateway holds, as JSON: the answers of the control socket. Nothing here changes anything, and
// no text of a message is ever shown.
#pragma once
#include <json-glib/json-glib.h>

#include "gateway/ladder.h"
#include "mapping/router.h"

// What is looked at; all borrowed.
typedef struct {
    Router *router;
    const Ladder *ladder;
    int64_t (*now_ms)(void); // the time of events
} ControlView;

// LIMIT: entries of one answer; `limit` in the query asks for fewer.
#define CONTROL_VIEW_MAX 1000

// What: the conversations, oldest first: {"sessions":[...],"total":N}; of one person by `address`.
// Shape: owned by the caller; `argument` is not used; `query` may be NULL.
// Errors: NULL and a sentence in `why` (owned by the caller) for a query that cannot be read.
JsonNode *control_view_sessions(const ControlView *view, const char *argument, GHashTable *query,
                                char **why);

// What: the ladder of the session whose number `argument` is: {"session":N,"ladder":TEXT}.
// Shape: owned by the caller.
// Errors: NULL without `why` when nothing is known of it, with `why` when it is no number.
JsonNode *control_view_ladder(const ControlView *view, const char *argument, GHashTable *query,
                              char **why);
