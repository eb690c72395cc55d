// SPDX-License-Identifier: MIT
// Which rooms we show to XMPP users and who is in which: found by room, by leg, and by device and room.
// A room is known as long as its home tells of it or a party is in it.
#pragma once
#include "xmpp/room_facade.h"

typedef struct RoomBook RoomBook;

// What: no rooms.
// Shape: `wire` and `proof` are borrowed; owned by the caller.
RoomBook *room_book_new(Wire *wire, Proof *proof);
void room_book_free(RoomBook *book);

// What: a room that is known; one that is known from now on.
// Shape: borrowed until it is forgotten; find: NULL when it is not known.
RoomFacade *room_book_find(const RoomBook *book, const Address *room);
RoomFacade *room_book_open(RoomBook *book, Address *room);

// What: nothing is known of a room any more; it goes when nobody is in it.
void room_book_forget(RoomBook *book, RoomFacade *facade);

// What: a party; by its leg, or by its device and the room.
// Shape: borrowed until it leaves; NULL when there is none.
RoomParty *room_book_leg(const RoomBook *book, uint64_t leg);
RoomParty *room_book_device(const RoomBook *book, const Address *self, const Address *room);

// What: puts a party into its room; takes it out and frees it.
// Shape: `owned` is taken.
// Errors: enter: false (and frees it) when the leg or the device is there already.
bool room_book_enter(RoomBook *book, RoomParty *owned);
void room_book_leave(RoomBook *book, RoomParty *party);

// What: all parties of our component `domain`; NULL = of all.
// Shape: owned by the caller (g_ptr_array_unref); RoomParty *, borrowed.
GPtrArray *room_book_parties(const RoomBook *book, const char *domain);
size_t room_book_count(const RoomBook *book);
