// SPDX-License-Identifier: MIT
// Invitations into rooms: which are the escalation of a running chat, and which are plain (7.3).
#pragma once
#include "mapping/turn.h"

// What: an invitation; finds or opens the session it concerns and fires, or refuses it.
// Shape: returns the id of that session, 0 when there is none.
// Source: ESC-100..106.
uint64_t invite_on_room_invite(Turn *turn, const Event *event);

// What: the wait for a second invitation to the same room ran out (HOW_INVITES).
void invite_on_timer(Turn *turn, Session *session, const Event *event);
