// SPDX-License-Identifier: MIT
// Pager mode; see pager.h. RFC 3428, RFC 7572, one-to-one matrix section 4.
#include "sip/pager.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/page_message.h"
#include "sip/pager_out.h"
#include "sip/peer_traits.h"
#include "sip/sipcode.h"

// What we ask a sender to wait when too many of its kind are open.
#define OVERLOAD_RETRY_S 5
// RFC 3994 3.3: a state without a time of its own.
#define STATE_HOLDS_US (120 * G_TIME_SPAN_SECOND)

struct Pager {
    GateCore *core; // borrowed
    PagerOut *out;  // owned
    GHashTable *in; // owned; set of Incoming (owned)
};

// A MESSAGE of a peer that waits for ACCEPT or REFUSE.
typedef struct {
    Pager *pager;          // borrowed
    AgentRequest *request; // owned
    uint64_t ref;
    bool to_full_jid;
} Incoming;

static void incoming_free(void *data)
{
    Incoming *in = data;
    ref_table_remove(in->pager->core->refs, in->ref);
    agent_request_free(in->request);
    g_free(in);
}

Pager *pager_new(GateCore *core)
{
    Pager *pager = g_new0(Pager, 1);
    pager->core = core;
    pager->out = pager_out_new(core);
    pager->in = g_hash_table_new_full(NULL, NULL, incoming_free, NULL);
    return pager;
}

void pager_free(Pager *pager)
{
    if (pager == NULL) {
        return;
    }
    pager_out_free(pager->out);
    g_hash_table_unref(pager->in);
    g_free(pager);
}

void pager_send(Pager *pager, const Command *command)
{
    pager_out_send(pager->out, command);
}

// --- answers

static void respond(Incoming *in, int status, const char *phrase, const char *retry_after,
                    const char *contact)
{
    nua_handle_t *handle = agent_request_handle(in->request);
    nua_respond(handle, status, agent_phrase(handle, phrase),
                NUTAG_WITH(agent_request_message(in->request)),
                TAG_IF(retry_after != NULL, SIPTAG_RETRY_AFTER_STR(retry_after)),
                TAG_IF(contact != NULL, SIPTAG_CONTACT_STR(contact)), TAG_END());
    agent_kick(in->pager->core->agent);
}

static void on_accept(void *owner, uint64_t ref, uint64_t key)
{
    Incoming *in = owner;
    int status = (int)in->pager->core->settings->message_ok_code;
    respond(in, status, failure_phrase(status), NULL, NULL);
    g_hash_table_remove(in->pager->in, in);
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Incoming *in = owner;
    g_auto(Sipcode) answer = sipcode_from_fields(fields, in->to_full_jid);
    if (answer.status == 408) // never sent for anything but an INVITE (RFC 4320 4.2)
        answer.status = 504;
    g_autofree char *retry = answer.retry_s > 0 ? g_strdup_printf("%u", answer.retry_s) : NULL;
    g_autofree char *uri = route_to_uri(in->pager->core->route, fields->real);
    g_autofree char *contact =
        uri != NULL && answer.status / 100 == 3 ? g_strdup_printf("<%s>", uri) : NULL;
    respond(in, answer.status, answer.phrase, retry, contact);
    g_hash_table_remove(in->pager->in, in);
}

static const RefFuncs in_funcs = {.accept = on_accept, .refuse = on_refuse};

static void refuse_overload(const AgentEvent *event, unsigned retry_s)
{
    g_autofree char *retry = g_strdup_printf("%u", retry_s);
    nua_respond(event->handle, SIP_503_SERVICE_UNAVAILABLE,
                NUTAG_WITH_THIS(agent_nua(event->agent)), SIPTAG_RETRY_AFTER_STR(retry), TAG_END());
}

// 415 names what would have been fine: types, or the identity encoding.
static void refuse_type(const AgentEvent *event, bool encoding)
{
    nua_respond(event->handle, SIP_415_UNSUPPORTED_MEDIA, NUTAG_WITH_THIS(agent_nua(event->agent)),
                TAG_IF(encoding, SIPTAG_ACCEPT_ENCODING_STR("deflate, identity")),
                TAG_IF(!encoding, SIPTAG_ACCEPT_STR(MESSAGE_BODY_ACCEPT)), TAG_END());
}

// --- requests

static void raise_message(Pager *pager, const AgentEvent *event, const Parties *parties,
                          const MessageBody *body, uint64_t leg, How how)
{
    Incoming *in = g_new0(Incoming, 1);
    Event *message = event_new(EVENT_MESSAGE, SIDE_SIP);
    page_message_to_fields(&message->f, pager->core, event->sip, parties, body);
    in->pager = pager;
    in->request = agent_request_new(pager->core->agent, event);
    in->ref = ref_table_add(pager->core->refs, &in_funcs, in, 0);
    in->to_full_jid = address_resource(parties->to) != NULL;
    g_hash_table_add(pager->in, in);
    message->f.ref = in->ref;
    message->f.leg = leg;
    if (leg == 0)
        message->f.request = page_message_key(event->sip);
    message->f.how = how;
    fields_set_text(&message->f.type, leg != 0 ? "chat" : NULL);
    gate_core_raise(pager->core, message);
}

// Who writes is told at once: no acknowledgement waits for it (M-15). What lay somewhere for longer
// than a state holds is old; its Expires says nothing, some send 0.
// COMPAT(linphone 5): Expires: 0.
static void raise_state(Pager *pager, const AgentEvent *event, const Parties *parties,
                        const MessageBody *body, uint64_t leg)
{
    GateCore *core = pager->core;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) date = page_message_date(event->sip);
    if (date != NULL && g_date_time_difference(now, date) > STATE_HOLDS_US) {
        return;
    }
    Event *state = event_new(EVENT_CHAT_STATE, SIDE_SIP);
    fields_set_address(&state->f.from, parties->from);
    fields_set_address(&state->f.to, parties->to);
    state->f.leg = leg;
    message_body_state_to_fields(body, &state->f);
    gate_core_raise(core, state);
}

static void raise_notices(Pager *pager, const Parties *parties, const MessageBody *body,
                          uint64_t leg)
{
    const Fields came = {.from = parties->from, .to = parties->to, .leg = leg};
    for (guint i = 0; body->notices != NULL && i < body->notices->len; i++) {
        Event *receipt = imdn_book_read(pager->core->imdn, &came, body->notices->pdata[i]);
        if (receipt != NULL) {
            peer_traits_add_shown(&receipt->f, body->shown);
            gate_core_raise(pager->core, receipt);
        }
    }
}

static void take(Pager *pager, const AgentEvent *event, const Parties *parties, uint64_t leg)
{
    const sip_t *sip = event->sip;
    g_auto(MessageBody) body;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    int status = page_message_read(&body, pager->core, sip);
    if (page_message_is_encoded(sip) || status == 415) {
        refuse_type(event, page_message_is_encoded(sip));
    } else if (status != 0) {
        nua_respond(event->handle, status, failure_phrase(status),
                    NUTAG_WITH_THIS(agent_nua(event->agent)), TAG_END());
    } else if (page_message_is_empty(&body, sip)) {
        nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)), TAG_END());
        raise_notices(pager, parties, &body, leg);
        if (body.state != HOW_NONE) {
            raise_state(pager, event, parties, &body, leg);
        }
    } else if (g_hash_table_size(pager->in) >= (guint)pager->core->settings->sip_pending) {
        pager->core->overloads++;
        refuse_overload(event, OVERLOAD_RETRY_S);
    } else {
        raise_message(pager, event, parties, &body, leg,
                      page_message_is_expired(sip, now) ? HOW_TIMEOUT : HOW_NONE);
        return;
    }
    if (leg == 0) {
        agent_handle_drop(event->agent, event->handle);
    }
}

void pager_on_message(Pager *pager, const AgentEvent *event)
{
    g_auto(Parties) parties;
    parties_read(&parties, pager->core, event);
    if (parties.status == 0 && parties.kind != ROUTE_XMPP_USER && parties.kind != ROUTE_XMPP_ROOM) {
        parties.status = 404;
    }
    if (parties.status != 0) {
        parties_refuse(&parties, event);
        return;
    }
    take(pager, event, &parties, 0);
}

void pager_on_dialog_message(Pager *pager, const AgentEvent *event, const Parties *parties,
                             uint64_t leg)
{
    take(pager, event, parties, leg);
}

// --- numbers and the end

unsigned pager_sent_count(const Pager *pager)
{
    return pager_out_count(pager->out);
}

unsigned pager_young_count(Pager *pager)
{
    return pager_out_young_count(pager->out);
}

unsigned pager_in_count(const Pager *pager)
{
    return g_hash_table_size(pager->in);
}

void pager_close(Pager *pager)
{
    g_autofree gpointer *waiting = g_hash_table_get_keys_as_array(pager->in, NULL);
    pager_out_close(pager->out);
    for (gpointer *each = waiting; *each != NULL; each++) {
        Incoming *in = *each;
        respond(in, SIP_503_SERVICE_UNAVAILABLE, "5", NULL);
        g_hash_table_remove(pager->in, in);
    }
}
