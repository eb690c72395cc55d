// SPDX-License-Identifier: MIT
// Invitations: XMPP users whom a conference calls into its room, until they come in, decline, cannot be
// reached, or say nothing. Sources: XEP-0045 7.8.2; XEP-0249; MUC-A17, MUC-A18; groupchat matrix 6.6.
#pragma once
#include "xmpp/room_core.h"

// What: nobody is called.
// Shape: owned by the caller; `wire` is borrowed. Freeing tells nobody.
RoomCalls *room_calls_new(Wire *wire);
void room_calls_free(RoomCalls *calls);

// What: `invite-to-room`: calls a user; answered by one ROOM_ANSWER, after T_consent at the latest.
void room_calls_invite(RoomCalls *calls, const Fields *fields);

// What: `withdraw-invite`: it is settled by a no; XMPP has no word to call it off.
// Errors: false when nobody is called by that leg.
bool room_calls_withdraw(RoomCalls *calls, uint64_t leg);

// What: a user comes into a room he is called to: the leg of that call, which is over.
// Errors: 0 when he is not called.
uint64_t room_calls_take(RoomCalls *calls, const Address *user, const Address *room);

// What: a message that declines.
// Errors: false when it is none.
bool room_calls_on_decline(RoomCalls *calls, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: the invitation came back as an error.
// Errors: false when it is none of ours.
bool room_calls_on_error(RoomCalls *calls, xmpp_stanza_t *stanza, Address *from, Address *to);
