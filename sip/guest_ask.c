// SPDX-License-Identifier: MIT
// REFER and OPTIONS to a focus; see guest_ask.h.
#include "sip/guest_ask.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/sipfrag.h"
#include "sip/call_message.h"
#include "sip/credentials.h"
#include "sip/sipcode.h"

// LIMIT: questions that have no answer yet.
#define OPEN_MAX 1000

struct GuestAsk {
    GateCore *core;   // borrowed
    GHashTable *open; // owned; set of Question (owned)
};

typedef struct {
    GuestAsk *all;        // borrowed
    uint64_t ref, leg;
    How how;              // INVITE, KICK, PROBE
    nua_handle_t *handle; // owned by the agent, dropped with this
    guint timer;          // GSource id: T_prog
    bool is_ringing;      // that somebody is asked was told
    char *uri, *to, *from; // owned, as the next ones; of the request
    char *contact, *refer_to, *referred_by, *dialog; // of a REFER; no dialog: NULL
    char *user, *password; // as in the target, or NULL
    Credentials credentials;
} Question;

static void question_free(void *data)
{
    Question *question = data;
    g_clear_handle_id(&question->timer, g_source_remove);
    agent_handle_drop(question->all->core->agent, question->handle);
    credentials_clear(&question->credentials);
    g_free(question->uri);
    g_free(question->to);
    g_free(question->from);
    g_free(question->contact);
    g_free(question->refer_to);
    g_free(question->referred_by);
    g_free(question->dialog);
    g_free(question->user);
    g_free(question->password);
    g_free(question);
}

GuestAsk *guest_ask_new(GateCore *core)
{
    GuestAsk *self = g_new0(GuestAsk, 1);
    self->core = core;
    self->open = g_hash_table_new_full(NULL, NULL, question_free, NULL);
    return self;
}

void guest_ask_free(GuestAsk *self)
{
    if (self == NULL) {
        return;
    }
    g_hash_table_unref(self->open);
    g_free(self);
}

// --- results

static Event *result_new(uint64_t ref, uint64_t leg, How how)
{
    Event *event = event_new(EVENT_ROOM_RESULT, SIDE_SIP);
    event->f.ref = ref;
    event->f.leg = leg;
    event->f.how = how;
    return event;
}

// MUC-A19: what a kick that failed is to its author.
static FailureReason kick_failure(int status)
{
    switch (status) {
    case 403:
    case 405:
    case 501:
    case 603: return FAILURE_NOT_ALLOWED;
    case 404:
    case 481: return FAILURE_ITEM_NOT_FOUND;
    case 408:
    case 504: return FAILURE_REMOTE_SERVER_TIMEOUT;
    default: return failure_from_status(status, false);
    }
}

static void fill_failure(Fields *fields, How asked, int status, const char *phrase)
{
    sipcode_to_fields(fields, status, phrase, false);
    if (asked == HOW_KICK) {
        fields->failure = kick_failure(status);
    } else if (asked == HOW_PROBE) {
        fields->failure = failure_join_from_status(status, false);
    }
}

static void finish(Question *question, int status, const char *phrase)
{
    GuestAsk *self = question->all;
    bool good = status >= 200 && status < 300;
    Event *event = result_new(question->ref, question->leg, good ? HOW_YES : HOW_NO);
    if (!good) {
        fill_failure(&event->f, question->how, status, phrase);
    }
    g_hash_table_remove(self->open, question);
    gate_core_raise(self->core, event);
}

void guest_ask_refuse(GuestAsk *self, const Fields *request, FailureReason failure)
{
    Event *event = result_new(request->ref, request->leg, HOW_NO);
    event->f.failure = failure;
    gate_core_raise(self->core, event);
}

static gboolean on_time(gpointer data)
{
    Question *question = data;
    question->timer = 0;
    finish(question, 408, "no news of it");
    return G_SOURCE_REMOVE;
}

// --- challenges

static void ask(Question *question);

// Whether it goes once more (ERR-04).
static bool goes_again(Question *question, const AgentEvent *event)
{
    const char *method = question->how == HOW_PROBE ? "OPTIONS" : "REFER";
    if (!credentials_take(&question->credentials, question->all->core, event, method, question->uri,
                          question->user, question->password)) {
        return false;
    }
    agent_handle_drop(question->all->core->agent, question->handle);
    ask(question);
    return true;
}

// --- REFER

// 202 as well (RFC 7647); with `Refer-Sub: false` nothing more will be heard (RFC 4488 4).
static void on_refer_answer(void *owner, const AgentEvent *event)
{
    Question *question = owner;
    if (event->status < 200 || goes_again(question, event)) {
        return;
    }
    if (event->status >= 300) {
        finish(question, event->status, event->phrase);
    } else if (event->substate == nua_substate_terminated) {
        finish(question, 200, NULL);
    } else if (question->timer == 0) {
        guint ms = (guint)question->all->core->settings->T_prog;
        question->timer = g_timeout_add(ms, on_time, question);
    }
}

static bool read_fragment(Sipfrag *fragment, const sip_t *sip)
{
    const sip_payload_t *payload = sip != NULL ? sip->sip_payload : NULL;
    if (payload == NULL || payload->pl_len == 0) {
        return false;
    }
    g_autoptr(GBytes) bytes = g_bytes_new(payload->pl_data, payload->pl_len);
    return sipfrag_read(fragment, bytes, NULL);
}

static void tell_ringing(Question *question)
{
    if (!question->is_ringing) {
        question->is_ringing = true;
        gate_core_raise(question->all->core,
                        result_new(question->ref, question->leg, HOW_RINGING));
    }
}

// COMPAT(RFC 7702 6.5): the last news there is "100 Trying"; nothing is known to have gone wrong then,
// and the roster shows who comes.
static void on_notify(void *owner, const AgentEvent *event)
{
    Question *question = owner;
    g_auto(Sipfrag) fragment = {0};
    bool is_last = event->substate == nua_substate_terminated;
    if (!read_fragment(&fragment, event->sip)) {
        fragment.status = 100;
    }
    if (event->sip == NULL) {
        finish(question, 408, "no news of it");
    } else if (fragment.status >= 200) {
        finish(question, (int)fragment.status, fragment.reason);
    } else if (is_last) {
        finish(question, 200, NULL);
    } else {
        tell_ringing(question);
    }
}

// --- OPTIONS

static void on_options_answer(void *owner, const AgentEvent *event)
{
    Question *question = owner;
    bool good = event->status >= 200 && event->status < 300;
    if (event->status < 200 || goes_again(question, event)) {
        return;
    }
    if (good && question->all->core->settings->require_isfocus && event->sip != NULL &&
        !call_message_is_focus(event->sip)) {
        finish(question, 404, "not a conference");
    } else {
        finish(question, event->status, event->phrase);
    }
}

static const AgentHandler handlers[] = {{nua_r_refer, on_refer_answer},
                                        {nua_i_notify, on_notify},
                                        {nua_r_options, on_options_answer},
                                        {0, NULL}};

// --- asking

static void send_refer(Question *question, const char *route)
{
    const Credentials *credentials = &question->credentials;
    g_autofree char *dialog =
        question->dialog != NULL ? g_strdup_printf("Target-Dialog: %s", question->dialog) : NULL;
    nua_refer(question->handle, NUTAG_URL(question->uri),
              TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
              SIPTAG_CONTACT_STR(question->contact), SIPTAG_REFER_TO_STR(question->refer_to),
              SIPTAG_REFERRED_BY_STR(question->referred_by), CREDENTIALS_TAGS(credentials),
              TAG_IF(dialog != NULL, SIPTAG_HEADER_STR(dialog)),
              // who knows dialogs by that header is to look at it (CONF-021)
              TAG_IF(dialog != NULL, SIPTAG_REQUIRE_STR("tdialog")), TAG_END());
}

static void ask(Question *question)
{
    Agent *agent = question->all->core->agent;
    const Credentials *credentials = &question->credentials;
    const char *route = agent_route(agent, question->uri, NULL);
    g_autofree char *from = credentials_from(credentials, question->from);
    question->handle = agent_handle_new(agent, handlers, question, question->to, from);
    if (question->how == HOW_PROBE) {
        nua_options(question->handle, NUTAG_URL(question->uri),
                    TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
                    CREDENTIALS_TAGS(credentials), SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
    } else {
        send_refer(question, route);
    }
    agent_kick(agent);
}

static Question *question_new(GuestAsk *self, const Fields *request)
{
    Question *question = g_new0(Question, 1);
    *question = (Question){
        .all = self, .ref = request->ref, .leg = request->leg, .how = request->how};
    g_hash_table_add(self->open, question);
    return question;
}

void guest_ask_refer(GuestAsk *self, const Fields *request, const WatcherTarget *target,
                     const char *refer_to, const char *referred_by)
{
    if (g_hash_table_size(self->open) >= OPEN_MAX) {
        guest_ask_refuse(self, request, FAILURE_RESOURCE_CONSTRAINT);
        return;
    }
    Question *question = question_new(self, request);
    question->uri = g_strdup(target->uri);
    question->to = g_strdup(target->to);
    question->from = g_strdup(target->from);
    question->contact = g_strdup(target->contact);
    question->refer_to = g_strdup(refer_to);
    question->referred_by = g_strdup(referred_by);
    question->dialog = g_strdup(target->target_dialog);
    question->user = g_strdup(target->user);
    question->password = g_strdup(target->password);
    ask(question);
}

void guest_ask_probe(GuestAsk *self, const Fields *request)
{
    const Route *route = self->core->route;
    g_autofree char *uri = route_to_aor(route, request->room);
    g_autofree char *who = request->from != NULL ? route_to_aor(route, request->from) : NULL;
    bool is_full = g_hash_table_size(self->open) >= OPEN_MAX;
    if (uri == NULL || is_full) {
        guest_ask_refuse(self, request, uri == NULL ? FAILURE_ITEM_NOT_FOUND : FAILURE_RESOURCE_CONSTRAINT);
        return;
    }
    Question *question = question_new(self, request);
    question->to = g_strdup_printf("<%s>", uri);
    question->from = g_strdup_printf("<%s>", who != NULL ? who : uri);
    question->uri = g_steal_pointer(&uri);
    ask(question);
}
