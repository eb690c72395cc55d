// SPDX-License-Identifier: MIT
// Who is in a room, as the home leg was told: nick to role, affiliation and real address. Presences
// come in, differences go out; what changed nothing for the roster is not passed on.
#pragma once
#include "mapping/event.h"

typedef struct Participants Participants;

// One occupant.
typedef struct {
    char *nick;        // owned
    char *role;        // owned, or NULL
    char *affiliation; // owned, or NULL
    Address *real;     // shared, or NULL when the room hides it
    bool own;          // our own occupant
    bool is_composing; // the party was told that he writes (MUC-B23)
} Participant;

// What: an empty roster.
// Shape: owned by the caller.
Participants *participants_new(void);

// What: frees it; NULL is allowed.
void participants_free(Participants *participants);

// What: forgets everybody.
void participants_clear(Participants *participants);

// What: merges one ROOM_ROSTER event and tells in which way the roster is different now.
// Shape: HOW_NONE = not at all (a changed show or status, a repeated presence, someone unknown
//   left).
// Errors: HOW_NONE, too, for a newcomer beyond the bound but us; the room goes on without him on the
//   roster.
// Source: ROSTER-012..016; MUC-B14.
How participants_merge(Participants *participants, const Event *presence);

// What: the occupant of a nick, or NULL.
// Shape: borrowed until the next merge.
const Participant *participants_find(const Participants *participants, const char *nick);

// What: notes that an occupant writes, or no longer.
// Shape: whether that is news; nobody of that nick: no.
// Source: MUC-B23.
bool participants_set_composing(Participants *participants, const char *nick, bool is_composing);

// What: calls `each` for everybody, in order of entry, our own occupant last.
// Source: XEP-0045 7.1 (order), MUC-A04 mirrored.
void participants_each(const Participants *participants,
                       void (*each)(const Participant *participant, void *data), void *data);

// What: how many there are.
guint participants_count(const Participants *participants);
