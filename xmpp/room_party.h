// SPDX-License-Identifier: MIT
// One XMPP user's device in a room that we show: what it asked for, what waits until it is inside, and
// its lines that wait for their echo. What all parties of a room share is in room_facade.h.
// Sources: XEP-0045 7.1, 7.4; MUC-A04, A08.
#pragma once
#include "mapping/command.h"
#include "xmpp/wire.h"

typedef struct RoomFacade RoomFacade;

typedef struct {
    uint64_t leg;
    RoomFacade *facade;      // borrowed, outlives the party
    Address *self;           // shared, full: the device
    char *nick;              // owned, of the seam: what it is called inside
    char *asked;             // owned, the nick it wanted
    char *role;              // owned; of its own overlay, NULL = as the roster has it
    char *affiliation;       // owned; likewise
    xmpp_stanza_t *join;     // owned; the presence it came in by
    xmpp_stanza_t *shown;    // owned; what it says of itself (room_stanza_shown), NULL = nothing
    bool is_inside;          // admitted
    bool reals;              // may see who occupants really are
    bool made;               // the conference was made for it
    GQueue waiting;          // owned Command *, until it is inside
    GQueue sent;             // owned xmpp_stanza_t *, lines that wait for their echo
    GQueue aside;            // owned char *, ids of private lines told lately
} RoomParty;

// What: a party that is not inside yet.
// Shape: `join` is the join presence, copied, `to` of it names the nick asked for; owned by the caller.
RoomParty *room_party_new(uint64_t leg, RoomFacade *facade, Address *self, const char *nick,
                          xmpp_stanza_t *join);
void room_party_free(RoomParty *party);

// What: the nick it asked for in a join presence.
// Shape: owned by the caller; NULL when the presence names none that can be had.
// Source: XEP-0045 15; RFC 8266 2.
char *room_party_asked(xmpp_stanza_t *join);

// What: it is coming in once more, or came to have another nick.
void room_party_set_join(RoomParty *party, xmpp_stanza_t *join);
void room_party_set_nick(RoomParty *party, const char *nick);

// What: keeps a command until the party is inside.
// Errors: false when too many wait.
bool room_party_keep(RoomParty *party, const Command *command);

// What: remembers a line that was sent, under the id it goes by; finds it again by its id and forgets it.
// Shape: copied; the found one is owned by the caller, NULL when it is not known any more.
void room_party_remember(RoomParty *party, xmpp_stanza_t *line, const char *id);
xmpp_stanza_t *room_party_recall(RoomParty *party, const char *id);

// What: notes the id of a private line told to it; whether an error is about one.
void room_party_note_aside(RoomParty *party, const char *id);
bool room_party_is_aside(const RoomParty *party, const char *id);
