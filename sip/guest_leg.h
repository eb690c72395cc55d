// SPDX-License-Identifier: MIT
// One leg at somebody else's focus, as the files that share it see it: its call (guest_call.h), its nick
// (guest_nick.h), its first roster (guest_entry.h), its lines (guest_talk.h), the invitation it may have begun
// with (guest_invited.h).
//
//   ENTERING (the call is not up) -> NAMING (NICKNAME) -> LISTENING (first roster) -> INSIDE
//   INSIDE -> AWAY (lost, guest_away.h) -> ENTERING, as often as need be; a try that fails -> AWAY
#pragma once
#include "sip/call.h"
#include "sip/early_lines.h"
#include "sip/guest.h"
#include "sip/guest_ask.h"
#include "sip/guest_given.h"
#include "sip/guest_line_id.h"
#include "sip/guest_roster.h"
#include "sip/watcher.h"

struct Guest {
    GateCore *core;     // borrowed
    GuestAsk *asked;    // owned
    GHashTable *offers; // owned; set of GuestLeg (owned) that has no number yet
    GHashTable *names;  // owned; JID of a room (owned) -> GuestNames (a reference)
    GHashTable *absent; // owned; those of ours who are away (guest_absent.h)
    GuestLineIds line_ids;
};

typedef enum {
    GUEST_LEG_ENTERING,
    GUEST_LEG_NAMING,
    GUEST_LEG_LISTENING,
    GUEST_LEG_INSIDE,
    GUEST_LEG_AWAY
} GuestLegState;

typedef struct {
    Guest *all; // borrowed
    GuestLegState state;
    uint64_t number; // 0: offered, not answered
    uint64_t ref;    // of the offer
    Call *call;      // owned by itself until on_down; NULL: AWAY
    Address *room;   // shared; bare
    Address *user;   // shared; with his device, but in an offer
    char *uri;       // owned; of the focus
    char *from;      // owned, as the next two; header values of our requests
    char *to, *contact;
    char *password;  // owned, or NULL
    char *nick;      // owned; the one asked for
    int conflicts;   // while NAMING
    char *new_nick;  // owned; asked for while INSIDE, NULL: none
    guint timer;     // GSource id: a NICKNAME has no answer yet; the pause of AWAY
    bool was_inside;    // before it was lost
    int64_t entered_ms; // when it was inside last; 0: lost since
    int64_t pause_ms;   // of AWAY, the last one; 0: none yet
    char *absent_as;    // owned; its key in Guest.absent, NULL: not noted
    GuestRoster *roster; // owned; NULL in an offer
    Watcher *watcher;    // owned; NULL before LISTENING
    Event *subject;      // owned; to be told behind the entry, or NULL
    EarlyLines *early;   // owned; NULL when INSIDE
    GuestGiven *given;   // owned
    GQueue said;         // of char * (owned): names and digests of our last lines
    GQueue told;         // of char * (owned): digests of what we were told since we came in
} GuestLeg;

// What: a leg without call and number.
// Shape: owned by itself: guest_leg_end() or guest_leg_free() ends it.
GuestLeg *guest_leg_new(Guest *self, const Address *room, const Address *user);

// What: forgets a leg whose call is over.
void guest_leg_free(GuestLeg *leg);

// What: the leg of a number.
// Errors: NULL when it is none of ours.
GuestLeg *guest_leg_find(const Guest *self, uint64_t number);

// What: what comes from now on waits until we are inside.
void guest_leg_expect_lines(GuestLeg *leg);

// What: ends call and leg; nothing is told.
void guest_leg_end(GuestLeg *leg, int cause, const char *text);

// What: ends the leg by ourselves, and tells how.
void guest_leg_give_up(GuestLeg *leg, How how, FailureReason failure, const char *text);

// What: the names of its conference, the same for all our legs in it.
// Shape: borrowed.
GuestNames *guest_leg_names(const GuestLeg *leg);

// What: an event of this leg.
// Shape: owned by the caller.
Event *guest_leg_event(EventKind kind, const GuestLeg *leg);

// What: tells an event; all of an array that guest_leg_events_new() made, and empties it.
// Shape: what changes the subject before we are inside is kept (MUC-A04).
void guest_leg_tell(const GuestLeg *leg, Event *owned);
GPtrArray *guest_leg_events_new(void);
void guest_leg_tell_all(GuestLeg *leg, GPtrArray *events);

// What: tells the end of a leg that may be gone.
void guest_leg_exit(GateCore *core, uint64_t leg, How how, FailureReason failure, int status,
                    const char *text);

// What: whom requests beside the call go to, and who we are in them.
// Shape: borrowed from the leg.
WatcherTarget guest_leg_target(const GuestLeg *leg);
