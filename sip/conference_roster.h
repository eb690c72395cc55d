// SPDX-License-Identifier: MIT
// Who is in a room (hosting B): one roster for all legs and watchers of it. It is told of each
// change once, and remembers changes for as long as a watcher may not have been told of them. No
// sockets, no clock. RFC 4575; groupchat section 4.
#pragma once
#include "mapping/command.h"
#include "mapping/route.h"
#include "sip/conference_occupant.h"

typedef struct ConferenceRoster ConferenceRoster;

// What a room says of itself.
typedef struct {
    char *subject;     // owned, or NULL; as the next two
    char *name;
    char *text;
    uint64_t most;     // occupants it takes, 0: not told
} ConferenceAbout;     // rc-box

// How somebody left.
typedef struct {
    How how;    // left, kicked, banned, lost
    char *text; // owned, or NULL: why, in words
} ConferenceDeparture; // rc-box

// Somebody who left, as he was when he was told of last.
typedef struct {
    ConferenceOccupant *occupant;   // shared
    ConferenceDeparture *departure; // shared
} ConferenceLeaver;

// What is different from an earlier state of the roster, in the order it happened; what was undone
// meanwhile is not.
typedef struct {
    GPtrArray *nicks;    // owned, of char * (owned)
    GHashTable *leavers; // owned; those of the nicks who left, where that is detailed: nick (borrowed) =>
                         //   ConferenceLeaver (owned)
    bool about;
    bool count;
} ConferenceDifference;

// What: the empty roster of a room.
// Shape: `route` is borrowed and outlives it; `named_max`: occupants that documents name, the
//   longest present; owned by the caller (conference_roster_free; NULL is allowed).
// Errors: NULL when the room has no URI: its domain lives nowhere.
// Source: groupchat section 4 (element mapping); ROSTER-019.
ConferenceRoster *conference_roster_new(const Route *route, const Address *room,
                                        unsigned named_max);
void conference_roster_free(ConferenceRoster *roster);

// What: from now on differences tell how somebody left, not only that he is not there any more.
// Source: ROSTER-013 (`leave_detail`).
void conference_roster_detail_leaving(ConferenceRoster *roster);

// What: takes a change: `sip room-roster` (how=joined/changed/renamed/left/kicked/banned/lost/forget) or
//   `sip room-subject` (how=changed: what the room says of itself beside the subject).
// Shape: a report of what is known already is no change; nor is another command.
// Source: docs/seam.md; ROSTER-012 to ROSTER-014, ROSTER-016; table 6.1 (104).
void conference_roster_apply(ConferenceRoster *roster, const Command *command);

// What: a device of ours stands behind a nick, or does no longer.
// Shape: `device` is referenced, and numbered. The last device of an occupant leaves without a
//   change: what becomes of the occupant the room will say.
// Source: groupchat section 4 (endpoint).
void conference_roster_add_device(ConferenceRoster *roster, const char *nick,
                                  ConferenceDevice *device);
void conference_roster_remove_device(ConferenceRoster *roster, const char *nick,
                                     ConferenceDevice *device);

// What: the occupant of this nick; of those that documents name only.
// Shape: borrowed until the next change; NULL: nobody. `nick` NULL is nobody.
const ConferenceOccupant *conference_roster_find(const ConferenceRoster *roster, const char *nick);
const ConferenceOccupant *conference_roster_find_named(const ConferenceRoster *roster,
                                                       const char *nick);

// What: how many occupants there are; the nicks of the first of them, in the order of entry.
// Shape: owned by the caller (g_ptr_array_unref); the nicks are borrowed until the next change.
unsigned conference_roster_count(const ConferenceRoster *roster);
GPtrArray *conference_roster_nicks(const ConferenceRoster *roster, unsigned max);

// What: the nick of whoever has this real address, as far as the room tells.
// Shape: borrowed until the next change; NULL: nobody. A resource of `user` does not count.
// Source: ROSTER-020.
const char *conference_roster_find_nick(const ConferenceRoster *roster, const Address *user);

// What: how many occupants documents name.
unsigned conference_roster_named_max(const ConferenceRoster *roster);

// What: what the room says of itself.
// Shape: borrowed until the next change.
const ConferenceAbout *conference_roster_about(const ConferenceRoster *roster);

// What: how many changes there were; all before `edition` may be forgotten.
uint64_t conference_roster_edition(const ConferenceRoster *roster);
void conference_roster_forget_changes(ConferenceRoster *roster, uint64_t edition);

// What: what is different from what was after `edition` changes.
// Shape: owned by the caller (conference_roster_difference_free).
// Errors: NULL when that is too long ago to be known.
// Source: ROSTER-017.
ConferenceDifference *conference_roster_difference(const ConferenceRoster *roster, uint64_t edition,
                                                   bool with_reals);
void conference_roster_difference_free(ConferenceDifference *difference);

// What: the room; how URIs are spelled.
// Shape: borrowed from the roster.
const Address *conference_roster_room(const ConferenceRoster *roster);
const Route *conference_roster_route(const ConferenceRoster *roster);

// What: conf(R), or occ(nick).
// Shape: `nick` NULL: conf(R), as for a nick that no address can have; owned by the caller
//   (g_free).
// Source: groupchat section 0 (occ, conf).
char *conference_roster_uri(const ConferenceRoster *roster, const char *nick);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConferenceRoster, conference_roster_free)
