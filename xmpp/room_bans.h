// SPDX-License-Identifier: MIT
// Who may not come into a room that we show: XMPP users, by bare address. SIP has no word for a ban, so
// it is kept here, as long as the process runs. MUC-A20; setting `ban_local`.
#pragma once
#include "mapping/address.h"
#include "mapping/fields.h"

typedef struct RoomBans RoomBans;

// What: nobody is banned.
// Shape: owned by the caller.
RoomBans *room_bans_new(void);
void room_bans_free(RoomBans *bans);

// What: bans a user from a room; lets him in again.
// Errors: add: false when too many are banned.
bool room_bans_add(RoomBans *bans, const Address *room, const Address *user);
void room_bans_remove(RoomBans *bans, const Address *room, const Address *user);

// What: whether a user is banned from a room.
bool room_bans_has(const RoomBans *bans, const Address *room, const Address *user);

// What: who is banned from a room.
// Shape: char *, bare JIDs, borrowed until the next change; owned by the caller (g_ptr_array_unref).
GPtrArray *room_bans_list(const RoomBans *bans, const Address *room);
