// SPDX-License-Identifier: MIT
// One subscription; see conference_subscription.h.
#include "sip/conference_subscription.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/conference_info.h"
#include "sip/conference_pace.h"
#include "sip/subscribe_request.h"

// The longest a subscription lives without a refresh (CONF-012).
#define EXPIRES_S 3600
// LIMIT: NOTIFYs in a row that are put off; then the subscription is over, as after a time-out.
#define PUT_OFF 5
// The least pause before one of them comes again.
#define AGAIN_US (200 * G_TIME_SPAN_MILLISECOND)

// --- telling -------------------------------------------------------------------------------------

// The dialog of a call may be over before the call is.
static void notify(ConferenceSubscription *subscription, int state, const char *state_header,
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
               TAG_IF(body != NULL, SIPTAG_CONTENT_TYPE_STR(CONFERENCE_INFO_TYPE)),
               TAG_IF(body != NULL, SIPTAG_PAYLOAD_STR(body)), TAG_END());
    agent_kick(party->notifier->core->agent);
}

// Full state at once, or the news that it will come (CONF-013).
void conference_subscription_tell_full(ConferenceSubscription *subscription)
{
    if (!subscription->party->active) {
        notify(subscription, nua_substate_pending, NULL, NULL);
        return;
    }
    g_autoptr(GBytes) document = conference_view_full(subscription->view);
    subscription->started = true;
    notify(subscription, nua_substate_active, NULL, document);
}

// Full state when the last NOTIFY did not arrive.
void conference_subscription_tell_change(ConferenceSubscription *subscription)
{
    if (subscription->put_off > 0) {
        conference_subscription_tell_full(subscription);
        return;
    }
    g_autoptr(GBytes) document = conference_view_change(subscription->view);
    notify(subscription, nua_substate_active, NULL, document);
}

// --- being asked ---------------------------------------------------------------------------------

static void accept_subscribe(const ConferenceNotifier *notifier, const AgentEvent *event)
{
    g_autofree char *expires = g_strdup_printf("%lu", subscribe_request_expires(event->sip, EXPIRES_S));
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_EXPIRES_STR(expires), SIPTAG_CONTACT_STR(notifier->contact), TAG_END());
}

static void forget(ConferenceSubscription *subscription)
{
    g_ptr_array_remove(subscription->party->subscriptions, subscription);
}

// The handle waits for the answer to its last NOTIFY without us.
static void leave(ConferenceSubscription *subscription)
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
void conference_subscription_refresh(ConferenceSubscription *subscription, const AgentEvent *event)
{
    accept_subscribe(subscription->party->notifier, event);
    if (subscribe_request_expires(event->sip, EXPIRES_S) > 0) {
        conference_subscription_tell_full(subscription);
    } else {
        leave(subscription);
    }
}

static void on_refresh(void *owner, const AgentEvent *event)
{
    conference_subscription_refresh(owner, event);
}

// 503 with Retry-After; or a 503 of the library's own: the next hop was not there, and nobody has
// said anything of the subscriber. A proxy that is started again is there in a moment.
static bool is_put_off(const AgentEvent *event)
{
    return event->status == 503 &&
           (event->is_local || (event->sip != NULL && event->sip->sip_retry_after != NULL));
}

static int64_t pause_of(const AgentEvent *event)
{
    unsigned long wait_s = event->is_local ? 0 : event->sip->sip_retry_after->af_delta;
    return MAX(AGAIN_US, (int64_t)MIN(wait_s, EXPIRES_S) * G_TIME_SPAN_SECOND);
}

static void put_off(ConferenceSubscription *subscription, const AgentEvent *event)
{
    subscription->put_off++;
    subscription->pause_us = pause_of(event);
    g_info("side=sip NOTIFY to %s comes again, put off %u times", subscription->party->user,
           subscription->put_off);
}

// Any other no ends it; so does the library's own terminated one, when it ran out.
void conference_subscription_on_answer(ConferenceSubscription *subscription, const AgentEvent *event)
{
    if (event->status < 200) {
        return;
    }
    bool again = is_put_off(event) && subscription->put_off < PUT_OFF;
    if (event->substate == nua_substate_terminated || (event->status >= 300 && !again)) {
        g_info("side=sip subscription of %s is over (NOTIFY: %d)", subscription->party->user,
               event->status);
        forget(subscription);
        return;
    }
    if (again) {
        put_off(subscription, event);
    } else {
        subscription->put_off = 0;
    }
    subscription->waiting = false;
    conference_pace_touch(subscription->party->notifier);
}

static void on_answer(void *owner, const AgentEvent *event)
{
    conference_subscription_on_answer(owner, event);
}

static const AgentHandler handlers[] = {
    {nua_i_subscribe, on_refresh}, {nua_r_notify, on_answer}, {0, NULL}};

static ConferenceSubscription *add(ConferenceParty *party, const AgentEvent *event, bool in_dialog)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    ConferenceNotifier *notifier = party->notifier;
    bool by_datagram = !subscribe_request_is_by_stream(event->sip);
    ConferenceSubscription *subscription = g_new0(ConferenceSubscription, 1);
    *subscription =
        (ConferenceSubscription){.party = party,
                                 .handle = in_dialog ? NULL : event->handle,
                                 .in_dialog = in_dialog,
                                 .view = conference_view_open(notifier->views, party->with_reals, by_datagram)};
    subscription->event =
        g_strdup(sip_header_as_string(home, (const sip_header_t *)event->sip->sip_event));
    subscription->id = g_strdup(event->sip->sip_event->o_id);
    su_home_deinit(home);
    g_ptr_array_add(party->subscriptions, subscription);
    if (!in_dialog) {
        agent_handle_bind(notifier->core->agent, event->handle, handlers, subscription);
    }
    return subscription;
}

void conference_subscription_begin(ConferenceParty *party, const AgentEvent *event, bool in_dialog)
{
    ConferenceSubscription *subscription = add(party, event, in_dialog);
    accept_subscribe(party->notifier, event);
    conference_subscription_tell_full(subscription);
    if (subscribe_request_expires(event->sip, EXPIRES_S) == 0) {
        leave(subscription);
    }
}

// --- the end -------------------------------------------------------------------------------------

void conference_subscription_free(void *data)
{
    ConferenceSubscription *subscription = data;
    if (!subscription->in_dialog) {
        agent_handle_drop(subscription->party->notifier->core->agent, subscription->handle);
    }
    conference_view_close(subscription->view);
    g_free(subscription->event);
    g_free(subscription->id);
    g_free(subscription);
}

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

static GBytes *last_document(const ConferenceSubscription *subscription, int cause, const char *text)
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

void conference_subscription_deactivate(ConferenceSubscription *subscription)
{
    notify(subscription, nua_substate_terminated, "terminated;reason=deactivated", NULL);
    leave(subscription);
}

void conference_subscription_end(ConferenceSubscription *subscription, int cause, const char *text)
{
    g_autoptr(GBytes) document = last_document(subscription, cause, text);
    notify(subscription, nua_substate_terminated, state_of(cause), document);
    leave(subscription);
}
