// SPDX-License-Identifier: MIT
// What a party of a room says and is told: lines both ways in their envelopes, what comes before it is inside, the
// nickname it asks for, notices. RFC 7701 6, 7; MUC-B04, MUC-B06, MUC-B08, MUC-B11.
#pragma once
#include "sip/focus_core.h"

// What: a leg that is made, and one that ends: nothing waits.
void focus_lines_begin(FocusLeg *leg);
void focus_lines_end(FocusLeg *leg);

// What: content, or the wish for a nickname, from a party.
// Shape: `owner` is the FocusLeg; for its CallFuncs.
// Source: MUC-B06, MUC-B11.
void focus_lines_on_message(void *owner, const MsrpSessionIncoming *message);
void focus_lines_on_nickname(void *owner, uint32_t ref, const char *nick);

// What: tells the middle what came before the party was inside, without waiting any longer.
// Source: MUC-B06.
void focus_lines_release(FocusLeg *leg);

// What: the party is inside: what came early is passed on once its roster is known, and a phone without chat rooms
//   hears where it is.
// Source: MUC-B06; setting `notice`.
void focus_lines_open(FocusLeg *leg);

// What: a line for the party; answered by DELIVERY.
// Source: MUC-B04, MUC-B09.
void focus_lines_send(const FocusLeg *leg, const Fields *line);

// What: that somebody writes, for the party.
// Errors: false: it takes nothing now.
// Source: MUC-B23.
bool focus_lines_send_state(const FocusLeg *leg, const Fields *state);
