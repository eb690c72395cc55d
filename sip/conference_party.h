// SPDX-License-Identifier: MIT
// One leg of ours in a room as the conference event package knows it: whose it is, which nick it
// has, what it watches inside its call or beside it. RFC 4575, RFC 6665; CONF-012, CONF-013.
#pragma once
#include "sip/call.h"
#include "sip/conference_notifier.h"

typedef struct ConferenceParty ConferenceParty; // one leg of ours in a room

// How a party came; borrowed for the call of conference_party_new().
typedef struct {
    const Address *user;            // whose device it is
    bool dialed_out;                // we invited it
    const Address *inviter;         // who wanted that, or NULL
    void (*on_change)(void *owner); // the roster is another one
    void *owner;                    // borrowed, outlives the party
} ConferenceJoining;

// What: a party, which is not inside yet: its subscriptions are pending.
// Shape: `notifier` outlives it; owned by the caller (conference_party_free).
ConferenceParty *conference_party_new(ConferenceNotifier *notifier, const ConferenceJoining *joining);

// What: a party is gone; subscriptions that it still has are dropped without a word.
void conference_party_free(ConferenceParty *party);

// What: the room of a party.
// Shape: borrowed, lives longer than the party.
ConferenceNotifier *conference_party_notifier(const ConferenceParty *party);

// What: the call of the party, for subscriptions inside it.
// Shape: borrowed; set once, before any SUBSCRIBE; lives longer than the party.
void conference_party_set_call(ConferenceParty *party, const Call *call);

// What: what holds for one party: the nick it has (NULL: as before), and whether it may see real
//   addresses.
// Source: table 6.1 (100, 172, 173).
void conference_party_tell(ConferenceParty *party, const char *nick, bool with_reals);

// What: the nick of the party.
// Shape: borrowed until the next change; NULL: not known.
const char *conference_party_nick(const ConferenceParty *party);

// What: the party is inside: pending subscriptions become active.
// Source: CONF-013.
void conference_party_activate(ConferenceParty *party);

// What: a SUBSCRIBE of the party in its call; always answered.
// Source: CONF-012.
void conference_party_on_subscribe(ConferenceParty *party, const AgentEvent *event);

// What: a SUBSCRIBE outside any call; always answered: who has no party in the room gets 403.
// Source: CONF-012.
void conference_party_on_watcher(ConferenceNotifier *notifier, const Address *user,
                                 const AgentEvent *event);

// What: the answer to a NOTIFY inside the call.
// Source: ROSTER-018.
void conference_party_on_answer(ConferenceParty *party, const AgentEvent *event);

// What: the call of the party is about to be replaced: a subscription inside it ends, and may be
//   made anew in the next.
// Source: RFC 3891 3; RFC 6665 4.1.3 (deactivated); CONF-033.
void conference_party_end_dialog(ConferenceParty *party);

// What: the last NOTIFY of every subscription of the party; nothing is told after it. What another
//   device of the user may still watch goes on for that one.
// Shape: `cause` as in the Reason of the BYE.
// Source: MUC-B15, MUC-B16, table 6.1.
void conference_party_end(ConferenceParty *party, int cause, const char *text);
