// SPDX-License-Identifier: MIT
// Invitations into rooms: which are the escalation of a running chat, and which are plain (7.3).
#pragma once
#include "mapping/turn.h"

// What: an invitation; finds or opens the session it concerns and fires, or refuses it.
// Shape: returns the id of that session, 0 when there is none.
// Source: ESC-100..106, ESC-300, ESC-308.
uint64_t invite_on_room_invite(Turn *turn, const Event *event);

// What: an invitation that came when its conversation is in a room already: to the same room it is
//   answered (the party is inside), to another one it is plain.
// Source: docs/escalation.md 3 (pass on); ESC-402.
void invite_pass_on(Turn *turn, Session *session, const Event *event);

// What: a party of an XMPP room asks for somebody of its own side: he is invited plainly, and the outcome is that of
//   the request.
// Shape: `asking` is the session of the party, inside the room.
// Source: MUC-B13; CONF-009, CONF-014; table 6.6.
void invite_on_request(Turn *turn, const Session *asking, const Event *request);

// What: whether an invitation is the escalation of a dialog: it continues, and it names the
//   dialog's thread, or no thread, or there is only one dialog it can mean.
// Shape: `threads` are those of the dialogs with the inviter, NULL-terminated ("" = without
//   thread).
// Source: ESC-100..103.
bool invite_is_escalation(bool continues, const char *thread, const char *const *threads);
