// SPDX-License-Identifier: MIT
// The ladder of a conversation: its last events and commands, without bodies, kept as values in a bounded
// ring and turned into text only when somebody asks. The text is a scenario that tests/scenario can replay.
#pragma once
#include "mapping/command.h"
#include "mapping/event.h"

typedef struct Ladder Ladder;

// What: an empty ladder book.
// Shape: owned by the caller; `lines` are kept per conversation.
Ladder *ladder_new(guint lines);

// What: frees it; NULL is allowed.
void ladder_free(Ladder *ladder);

// What: notes an event or a command of a conversation; session 0 is not noted.
// Shape: `at_ms` is monotonic.
void ladder_note_event(Ladder *ladder, uint64_t session, const Event *event);
void ladder_note_command(Ladder *ladder, const Command *command, int64_t at_ms);

// What: the ladder of one conversation, or (session 0) of all, oldest first.
// Shape: owned by the caller; "" when nothing is known.
char *ladder_text(const Ladder *ladder, uint64_t session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ladder, ladder_free)
