// SPDX-License-Identifier: MIT
// What one of our occupants asks of its room: to invite somebody, to remove or to ban somebody.
// Each request that somebody waits for has one ROOM_RESULT, whatever becomes of the stay.
// Sources: XEP-0045 7.8.2, 7.9, 8.2, 9.1; MUC-B12; ROSTER-020; groupchat matrix 6.6.
#pragma once
#include "xmpp/iq.h"
#include "xmpp/wire.h"

typedef struct MucRequests MucRequests;

// Who asks, and where.
typedef struct {
    uint64_t leg;
    Address *self; // borrowed, full
    Address *room; // borrowed, bare
} MucRequestsBy;

// What: nothing asked for.
// Shape: owned by the caller; wire and iq are borrowed and outlive it. Freeing answers nobody.
MucRequests *muc_requests_new(Wire *wire, Iq *iq);
void muc_requests_free(MucRequests *requests);

// What: asks; the answer follows, at once or later.
// Shape: `fields` of a ROOM_REQUEST: HOW_INVITE, HOW_KICK or HOW_BAN.
void muc_requests_ask(MucRequests *requests, const MucRequestsBy *by, const Fields *fields);

// What: answers a ROOM_REQUEST by a no.
// Shape: ref 0 = nobody waits, nothing is said.
void muc_requests_refuse(Wire *wire, const Fields *fields, FailureReason failure);

// What: an error that the room sent back, or a message with a decline in it.
// Errors: false when it answers nothing that was asked.
bool muc_requests_on_error(MucRequests *requests, xmpp_stanza_t *stanza);
bool muc_requests_on_decline(MucRequests *requests, xmpp_stanza_t *stanza);

// What: whether a message brings a decline.
bool muc_requests_is_decline(xmpp_stanza_t *stanza);

// What: this real address is in the room: whoever waits for it has got what he wanted.
void muc_requests_on_there(MucRequests *requests, const Address *real);

// What: no answer will come any more.
void muc_requests_end(MucRequests *requests);
