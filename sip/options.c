// SPDX-License-Identifier: MIT
// Answers to OPTIONS; see options.h.
#include "sip/options.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/extensions.h"
#include "sip/factory.h"
#include "sip/message_body.h"
#include "sip/parties.h"
#include "sip/sipcode.h"

// LIMIT: questions that wait for a room; of more nothing is known.
#define OPEN_MAX 200
#define ROOM_TYPES                                                                                 \
    "application/sdp, message/sipfrag, application/conference-info+xml"

struct Options {
    GateCore *core;   // borrowed
    GHashTable *open; // owned; set of Question (owned)
};

typedef struct {
    Options *all; // borrowed
    uint64_t ref;
    AgentRequest *request; // owned
    Address *room;         // shared
} Question;

static void question_free(void *data)
{
    Question *question = data;
    ref_table_remove(question->all->core->refs, question->ref);
    agent_request_free(question->request);
    address_unref(question->room);
    g_free(question);
}

Options *options_new(GateCore *core)
{
    Options *self = g_new0(Options, 1);
    self->core = core;
    self->open = g_hash_table_new_full(NULL, NULL, question_free, NULL);
    return self;
}

void options_free(Options *self)
{
    if (self == NULL) {
        return;
    }
    g_hash_table_unref(self->open);
    g_free(self);
}

// --- answers

static void answer_user(const AgentEvent *event)
{
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_ALLOW_STR(AGENT_ALLOW), SIPTAG_SUPPORTED_STR(EXTENSIONS_CALL),
                SIPTAG_ACCEPT_STR("application/sdp, " MESSAGE_BODY_ACCEPT), TAG_END());
    agent_handle_drop(event->agent, event->handle);
}

// It makes conferences and is none: without isfocus (RFC 4579 5.4).
static void answer_factory(const GateCore *core, const AgentEvent *event, const Address *factory)
{
    g_autofree char *uri = route_to_aor(core->route, factory);
    g_autofree char *contact = g_strdup_printf("<%s>", uri);
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_CONTACT_STR(contact), SIPTAG_ALLOW_STR(AGENT_ALLOW_ROOM),
                SIPTAG_SUPPORTED_STR(EXTENSIONS_ALL ", gruu"), SIPTAG_ACCEPT_STR(ROOM_TYPES),
                SIPTAG_ALLOW_EVENTS_STR("conference, refer"), TAG_END());
    agent_handle_drop(event->agent, event->handle);
}

static void answer_room(const Question *question)
{
    GateCore *core = question->all->core;
    g_autofree char *uri = route_to_aor(core->route, question->room);
    g_autofree char *contact = g_strdup_printf("<%s>;isfocus", uri);
    nua_respond(agent_request_handle(question->request), SIP_200_OK,
                NUTAG_WITH(agent_request_message(question->request)), SIPTAG_CONTACT_STR(contact),
                SIPTAG_ALLOW_STR(AGENT_ALLOW_ROOM), SIPTAG_SUPPORTED_STR(EXTENSIONS_ROOM ", gruu"),
                SIPTAG_ACCEPT_STR(ROOM_TYPES), SIPTAG_ALLOW_EVENTS_STR("conference, refer"),
                TAG_END());
    agent_kick(core->agent);
}

// 504 where the row has 408: that may only answer an INVITE (RFC 4320 4.2).
static void refuse_room(const Question *question, const Fields *fields)
{
    nua_handle_t *handle = agent_request_handle(question->request);
    int status = fields->failure == FAILURE_REMOTE_SERVER_TIMEOUT ? 504 : 404;
    nua_respond(handle, status, agent_phrase(handle, failure_phrase(status)),
                NUTAG_WITH(agent_request_message(question->request)), TAG_END());
    agent_kick(question->all->core->agent);
}

static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    Question *question = owner;
    if (fields->how == HOW_YES) {
        answer_room(question);
    } else {
        refuse_room(question, fields);
    }
    g_hash_table_remove(question->all->open, question);
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    on_answer(owner, ref, fields);
}

static const RefFuncs funcs = {.refuse = on_refuse, .answer = on_answer};

// --- questions

// Whether a room exists is for it to say, and to whom.
static void ask(Options *self, const AgentEvent *event, const Parties *parties)
{
    Question *question = g_new0(Question, 1);
    *question = (Question){.all = self,
                           .room = address_to_bare(parties->to),
                           .request = agent_request_new(self->core->agent, event)};
    question->ref = ref_table_add(self->core->refs, &funcs, question, 0);
    g_hash_table_add(self->open, question);
    Event *asked = event_new(EVENT_ROOM_REQUEST, SIDE_SIP);
    asked->f.ref = question->ref;
    asked->f.how = HOW_PROBE;
    fields_set_address(&asked->f.room, question->room);
    fields_set_address(&asked->f.from, parties->from);
    gate_core_raise(self->core, asked);
}

void options_on_request(Options *self, const AgentEvent *event)
{
    g_auto(Parties) parties;
    // A URI without a user asks the gateway itself: proxies do so to see whether it lives.
    bool is_ping = event->sip->sip_request->rq_url->url_user == NULL;
    parties_read(&parties, self->core, event);
    if (is_ping || (parties.status == 0 && parties.kind == ROUTE_XMPP_USER)) {
        answer_user(event);
    } else if (parties.status != 0 || parties.kind != ROUTE_XMPP_ROOM) {
        parties.status = parties.status != 0 ? parties.status : 404;
        parties_refuse(&parties, event);
    } else if (factory_is(self->core, parties.to)) {
        answer_factory(self->core, event, parties.to);
    } else if (g_hash_table_size(self->open) < OPEN_MAX) {
        ask(self, event, &parties);
    } else {
        agent_answer(event, SIP_503_SERVICE_UNAVAILABLE, NULL);
    }
}
