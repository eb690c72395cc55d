// SPDX-License-Identifier: MIT
// Our subscription to the conference package of somebody else's focus: out of dialog, begun after the
// leg stands, refreshed, repaired and begun again; its documents go into a roster. RFC 4575 3, RFC
// 6665 4.1; CONF-025, ROSTER-001..010.
//
// COMPAT(SylkServer 6.6): it takes SUBSCRIBE to the room only after joining, and in no dialog.
#pragma once
#include "sip/gate_core.h"
#include "sip/guest_roster.h"

struct sip_s;

typedef struct Watcher Watcher;

typedef struct {
    // What documents changed; the array is borrowed, its events may be stolen.
    void (*on_events)(void *owner, GPtrArray *events);
    // Once: the first roster is there, or is not to be waited for.
    void (*on_settled)(void *owner);
    // The conference is over; the owner frees the watcher then.
    void (*on_deleted)(void *owner);
} WatcherFuncs;

// Whom to ask, and who we are; borrowed for the call.
typedef struct {
    const char *uri;           // the conference
    const char *from, *to;     // header values
    const char *contact;       // header value
    const char *target_dialog; // header value; NULL: none
    const char *user, *password; // who we are for whoever asks; NULL: by the configuration
} WatcherTarget;

// What: subscribes.
// Shape: `roster` and `owner` are borrowed, `funcs` is static; owned by the caller (watcher_free). No
//   callback comes before it has returned.
// Source: CONF-025; RFC 4538.
Watcher *watcher_new(GateCore *core, GuestRoster *roster, const WatcherFuncs *funcs, void *owner,
                     const WatcherTarget *target);

// What: the status that a NOTIFY deserves: 415 to the document of a conference in another type, 400 to one that
//   cannot be read, else 200.
// Shape: whether one without namespace can be read is said by `accept_no_ns`, as the last watcher was told.
// Source: ROSTER-010; RFC 6665 4.1.3.
int watcher_judge(const struct sip_s *notify);

// What: ends the subscription (Expires 0), if there is one. NULL is allowed.
// Source: CONF-029, ROSTER-006.
void watcher_free(Watcher *watcher);
