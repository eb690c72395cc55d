// SPDX-License-Identifier: MIT
// What the files of a room that we show share: what is known of it, and its parties. Its occupants
// are in facade_presence.h, its lines in facade_lines.h, the rest in room_facade.c.
#pragma once
#include "xmpp/room_facade.h"

struct RoomFacade {
    Wire *wire;           // borrowed
    Proof *proof;         // borrowed
    Address *room;        // shared, bare
    FacadeRoster *roster; // owned
    char *subject;        // owned
    char *name;           // owned, NULL = it has none of its own
    char *description;    // owned
    bool is_described;    // once by the home
    bool is_locked;       // nobody else may come in now
    uint64_t most;        // occupants it takes, 0 = not told
    int64_t subject_ms;   // wall time of its last change, 0 = it was there before us
    bool is_subject_told; // once by the home
    bool shows_reals;     // some party may see who occupants are
    GQueue parties;       // borrowed RoomParty *
};
