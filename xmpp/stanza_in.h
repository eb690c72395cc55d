// SPDX-License-Identifier: MIT
// Every stanza that comes in, to the reader it is for; what has none is answered as RFC 6120 8 and
// 6121 8 want it, or dropped. Rows: GEN-07, IM-16, IM-17, ERR-06, MUC-B21.
#pragma once
#include "xmpp/invitation.h"
#include "xmpp/iq.h"
#include "xmpp/muc_client.h"
#include "xmpp/proof.h"
#include "xmpp/room_service.h"
#include "xmpp/wire.h"

// The readers; all borrowed.
typedef struct {
    Wire *wire;
    Iq *iq;
    Proof *proof;
    Invitation *invitation;
    MucClient *muc_client;
    RoomService *room_service;
} StanzaIn;

// What: reads a stanza; answers and events go out on the wire.
// Shape: `stanza` is borrowed for the call.
void stanza_in_read(StanzaIn *in, xmpp_stanza_t *stanza);
