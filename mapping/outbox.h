// SPDX-License-Identifier: MIT
// The commands of one turn, in the order in which they were decided.
#pragma once
#include "mapping/command.h"

typedef struct {
    GPtrArray *commands; // owned Command *
} Outbox;

// What: an empty outbox.
// Shape: owned by the caller.
Outbox *outbox_new(void);

// What: frees the outbox with what it holds; NULL is allowed.
void outbox_free(Outbox *outbox);

// What: appends an empty command and hands it out to be filled.
// Shape: borrowed, valid until the outbox is emptied or freed.
Command *outbox_push(Outbox *outbox, CommandKind kind, Side side);

// What: appends a command that was made before.
// Shape: `owned` is taken.
void outbox_add(Outbox *outbox, Command *owned);

// What: forgets all commands.
void outbox_clear(Outbox *outbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outbox, outbox_free)
