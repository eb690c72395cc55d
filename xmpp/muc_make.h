// SPDX-License-Identifier: MIT
// A room that we have just made is locked until it is configured: hidden, open to all who know its
// name, gone with its last occupant, and everybody sees who the others are.
// Sources: XEP-0045 10.1; MUC-B10.
#pragma once
#include "xmpp/iq.h"

typedef struct MucMake MucMake;

// The room is open now, or could not be opened.
typedef void (*MucMakeDone)(void *self, bool is_open);

// What: a configuration not begun.
// Shape: owned by the caller, who may free it in `done`; room is bare, self the full JID of its
//   owner.
MucMake *muc_make_new(Wire *wire, Iq *iq, Address *room, Address *self, MucMakeDone done,
                      void *done_self);
// What: configures the room and calls `done`, once.
// Errors: false when there is no way to the room; nobody is called then.
bool muc_make_begin(MucMake *make);
void muc_make_free(MucMake *make);
