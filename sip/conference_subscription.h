// SPDX-License-Identifier: MIT
// One subscription of a party to its room, inside its call or beside it: asked for, told, refreshed,
// ended. RFC 6665 4.2; CONF-012, CONF-013, ROSTER-011, ROSTER-018.
#pragma once
#include "sip/conference_core.h"

// What: a SUBSCRIBE of the party is accepted, and told all or that it has to wait; one that is to
//   live for no time is over by that.
// Shape: the party owns the subscription.
// Source: RFC 6665 4.2.1; CONF-012.
void conference_subscription_begin(ConferenceParty *party, const AgentEvent *event, bool in_dialog);

// What: one more SUBSCRIBE in its dialog: told all again, or ended and forgotten.
// Source: ROSTER-011.
void conference_subscription_refresh(ConferenceSubscription *subscription, const AgentEvent *event);

// What: the whole room, or the news that it will come.
// Source: CONF-013.
void conference_subscription_tell_full(ConferenceSubscription *subscription);

// What: what is different from what it was told last.
// Source: ROSTER-012.
void conference_subscription_tell_change(ConferenceSubscription *subscription);

// What: the answer to a NOTIFY; a no forgets the subscription.
// Source: ROSTER-018.
void conference_subscription_on_answer(ConferenceSubscription *subscription, const AgentEvent *event);

// What: the last NOTIFY, with what becomes of the party; the subscription is forgotten.
// Shape: `cause` as in the Reason of the BYE.
// Source: MUC-B15, MUC-B16, table 6.1.
void conference_subscription_end(ConferenceSubscription *subscription, int cause, const char *text);

// What: the last NOTIFY of one that may be made anew at once; it is forgotten.
// Source: RFC 6665 4.1.3 (deactivated).
void conference_subscription_deactivate(ConferenceSubscription *subscription);

// What: forgets it without a word.
// Shape: for the array of its party.
void conference_subscription_free(void *subscription);
