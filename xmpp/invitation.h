// SPDX-License-Identifier: MIT
// Invitations for our users from their arrival to their answer: the room is probed before the
// middle hears of them, and what the PRE rows of groupchat matrix 7.4 refuse is refused here.
#pragma once
#include "xmpp/iq.h"
#include "xmpp/wire.h"

typedef struct Invitation Invitation;

// What: no invitation open.
// Shape: owned by the caller; wire and iq are borrowed and outlive it. Freeing answers nobody.
Invitation *invitation_new(Wire *wire, Iq *iq);
void invitation_free(Invitation *all);

// What: takes a message that is an invitation; ends in ROOM_INVITE, a decline, or an error.
// Source: ESC-100, 101; 7.4 IDLE and PRE.
void invitation_on_stanza(Invitation *all, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: the middle's answer: HOW_NO declines with the words of the fields, anything else is silent.
// Shape: a ref that is not open is ignored.
// Source: docs/seam.md (answer-invite).
void invitation_answer(Invitation *all, const Fields *fields);
