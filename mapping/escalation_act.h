// SPDX-License-Identifier: MIT
// The actions of the escalation table: each pushes one command or writes one field; none decides.
#pragma once
#include "mapping/escalation.h"

// What: carries out one action.
// Shape: `cause` is the event behind the row; its leg, ref, failure, status and text are used.
// Source: docs/escalation.md 3.
void escalation_act_do(Turn *turn, Session *session, EscalationAction action, const Event *cause);

// What: tells those who asked by a request to the room that the party is being asked just now.
// Source: table 6.6.
void escalation_act_tell_ringing(Turn *turn, const Session *session);
