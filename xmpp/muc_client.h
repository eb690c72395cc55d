// SPDX-License-Identifier: MIT
// Our occupants in the rooms that live on XMPP: which stanza is for which of them, and the lines
// that go through rooms, private ones too. Sources: XEP-0045 7.4, 7.5, 8.1; MUC-B04..B09, B14..B17,
// B21.
#pragma once
#include "xmpp/muc_occupant.h"
#include "xmpp/proof.h"

typedef struct MucClient MucClient;

// What: nobody in any room.
// Shape: owned by the caller; what it is given is borrowed and outlives it.
MucClient *muc_client_new(Wire *wire, Iq *iq, Proof *proof);
void muc_client_free(MucClient *client);

// What: the commands of side=xmpp that concern rooms: ENTER_ROOM, LEAVE_ROOM, ROOM_MESSAGE,
//   ROOM_SUBJECT, ROOM_NICK, CHAT_STATE.
// Shape: a leg that is not known is ignored, but each row gets its delivery.
void muc_client_execute(MucClient *client, const Command *command);

// What: a presence or message, if it belongs to one of our occupants.
// Errors: false when it does not.
bool muc_client_on_presence(MucClient *client, xmpp_stanza_t *stanza, Address *from, Address *to);
bool muc_client_on_message(MucClient *client, xmpp_stanza_t *stanza, Address *from, Address *to);

// What: whether `self` (full) is one of our occupants in the room of `asker`.
bool muc_client_is_inside(MucClient *client, Address *self, Address *asker);

// What: a component link came or went.
void muc_client_on_link(MucClient *client, const char *domain, bool is_up);

// What: everybody leaves.
void muc_client_leave_all(MucClient *client, const char *status);

// What: how many occupants there are, those on their way in as well.
size_t muc_client_count(const MucClient *client);
