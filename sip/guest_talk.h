// SPDX-License-Identifier: MIT
// The lines of a leg at somebody else's focus, both ways, and who is writing: envelopes, echoes of the switch, private
// lines. RFC 7701 6; MUC-A07..A12.
#pragma once
#include "sip/guest_leg.h"

// What: content of the switch: CallFuncs.on_message.
// Source: MUC-A04, MUC-A09, MUC-A10, MUC-A12.
void guest_talk_on_message(void *owner, const MsrpSessionIncoming *message);

// What: takes what came before we were inside.
// Shape: for early_lines_release().
void guest_talk_take(void *owner, const MsrpSessionIncoming *message);

// What: a line of our user; answered by DELIVERY.
// Source: MUC-A07, MUC-A08, MUC-A11; table 6.5.
void guest_talk_send(Guest *self, const Fields *fields);

// What: that our user writes, for a conference that takes such documents; nobody waits for its fate.
void guest_talk_send_state(Guest *self, const Fields *fields);
