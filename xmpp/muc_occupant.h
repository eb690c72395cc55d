// SPDX-License-Identifier: MIT
// One of our users in a room that lives on XMPP: its stay, and how it ends. How it gets in is in
// muc_entry.h. Sources: XEP-0045 7.2, 7.14; XEP-0410; MUC-B03, B15, B16, B20; groupchat matrix 6.1.
#pragma once
#include "xmpp/iq.h"
#include "xmpp/muc_entry.h"
#include "xmpp/muc_heard.h"
#include "xmpp/muc_lines.h"
#include "xmpp/muc_make.h"
#include "xmpp/muc_nick.h"
#include "xmpp/muc_requests.h"
#include "xmpp/muc_roster.h"

typedef enum {
    MUC_OCCUPANT_ENTERING, // for the first time
    MUC_OCCUPANT_INSIDE,
    MUC_OCCUPANT_AGAIN, // was inside, and enters again the room tells everything again
} MucOccupantState;

typedef struct MucOccupant MucOccupant;
struct MucOccupant {
    uint64_t leg;
    Address *room; // shared, bare
    Address *self; // shared, full: one per leg, so that two legs are two sessions
    MucOccupantState state;
    char *nick;            // owned, what we are called inside; NULL before the first entry
    MucEntry *entry;       // owned
    MucLines *lines;       // owned
    MucHeard *heard;       // owned, lines of others
    MucNick *asked;        // owned, the nick change under way
    MucRequests *requests; // owned
    MucMake *make;         // owned; of a room that is to be new; NULL = none, or it is made
    Wire *wire;            // borrowed
    Iq *iq;                // borrowed
    bool shows_reals;      // the room shows everybody who the others are
    char *role;            // owned, our own
    char *affiliation;     // owned, our own
    Address *real;         // shared, our own as the room tells it
    bool is_linked;        // our component link stands
    int64_t heard_ms;      // last stanza from the room
    int64_t again_ms;      // last time the room removed it and it entered again, 0 = never
    int64_t lost_ms;       // wall time of the break: what was said since then is asked for
    bool is_made;          // the room was not there before us
    bool is_configuring;   // it is being made
    bool follows;          // goes along, once, when the room tells another address of its own
    Deadline *health;
    const struct MucOccupantFuncs *funcs; // borrowed (static)
    void *owner;                          // borrowed
};

typedef struct MucOccupantFuncs {
    // It has come in, for the first time or again.
    void (*inside)(void *owner, MucOccupant *occupant);
    // The room says that it has changed.
    void (*changed)(void *owner, MucOccupant *occupant);
    // Once, when it is no longer inside by no wish of ours, after ROOM_EXIT; may free it.
    void (*over)(void *owner, MucOccupant *occupant);
    // It goes: its room is to be told, now or as soon as there is a way.
    void (*leaves)(void *owner, Address *self, Address *there, const char *status);
    // The room has another address; to be written into the occupant by who finds it by that.
    void (*moves)(void *owner, MucOccupant *occupant, Address *room);
} MucOccupantFuncs;

// What: an occupant to be, made of an ENTER_ROOM command.
// Shape: owned by the caller.
// Errors: NULL when room or user is missing.
MucOccupant *muc_occupant_new(Wire *wire, Iq *iq, const Fields *fields,
                              const MucOccupantFuncs *funcs, void *owner);
void muc_occupant_free(MucOccupant *occupant);

// What: the full JID of a leg: `from` where that is full, else its user with a resource made of the
//   number of the leg: the same after a restart.
// Shape: owned by the caller; NULL when there is none.
// Source: MUC-B01.
Address *muc_occupant_self(const Fields *fields);

// What: begins to enter; ends in ROOM_ENTRY, or in ROOM_EXIT after T_join at the latest.
void muc_occupant_enter(MucOccupant *occupant);

// What: leaves or stops entering; ends its lines and says nothing else to the middle.
// Source: XEP-0045 7.14; MUC-B17.
void muc_occupant_leave(MucOccupant *occupant, const char *status);

// What: asks for another nick, NULL = the one we would have by ourselves; ends in one ROOM_NICK.
// Source: MUC-B11; docs/seam.md (room-nick).
void muc_occupant_rename(MucOccupant *occupant, const char *nick);

// What: asks something of the room; ends in one ROOM_RESULT.
// Source: docs/seam.md (room-request).
void muc_occupant_request(MucOccupant *occupant, const Fields *fields);

// What: status codes that a message of the room itself carries: MucPresenceCode.
// Source: groupchat matrix 6.1 (104, 170..174).
void muc_occupant_on_codes(MucOccupant *occupant, unsigned codes);

// What: another leg of ours is this occupant from now on: over, without leaving.
void muc_occupant_supersede(MucOccupant *occupant);

// What: a presence of the room for this occupant; of type error, too.
// Shape: the occupant may be over and freed afterwards, here and in the two functions below.
void muc_occupant_on_presence(MucOccupant *occupant, xmpp_stanza_t *stanza, Address *from);

// What: enters again, when the room says or seems to say that we are not inside.
// Source: groupchat matrix 6.1 (333), 6.5 (not-acceptable); MUC-B20.
void muc_occupant_enter_again(MucOccupant *occupant);

// What: the component link came or went.
// Source: ESC-608.
void muc_occupant_on_link(MucOccupant *occupant, bool is_up);
