// SPDX-License-Identifier: MIT
// The conference event package towards one party of a room: its subscriptions, inside its INVITE
// dialog or beside it, each with its own versions. Full state first, then what changed, not oftener
// than T_rate. RFC 4575, RFC 6665; CONF-012, CONF-013, ROSTER-011..018.
#pragma once
#include "sip/call.h"
#include "sip/conference_roster.h"

typedef struct ConferenceNotifier ConferenceNotifier;

// What: the notifier of a party, which is not inside yet: subscriptions are pending.
// Shape: `core` is borrowed; `room` is one that can be spelled on SIP. Owned by the caller
//   (conference_notifier_free).
ConferenceNotifier *conference_notifier_new(GateCore *core, const Address *room);

// What: frees; subscriptions still there are dropped without a word. NULL is allowed.
void conference_notifier_free(ConferenceNotifier *notifier);

// What: the call of the party, for subscriptions inside it.
// Shape: borrowed; set once, before any SUBSCRIBE; lives longer than the notifier.
void conference_notifier_set_call(ConferenceNotifier *notifier, const Call *call);

// What: the roster, to be read and changed.
// Shape: borrowed, lives as long as the notifier; tell of changes by conference_notifier_touch().
ConferenceRoster *conference_notifier_roster(ConferenceNotifier *notifier);

// What: the roster has changed.
// Source: ROSTER-017.
void conference_notifier_touch(ConferenceNotifier *notifier);

// What: the party is inside: pending subscriptions become active.
// Source: CONF-013.
void conference_notifier_activate(ConferenceNotifier *notifier);

// What: a SUBSCRIBE of the party; always answered.
// Shape: `in_dialog`: on the handle of its call.
// Source: CONF-012.
void conference_notifier_on_subscribe(ConferenceNotifier *notifier, const AgentEvent *event,
                                      bool in_dialog);

// What: the answer to a NOTIFY inside the call.
// Source: ROSTER-018.
void conference_notifier_on_answer(ConferenceNotifier *notifier, const AgentEvent *event);

// What: the last NOTIFY of every subscription; nothing is told after it.
// Shape: `cause` as in the Reason of the BYE.
// Source: MUC-B15, MUC-B16, table 6.1.
void conference_notifier_end(ConferenceNotifier *notifier, int cause, const char *text);
