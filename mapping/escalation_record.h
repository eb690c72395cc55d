// SPDX-License-Identifier: MIT
// What a session keeps of its escalation beside its seat in the room (seat.h). Written by escalation.c (state, numbers) and, one field
//   or one command at a time, by the actions.
#pragma once
#include "mapping/escalation.h"
#include "mapping/session.h"

// LIMIT: requests for one room that wait for the same answer; a further one is answered at once.
#define ESCALATION_ASKERS 16

// A request that still needs its answer: an invitation, or a request to a room (room_request.h).
typedef struct {
    Side side;
    uint64_t ref;
    uint64_t leg;    // of the party that asked, 0 = none
    bool is_request;
} EscalationAsker;

struct Escalation {
    EscalationState state;    // written by escalation_fire() only
    Address *inviter;         // shared: as named by the invitation
    char *thread;             // owned: thread of the invitation, or NULL
    char *reason;             // owned
    uint64_t asked;           // number of the ask that waits for its answer, 0 = none
    bool rang;                // the first ringing has re-armed the patience
    bool is_mediated;         // form of the first invitation (ESC-104)
    int64_t patience_ends_ms; // of the state it is in
    int64_t chat_ended_ms;    // the chat leg was ended for the conference: T_late runs from then on
    EscalationAsker askers[ESCALATION_ASKERS];
    guint asker_count;
};

// What: the record of a session, made when it has none.
// Shape: borrowed; owned by the session.
Escalation *escalation_record_get(Session *session);

// What: fills a record that is in CHAT with what its trigger says, before the trigger is fired.
// Shape: `trigger` is a ROOM_INVITE; `home` is the side of the room.
void escalation_record_open(Turn *turn, Session *session, const Event *trigger, Side home);

// What: moves a record that is INVITING or ENTERING, with its numbers, its askers, the lines of its
//   room and what is left of its patience, to another session whose record is in CHAT; `from` is
//   back in CHAT afterwards.
// Source: ESC-104.
void escalation_record_move(Turn *turn, Session *to, Session *from);

// What: forgets room, legs and trigger; what is back in CHAT has no past.
// Source: docs/escalation.md 3 (last paragraph).
void escalation_record_forget(Turn *turn, Session *session);

// What: proves that the numbers of a record are bound as what they are, and no others so; a mistake
//   ends the process (g_assert). Part of session_map_check().
void escalation_record_check(const SessionMap *sessions, const Session *session);

// What: frees a record; NULL is allowed.
void escalation_record_free(Escalation *record);
