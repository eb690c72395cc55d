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
} Question;

static void question_free(void *data)
{
    Question *question = data;
    g_clear_handle_id(&question->timer, g_source_remove);
    agent_handle_drop(question->all->core->agent, question->handle);
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

// --- REFER

// 202 as well (RFC 7647); with `Refer-Sub: false` nothing more will be heard (RFC 4488 4).
static void on_refer_answer(void *owner, const AgentEvent *event)
{
    Question *question = owner;
    if (event->status < 200) {
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
    if (event->status < 200) {
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

static Question *question_new(GuestAsk *self, const Fields *request, const char *to,
                              const char *from)
{
    Question *question = g_new0(Question, 1);
    *question = (Question){
        .all = self, .ref = request->ref, .leg = request->leg, .how = request->how};
    question->handle = agent_handle_new(self->core->agent, handlers, question, to, from);
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
    Agent *agent = self->core->agent;
    const char *route = agent_route(agent, target->uri, NULL);
    g_autofree char *dialog = target->target_dialog != NULL
                                  ? g_strdup_printf("Target-Dialog: %s", target->target_dialog)
                                  : NULL;
    Question *question = question_new(self, request, target->to, target->from);
    nua_refer(question->handle, NUTAG_URL(target->uri),
              TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
              SIPTAG_CONTACT_STR(target->contact), SIPTAG_REFER_TO_STR(refer_to),
              SIPTAG_REFERRED_BY_STR(referred_by),
              TAG_IF(dialog != NULL, SIPTAG_HEADER_STR(dialog)),
              // who knows dialogs by that header is to look at it (CONF-021)
              TAG_IF(dialog != NULL, SIPTAG_REQUIRE_STR("tdialog")), TAG_END());
    agent_kick(agent);
}

void guest_ask_probe(GuestAsk *self, const Fields *request)
{
    const Route *route = self->core->route;
    g_autofree char *uri = route_to_aor(route, request->room);
    g_autofree char *who = request->from != NULL ? route_to_aor(route, request->from) : NULL;
    if (uri == NULL || g_hash_table_size(self->open) >= OPEN_MAX) {
        guest_ask_refuse(self, request, uri == NULL ? FAILURE_ITEM_NOT_FOUND : FAILURE_RESOURCE_CONSTRAINT);
        return;
    }
    const char *first = agent_route(self->core->agent, uri, NULL);
    g_autofree char *to = g_strdup_printf("<%s>", uri);
    g_autofree char *from = g_strdup_printf("<%s>", who != NULL ? who : uri);
    Question *question = question_new(self, request, to, from);
    nua_options(question->handle, NUTAG_URL(uri),
                TAG_IF(first != NULL, NUTAG_INITIAL_ROUTE_STR(first)),
                SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
    agent_kick(self->core->agent);
}
