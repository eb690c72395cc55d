// SPDX-License-Identifier: MIT
// Parties of a room; see conference_party.h.
#include "sip/conference_party.h"

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>

#include "sip/body/conference_info.h"
#include "sip/conference_pace.h"
#include "sip/conference_subscription.h"
#include "sip/subscribe_request.h"

// LIMIT: subscriptions of one party; one inside its call and one beside it are usual.
#define SUBSCRIPTIONS 4

static GPtrArray *parties_of(const ConferenceNotifier *notifier, const char *user)
{
    return g_hash_table_lookup(notifier->by_user, user);
}

static void index_party(ConferenceParty *party)
{
    ConferenceNotifier *notifier = party->notifier;
    GPtrArray *same = parties_of(notifier, party->user);
    if (same == NULL) {
        same = g_ptr_array_new();
        g_hash_table_insert(notifier->by_user, g_strdup(party->user), same);
    }
    g_ptr_array_add(same, party);
    g_ptr_array_add(notifier->parties, party);
}

ConferenceParty *conference_party_new(ConferenceNotifier *notifier, const ConferenceJoining *joining)
{
    g_autoptr(Address) user = address_to_bare(joining->user);
    ConferenceParty *party = g_new0(ConferenceParty, 1);
    party->notifier = notifier;
    party->user = g_strdup(address_jid(user));
    party->device = conference_occupant_device_new(joining->dialed_out, joining->inviter);
    party->subscriptions = g_ptr_array_new_with_free_func(conference_subscription_free);
    party->on_change = joining->on_change;
    party->owner = joining->owner;
    index_party(party);
    return party;
}

void conference_party_free(ConferenceParty *party)
{
    ConferenceNotifier *notifier = party->notifier;
    GPtrArray *same = parties_of(notifier, party->user);
    g_clear_handle_id(&party->opening, g_source_remove);
    g_ptr_array_unref(party->subscriptions);
    g_ptr_array_remove(same, party);
    if (same->len == 0) {
        g_hash_table_remove(notifier->by_user, party->user);
    }
    g_ptr_array_remove_fast(notifier->parties, party);
    if (party->nick != NULL) {
        conference_roster_remove_device(notifier->roster, party->nick, party->device);
        conference_pace_touch(notifier);
    }
    conference_occupant_device_unref(party->device);
    g_free(party->user);
    g_free(party->nick);
    g_free(party);
}

ConferenceNotifier *conference_party_notifier(const ConferenceParty *party)
{
    return party->notifier;
}

void conference_party_set_call(ConferenceParty *party, const Call *call)
{
    party->call = call;
}

static void set_nick(ConferenceParty *party, const char *nick)
{
    ConferenceRoster *roster = party->notifier->roster;
    if (nick == NULL || g_strcmp0(nick, party->nick) == 0) {
        return;
    }
    if (party->nick != NULL) {
        conference_roster_remove_device(roster, party->nick, party->device);
    }
    fields_set_text(&party->nick, nick);
    conference_roster_add_device(roster, nick, party->device);
}

void conference_party_tell(ConferenceParty *party, const char *nick, bool with_reals)
{
    set_nick(party, nick);
    party->with_reals = with_reals;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        const ConferenceSubscription *subscription = party->subscriptions->pdata[i];
        conference_view_set_reals(subscription->view, with_reals);
    }
    conference_pace_touch(party->notifier);
}

const char *conference_party_nick(const ConferenceParty *party)
{
    return party->nick;
}

// All that belongs to the turn of the ADMIT is heard before the whole room is shown.
static gboolean on_opening(gpointer data)
{
    ConferenceParty *party = data;
    party->opening = 0;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        ConferenceSubscription *subscription = party->subscriptions->pdata[i];
        if (!subscription->started) {
            conference_subscription_tell_full(subscription);
        }
    }
    return G_SOURCE_REMOVE;
}

void conference_party_activate(ConferenceParty *party)
{
    party->active = true;
    if (party->device->since == NULL) {
        g_autoptr(GDateTime) now = g_date_time_new_now_utc();
        party->device->since = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    }
    if (party->opening == 0) {
        party->opening = g_timeout_add(0, on_opening, party);
    }
}

// --- being asked ---------------------------------------------------------------------------------

// Several in one dialog differ by the id of their Event (RFC 6665 4.5.2); `event` NULL: any of them.
static ConferenceSubscription *find_in_dialog(const ConferenceParty *party,
                                              const sip_event_t *event)
{
    for (guint i = 0; i < party->subscriptions->len; i++) {
        ConferenceSubscription *subscription = party->subscriptions->pdata[i];
        bool is_meant = event == NULL || g_strcmp0(subscription->id, event->o_id) == 0;
        if (subscription->in_dialog && is_meant) {
            return subscription;
        }
    }
    return NULL;
}

static void begin(ConferenceParty *party, const AgentEvent *event, bool in_dialog)
{
    if (party->subscriptions->len == SUBSCRIPTIONS) {
        g_autofree char *warning = agent_warning(event->agent, 399, "too many subscriptions");
        agent_answer(event, SIP_403_FORBIDDEN, warning);
        return;
    }
    conference_subscription_begin(party, event, in_dialog);
}

void conference_party_on_subscribe(ConferenceParty *party, const AgentEvent *event)
{
    ConferenceSubscription *known = find_in_dialog(party, event->sip->sip_event);
    if (!subscribe_request_accepts(event->sip, CONFERENCE_INFO_TYPE)) {
        agent_answer(event, SIP_406_NOT_ACCEPTABLE, NULL);
    } else if (known != NULL) {
        conference_subscription_refresh(known, event);
    } else {
        begin(party, event, true);
    }
}

// Which of the devices of a user watches is not said: the one that watches least is charged.
static ConferenceParty *least_of(const GPtrArray *parties)
{
    ConferenceParty *least = parties->pdata[0];
    for (guint i = 1; i < parties->len; i++) {
        ConferenceParty *party = parties->pdata[i];
        least = party->subscriptions->len < least->subscriptions->len ? party : least;
    }
    return least;
}

void conference_party_on_watcher(ConferenceNotifier *notifier, const Address *user,
                                const AgentEvent *event)
{
    g_autoptr(Address) bare = address_to_bare(user);
    const GPtrArray *parties = parties_of(notifier, address_jid(bare));
    if (parties == NULL) {
        agent_answer(event, SIP_403_FORBIDDEN, NULL);
    } else if (!subscribe_request_accepts(event->sip, CONFERENCE_INFO_TYPE)) {
        agent_answer(event, SIP_406_NOT_ACCEPTABLE, NULL);
    } else {
        begin(least_of(parties), event, false);
    }
}

void conference_party_on_answer(ConferenceParty *party, const AgentEvent *event)
{
    ConferenceSubscription *subscription = find_in_dialog(party, event->package);
    if (subscription != NULL) {
        conference_subscription_on_answer(subscription, event);
    }
}

// --- the end -------------------------------------------------------------------------------------

// Another device of the same user that is inside, too.
static ConferenceParty *heir_of(const ConferenceParty *party)
{
    const GPtrArray *same = parties_of(party->notifier, party->user);
    for (guint i = 0; i < same->len; i++) {
        ConferenceParty *other = same->pdata[i];
        if (other != party && other->active) {
            return other;
        }
    }
    return NULL;
}

static void hand_over(ConferenceSubscription *subscription, ConferenceParty *heir)
{
    ConferenceParty *party = subscription->party;
    guint place = 0;
    g_ptr_array_find(party->subscriptions, subscription, &place);
    g_ptr_array_steal_index_fast(party->subscriptions, place);
    subscription->party = heir;
    conference_view_set_reals(subscription->view, heir->with_reals);
    g_ptr_array_add(heir->subscriptions, subscription);
    conference_pace_touch(heir->notifier);
}

void conference_party_end_dialog(ConferenceParty *party)
{
    ConferenceSubscription *subscription;
    while ((subscription = find_in_dialog(party, NULL)) != NULL) {
        conference_subscription_deactivate(subscription);
    }
}

void conference_party_end(ConferenceParty *party, int cause, const char *text)
{
    ConferenceParty *heir = heir_of(party);
    while (party->subscriptions->len > 0) {
        ConferenceSubscription *subscription = party->subscriptions->pdata[0];
        if (heir != NULL && !subscription->in_dialog) {
            hand_over(subscription, heir);
            continue;
        }
        conference_subscription_end(subscription, cause, text);
    }
}
