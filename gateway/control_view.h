// SPDX-License-Identifier: MIT
// What the gateway holds, as JSON: the answers of the control socket. No text of a message is ever shown,
// and what is to change goes the way of all events.
#pragma once
#include <json-glib/json-glib.h>

#include "gateway/ladder.h"
#include "gateway/store.h"
#include "mapping/port.h"
#include "mapping/router.h"

// What is looked at; all borrowed.
typedef struct {
    Router *router;
    Store *store;
    const Ladder *ladder;
    EventSink sink;
    int64_t (*now_ms)(void); // the time of events
} ControlView;

// LIMIT: entries of one answer; `limit` in the query asks for fewer.
#define CONTROL_VIEW_MAX 1000

// What: the conversations, oldest first: {"sessions":[...],"total":N}; of one person by `address`.
// Shape: owned by the caller; `argument` is not used; `query` may be NULL.
// Errors: NULL and a sentence in `why` (owned by the caller) for a query that cannot be read.
JsonNode *control_view_sessions(const ControlView *view, const char *argument, GHashTable *query,
                                char **why);

// What: who is across in which room, a seat each: {"rooms":[...],"total":N}; of one room or one person by `address`.
// Shape: as control_view_sessions().
JsonNode *control_view_rooms(const ControlView *view, const char *argument, GHashTable *query,
                             char **why);

// What: the ladder of the session whose number `argument` is: {"session":N,"ladder":TEXT}.
// Shape: owned by the caller.
// Errors: NULL without `why` when nothing is known of it, with `why` when it is no number.
JsonNode *control_view_ladder(const ControlView *view, const char *argument, GHashTable *query,
                              char **why);

// What: what is known of SIP peers, a fact each: {"peers":[...],"total":N}; of one peer by `address`.
// Shape: as control_view_sessions().
JsonNode *control_view_peers(const ControlView *view, const char *argument, GHashTable *query,
                             char **why);

// What: has everything learned of the peer `argument` forgotten: {"forgotten":JID}.
// Shape: owned by the caller; the event `peer how=forget` is raised.
// Errors: NULL and a sentence in `why` when it is no JID.
// Source: EXT-13.
JsonNode *control_view_forget(const ControlView *view, const char *argument, GHashTable *query,
                              char **why);

// What: rows of the ledger, youngest first: {"ledger":[...],"more":BOOL}; of one person by `address`, of
//   one message by `id`, and only those without an end with `open`.
// Shape: as control_view_sessions().
// Errors: as there, and when the database cannot be read.
JsonNode *control_view_ledger(const ControlView *view, const char *argument, GHashTable *query,
                              char **why);
