// SPDX-License-Identifier: MIT
// The one-line text of an Event or Command, for logs, ladders, scenarios and tests:
// `xmpp message from=juliet@xmpp.test/balcony to=romeo@sip.test body=Art`. Print and parse are inverse.
#pragma once
#include "mapping/command.h"
#include "mapping/event.h"

// What: appends `SIDE KIND name=value ...`.
// Shape: without `with_secrets` what fields_copy_shown() leaves out is left out. The time of an event is not part of the
//   line.
void notation_print_event(const Event *event, bool with_secrets, GString *into);
void notation_print_command(const Command *command, bool with_secrets, GString *into);

// What: the same as a new string, with all fields.
// Shape: owned by the caller.
char *notation_event_text(const Event *event);
char *notation_command_text(const Command *command);

// What: reads a line back.
// Shape: returned value owned by the caller.
// Errors: NULL, with a sentence in `why` (owned by the caller).
Event *notation_parse_event(const char *line, char **why);
Command *notation_parse_command(const char *line, char **why);
