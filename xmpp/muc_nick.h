// SPDX-License-Identifier: MIT
// The nick change that one of our occupants has asked its room for, from the order to the one answer
// that the middle waits for. Sources: XEP-0045 7.6; MUC-B11; docs/seam.md (room-nick).
#pragma once
#include "xmpp/muc_presence.h"

typedef struct MucNick MucNick;

// What: nothing asked for.
// Shape: owned by the caller; `wire` is borrowed and outlives it. Freeing answers nobody.
MucNick *muc_nick_new(Wire *wire, uint64_t leg);
void muc_nick_free(MucNick *asked);

// What: asks for a nick under which we are not yet; answered within T_join.
// Shape: `self` is our full JID, `wanted` room@service/nick. One not answered yet is given up for
//   it, so that answers keep their order: how=no failure=unexpected-request.
void muc_nick_ask(MucNick *asked, Address *self, Address *wanted);

// What: answers without asking; what was asked before is given up for it likewise.
// Shape: `nick` for a yes; or a failure for a no.
void muc_nick_answer(MucNick *asked, const char *nick, FailureReason failure);

// What: a presence of type error for an occupant inside.
// Errors: false when it is no answer to what was asked.
bool muc_nick_on_error(MucNick *asked, xmpp_stanza_t *stanza, Address *from);

// What: our own presence, under a nick that may be the one asked for.
void muc_nick_on_self(MucNick *asked, const MucPresence *presence);

// What: no answer will come any more: what is asked for is answered by a no.
void muc_nick_end(MucNick *asked, FailureReason failure);
