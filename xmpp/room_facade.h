// SPDX-License-Identifier: MIT
// One room whose home is SIP, as XMPP users see it: the roster and the subject that all its parties
// share, and what each of them is told, in the order that XEP-0045 7.1 asks for. Which stanza and which
// command is whose is the service's business (room_service.h).
// Sources: XEP-0045 7.1, 7.2, 7.4, 7.6, 7.14; MUC-A04 to A09, A12, A15, A23; ROSTER-008, 021, 022.
#pragma once
#include "xmpp/facade_roster.h"
#include "xmpp/proof.h"
#include "xmpp/room_party.h"

// What: a room of which nothing is known.
// Shape: `wire` and `proof` are borrowed; owned by the caller, who frees its parties before.
RoomFacade *room_facade_new(Wire *wire, Proof *proof, Address *room);
void room_facade_free(RoomFacade *facade);

// What: the parts.
// Shape: borrowed.
Address *room_facade_address(const RoomFacade *facade);
const FacadeRoster *room_facade_roster(const RoomFacade *facade);

// What a room is, for who asks.
typedef struct {
    const char *name;        // borrowed; NULL = its address says it
    const char *description; // borrowed; NULL = none
    const char *subject;     // borrowed; NULL = none
    bool shows_reals;
    bool is_locked; // nobody else may come in now
    bool has_count;
    uint64_t most; // occupants it takes, 0 = not told
    uint64_t count; // of occupants
} RoomInfo;

// What: what is known of the room.
// Shape: borrowed until the next change.
// Source: XEP-0045 6.4.
RoomInfo room_facade_info(const RoomFacade *facade);

// What: a party comes or goes; what it is told of that comes apart.
// Shape: `party` is borrowed in between.
void room_facade_add(RoomFacade *facade, RoomParty *party);
void room_facade_remove(RoomFacade *facade, RoomParty *party);

// What: the parties, and whether there are any.
// Shape: RoomParty * in data; borrowed.
GList *room_facade_parties(const RoomFacade *facade);

// What: `room-roster room=`, `room-subject room=`: a change, told to all who are inside.
// Source: XEP-0045 7.6, 7.14, 8.1, 8.2, 10.2.1; MUC-A23, ROSTER-008, ROSTER-022.
void room_facade_on_roster(RoomFacade *facade, const Fields *fields);
void room_facade_on_subject(RoomFacade *facade, const Fields *fields);

// What: `room-roster leg=`: what holds for one party alone.
void room_facade_on_own(RoomFacade *facade, RoomParty *party, const Fields *fields);

// What: `admit`: shows the room to a party and lets out what waited for that. For a party that is inside:
//   shows it once more.
// Source: XEP-0045 7.1, 7.2.1; MUC-A03, A04.
void room_facade_admit(RoomFacade *facade, RoomParty *party);
void room_facade_show_again(RoomFacade *facade, RoomParty *party);

// What: a line, an echo (own) or a state for a party; waits until it is inside.
void room_facade_send(RoomFacade *facade, RoomParty *party, const Command *command);

// What: what a party says of itself now, for everybody who is inside.
// Source: XEP-0045 7.7; MUC-A15.
void room_facade_show_party(RoomFacade *facade, RoomParty *party, xmpp_stanza_t *presence);

// What: tells a party that it is out, or that it never came in.
// Shape: `fields`: how, text, real, from (who did it), and for who never came in failure and status.
// Source: groupchat matrix 6.1, 6.4; MUC-A28, A30, ROSTER-021.
void room_facade_dismiss(RoomFacade *facade, RoomParty *party, const Fields *fields);

// What: the name under which a nick is shown.
// Shape: owned by the caller.
char *room_facade_shown(const RoomFacade *facade, const char *nick);
