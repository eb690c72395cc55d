// SPDX-License-Identifier: MIT
// A line of a room between fields and message/cpim: what goes to a party is wrapped, what comes
// from it is unwrapped and held against the rules of an MSRP switch (hosting B). No sockets, no
// clock. RFC 7701 6; RFC 7702 6.3; RFC 3862.
#pragma once
#include "mapping/event.h"
#include "sip/conference_roster.h"

#define ROOM_CPIM_TYPE "message/cpim"

// Where a line is read or written; made by its user for the call.
typedef struct {
    const Route *route;             // borrowed
    const ConferenceRoster *roster; // borrowed; the room and who is in it
    const Address *party;           // borrowed; whose leg it is
    const Address *hidden;          // borrowed; who that really is, NULL: he does not hide
    bool is_early;                  // the roster is not complete: nobody can be missing from it
} RoomCpim;

// What: the body of the SEND for a `sip room-message` command: nick, body, lang, subject, stamp,
//   private.
// Shape: `now_ms`: wall time since 1970, used when the line has no time of its own; owned by the
//   caller; its type is ROOM_CPIM_TYPE. A line without nick comes from the room itself.
// Source: MUC-B04, MUC-B09, MSRP-020, MSRP-021.
GBytes *room_cpim_write(const RoomCpim *self, const Fields *line, int64_t now_ms);

// What: the same for a `sip chat-state` command of a room: nick, how, ms.
// Source: MUC-B23.
GBytes *room_cpim_write_state(const RoomCpim *self, const Fields *state, int64_t now_ms);

// What: reads the content of a SEND into body, lang, subject, private and nick of a
//   `sip room-message` event; the rest of the event is the caller's.
// Shape: `type` is the Content-Type of the message, NULL: none. Fields are set only with result 0 or
//   200.
//   A composing document for the room fills how and ms instead.
// Errors: 0 = a line; 200 = to be taken, and no line to pass on (composing, empty); else the MSRP
//   status to refuse with: 400 malformed, 403 several To or From not of the party, 404 To nobody in
//   this room (unless `is_early`), 413 beyond our bounds, 415 no envelope, or something in it that nobody here
//   understands.
// Source: MUC-B06, MUC-B08, MUC-B24, MSRP-018, MSRP-020, MSRP-021, MSRP-030; RFC 7701 6.1, 6.2.
int room_cpim_read(const RoomCpim *self, const char *type, GBytes *content, Fields *fields);
