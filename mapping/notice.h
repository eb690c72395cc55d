// SPDX-License-Identifier: MIT
// A notice: what a SIP user is told when a text that was accepted from him inside a session came to
// nothing after that session was gone, so that no report can reach him (ESC-004; RFC 4975 7.1.2).
// It is a line of its own, by page mode, from whom he wrote to.
#pragma once
#include "mapping/lines.h"
#include "mapping/refusal.h"

// What: words of ours to a SIP user, in the name of `from`, by page mode; their own failure is told to
//   nobody.
// Shape: `session` is whose row it is.
void notice_tell(Turn *turn, Session *session, Address *from, Address *to, const char *text);

// What: tells the author of a line from SIP what became of it.
// Shape: `line` is still in its session; the notice has a row of its own and fails without a word.
void notice_send(Turn *turn, const Line *line, const Refusal *refusal);

// What: the words of a notice.
// Shape: owned by the caller; `body` may be NULL, of a long one the beginning is quoted.
char *notice_text(const char *body, const Refusal *refusal);
