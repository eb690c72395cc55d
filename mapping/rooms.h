// SPDX-License-Identifier: MIT
// What is known of each room in which a home leg of ours sits or is entering: who is in it and its subject, once for
// all of its parties. All home legs feed it; a fact told for the second time is no news.
#pragma once
#include "mapping/participants.h"

typedef struct Rooms Rooms;

// One room.
typedef struct {
    Address *address;           // shared
    Participants *participants; // owned
    char *subject;              // owned, or NULL
    char *subject_nick;         // owned: who set it, or NULL
    char *name;                 // owned, or NULL
    char *about;                // owned: its description, or NULL
    uint64_t most;              // occupants it takes, 0 = not told
    bool is_locked;             // nobody else may come in
    uint64_t tick;              // counts entries, so that what was not told again since one is known
    bool is_told;               // the facade has heard of it
    guint seats;                // home legs that feed it
} RoomsEntry;

// What: no room.
// Shape: owned by the caller.
Rooms *rooms_new(void);
void rooms_free(Rooms *rooms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rooms, rooms_free)

// What: one more home leg enters the room.
// Shape: borrowed until as many rooms_leave() were called.
RoomsEntry *rooms_enter(Rooms *rooms, Address *room);

// What: a home leg is gone; with the last one the room is forgotten.
void rooms_leave(Rooms *rooms, RoomsEntry *entry);

// What: notes the subject as it was told.
// Shape: whether that is news.
// Source: MUC-A23.
bool rooms_set_subject(RoomsEntry *entry, const char *subject, const char *nick);

// What: notes what the room is called: `text`, its description `body`, its most occupants `number`, and whether it is
//   `locked`.
// Shape: whether that is news.
// Source: table 6.1, code 104.
bool rooms_set_name(RoomsEntry *entry, const Fields *said);

// What: how many rooms are known.
guint rooms_count(const Rooms *rooms);
