// SPDX-License-Identifier: MIT
// Invitations by somebody else's focus to an XMPP user. RFC 4579 5.2; MUC-A17.
#pragma once
#include "sip/guest_leg.h"
#include "sip/parties.h"

// What: an INVITE of a conference for an XMPP user: an invitation, or a refusal.
// Shape: `parties` has been read without fault.
// Source: MUC-A17; RFC 4579 5.2.
void guest_invited_take(Guest *self, const AgentEvent *event, const Parties *parties);
