// SPDX-License-Identifier: MIT
// The MUC service that we are towards XMPP users for conferences that live on SIP (hosting A): whatever is
// sent to a room domain of ours, and whatever the middle orders for it. It answers what XEP-0045 leaves to
// the service; who may come in is decided by the conference. Sources: XEP-0045; RFC 7702 5; section 2 of
// the groupchat matrix.
#pragma once
#include "mapping/command.h"
#include "xmpp/iq.h"
#include "xmpp/proof.h"

typedef struct RoomService RoomService;

// What: a service without rooms.
// Shape: owned by the caller; what it is given is borrowed and outlives it.
RoomService *room_service_new(Wire *wire, Iq *iq, Proof *proof);
void room_service_free(RoomService *service);

// What: carries out a command for a room of ours or one of its parties.
// Errors: false when it is for no room of ours.
// Source: docs/seam.md, "Rooms: coming in".
bool room_service_execute(RoomService *service, const Command *command);

// What: whether an address belongs to the service: a room domain of ours.
bool room_service_owns(const RoomService *service, const Address *to);

// What: a stanza for the service, one of its rooms or an occupant.
void room_service_on_presence(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                              Address *to);
void room_service_on_message(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                             Address *to);
void room_service_on_request(RoomService *service, xmpp_stanza_t *stanza, Address *from,
                             Address *to);

// What: the link of a component domain is back: who was inside may be gone without a word.
// Source: XEP-0045 17.2 (ghost users); ESC-608.
void room_service_on_link_up(RoomService *service, const char *domain);

// What: the service goes down: everybody is told so.
// Source: XEP-0045 14.5; MUC-A28.
void room_service_close_all(RoomService *service, const char *text);

// What: parties in all rooms.
size_t room_service_count(const RoomService *service);
