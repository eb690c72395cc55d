// SPDX-License-Identifier: MIT
// The pace of a room; see conference_pace.h. All watchers are served in one go, so that those who
// were told the last change are told the next one by the same document.
#include "sip/conference_pace.h"

#include "sip/conference_subscription.h"

// Whether there is something to tell now; if only later, when.
static bool is_due(ConferenceSubscription *subscription, int64_t now_us, int64_t *later_us)
{
    int64_t pause_us = subscription->party->notifier->core->settings->T_rate * 1000;
    bool again = subscription->put_off > 0;
    if (!subscription->started || subscription->waiting ||
        !(again || conference_view_is_pending(subscription->view))) {
        return false;
    }
    pause_us = again ? MAX(pause_us, subscription->pause_us) : pause_us;
    if (subscription->sent_us + pause_us > now_us) {
        *later_us = MIN(*later_us, subscription->sent_us + pause_us);
        return false;
    }
    return true;
}

static bool tell_due(ConferenceParty *party, int64_t now_us, int64_t *later_us)
{
    bool told = false;
    for (guint i = 0; i < party->subscriptions->len; i++) {
        if (is_due(party->subscriptions->pdata[i], now_us, later_us)) {
            conference_subscription_tell_change(party->subscriptions->pdata[i]);
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
    if (notifier->timer != 0 && notifier->timer_us <= at_us) {
        return;
    }
    g_clear_handle_id(&notifier->timer, g_source_remove);
    notifier->timer_us = at_us;
    notifier->timer = g_timeout_add(wait_us > 0 ? (guint)((wait_us + 999) / 1000) : 0, on_time,
                                    notifier);
}

// The first change after a pause goes out when this turn is over, later ones wait for T_rate.
void conference_pace_touch(ConferenceNotifier *notifier)
{
    int64_t rate_us = notifier->core->settings->T_rate * 1000;
    arm(notifier, notifier->told_us != 0 ? notifier->told_us + rate_us : 0);
}
