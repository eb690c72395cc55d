// SPDX-License-Identifier: MIT
// Subscriptions to a room; see conference_notifier.h.
#include "sip/conference_notifier.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

// LIMIT: subscriptions of one party; one inside its call and one beside it are usual.
#define SUBSCRIPTIONS 4
#define DOCUMENT_TYPE "application/conference-info+xml"
// The longest a subscription lives without a refresh (CONF-012).
#define EXPIRES_S 3600

struct ConferenceNotifier {
    GateCore *core;           // borrowed
    const Call *call;         // borrowed; of the party
    ConferenceRoster *roster; // owned
    char *contact;            // owned; header value
    GPtrArray *subscriptions; // owned, of Subscription
    bool active;
};

typedef struct {
    ConferenceNotifier *notifier; // borrowed
    nua_handle_t *handle;         // owned by the agent; NULL when in_dialog
    bool in_dialog;
    char *event;          // owned; header value
    ConferenceView *view; // owned by the roster
    bool started;         // an active NOTIFY was sent
    int64_t sent_us;      // when the last one was
    guint timer;          // GSource id of the next one, 0: nothing to tell
} Subscription;

// --- life

static void subscription_free(void *data)
{
    Subscription *subscription = data;
    g_clear_handle_id(&subscription->timer, g_source_remove);
    if (!subscription->in_dialog) {
        agent_handle_drop(subscription->notifier->core->agent, subscription->handle);
    }
    conference_roster_close_view(subscription->view);
    g_free(subscription->event);
    g_free(subscription);
}

ConferenceNotifier *conference_notifier_new(GateCore *core, const Address *room)
{
    ConferenceNotifier *notifier = g_new0(ConferenceNotifier, 1);
    g_autofree char *uri = route_to_aor(core->route, room);
    notifier->core = core;
    notifier->roster = conference_roster_new(core->route, room, true);
    notifier->contact = g_strdup_printf("<%s>;isfocus", uri);
    notifier->subscriptions = g_ptr_array_new_with_free_func(subscription_free);
    return notifier;
}

void conference_notifier_free(ConferenceNotifier *notifier)
{
    if (notifier == NULL) {
        return;
    }
    g_ptr_array_unref(notifier->subscriptions);
    conference_roster_free(notifier->roster);
    g_free(notifier->contact);
    g_free(notifier);
}

void conference_notifier_set_call(ConferenceNotifier *notifier, const Call *call)
{
    notifier->call = call;
}

ConferenceRoster *conference_notifier_roster(ConferenceNotifier *notifier)
{
    return notifier->roster;
}

// --- telling

// The dialog of a call may be over before the call is.
static void notify(Subscription *subscription, int state, const char *state_header,
                   GBytes *document)
{
    const ConferenceNotifier *notifier = subscription->notifier;
    nua_handle_t *handle =
        subscription->in_dialog ? call_get_handle(notifier->call) : subscription->handle;
    g_autofree char *body = NULL;
    if (handle == NULL) {
        return;
    }
    if (document != NULL) {
        body = g_strndup(g_bytes_get_data(document, NULL), g_bytes_get_size(document));
    }
    subscription->sent_us = g_get_monotonic_time();
    nua_notify(handle, SIPTAG_EVENT_STR(subscription->event), NUTAG_SUBSTATE(state),
               TAG_IF(state_header != NULL, SIPTAG_SUBSCRIPTION_STATE_STR(state_header)),
               TAG_IF(body != NULL, SIPTAG_CONTENT_TYPE_STR(DOCUMENT_TYPE)),
               TAG_IF(body != NULL, SIPTAG_PAYLOAD_STR(body)), TAG_END());
    agent_kick(notifier->core->agent);
}

// Full state at once, or the news that it will come (CONF-013).
static void notify_full(Subscription *subscription)
{
    const ConferenceNotifier *notifier = subscription->notifier;
    g_clear_handle_id(&subscription->timer, g_source_remove);
    if (!notifier->active) {
        notify(subscription, nua_substate_pending, NULL, NULL);
        return;
    }
    g_autoptr(GBytes) document = conference_roster_write_full(subscription->view);
    subscription->started = true;
    notify(subscription, nua_substate_active, NULL, document);
}

static gboolean on_due(gpointer data)
{
    Subscription *subscription = data;
    subscription->timer = 0;
    if (!subscription->started) {
        notify_full(subscription);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GBytes) document = conference_roster_write_change(subscription->view);
    if (document != NULL) {
        notify(subscription, nua_substate_active, NULL, document);
    }
    return G_SOURCE_REMOVE;
}

// The first change after a pause goes out when this turn is over, later ones wait for T_rate.
static void schedule(Subscription *subscription)
{
    if (subscription->timer != 0) {
        return;
    }
    int64_t rate_ms = subscription->notifier->core->settings->T_rate;
    int64_t passed_ms = (g_get_monotonic_time() - subscription->sent_us) / 1000;
    bool wait = subscription->started && passed_ms < rate_ms;
    subscription->timer =
        g_timeout_add(wait ? (guint)(rate_ms - passed_ms) : 0, on_due, subscription);
}

void conference_notifier_touch(ConferenceNotifier *notifier)
{
    for (guint i = 0; notifier->active && i < notifier->subscriptions->len; i++) {
        schedule(notifier->subscriptions->pdata[i]);
    }
}

void conference_notifier_activate(ConferenceNotifier *notifier)
{
    notifier->active = true;
    conference_notifier_touch(notifier);
}

// --- being asked

static bool accepts(const sip_t *sip)
{
    const sip_accept_t *accept = sip->sip_accept;
    if (accept == NULL) {
        return true;
    }
    for (; accept != NULL; accept = accept->ac_next) {
        const char *type = accept->ac_type;
        if (type != NULL &&
            (g_ascii_strcasecmp(type, DOCUMENT_TYPE) == 0 ||
             g_ascii_strcasecmp(type, "application/*") == 0 || strcmp(type, "*/*") == 0)) {
            return true;
        }
    }
    return false;
}

static unsigned long expires_of(const sip_t *sip)
{
    unsigned long asked = sip->sip_expires != NULL ? sip->sip_expires->ex_delta : EXPIRES_S;
    return MIN(asked, EXPIRES_S);
}

static void accept_subscribe(const ConferenceNotifier *notifier, const AgentEvent *event)
{
    g_autofree char *expires = g_strdup_printf("%lu", expires_of(event->sip));
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_EXPIRES_STR(expires), SIPTAG_CONTACT_STR(notifier->contact), TAG_END());
}

static void forget(Subscription *subscription)
{
    g_ptr_array_remove(subscription->notifier->subscriptions, subscription);
}

// The handle waits for the answer to its last NOTIFY without us.
static void leave(Subscription *subscription)
{
    if (!subscription->in_dialog) {
        agent_handle_leave(subscription->notifier->core->agent, subscription->handle,
                           AGENT_LEAVE_SUBSCRIPTION);
        subscription->handle = NULL;
    }
    forget(subscription);
}

// Refreshed: full state (ROSTER-011). Ended: the library repeats the last NOTIFY as terminated by
// itself.
static void refresh(Subscription *subscription, const AgentEvent *event)
{
    accept_subscribe(subscription->notifier, event);
    if (expires_of(event->sip) > 0) {
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
    if (is_over(event)) {
        forget(owner);
    }
}

static const AgentHandler handlers[] = {
    {nua_i_subscribe, on_refresh}, {nua_r_notify, on_notify_answer}, {0, NULL}};

static Subscription *find_in_dialog(const ConferenceNotifier *notifier)
{
    for (guint i = 0; i < notifier->subscriptions->len; i++) {
        Subscription *subscription = notifier->subscriptions->pdata[i];
        if (subscription->in_dialog) {
            return subscription;
        }
    }
    return NULL;
}

static Subscription *add(ConferenceNotifier *notifier, const AgentEvent *event, bool in_dialog)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    Subscription *subscription = g_new0(Subscription, 1);
    *subscription = (Subscription){.notifier = notifier,
                                   .handle = in_dialog ? NULL : event->handle,
                                   .in_dialog = in_dialog,
                                   .view = conference_roster_open_view(notifier->roster)};
    subscription->event =
        g_strdup(sip_header_as_string(home, (const sip_header_t *)event->sip->sip_event));
    su_home_deinit(home);
    g_ptr_array_add(notifier->subscriptions, subscription);
    if (!in_dialog) {
        agent_handle_bind(notifier->core->agent, event->handle, handlers, subscription);
    }
    return subscription;
}

void conference_notifier_on_subscribe(ConferenceNotifier *notifier, const AgentEvent *event,
                                      bool in_dialog)
{
    Subscription *known = in_dialog ? find_in_dialog(notifier) : NULL;
    if (!accepts(event->sip)) {
        agent_answer(event, SIP_406_NOT_ACCEPTABLE, NULL);
    } else if (known != NULL) {
        refresh(known, event);
    } else if (notifier->subscriptions->len == SUBSCRIPTIONS) {
        g_autofree char *warning = agent_warning(event->agent, 399, "too many subscriptions");
        agent_answer(event, SIP_403_FORBIDDEN, warning);
    } else {
        Subscription *subscription = add(notifier, event, in_dialog);
        accept_subscribe(notifier, event);
        notify_full(subscription);
        if (expires_of(event->sip) == 0) {
            leave(subscription);
        }
    }
}

void conference_notifier_on_answer(ConferenceNotifier *notifier, const AgentEvent *event)
{
    Subscription *subscription = find_in_dialog(notifier);
    if (subscription != NULL && is_over(event)) {
        forget(subscription);
    }
}

// --- the end

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
    if (!subscription->started || cause < 300) {
        return NULL;
    }
    if (cause == 410) {
        return conference_roster_write_deleted(subscription->view);
    }
    bool failed = cause >= 500 && cause < 600;
    return conference_roster_write_removed(
        subscription->view, failed ? CONFERENCE_ROSTER_FAILED : CONFERENCE_ROSTER_BOOTED, text);
}

void conference_notifier_end(ConferenceNotifier *notifier, int cause, const char *text)
{
    while (notifier->subscriptions->len > 0) {
        Subscription *subscription = notifier->subscriptions->pdata[0];
        g_autoptr(GBytes) document = last_document(subscription, cause, text);
        notify(subscription, nua_substate_terminated, state_of(cause), document);
        leave(subscription);
    }
}
