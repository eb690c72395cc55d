// SPDX-License-Identifier: MIT
// Everything above the links: commands become stanzas, stanzas become events. It knows no socket,
// so a test drives it by texts alone.
#pragma once
#include <strophe.h>

#include "mapping/port.h"
#include "xmpp/wire.h"

typedef struct Switchboard Switchboard;

// What: all readers and writers on one wire.
// Shape: owned by the caller; `wire` is borrowed and outlives it.
Switchboard *switchboard_new(Wire *wire);
void switchboard_free(Switchboard *board);

// What: carries out a command of side=xmpp.
void switchboard_execute(Switchboard *board, const Command *command);

// What: a stanza came in; borrowed for the call.
void switchboard_on_stanza(Switchboard *board, xmpp_stanza_t *stanza);

// What: the link of a component domain (canonical) came or went: what was under way on it ends,
//   then LINK is raised; or LINK is raised, then those who were in rooms enter them again.
// Source: docs/seam.md (link); ESC-608.
void switchboard_on_link(Switchboard *board, const char *domain, bool is_up);

// What: the links are not read for a while, or read again.
void switchboard_pause(Switchboard *board, bool is_paused);

// What: leaves every room.
void switchboard_leave_rooms(Switchboard *board, const char *status);

// What: brings the counters that say "now" up to date.
void switchboard_count(Switchboard *board);
