// SPDX-License-Identifier: MIT
// Who is in a room, as its home legs were told: nick to role, affiliation and real address. Presences
// come in, differences go out; what changed nothing for the roster, or was told by another leg before, is
// not passed on.
#pragma once
#include "mapping/event.h"

typedef struct Participants Participants;

// One occupant.
typedef struct {
    char *nick;        // owned
    char *role;        // owned, or NULL
    char *affiliation; // owned, or NULL
    Address *real;     // shared, or NULL when no leg was ever told it
    bool away;         // does not listen now (4.3)
    uint64_t tick;     // of the entry after which he was told last
} Participant;

// What: an empty roster.
// Shape: owned by the caller.
Participants *participants_new(void);

// What: frees it; NULL is allowed.
void participants_free(Participants *participants);

// What: forgets everybody.
void participants_clear(Participants *participants);

// What: merges one ROOM_ROSTER event and tells in which way the roster is different now.
// Shape: `tick` is that of the latest entry. HOW_NONE = not at all (a changed show or status, a repeated
//   presence, someone unknown left). A real address is never forgotten: not every leg is told of it.
// Errors: HOW_NONE, too, for a newcomer beyond the bound but us; the room goes on without him on the
//   roster.
// Source: ROSTER-012..016; MUC-B14.
How participants_merge(Participants *participants, const Event *presence, uint64_t tick);

// What: the occupant of a nick, or NULL.
// Shape: borrowed until the next merge.
const Participant *participants_find(const Participants *participants, const char *nick);

// What: forgets everybody who was not told since the entry of `tick`, and calls `gone` for each before.
// Source: XEP-0045 7.1 (an entry is told everybody); ESC-608.
void participants_sweep(Participants *participants, uint64_t tick,
                        void (*gone)(const Participant *participant, void *data), void *data);

// What: calls `each` for everybody, in order of entry.
void participants_each(const Participants *participants,
                       void (*each)(const Participant *participant, void *data), void *data);

// What: how many there are.
guint participants_count(const Participants *participants);
