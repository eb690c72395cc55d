// SPDX-License-Identifier: MIT
// Subscriptions to a room; see conference_notifier.h. All watchers are served in one go, so that
// those who were told the last change are told the next one by the same document.
#include "sip/conference_notifier.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/conference_view.h"
#include "sip/subscribe_request.h"

// LIMIT: subscriptions of one party; one inside its call and one beside it are usual.
#define SUBSCRIPTIONS 4
#define DOCUMENT_TYPE "application/conference-info+xml"
// The longest a subscription lives without a refresh (CONF-012).
#define EXPIRES_S 3600

struct ConferenceNotifier {
    GateCore *core;           // borrowed
    ConferenceRoster *roster; // owned
    ConferenceViews *views;   // owned
    char *contact;            // owned; header value
    GPtrArray *parties;       // borrowed, of ConferenceParty
    GHashTable *by_user;      // bare JID (owned) => GPtrArray of ConferenceParty (borrowed)
    int64_t told_us;          // when changes were told last, 0: never
    guint timer;              // GSource id of the next time, 0: nothing to tell
};

struct ConferenceParty {
    ConferenceNotifier *notifier; // borrowed
    const Call *call;             // borrowed
    char *user;                   // owned; bare JID
    ConferenceDevice *device;     // shared
    char *nick;                   // owned; NULL: not known yet
    bool with_reals;
    bool active;              // it is inside
    GPtrArray *subscriptions; // owned, of Subscription
    guint opening;            // GSource id between activation and the first documents
    void (*on_change)(void *owner);
    void *owner; // borrowed
};

typedef struct {
    ConferenceParty *party; // borrowed
    nua_handle_t *handle;   // owned by the agent; NULL when in_dialog
    bool in_dialog;
    char *event;          // owned; header value
    ConferenceView *view; // owned by the views
    bool started;         // an active NOTIFY was sent
    bool waiting;         // for the answer to the last one
    int64_t sent_us;      // when that was
} Subscription;

// --- telling -------------------------------------------------------------------------------------

// The dialog of a call may be over before the call is.
static void notify(Subscription *subscription, int state, const char *state_header,
                   GBytes *document)
{
    const ConferenceParty *party = subscription->party;
    nua_handle_t *handle =
        subscription->in_dialog ? call_get_handle(party->call) : subscription->handle;
    g_autofree char *body = NULL;
    if (handle == NULL) {
        return;
    }
    if (document != NULL) {
        body = conference_document_number(document, conference_view_version(subscription->view));
    }
    subscription->waiting = true;
    subscription->sent_us = g_get_monotonic_time();
    nua_notify(handle, SIPTAG_EVENT_STR(subscription->event), NUTAG_SUBSTATE(state),
               TAG_IF(state_header != NULL, SIPTAG_SUBSCRIPTION_STATE_STR(state_header)),
               TAG_IF(body != NULL, SIPTAG_CONTENT_TYPE_STR(DOCUMENT_TYPE)),
               TAG_IF(body != NULL, SIPTAG_PAYLOAD_STR(body)), TAG_END());
    agent_kick(party->notifier->core->agent);
}

// Full state at once, or the news that it will come (CONF-013).
static void notify_full(Subscription *subscription)
{
    if (!subscription->party->active) {
        notify(subscription, nua_substate_pending, NULL, NULL);
        return;
    }
    g_autoptr(GBytes) document = conference_view_full(subscription->view);
    subscription->started = true;
    notify(subscription, nua_substate_active, NULL, document);
}

static void notify_change(Subscription *subscription)
{
    g_autoptr(GBytes) document = conference_view_change(subscription->view);
    notify(subscription, nua_substate_active, NULL, document);
}

// Whether there is something to tell now; if only later, when.
static bool is_due(Subscription *subscription, int64_t now_us, int64_t *later_us)
{
    int64_t rate_us = subscription->party->notifier->core->settings->T_rate * 1000;
    if (!subscription->started || subscription->waiting ||
        !conference_view_is_pending(subscription->view)) {
        return false;
    }
    if (subscription->sent_us + rate_us > now_us) {
        *later_us = MIN(*later_us, subscription->sent_us + rate_us);
        return false;
    }
    return true;
}

static bool tell_due(ConferenceParty *party, int64_t now_us, int64_t *later_us)
{
    bool told = false;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        if (is_due(party->subscriptions->pdata[i], now_us, later_us)) {
            notify_change(party->subscriptions->pdata[i]);
            told = true;
        }
    }
    return told;
}

static void arm(ConferenceNotifier *notifier, int64_t at_us);

// Whoever was told something less than T_rate ago has to wait: with the others for their next time
// when there are any, else for his own.
static gboolean on_time(gpointer data)
{
    ConferenceNotifier *notifier = data;
    int64_t now_us = g_get_monotonic_time();
    int64_t later_us = INT64_MAX;
    bool told = false;
    notifier->timer = 0;
    for (guint i = 0; i < notifier->parties->len; i++) {
        told = tell_due(notifier->parties->pdata[i], now_us, &later_us) || told;
    }
    if (told) {
        notifier->told_us = now_us;
    }
    if (later_us < INT64_MAX) {
        arm(notifier, told ? now_us + notifier->core->settings->T_rate * 1000 : later_us);
    }
    return G_SOURCE_REMOVE;
}

static void arm(ConferenceNotifier *notifier, int64_t at_us)
{
    int64_t wait_us = at_us - g_get_monotonic_time();
    if (notifier->timer == 0) {
        notifier->timer = g_timeout_add(wait_us > 0 ? (guint)((wait_us + 999) / 1000) : 0, on_time,
                                        notifier);
    }
}

// The first change after a pause goes out when this turn is over, later ones wait for T_rate.
static void touch(ConferenceNotifier *notifier)
{
    int64_t rate_us = notifier->core->settings->T_rate * 1000;
    arm(notifier, notifier->told_us != 0 ? notifier->told_us + rate_us : 0);
}

// --- parties -------------------------------------------------------------------------------------

static void subscription_free(void *data)
{
    Subscription *subscription = data;
    if (!subscription->in_dialog) {
        agent_handle_drop(subscription->party->notifier->core->agent, subscription->handle);
    }
    conference_view_close(subscription->view);
    g_free(subscription->event);
    g_free(subscription);
}

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

ConferenceParty *conference_notifier_add_party(ConferenceNotifier *notifier,
                                               const ConferenceJoining *joining)
{
    g_autoptr(Address) user = address_to_bare(joining->user);
    ConferenceParty *party = g_new0(ConferenceParty, 1);
    party->notifier = notifier;
    party->user = g_strdup(address_jid(user));
    party->device = conference_occupant_device_new(joining->dialed_out, joining->inviter);
    party->subscriptions = g_ptr_array_new_with_free_func(subscription_free);
    party->on_change = joining->on_change;
    party->owner = joining->owner;
    index_party(party);
    return party;
}

void conference_notifier_remove_party(ConferenceParty *party)
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
        touch(notifier);
    }
    conference_occupant_device_unref(party->device);
    g_free(party->user);
    g_free(party->nick);
    g_free(party);
}

unsigned conference_notifier_party_count(const ConferenceNotifier *notifier)
{
    return notifier->parties->len;
}

ConferenceNotifier *conference_notifier_of(const ConferenceParty *party)
{
    return party->notifier;
}

void conference_notifier_set_call(ConferenceParty *party, const Call *call)
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

void conference_notifier_tell_party(ConferenceParty *party, const char *nick, bool with_reals)
{
    set_nick(party, nick);
    party->with_reals = with_reals;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        const Subscription *subscription = party->subscriptions->pdata[i];
        conference_view_set_reals(subscription->view, with_reals);
    }
    touch(party->notifier);
}

const char *conference_notifier_nick(const ConferenceParty *party)
{
    return party->nick;
}

// All that belongs to the turn of the ADMIT is heard before the whole room is shown.
static gboolean on_opening(gpointer data)
{
    ConferenceParty *party = data;
    party->opening = 0;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        Subscription *subscription = party->subscriptions->pdata[i];
        if (!subscription->started) {
            notify_full(subscription);
        }
    }
    return G_SOURCE_REMOVE;
}

void conference_notifier_activate(ConferenceParty *party)
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

// --- the room ------------------------------------------------------------------------------------

ConferenceNotifier *conference_notifier_new(GateCore *core, const Address *room)
{
    g_autoptr(ConferenceRoster) roster =
        conference_roster_new(core->route, room, (unsigned)core->settings->roster_max);
    if (roster == NULL) {
        return NULL;
    }
    if (core->settings->leave_detail) {
        conference_roster_detail_leaving(roster);
    }
    g_autofree char *uri = conference_roster_uri(roster, NULL);
    ConferenceNotifier *notifier = g_new0(ConferenceNotifier, 1);
    notifier->core = core;
    notifier->views = conference_view_all_new(roster);
    notifier->roster = g_steal_pointer(&roster);
    notifier->contact = g_strdup_printf("<%s>;isfocus", uri);
    notifier->parties = g_ptr_array_new();
    notifier->by_user = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              (GDestroyNotify)g_ptr_array_unref);
    return notifier;
}

void conference_notifier_free(ConferenceNotifier *notifier)
{
    if (notifier == NULL) {
        return;
    }
    g_clear_handle_id(&notifier->timer, g_source_remove);
    g_hash_table_unref(notifier->by_user);
    g_ptr_array_unref(notifier->parties);
    conference_view_all_free(notifier->views);
    conference_roster_free(notifier->roster);
    g_free(notifier->contact);
    g_free(notifier);
}

const ConferenceRoster *conference_notifier_roster(const ConferenceNotifier *notifier)
{
    return notifier->roster;
}

// A nick changes for all devices that have it.
static void follow_nick(const ConferenceNotifier *notifier, const Fields *said)
{
    for (guint i = 0; i < notifier->parties->len; i++) {
        ConferenceParty *party = notifier->parties->pdata[i];
        if (g_strcmp0(party->nick, said->nick) == 0) {
            fields_set_text(&party->nick, said->new_nick);
        }
    }
}

void conference_notifier_apply(ConferenceNotifier *notifier, const Command *command)
{
    const Fields *said = &command->f;
    uint64_t edition = conference_roster_edition(notifier->roster);
    conference_roster_apply(notifier->roster, command);
    if (conference_roster_edition(notifier->roster) == edition) {
        return;
    }
    if (command->kind == COMMAND_ROOM_ROSTER && said->how == HOW_RENAMED) {
        follow_nick(notifier, said);
    }
    touch(notifier);
    for (guint i = 0; i < notifier->parties->len; i++) {
        const ConferenceParty *party = notifier->parties->pdata[i];
        party->on_change(party->owner);
    }
}

// --- being asked ---------------------------------------------------------------------------------

static void accept_subscribe(const ConferenceNotifier *notifier, const AgentEvent *event)
{
    g_autofree char *expires = g_strdup_printf("%lu", subscribe_request_expires(event->sip, EXPIRES_S));
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_EXPIRES_STR(expires), SIPTAG_CONTACT_STR(notifier->contact), TAG_END());
}

static void forget(Subscription *subscription)
{
    g_ptr_array_remove(subscription->party->subscriptions, subscription);
}

// The handle waits for the answer to its last NOTIFY without us.
static void leave(Subscription *subscription)
{
    if (!subscription->in_dialog) {
        agent_handle_leave(subscription->party->notifier->core->agent, subscription->handle,
                           AGENT_LEAVE_SUBSCRIPTION);
        subscription->handle = NULL;
    }
    forget(subscription);
}

// Refreshed: full state (ROSTER-011). Ended: the library repeats the last NOTIFY as terminated by
// itself.
static void refresh(Subscription *subscription, const AgentEvent *event)
{
    accept_subscribe(subscription->party->notifier, event);
    if (subscribe_request_expires(event->sip, EXPIRES_S) > 0) {
        notify_full(subscription);
    } else {
        leave(subscription);
    }
}

static void on_refresh(void *owner, const AgentEvent *event)
{
    refresh(owner, event);
}

// 503 with Retry-After keeps the subscription, any other no ends it; so does the library's own
// terminated one, when it ran out.
static bool is_over(const AgentEvent *event)
{
    bool overloaded =
        event->status == 503 && event->sip != NULL && event->sip->sip_retry_after != NULL;
    return event->status >= 200 &&
           (event->substate == nua_substate_terminated || (event->status >= 300 && !overloaded));
}

static void on_notify_answer(void *owner, const AgentEvent *event)
{
    Subscription *subscription = owner;
    if (is_over(event)) {
        forget(subscription);
    } else if (event->status >= 200) {
        subscription->waiting = false;
        touch(subscription->party->notifier);
    }
}

static const AgentHandler handlers[] = {
    {nua_i_subscribe, on_refresh}, {nua_r_notify, on_notify_answer}, {0, NULL}};

static Subscription *find_in_dialog(const ConferenceParty *party)
{
    for (guint i = 0; i < party->subscriptions->len; i++) {
        Subscription *subscription = party->subscriptions->pdata[i];
        if (subscription->in_dialog) {
            return subscription;
        }
    }
    return NULL;
}

static Subscription *add(ConferenceParty *party, const AgentEvent *event, bool in_dialog)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    ConferenceNotifier *notifier = party->notifier;
    Subscription *subscription = g_new0(Subscription, 1);
    *subscription =
        (Subscription){.party = party,
                       .handle = in_dialog ? NULL : event->handle,
                       .in_dialog = in_dialog,
                       .view = conference_view_open(notifier->views, party->with_reals,
                                                    !subscribe_request_is_by_stream(event->sip))};
    subscription->event =
        g_strdup(sip_header_as_string(home, (const sip_header_t *)event->sip->sip_event));
    su_home_deinit(home);
    g_ptr_array_add(party->subscriptions, subscription);
    if (!in_dialog) {
        agent_handle_bind(notifier->core->agent, event->handle, handlers, subscription);
    }
    return subscription;
}

static void begin(ConferenceParty *party, const AgentEvent *event, bool in_dialog)
{
    if (party->subscriptions->len == SUBSCRIPTIONS) {
        g_autofree char *warning = agent_warning(event->agent, 399, "too many subscriptions");
        agent_answer(event, SIP_403_FORBIDDEN, warning);
        return;
    }
    Subscription *subscription = add(party, event, in_dialog);
    accept_subscribe(party->notifier, event);
    notify_full(subscription);
    if (subscribe_request_expires(event->sip, EXPIRES_S) == 0) {
        leave(subscription);
    }
}

void conference_notifier_on_subscribe(ConferenceParty *party, const AgentEvent *event)
{
    Subscription *known = find_in_dialog(party);
    if (!subscribe_request_accepts(event->sip, DOCUMENT_TYPE)) {
        agent_answer(event, SIP_406_NOT_ACCEPTABLE, NULL);
    } else if (known != NULL) {
        refresh(known, event);
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

void conference_notifier_on_watcher(ConferenceNotifier *notifier, const Address *user,
                                    const AgentEvent *event)
{
    g_autoptr(Address) bare = address_to_bare(user);
    const GPtrArray *parties = parties_of(notifier, address_jid(bare));
    if (parties == NULL) {
        agent_answer(event, SIP_403_FORBIDDEN, NULL);
    } else if (!subscribe_request_accepts(event->sip, DOCUMENT_TYPE)) {
        agent_answer(event, SIP_406_NOT_ACCEPTABLE, NULL);
    } else {
        begin(least_of(parties), event, false);
    }
}

void conference_notifier_on_answer(ConferenceParty *party, const AgentEvent *event)
{
    Subscription *subscription = find_in_dialog(party);
    if (subscription != NULL) {
        on_notify_answer(subscription, event);
    }
}

// --- the end -------------------------------------------------------------------------------------

static const char *state_of(int cause)
{
    if (cause == 503) {
        return "terminated;reason=probation;retry-after=60";
    }
    if (cause >= 500 && cause < 600) {
        return "terminated;reason=probation;retry-after=30";
    }
    return cause >= 300 && cause != 410 ? "terminated;reason=rejected"
                                        : "terminated;reason=noresource";
}

static GBytes *last_document(const Subscription *subscription, int cause, const char *text)
{
    const ConferenceParty *party = subscription->party;
    if (!subscription->started) {
        return NULL;
    }
    GBytes *document = conference_document_last(party->notifier->roster, party->nick, party->device,
                                                cause, text);
    if (document != NULL) {
        conference_view_step(subscription->view);
    }
    return document;
}

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

static void hand_over(Subscription *subscription, ConferenceParty *heir)
{
    ConferenceParty *party = subscription->party;
    guint place = 0;
    g_ptr_array_find(party->subscriptions, subscription, &place);
    g_ptr_array_steal_index_fast(party->subscriptions, place);
    subscription->party = heir;
    conference_view_set_reals(subscription->view, heir->with_reals);
    g_ptr_array_add(heir->subscriptions, subscription);
    touch(heir->notifier);
}

void conference_notifier_end_dialog(ConferenceParty *party)
{
    Subscription *subscription = find_in_dialog(party);
    if (subscription != NULL) {
        notify(subscription, nua_substate_terminated, "terminated;reason=deactivated", NULL);
        leave(subscription);
    }
}

void conference_notifier_end(ConferenceParty *party, int cause, const char *text)
{
    ConferenceParty *heir = heir_of(party);
    while (party->subscriptions->len > 0) {
        Subscription *subscription = party->subscriptions->pdata[0];
        if (heir != NULL && !subscription->in_dialog) {
            hand_over(subscription, heir);
            continue;
        }
        g_autoptr(GBytes) document = last_document(subscription, cause, text);
        notify(subscription, nua_substate_terminated, state_of(cause), document);
        leave(subscription);
    }
}
