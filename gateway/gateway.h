// SPDX-License-Identifier: MIT
// The house: builds all parts, owns the one queue of events, runs the turns, ends in order.
#pragma once
#include "gateway/config.h"

typedef struct Gateway Gateway;

// What: builds store, middle and both gates from a configuration.
// Shape: `config` is borrowed and must outlive the gateway; owned by the caller.
// Errors: NULL with GATEWAY_ERROR or the gate's own error.
Gateway *gateway_new(const Config *config, GError **error);

// What: opens listeners and begins to connect; `on_ready` is called once, when all links and listeners stand.
// Errors: false, naming a port that is taken.
bool gateway_start(Gateway *gateway, void (*on_ready)(void *self), void *self, GError **error);

// What: ends sessions and rooms on both sides, closes the links, then calls `done` once, within 5 s.
void gateway_stop(Gateway *gateway, void (*done)(void *self), void *self);

// What: writes the ladders of all conversations to `ladders.txt` in the state directory and logs where.
void gateway_write_ladders(Gateway *gateway);

// What: frees the gateway; NULL is allowed.
void gateway_free(Gateway *gateway);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gateway, gateway_free)
