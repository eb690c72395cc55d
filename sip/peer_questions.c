// SPDX-License-Identifier: MIT
// OPTIONS out and its answer; see peer_questions.h.
#include "sip/peer_questions.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_tag.h>

#include "sip/message_body.h"
#include "sip/peer_traits.h"

// LIMIT: questions without an answer yet; nothing depends on one more.
#define OPEN_MAX 200

struct PeerQuestions {
    GateCore *core;   // borrowed
    GHashTable *open; // owned; set of Question (owned)
};

typedef struct {
    PeerQuestions *all;   // borrowed
    Address *peer;        // shared
    nua_handle_t *handle; // owned by the agent, dropped with this
} Question;

static void question_free(void *data)
{
    Question *question = data;
    agent_handle_drop(question->all->core->agent, question->handle);
    address_unref(question->peer);
    g_free(question);
}

PeerQuestions *peer_questions_new(GateCore *core)
{
    PeerQuestions *self = g_new0(PeerQuestions, 1);
    self->core = core;
    self->open = g_hash_table_new_full(NULL, NULL, question_free, NULL);
    return self;
}

void peer_questions_free(PeerQuestions *self)
{
    if (self == NULL) {
        return;
    }
    g_hash_table_unref(self->open);
    g_free(self);
}

// A description in the answer tells of MSRP (RFC 3261 11.2).
static void read_media(Fields *fields, const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    if (payload != NULL && payload->pl_data != NULL &&
        g_strstr_len(payload->pl_data, (gssize)payload->pl_len, "m=message ") != NULL) {
        peer_traits_add(fields, true, PEER_MEMORY_MSRP);
    }
}

// Whatever the status: that it was answered is known now; what it takes only a 200 tells.
static void on_answer(void *owner, const AgentEvent *event)
{
    Question *question = owner;
    GateCore *core = question->all->core;
    if (event->status < 200) {
        return;
    }
    Event *news = event_new(EVENT_PEER, SIDE_SIP);
    fields_set_address(&news->f.from, question->peer);
    peer_traits_add(&news->f, event->status < 300, PEER_MEMORY_OPTIONS);
    if (event->status < 300 && event->sip != NULL) {
        peer_traits_read(&news->f, event->sip);
        read_media(&news->f, event->sip);
    }
    g_hash_table_remove(question->all->open, question);
    gate_core_raise(core, news);
}

static const AgentHandler handlers[] = {{nua_r_options, on_answer}, {0, NULL}};

static void ask(PeerQuestions *self, const Fields *fields, const char *aor, const char *from_aor)
{
    GateCore *core = self->core;
    g_autofree char *to = g_strdup_printf("<%s>", aor);
    g_autofree char *from = g_strdup_printf("<%s>", from_aor);
    const char *route = agent_route(core->agent, aor, NULL);
    Question *question = g_new0(Question, 1);
    *question = (Question){.all = self, .peer = address_ref(fields->to)};
    question->handle = agent_handle_new(core->agent, handlers, question, to, from);
    g_hash_table_add(self->open, question);
    nua_options(question->handle, NUTAG_URL(aor), SIPTAG_SUPPORTED(NULL),
                TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
                SIPTAG_ACCEPT_STR("application/sdp"), TAG_END());
}

void peer_questions_ask(PeerQuestions *self, const Fields *fields)
{
    g_autofree char *aor = route_to_aor(self->core->route, fields->to);
    g_autofree char *from = route_to_aor(self->core->route, fields->from);
    if (aor != NULL && from != NULL && g_hash_table_size(self->open) < OPEN_MAX) {
        ask(self, fields, aor, from);
    }
}
