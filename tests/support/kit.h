// SPDX-License-Identifier: MIT
// A Kit: everything a Turn needs, without a router: for tests of one part of the middle.
#pragma once
#include "mapping/page.h"
#include "mapping/receipts.h"
#include "mapping/session_map.h"

typedef struct {
    Settings settings;
    TurnCounters counters;
    GQueue happenings;
    Turn turn;        // owns outbox, sessions, pages, peers, receipts
    Session *session; // borrowed: juliet@xmpp.test and romeo@sip.test
} Kit;

// What: an empty house with one session in it.
// Shape: owned by the caller.
Kit *kit_new(void);
void kit_free(Kit *kit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kit, kit_free)

// What: what was commanded since the last call, one line of notation each, without TIMER commands
//   and without the `session` field.
// Shape: owned by the caller; "" when nothing was.
char *kit_said(Kit *kit);

// What: fails the test when kit_said() is not this.
void kit_expect(Kit *kit, const char *said);

// What: an event by its notation.
// Shape: owned by the caller.
Event *kit_event(const char *notation);

// What: a line from its event, given its row and waiting in the session.
// Shape: borrowed from the session.
Line *kit_line(Kit *kit, const char *notation, LineClass class);
