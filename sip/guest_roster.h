// SPDX-License-Identifier: MIT
// Who is in a conference of somebody else's, as its focus tells it: conference-info documents are
// merged, differences come out as `room-roster` and `room-subject` events. No sockets, no clock; the
// focus may lie, repeat itself and forget. RFC 4575 4 to 6; groupchat matrix section 4, hosting A.
//
// A user of the document is one occupant, two devices of one address with one name are one. Names are
// made unique, and stay with their user as long as he keeps his own. Our own occupant is told last,
// and its end is never told: only the end of the leg is.
#pragma once
#include "mapping/event.h"
#include "mapping/route.h"
#include "sip/body/conference_info.h"
#include "sip/guest_names.h"

typedef struct GuestRoster GuestRoster;

typedef enum {
    GUEST_ROSTER_TAKEN,
    GUEST_ROSTER_STALE,  // not newer than what is known
    GUEST_ROSTER_GAP,    // documents are missing: a full one is wanted
    GUEST_ROSTER_DELETED // the conference is over
} GuestRosterResult;

// What: a roster of which nothing is known.
// Shape: `route` is borrowed; `names` (a reference is taken) is that of all legs in the conference;
//   `room` is what it is called here, `self` who we are in it, with his device; owned by the caller
//   (guest_roster_free).
GuestRoster *guest_roster_new(const Route *route, GuestNames *names, const Address *room,
                              const Address *self);
void guest_roster_free(GuestRoster *roster);

// What: takes a document.
// Shape: events (owned) are added to `events`, without leg; those who left first.
// Source: ROSTER-001, 002, 004..009, 022; MUC-A06; sections 4.2 and 4.3.
GuestRosterResult guest_roster_merge(GuestRoster *roster, const ConferenceInfo *document,
                                     GPtrArray *events);

// What: another subscription begins: its versions have nothing to do with those so far.
// Source: ROSTER-011.
void guest_roster_expect_anew(GuestRoster *roster);

// What: whether a full document was taken.
bool guest_roster_is_known(const GuestRoster *roster);

// What: makes sure that our own occupant is there, under this nick unless the focus shows another.
// Source: ROSTER-001, ROSTER-003.
void guest_roster_enter(GuestRoster *roster, const char *nick, GPtrArray *events);

// What: our own nick was changed, whatever documents say that still have the old one.
// Source: MUC-A13.
void guest_roster_rename_own(GuestRoster *roster, const char *nick, GPtrArray *events);

// What: our own nick.
// Shape: borrowed until the next change; NULL before we are there.
const char *guest_roster_own_nick(const GuestRoster *roster);

// What: the nick of who speaks under this URI; while no document is known he becomes an occupant by
//   speaking.
// Shape: `name` is his display name, or NULL; owned by the caller (g_free); never the nick of somebody
//   else.
// Source: MUC-A09, ROSTER-003.
char *guest_roster_speaker(GuestRoster *roster, const char *uri, const char *name,
                           GPtrArray *events);

// What: the URI of an occupant.
// Shape: borrowed until the next change.
// Errors: NULL when there is none of that nick.
// Source: MUC-A11, MUC-A19.
const char *guest_roster_entity(const GuestRoster *roster, const char *nick);

// What: how documents say that our own stay ended, with the reason in `text` (borrowed).
// Shape: HOW_NONE: they do not.
// Source: ROSTER-022.
How guest_roster_own_end(const GuestRoster *roster, const char **text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestRoster, guest_roster_free)
