// SPDX-License-Identifier: MIT
// Presence of rooms: what one says, and the ones we send to enter and to leave.
// Sources: XEP-0045 7.2, 7.14, 8.2, 9.1, 10.9, 18.1; groupchat matrix 6.1.
#pragma once
#include "xmpp/stanza_error.h"
#include "xmpp/wire.h"

// The status codes we act upon; the others of the registry say nothing to us.
typedef enum {
    MUC_PRESENCE_SELF = 1 << 0,      // 110
    MUC_PRESENCE_CREATED = 1 << 1,   // 201
    MUC_PRESENCE_BANNED = 1 << 2,    // 301
    MUC_PRESENCE_RENAMED = 1 << 3,   // 303
    MUC_PRESENCE_KICKED = 1 << 4,    // 307
    MUC_PRESENCE_REMOVED = 1 << 5,   // 321 affiliation changed, 322 now members-only
    MUC_PRESENCE_SHUTDOWN = 1 << 6,  // 332
    MUC_PRESENCE_TECHNICAL = 1 << 7, // 333
    MUC_PRESENCE_NICK_MADE = 1 << 8, // 210
    MUC_PRESENCE_SHOWS = 1 << 9,     // 100, 172: occupants see who the others are
    MUC_PRESENCE_HIDES = 1 << 10,    // 173, 174: they do not
    MUC_PRESENCE_CONFIG = 1 << 11,   // 104
    MUC_PRESENCE_LOGS = 1 << 12,     // 170
    MUC_PRESENCE_NO_LOGS = 1 << 13,  // 171
    MUC_PRESENCE_OUTSIDE = 1 << 14,  // 101: of somebody who is not inside
} MucPresenceCode;

typedef struct {
    const char *nick; // borrowed from the address it came from
    bool is_available;
    unsigned codes; // MucPresenceCode
    bool is_destroyed;
    bool is_away;      // `away` or `xa`
    char *role;        // owned
    char *affiliation; // owned
    char *new_nick;    // owned
    char *reason;      // owned
    bool reals;        // of ourselves: we see who the others are
    Address *real;     // shared; real address of the occupant, or the new room of a destroyed one
} MucPresence;

// What: what a presence of type none or unavailable from an occupant says.
// Shape: `from` lives as long as `presence`, which is overwritten and to be cleared by the caller.
void muc_presence_read(xmpp_stanza_t *stanza, Address *from, MucPresence *presence);
void muc_presence_clear(MucPresence *presence);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MucPresence, muc_presence_clear)

// What: the codes in a presence or message of a room, MucPresenceCode.
// Shape: 0 = none that we know.
unsigned muc_presence_codes(xmpp_stanza_t *stanza);

// What: the entry into a room under a nick. History: since `since`; NULL: `history_max` lines.
// Shape: `occupant` is room@service/nick; password may be NULL; owned by the caller.
// Source: XEP-0045 7.2.1, 7.2.5, 7.2.14; MUC-B01.
xmpp_stanza_t *muc_presence_enter(Wire *wire, Address *self, Address *occupant,
                                  const char *password, const char *since);

// What: the presence that asks for another nick.
// Shape: `occupant` is room@service/new nick; owned by the caller.
// Source: XEP-0045 7.6; MUC-B11.
xmpp_stanza_t *muc_presence_rename(Wire *wire, Address *self, Address *occupant, const char *id);

// What: the presence that leaves a room.
// Shape: `status` may be NULL; owned by the caller.
// Source: XEP-0045 7.14; MUC-B17.
xmpp_stanza_t *muc_presence_leave(Wire *wire, Address *self, Address *occupant, const char *status);

// What: how an occupant who is gone left, for others and for ourselves.
// Shape: HOW_LEFT when nothing else is said.
// Source: groupchat matrix 6.1 (307 with 333 is technical).
How muc_presence_how(const MucPresence *presence);
