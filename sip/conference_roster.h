// SPDX-License-Identifier: MIT
// Who is in a room, as one party of it is told by conference-info documents (hosting B): occupants
// and subject come in as commands, each subscription is a view that gets what it has not been told
// yet. No sockets, no clock: when a view is served (T_rate) and how is the notifier's business. RFC
// 4575; groupchat section 4.
#pragma once
#include "mapping/command.h"
#include "mapping/route.h"

typedef struct ConferenceRoster ConferenceRoster;
typedef struct ConferenceView ConferenceView; // one subscription; owned by its roster

// What: the empty roster of a room.
// Shape: `route` is borrowed and outlives it; `invited`: the party is in because we dialed it;
//   owned by the caller (conference_roster_free, which ends the views too; NULL is allowed).
// Errors: NULL when the room has no URI: its domain lives nowhere.
// Source: groupchat section 4 (element mapping).
ConferenceRoster *conference_roster_new(const Route *route, const Address *room, bool invited);
void conference_roster_free(ConferenceRoster *roster);

// What: takes a change: `sip room-roster` (how=joined/changed/renamed/left/kicked/banned) or
//   `sip room-subject`.
// Shape: other commands, and a roster change without a nick, are no matter.
// Source: docs/seam.md; ROSTER-012 to ROSTER-014, ROSTER-016.
void conference_roster_apply(ConferenceRoster *roster, const Command *command);

// What: whether an occupant of this nick is there.
// Shape: NULL is nobody.
bool conference_roster_has(const ConferenceRoster *roster, const char *nick);

// What: the nicks of all occupants, in the order of entry.
// Shape: owned by the caller (g_ptr_array_unref); the nicks are borrowed until the next change.
GPtrArray *conference_roster_nicks(const ConferenceRoster *roster);

// What: the room.
// Shape: borrowed from the roster.
const Address *conference_roster_room(const ConferenceRoster *roster);

// What: conf(R), or occ(nick).
// Shape: `nick` NULL: conf(R), as for a nick that no address can have; owned by the caller
//   (g_free).
// Source: groupchat section 0 (occ, conf).
char *conference_roster_uri(const ConferenceRoster *roster, const char *nick);

// What: a subscription begins; it has been told nothing yet.
// Shape: borrowed, until it is closed or the roster is freed.
ConferenceView *conference_roster_open_view(ConferenceRoster *roster);

// What: a subscription is over.
// Shape: frees the view.
void conference_roster_close_view(ConferenceView *view);

// What: whether the roster differs from what the view was told last; true before its first
//   document.
// Source: ROSTER-017.
bool conference_roster_is_pending(const ConferenceView *view);

// What: the whole room, for a SUBSCRIBE and its refreshes.
// Shape: owned by the caller; version 0 first, one more when there was something to tell, else the
//   same.
// Source: ROSTER-011.
GBytes *conference_roster_write_full(ConferenceView *view);

// What: what has changed since the view's last document, in the order it happened; what was undone
//   meanwhile is left out. The first document of a view is the full one.
// Shape: owned by the caller; one version step.
// Errors: NULL when nothing is pending.
// Source: ROSTER-012 to ROSTER-014, ROSTER-016, ROSTER-017.
GBytes *conference_roster_write_change(ConferenceView *view);

// What: the last document of a view: the conference is no more.
// Shape: owned by the caller.
// Source: RFC 4575 4.6 (state deleted).
GBytes *conference_roster_write_deleted(ConferenceView *view);

// How the stay of the party itself ended.
typedef enum { CONFERENCE_ROSTER_BOOTED, CONFERENCE_ROSTER_FAILED } ConferenceRosterRemoval;

// What: the last document of a view whose party was removed: how, and why in words.
// Shape: `text` may be NULL; owned by the caller.
// Errors: NULL when the party is not on the roster.
// Source: table 6.1 of the groupchat matrix (MUC-B15); RFC 4575 5.7.6.
GBytes *conference_roster_write_removed(ConferenceView *view, ConferenceRosterRemoval removal,
                                        const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConferenceRoster, conference_roster_free)
