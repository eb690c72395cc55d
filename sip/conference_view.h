// SPDX-License-Identifier: MIT
// What each watcher of a room was told last, and what it is to be told next. A document is written
// once for all who are told the same: the whole room, or what changed since the place where several
// stand, in two forms at most: with and without real addresses. When a watcher is told is the
// notifier's business. RFC 4575.
#pragma once
#include "sip/conference_document.h"

typedef struct ConferenceViews ConferenceViews; // all watchers of a room
typedef struct ConferenceView ConferenceView;   // one of them

// What: the watchers of a room: none yet.
// Shape: `roster` is borrowed and outlives it; owned by the caller (conference_view_all_free; ends
//   every view; NULL is allowed).
ConferenceViews *conference_view_all_new(ConferenceRoster *roster);
void conference_view_all_free(ConferenceViews *views);

// What: somebody begins to watch; he has been told nothing yet.
// Shape: borrowed, until it is closed; `by_datagram`: a room that does not fit into one is told to
//   him without its occupants.
// Source: ROSTER-019.
ConferenceView *conference_view_open(ConferenceViews *views, bool with_reals, bool by_datagram);

// What: somebody watches no more.
// Shape: frees the view.
void conference_view_close(ConferenceView *view);

// What: real addresses are told from now on, or no longer: the next document is a whole one.
// Source: table 6.1 (172, 173).
void conference_view_set_reals(ConferenceView *view, bool with_reals);

// What: whether there is something to tell; true before the first document.
// Source: ROSTER-017.
bool conference_view_is_pending(ConferenceView *view);

// What: the whole room, for a SUBSCRIBE and its refreshes.
// Shape: owned by the caller (g_bytes_unref), the same for all who are told the same; the version of
//   this watcher is conference_view_version().
// Source: ROSTER-011.
GBytes *conference_view_full(ConferenceView *view);

// What: what has changed since the view's last document, in the order it happened; what was undone
//   meanwhile is left out. The first document of a view is a full one, as is that of one who knows
//   too little.
// Shape: as conference_view_full(); one version step.
// Errors: NULL when nothing is pending.
// Source: ROSTER-012 to ROSTER-014, ROSTER-016, ROSTER-017.
GBytes *conference_view_change(ConferenceView *view);

// What: one version more: for a document that only this watcher gets, as the last one.
void conference_view_step(ConferenceView *view);

// What: the version of the last document; 0 first, one more when there was something to tell, else
//   the same.
// Source: ROSTER-011.
uint32_t conference_view_version(const ConferenceView *view);
