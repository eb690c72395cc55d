// SPDX-License-Identifier: MIT
// Getting into a room: the join presence and everything that is tried again beneath one leg number:
// the next nick on conflict, the reserved nick where nicks are locked, a room that is locked still.
// Sources: XEP-0045 7.2.8, 7.2.10, 7.2.17, 7.12; MUC-B01, B02; groupchat matrix 6.3, 7.4 (JOIN).
#pragma once
#include "xmpp/iq.h"
#include "xmpp/stanza_error.h"
#include "xmpp/wire.h"

typedef struct MucEntry MucEntry;

// How it ended without us inside: refused by the room, or not let in within T_join.
typedef void (*MucEntryFailed)(void *self, How how, const StanzaError *error);

typedef struct {
    Wire *wire;            // borrowed, as the next one: as long as the entry lives
    Iq *iq;
    Address *room;         // borrowed for the call; bare
    Address *self;         // borrowed for the call; full
    const Fields *fields;  // borrowed for the call; of the ENTER_ROOM command
    MucEntryFailed failed;
    void *failed_self;     // borrowed, as long as the entry lives
} MucEntryConfig;

// What: an entry that is not begun.
// Shape: owned by the caller.
MucEntry *muc_entry_new(const MucEntryConfig *config);
void muc_entry_free(MucEntry *entry);

// What: sets the nick that we ask for or have.
void muc_entry_set_nick(MucEntry *entry, const char *nick);

// What: the nick that we would have by ourselves: made of the name or the address (MUC-B01), or the
//   one that the room keeps for us.
// Shape: borrowed until it changes.
const char *muc_entry_first_nick(const MucEntry *entry);

// What: we have changed our nick: an entry from now on asks for this one and its variants.
void muc_entry_rename(MucEntry *entry, const char *nick);

// What: our address in the room under that nick.
// Shape: owned by the caller.
Address *muc_entry_occupant(const MucEntry *entry);

// What: the room lives elsewhere now: it is entered there.
// Shape: begins nothing.
// Source: ESC-415.
void muc_entry_set_room(MucEntry *entry, Address *room);

// What: asks to be let in, from now on for T_join.
// Shape: `since` replaces the history asked for, NULL keeps it.
void muc_entry_begin(MucEntry *entry, const char *since);

// What: asks once more within the same patience: the link is back.
void muc_entry_repeat(MucEntry *entry);

// What: the room refuses: tried again in another way, or failed.
// Shape: `is_again` = we were inside before: then a room which is not found is no locked one.
void muc_entry_on_error(MucEntry *entry, xmpp_stanza_t *stanza, bool is_again);

// What: we are inside, or give up: nothing is tried any more.
void muc_entry_stop(MucEntry *entry);
