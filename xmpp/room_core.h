// SPDX-License-Identifier: MIT
// What the parts of the MUC service share: who is where, what is asked, who is invited, who may not come
// in, and the ways in which a stay ends.
#pragma once
#include "xmpp/iq.h"
#include "xmpp/room_asks.h"
#include "xmpp/room_book.h"
#include "xmpp/room_stanza.h"

typedef struct RoomCalls RoomCalls; // room_calls.h
typedef struct RoomBans RoomBans;   // room_bans.h

typedef struct {
    Wire *wire;   // borrowed
    Iq *iq;       // borrowed
    Proof *proof; // borrowed
    RoomBook *book;
    RoomAsks *asks;
    RoomCalls *calls;
    RoomBans *bans;
} RoomCore;

// What: sends what is no line.
void room_core_send(RoomCore *core, xmpp_stanza_t *owned);

// What: answers a stanza by an error of the room it was for.
// Shape: `text` may be NULL.
void room_core_refuse(RoomCore *core, xmpp_stanza_t *stanza, Address *to, FailureReason reason,
                      const char *text);

// What: the party that a device is, inside or about to be.
// Shape: NULL for a stranger.
RoomParty *room_core_party(RoomCore *core, Address *from, Address *to);

// What: a party that is inside.
RoomParty *room_core_occupant(RoomCore *core, Address *from, Address *to);

// What: ends the stay of a party by itself or by accident: tells the middle and the party.
// Shape: `how` left or lost; the party is freed.
// Source: XEP-0045 7.14, 14.4; CONF-029.
void room_core_end(RoomCore *core, RoomParty *party, How how, const char *text);

// What: an error about what we had sent to a device: one that says it is not there any more ends its
//   stay.
// Source: XEP-0045 14.4 (ghost users).
void room_core_on_bounce(RoomCore *core, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: an event about a party.
// Shape: owned by the caller.
Event *room_core_event(RoomCore *core, EventKind kind, uint64_t leg);
