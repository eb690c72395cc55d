// SPDX-License-Identifier: MIT
// What XMPP users have asked of rooms that live on SIP and that is not answered yet: entries, other nicks,
// invitations, removals, probes. Each is known by the ref that the middle answers to; one that somebody
// must hear about has a deadline.
#pragma once
#include "xmpp/wire.h"

typedef enum {
    ROOM_ASK_JOIN,
    ROOM_ASK_NICK,
    ROOM_ASK_INVITE,
    ROOM_ASK_KICK,
    ROOM_ASK_BAN,
    ROOM_ASK_PROBE,
} RoomAskKind;

typedef struct RoomAsks RoomAsks;
typedef struct RoomAsk RoomAsk;

struct RoomAsk {
    uint64_t ref;
    RoomAskKind kind;
    xmpp_stanza_t *stanza; // owned, what asked
    Address *from;         // shared, full
    Address *room;         // shared, bare
    Address *about;        // shared; who is invited or banned
    RoomAsks *asks;        // borrowed
    void (*late)(void *self, const RoomAsk *ask);
    void *late_self;    // borrowed
    Deadline *deadline; // none: the middle answers in time
};

// What: nothing asked.
// Shape: owned by the caller; `wire` is borrowed. Freeing tells nobody.
RoomAsks *room_asks_new(Wire *wire);
void room_asks_free(RoomAsks *asks);

// What: something is asked by a stanza, which is copied.
// Shape: borrowed until it is closed.
// Errors: NULL when too much is open.
RoomAsk *room_asks_open(RoomAsks *asks, RoomAskKind kind, xmpp_stanza_t *stanza, Address *from,
                        Address *room);

// What: has `late(self, ask)` called once, then closes the ask.
void room_asks_set_deadline(RoomAsk *ask, int64_t in_ms,
                            void (*late)(void *self, const RoomAsk *ask), void *self);

// What: what is asked under a ref; the entry that a device asks for.
// Shape: borrowed; NULL when there is none.
RoomAsk *room_asks_find(const RoomAsks *asks, uint64_t ref);
RoomAsk *room_asks_find_join(const RoomAsks *asks, const Address *from, const Address *room);

// What: it is answered.
void room_asks_close(RoomAsk *ask);
