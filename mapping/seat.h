// SPDX-License-Identifier: MIT
// A party's seat in a room: what a session needs of it, whether the party came by itself (stay.h) or a
// chat became the conference (escalation.h): where the room lives, which legs lead there, what they carry.
#pragma once
#include "mapping/rooms.h"

// Of a party that knows nothing but MESSAGE (page_party.h).
typedef struct {
    bool is_it;
    bool is_back;      // it was inside in an earlier run, and is told nothing of coming in again
    bool is_again;      // the entry was made anew: what comes as history was said meanwhile
    unsigned failures; // in a row
    unsigned said;     // lines within this minute
    unsigned left_out; // and those beyond the limit
} SeatPages;

typedef struct {
    Side home;               // where the room lives; the party is on the other side
    Address *room;           // shared; NULL: no seat
    Address *party;          // shared: the user on the facade, full when it is one device of several
    char *nick;              // owned: its name in the room, once entered; NULL before
    char *password;          // owned
    uint64_t start_ms;       // t_start of ESC-018: wall time at which the trigger of an escalation came
    uint64_t party_leg;      // conference leg on the facade, 0 = none
    uint64_t home_leg;       // conference leg at home, 0 = none
    bool party_is_pending;   // the party leg was answered and is not complete yet
    bool home_is_private;    // the home leg carries private lines
    bool party_is_private;   // the party leg does
    bool party_takes_states; // the party leg carries composing documents (MUC-B23)
    uint64_t nick_asked;     // ref of the party's wish for another nick, while the home considers it
    SeatPages pages;
    bool party_composes;     // the home was told that the party writes
    bool sees_reals;         // the home leg is told the real addresses of others
    char *role;              // owned: of our own occupant, or NULL
    char *affiliation;       // owned: likewise
    uint64_t entry_tick;     // of the entry that the home leg made last (rooms.h)
    GHashTable *composers;   // owned nicks of whom the party was told that they write, or NULL (MUC-B23)
    int64_t since_ms;        // the party is inside since then, 0 = not yet
    guint dropped;           // lines of this seat that did not arrive
    FailureReason error;     // why the last of them did not
    RoomsEntry *known;       // borrowed (Rooms): what is known of the room, since the home leg began to enter
} Seat;

// What: fills a seat that is free.
// Shape: `party` may be full or bare.
void seat_take(Seat *seat, Side home, Address *room, Address *party);

// What: forgets everything; the numbers of its legs are the caller's to unbind before.
void seat_clear(Seat *seat);

// What: notes that a line of the room did not arrive.
void seat_note_failure(Seat *seat, FailureReason reason);

// What: the side on which the room is imitated.
Side seat_facade(const Seat *seat);

// What: the party leg is complete: notes what the answer said of it (private, composing).
void seat_party_take(Seat *seat, const Event *answer);
