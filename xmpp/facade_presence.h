// SPDX-License-Identifier: MIT
// Occupants of a room that we show, as each of its parties may see them.
// Sources: XEP-0045 7.2, 10.2.1; MUC-A06, A15, A29.
#pragma once
#include "xmpp/facade_core.h"
#include "xmpp/room_stanza.h"

// What: sends what is no line.
void facade_presence_say(RoomFacade *facade, xmpp_stanza_t *owned);

// What: adds a status code; 0 is none.
void facade_presence_add_code(RoomPresence *presence, int code);

// What: the presence of an occupant as `party` may see it.
// Shape: borrows from all three.
RoomPresence facade_presence_of(const RoomFacade *facade, const RoomParty *party,
                                const FacadeOccupant *occupant);

// What: the party's own presence, with 110.
// Shape: `shown` (owned by the caller) holds its name while it is written.
RoomPresence facade_presence_self(const RoomFacade *facade, const RoomParty *party, char **shown);

// What: makes it the presence of one who has gone.
// Shape: `fields`: how, text; borrowed by the presence.
// Source: XEP-0045 7.14, 8.2, 9.1, 9.4, 10.9; groupchat matrix 6.1.
void facade_presence_set_gone(RoomPresence *presence, const Fields *fields);

// What: tells a party what it is itself, or what an occupant is; tells all who are inside of one.
void facade_presence_tell_self(RoomFacade *facade, RoomParty *party);
void facade_presence_tell(RoomFacade *facade, RoomParty *party, const FacadeOccupant *occupant);
void facade_presence_tell_all(RoomFacade *facade, const FacadeOccupant *occupant);

// What: tells a party by a status code that the room has changed.
// Source: XEP-0045 10.2.1.
void facade_presence_tell_code(RoomFacade *facade, RoomParty *party, int code);
