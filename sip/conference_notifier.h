// SPDX-License-Identifier: MIT
// The conference event package of one room: its roster and its parties, whose subscriptions
// (conference_subscription.h) are told full state first, then what changed, at the pace of the room
// (conference_pace.h). RFC 4575, RFC 6665; CONF-012, CONF-013, ROSTER-011..019.
#pragma once
#include "sip/conference_roster.h"
#include "sip/gate_core.h"

typedef struct ConferenceNotifier ConferenceNotifier; // one room

// What: the notifier of a room, with an empty roster and without parties.
// Shape: `core` is borrowed. Owned by the caller (conference_notifier_free).
// Errors: NULL when the room cannot be spelled on SIP.
ConferenceNotifier *conference_notifier_new(GateCore *core, const Address *room);

// What: frees; its parties are gone. NULL is allowed.
void conference_notifier_free(ConferenceNotifier *notifier);

// What: the roster, to be read.
// Shape: borrowed, lives as long as the notifier.
const ConferenceRoster *conference_notifier_roster(const ConferenceNotifier *notifier);

// What: a change that all are told of.
// Shape: as conference_roster_apply().
// Source: ROSTER-017.
void conference_notifier_apply(ConferenceNotifier *notifier, const Command *command);

// What: how many parties there are.
unsigned conference_notifier_party_count(const ConferenceNotifier *notifier);
