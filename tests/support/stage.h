// SPDX-License-Identifier: MIT
// A Stage: a router with its outbox, clock and timers, played in the notation of
// mapping/notation.h. xmpp.test lives on XMPP with its rooms on muc.xmpp.test, sip.test lives on
// SIP with its rooms on halls.test. After every step the session map is checked and each ledger row is audited: opened once,
// before its line is handed on, and closed once.
#pragma once
#include "mapping/escalation.h"
#include "mapping/router.h"

typedef struct Stage Stage;

// What: an empty stage.
// Shape: owned by the caller.
Stage *stage_new(void);
void stage_free(Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

// What: the settings of the router; changed before the first thing is told.
Settings *stage_settings(Stage *stage);

// What: sets a setting by its name, with a number, a flag (yes, no) or the word of a choice.
// Errors: false when there is no such setting or value.
bool stage_set(Stage *stage, const char *name, const char *value);

// What: tells the router an event. `$name` as a value stands for what was captured under that name.
// Errors: NULL, or a sentence (owned by the caller): not an event, or something said before was not
//   expected, or a row was not kept.
char *stage_try_tell(Stage *stage, const char *line);

// What: fires an event of the escalation table at a session, for a cause in notation, as if it had
//   been classified so. A record in CHAT is opened by the cause first, when that is an invitation.
// Errors: as stage_try_tell().
char *stage_try_fire(Stage *stage, Session *session, EscalationEvent on, const char *cause);

// What: expects the next command said (TIMER, STORE and ASK_PEER: the next of those, wherever
//   it stands between).
// Shape: fields in any order; `*` stands for any value, `$name` captures one, or must equal what
//   was captured; a field that is not named must be absent, but for `session`, or when the line
//   ends in ` ...`.
// Errors: NULL, or a sentence that tells what was said instead.
char *stage_try_expect(Stage *stage, const char *pattern);

// What: expects that nothing more was said (TIMER, STORE and ASK_PEER apart).
char *stage_try_quiet(Stage *stage);

// What: moves the clock; timers that run out on the way are told in their order.
char *stage_try_advance(Stage *stage, int64_t ms);

// What: the same for tests of the check framework: a sentence fails the test.
void stage_tell(Stage *stage, const char *line);
void stage_fire(Stage *stage, Session *session, EscalationEvent on, const char *cause);
void stage_expect(Stage *stage, const char *pattern);
void stage_quiet(Stage *stage);
void stage_advance(Stage *stage, int64_t ms);

// What: how many ledger rows are open now, and how many sessions there are.
guint stage_open_rows(const Stage *stage);
guint stage_session_count(Stage *stage);

// What: the router, to look behind the scene; the one session there is.
Router *stage_router(Stage *stage);
Session *stage_session(Stage *stage);
