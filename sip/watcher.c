// SPDX-License-Identifier: MIT
// Watching a conference; see watcher.h. The library refreshes the subscription by itself and answers
// each NOTIFY before it tells it; nta_incoming_mreply.c asks here how.
#include "sip/watcher.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/content_type.h"
#include "sip/credentials.h"

#define EXPIRES       "3600"
// After a refusal that may pass (ROSTER-003); the last one is not repeated.
static const guint retries_s[] = {30, 60, 120};
// Between two requests for a full document, at least; doubled while none comes (ROSTER-005).
#define REFRESH_MS     5000
#define REFRESH_MS_MAX 320000

struct Watcher {
    GateCore *core;            // borrowed
    GuestRoster *roster;       // borrowed
    const WatcherFuncs *funcs; // borrowed (static)
    void *owner;               // borrowed
    char *uri, *from, *to, *contact; // owned
    char *target_dialog;       // owned, or NULL
    char *user, *password;     // owned; as in the target
    Credentials credentials;   // of the SUBSCRIBE that has no answer yet
    struct nua_handle_s *handle; // owned by the agent; NULL: no subscription
    guint waiting;   // GSource id: no document yet, or a retry
    guint repairing; // GSource id: a refresh that was put off
    guint attempts;  // that were refused
    int64_t refreshed_ms, refresh_pause_ms;
    bool is_asking;  // a SUBSCRIBE has no answer yet
    bool is_settled;
    bool is_known;   // a document was taken since the last SUBSCRIBE of a new subscription
};

static void subscribe(Watcher *watcher);

// --- the first roster

static void settle(Watcher *watcher)
{
    if (!watcher->is_settled) {
        watcher->is_settled = true;
        watcher->funcs->on_settled(watcher->owner);
    }
}

static gboolean on_waited(gpointer data)
{
    Watcher *watcher = data;
    watcher->waiting = 0;
    settle(watcher);
    return G_SOURCE_REMOVE;
}

static void wait_for_document(Watcher *watcher)
{
    if (!watcher->is_settled && watcher->waiting == 0) {
        guint ms = (guint)watcher->core->settings->T_sub;
        watcher->waiting = g_timeout_add(ms, on_waited, watcher);
    }
}

// --- again

static gboolean on_retry(gpointer data)
{
    Watcher *watcher = data;
    watcher->waiting = 0;
    subscribe(watcher);
    return G_SOURCE_REMOVE;
}

static void drop_subscription(Watcher *watcher)
{
    agent_handle_drop(watcher->core->agent, watcher->handle);
    watcher->handle = NULL;
    watcher->is_asking = false;
    g_clear_handle_id(&watcher->waiting, g_source_remove);
    g_clear_handle_id(&watcher->repairing, g_source_remove);
}

static void retry_later(Watcher *watcher)
{
    drop_subscription(watcher);
    if (watcher->attempts < G_N_ELEMENTS(retries_s)) {
        guint s = retries_s[watcher->attempts++];
        watcher->waiting = g_timeout_add_seconds(s, on_retry, watcher);
    }
}

static void send_refresh(Watcher *watcher)
{
    watcher->refreshed_ms = g_get_monotonic_time() / 1000;
    watcher->refresh_pause_ms = MIN(watcher->refresh_pause_ms * 2, REFRESH_MS_MAX);
    watcher->is_asking = true;
    nua_subscribe(watcher->handle, SIPTAG_EVENT_STR("conference"),
                  SIPTAG_ACCEPT_STR(CONFERENCE_INFO_TYPE), SIPTAG_EXPIRES_STR(EXPIRES), TAG_END());
    agent_kick(watcher->core->agent);
}

static gboolean on_repair(gpointer data)
{
    Watcher *watcher = data;
    watcher->repairing = 0;
    if (watcher->handle != NULL && !watcher->is_asking) {
        send_refresh(watcher);
    }
    return G_SOURCE_REMOVE;
}

// A full document is wanted (ROSTER-005): one request at a time, and not too often.
static void refresh(Watcher *watcher)
{
    int64_t now_ms = g_get_monotonic_time() / 1000;
    int64_t due_ms = watcher->refreshed_ms + watcher->refresh_pause_ms;
    if (watcher->repairing != 0 || watcher->is_asking || watcher->handle == NULL) {
        return;
    }
    if (watcher->refreshed_ms == 0 || due_ms <= now_ms) {
        send_refresh(watcher);
    } else {
        watcher->repairing = g_timeout_add((guint)(due_ms - now_ms), on_repair, watcher);
    }
}

// --- what the focus says

static void on_subscribe_answer(void *owner, const AgentEvent *event)
{
    Watcher *watcher = owner;
    if (event->status < 200) {
        return;
    }
    watcher->is_asking = false;
    if (credentials_take(&watcher->credentials, watcher->core, event, "SUBSCRIBE", watcher->uri,
                         watcher->user, watcher->password)) {
        drop_subscription(watcher);
        subscribe(watcher);
        return;
    }
    credentials_clear(&watcher->credentials);
    if (event->status < 300) {
        wait_for_document(watcher);
        return;
    }
    if (event->status == 481 && watcher->is_known) { // given up, as for our no to a NOTIFY
        drop_subscription(watcher);
        subscribe(watcher);
        return;
    }
    bool may_pass = event->status == 408 || event->status / 100 == 5;
    if (may_pass) {
        retry_later(watcher);
    } else {
        drop_subscription(watcher);
    }
    settle(watcher);
}

static bool is_document(const sip_t *sip)
{
    const sip_content_type_t *type = sip->sip_content_type;
    return type != NULL && type->c_type != NULL &&
           g_ascii_strcasecmp(type->c_type, CONFERENCE_INFO_TYPE) == 0;
}

static bool has_document(const sip_t *sip)
{
    return sip != NULL && sip->sip_payload != NULL && sip->sip_payload->pl_len > 0;
}

static bool read_document(ConferenceInfo *document, const sip_t *sip, bool accept_no_ns, GError **error)
{
    const sip_payload_t *payload = sip->sip_payload;
    g_autoptr(GBytes) bytes = g_bytes_new_static(payload->pl_data, payload->pl_len);
    return conference_info_read(document, bytes, accept_no_ns, error);
}

// `accept_no_ns`, the same for all watchers: the library asks how to answer without saying for whom.
static bool accepts_no_ns = true;

int watcher_judge(const sip_t *notify)
{
    g_auto(ConferenceInfo) document = {0};
    const sip_event_t *event = notify->sip_event;
    if (event == NULL || g_strcmp0(event->o_type, "conference") != 0 || !has_document(notify)) {
        return 200;
    }
    if (!is_document(notify)) {
        return 415;
    }
    return read_document(&document, notify, accepts_no_ns, NULL) ? 200 : 400;
}

static GuestRosterResult take_document(Watcher *watcher, const sip_t *sip, GPtrArray *events)
{
    g_autoptr(GError) error = NULL;
    g_auto(ConferenceInfo) document = {0};
    if (!is_document(sip) ||
        !read_document(&document, sip, watcher->core->settings->accept_no_ns, &error)) {
        g_info("side=sip conference document not taken: %s",
               error != NULL ? error->message : "of another type");
        return GUEST_ROSTER_GAP;
    }
    return guest_roster_merge(watcher->roster, &document, events);
}

// Whether the watcher is still there.
static bool on_document(Watcher *watcher, const sip_t *sip)
{
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)event_free);
    switch (take_document(watcher, sip, events)) {
    case GUEST_ROSTER_TAKEN:
        g_clear_handle_id(&watcher->waiting, g_source_remove);
        g_clear_handle_id(&watcher->repairing, g_source_remove);
        watcher->attempts = 0;
        watcher->is_known = true;
        watcher->refreshed_ms = 0;
        watcher->refresh_pause_ms = REFRESH_MS;
        watcher->funcs->on_events(watcher->owner, events);
        settle(watcher);
        break;
    case GUEST_ROSTER_STALE: break;
    case GUEST_ROSTER_GAP: refresh(watcher); break;
    case GUEST_ROSTER_DELETED: watcher->funcs->on_deleted(watcher->owner); return false;
    }
    return true;
}

// Who was thrown out, or whose conference is over, does not ask again: his BYE is on the way.
static bool is_final(const sip_t *sip)
{
    const sip_subscription_state_t *state = sip != NULL ? sip->sip_subscription_state : NULL;
    const char *reason = state != NULL ? state->ss_reason : NULL;
    return reason != NULL && (g_ascii_strcasecmp(reason, "rejected") == 0 ||
                              g_ascii_strcasecmp(reason, "noresource") == 0);
}

static void on_notify(void *owner, const AgentEvent *event)
{
    Watcher *watcher = owner;
    const sip_t *sip = event->sip;
    if (has_document(sip) && !on_document(watcher, sip)) {
        return;
    }
    if (event->substate == nua_substate_embryonic) {
        guest_roster_expect_anew(watcher->roster); // the library subscribes again by itself
    } else if (event->substate == nua_substate_terminated) {
        if (is_final(sip)) {
            drop_subscription(watcher);
        } else {
            retry_later(watcher);
        }
        settle(watcher);
    }
}

static const AgentHandler handlers[] = {
    {nua_r_subscribe, on_subscribe_answer}, {nua_i_notify, on_notify}, {0, NULL}};

static void subscribe(Watcher *watcher)
{
    Agent *agent = watcher->core->agent;
    const char *route = agent_route(agent, watcher->uri, NULL);
    g_autofree char *dialog =
        watcher->target_dialog != NULL
            ? g_strdup_printf("Target-Dialog: %s", watcher->target_dialog)
            : NULL;
    guest_roster_expect_anew(watcher->roster);
    watcher->is_asking = true;
    watcher->is_known = false;
    g_autofree char *from = credentials_from(&watcher->credentials, watcher->from);
    watcher->handle = agent_handle_new(agent, handlers, watcher, watcher->to, from);
    nua_subscribe(watcher->handle, NUTAG_URL(watcher->uri),
                  TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
                  SIPTAG_CONTACT_STR(watcher->contact), SIPTAG_EVENT_STR("conference"),
                  SIPTAG_ACCEPT_STR(CONFERENCE_INFO_TYPE), SIPTAG_EXPIRES_STR(EXPIRES),
                  CREDENTIALS_TAGS(&watcher->credentials),
                  TAG_IF(dialog != NULL, SIPTAG_HEADER_STR(dialog)), TAG_END());
    agent_kick(agent);
}

// --- doors

Watcher *watcher_new(GateCore *core, GuestRoster *roster, const WatcherFuncs *funcs, void *owner,
                     const WatcherTarget *target)
{
    Watcher *watcher = g_new0(Watcher, 1);
    *watcher = (Watcher){.core = core, .roster = roster, .funcs = funcs, .owner = owner};
    accepts_no_ns = core->settings->accept_no_ns;
    watcher->uri = g_strdup(target->uri);
    watcher->from = g_strdup(target->from);
    watcher->to = g_strdup(target->to);
    watcher->contact = g_strdup(target->contact);
    watcher->target_dialog = g_strdup(target->target_dialog);
    watcher->user = g_strdup(target->user);
    watcher->password = g_strdup(target->password);
    watcher->refresh_pause_ms = REFRESH_MS;
    subscribe(watcher);
    return watcher;
}

void watcher_free(Watcher *watcher)
{
    if (watcher == NULL) {
        return;
    }
    g_clear_handle_id(&watcher->waiting, g_source_remove);
    g_clear_handle_id(&watcher->repairing, g_source_remove);
    if (watcher->handle != NULL) {
        nua_unsubscribe(watcher->handle, SIPTAG_EVENT_STR("conference"), TAG_END());
        agent_handle_leave(watcher->core->agent, watcher->handle, AGENT_LEAVE_WATCH);
        agent_kick(watcher->core->agent);
    }
    g_free(watcher->uri);
    g_free(watcher->from);
    g_free(watcher->to);
    g_free(watcher->contact);
    g_free(watcher->target_dialog);
    g_free(watcher->user);
    g_free(watcher->password);
    credentials_clear(&watcher->credentials);
    g_free(watcher);
}
