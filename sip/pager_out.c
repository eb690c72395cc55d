// SPDX-License-Identifier: MIT
// MESSAGE of ours; see pager_out.h.
#include "sip/pager_out.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>

#include "sip/detour.h"
#include "sip/page_request.h"
#include "sip/peer_traits.h"
#include "sip/sipcode.h"

// A peer that has not answered for so long is slow or gone: nobody waits for it any more.
#define YOUNG_US (1000 * 1000)

struct PagerOut {
    GateCore *core;   // borrowed
    GHashTable *sent; // owned; set of Outgoing (owned)
    GQueue young;     // links inside Outgoing: those sent lately, oldest first
};

// A MESSAGE of ours that waits for its final response.
typedef struct {
    PagerOut *all; // borrowed
    uint64_t row;
    Address *peer;        // shared
    PeerMemoryTrait trait; // of what it went as, when that was more than plain text
    bool is_rich;          // it was
    PageRequest request;   // owned
    char *credentials;     // owned; of the challenge that was answered, or NULL
    bool is_for_proxy;     // it was a proxy's
    bool is_redirected;    // it went to where a 3xx pointed
    nua_handle_t *handle; // owned by the agent, dropped with this
    int64_t sent_us;
    GList young; // its place in PagerOut.young; without data: not there any more
} Outgoing;

static void grow_old(Outgoing *out)
{
    if (out->young.data != NULL) {
        g_queue_unlink(&out->all->young, &out->young);
        out->young.data = NULL;
    }
}

static void outgoing_free(void *data)
{
    Outgoing *out = data;
    grow_old(out);
    agent_handle_drop(out->all->core->agent, out->handle);
    address_unref(out->peer);
    page_request_clear(&out->request);
    g_free(out->credentials);
    g_free(out);
}

PagerOut *pager_out_new(GateCore *core)
{
    PagerOut *self = g_new0(PagerOut, 1);
    self->core = core;
    self->sent = g_hash_table_new_full(NULL, NULL, outgoing_free, NULL);
    return self;
}

void pager_out_free(PagerOut *self)
{
    if (self != NULL) {
        g_hash_table_unref(self->sent);
        g_free(self);
    }
}

// --- answers

static void deliver_failure(PagerOut *self, uint64_t row, FailureReason failure, How how)
{
    gate_core_undelivered(self->core, 0, row, failure, how);
}

// What was not taken, and by Accept what would be (EXT-13). What was more than text is worth another
// try without it (IM-13).
static void learn_refusal(const Outgoing *out, const sip_t *sip, Fields *fields)
{
    fields_set_address(&fields->from, out->peer);
    if (out->is_rich) {
        peer_traits_add(fields, false, out->trait);
        fields->how = HOW_TOO_RICH;
    } else {
        peer_traits_read(fields, sip);
    }
}

static void start(Outgoing *out);

// Where the answer is not the end yet: a challenge is answered once, one new address is tried when
// it is one of ours to reach (ERR-04).
static bool goes_on(Outgoing *out, const AgentEvent *event, const Address *elsewhere)
{
    const GateCore *core = out->all->core;
    if (out->credentials == NULL) {
        out->credentials = realms_authorize(core->realms, event->status, event->sip, "MESSAGE",
                                            out->request.uri);
        out->is_for_proxy = event->status == 407;
        if (out->credentials != NULL) {
            page_request_count(&out->request, out->all->core);
            agent_handle_drop(core->agent, out->handle);
            start(out);
            return true;
        }
    }
    if (out->is_redirected || event->status / 100 != 3) {
        return false;
    }
    g_autofree char *uri = detour_uri(core, elsewhere);
    if (uri == NULL) {
        return false;
    }
    out->is_redirected = true;
    g_clear_pointer(&out->credentials, g_free); // made for the other target
    page_request_redirect(&out->request, out->all->core, uri);
    agent_handle_drop(core->agent, out->handle);
    start(out);
    return true;
}

// The library itself says 408 when its timer ran out, 503 when it could not send (ERR-05).
static void on_answer(void *owner, const AgentEvent *event)
{
    Outgoing *out = owner;
    PagerOut *self = out->all;
    const sip_t *sip = event->sip;
    if (event->status < 200) {
        return;
    }
    g_autoptr(Address) elsewhere = detour_address(self->core, sip);
    if (goes_on(out, event, elsewhere)) {
        return;
    }
    Event *delivery = event_new(EVENT_DELIVERY, SIDE_SIP);
    delivery->f.row = out->row;
    sipcode_to_fields(&delivery->f, event->status, event->phrase, elsewhere != NULL);
    if (event->status == 202) {
        delivery->f.status = 202;
    }
    if (event->status >= 300) {
        delivery->f.how = event->is_local && event->status == 408 ? HOW_TIMEOUT : HOW_REFUSED;
        fields_set_address(&delivery->f.real, elsewhere);
    }
    delivery->f.retry_s =
        detour_note_retry(self->core, out->request.uri, event->status, sip);
    if (event->status == 415 || event->status == 488) {
        learn_refusal(out, sip, &delivery->f);
    }
    g_hash_table_remove(self->sent, out);
    gate_core_raise(self->core, delivery);
}

static const AgentHandler out_handlers[] = {{nua_r_message, on_answer}, {0, NULL}};

// --- requests

static PeerMemoryTrait trait_of(const PageRequest *request)
{
    g_auto(ContentType) type = {0};
    return content_type_read(&type, request->body.type, NULL) ? peer_traits_find(&type)
                                                              : PEER_MEMORY_TRAIT_COUNT;
}

static void start(Outgoing *out)
{
    const PageRequest *request = &out->request;
    out->handle =
        agent_handle_new(out->all->core->agent, out_handlers, out, request->to, request->from);
    sip_payload_t *payload = sip_payload_create(NULL, g_bytes_get_data(request->body.content, NULL),
                                                g_bytes_get_size(request->body.content));
    nua_message(out->handle, NUTAG_URL(request->uri), SIPTAG_SUPPORTED(NULL),
                SIPTAG_ALLOW_STR(AGENT_ALLOW),
                TAG_IF(request->route != NULL, NUTAG_INITIAL_ROUTE_STR(request->route)),
                SIPTAG_MAX_FORWARDS_STR(request->hops), SIPTAG_CALL_ID_STR(request->call_id),
                SIPTAG_CSEQ_STR(request->cseq),
                TAG_IF(out->credentials != NULL && out->is_for_proxy,
                       SIPTAG_PROXY_AUTHORIZATION_STR(out->credentials)),
                TAG_IF(out->credentials != NULL && !out->is_for_proxy,
                       SIPTAG_AUTHORIZATION_STR(out->credentials)),
                TAG_IF(request->subject != NULL, SIPTAG_SUBJECT_STR(request->subject)),
                TAG_IF(request->date != NULL, SIPTAG_DATE_STR(request->date)),
                TAG_IF(request->language != NULL, SIPTAG_CONTENT_LANGUAGE_STR(request->language)),
                SIPTAG_CONTENT_TYPE_STR(request->body.type), SIPTAG_PAYLOAD(payload), TAG_END());
    su_free(NULL, payload);
}

// Takes the request.
static void send_request(PagerOut *self, const Fields *fields, PageRequest *request)
{
    Outgoing *out = g_new0(Outgoing, 1);
    *out = (Outgoing){.all = self,
                      .row = fields->row,
                      .peer = address_ref(fields->to),
                      .trait = trait_of(request),
                      .is_rich = request->body.is_rich,
                      .request = *request,
                      .sent_us = g_get_monotonic_time()};
    *request = (PageRequest){0};
    out->young.data = out;
    g_queue_push_tail_link(&self->young, &out->young);
    g_hash_table_add(self->sent, out);
    start(out);
}

static void deliver_held(PagerOut *self, uint64_t row, uint64_t wait_s)
{
    Event *event = event_new(EVENT_DELIVERY, SIDE_SIP);
    event->f.row = row;
    detour_tell_held(&event->f, wait_s);
    gate_core_raise(self->core, event);
}

static bool is_too_large(const PagerOut *self, const Fields *fields, const PageRequest *request)
{
    return !fields->any_size && page_request_octets(request, self->core->agent) >
                                    (size_t)self->core->settings->im_limit;
}

// What is too large in its envelope may fit without.
void pager_out_send(PagerOut *self, const Command *command)
{
    GateCore *core = self->core;
    const Fields *f = &command->f;
    g_auto(PageRequest) request = {0};
    if (g_hash_table_size(self->sent) >= (guint)core->settings->sip_pending) {
        core->overloads++;
        deliver_failure(self, f->row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE);
        return;
    }
    if (!page_request_init(&request, core, command)) {
        deliver_failure(self, f->row, FAILURE_REMOTE_SERVER_NOT_FOUND, HOW_NONE);
        return;
    }
    uint64_t wait_s = detour_wait_s(core, request.uri);
    if (wait_s > 0) {
        deliver_held(self, f->row, wait_s);
        return;
    }
    if (request.body.is_rich && is_too_large(self, f, &request)) {
        page_request_make_plain(&request, f);
    }
    if (is_too_large(self, f, &request)) {
        deliver_failure(self, f->row, FAILURE_POLICY_VIOLATION, HOW_TOO_LARGE);
    } else {
        send_request(self, f, &request);
    }
}

// --- numbers and the end

unsigned pager_out_count(const PagerOut *self)
{
    return g_hash_table_size(self->sent);
}

unsigned pager_out_young_count(PagerOut *self)
{
    int64_t limit_us = g_get_monotonic_time() - YOUNG_US;
    const GList *oldest;
    while ((oldest = self->young.head) != NULL && ((Outgoing *)oldest->data)->sent_us < limit_us) {
        grow_old(oldest->data);
    }
    return self->young.length;
}

void pager_out_close(PagerOut *self)
{
    g_hash_table_remove_all(self->sent);
}
