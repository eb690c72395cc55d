// SPDX-License-Identifier: MIT
// Pager mode; see pager.h. RFC 3428, RFC 7572, one-to-one matrix section 4.
#include "sip/pager.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>

#include "sip/body/body_error.h"
#include "sip/body/inflate.h"
#include "sip/detour.h"
#include "sip/message_body.h"
#include "sip/page_request.h"
#include "sip/parties.h"
#include "sip/peer_traits.h"
#include "sip/sipcode.h"
#include "sip/wire_date.h"

// What we ask a sender to wait when too many of its kind are open.
#define OVERLOAD_RETRY_S 5
// 128 bits of a hash: none of another request by chance.
#define REQUEST_KEY_DIGITS 32
// A peer that has not answered for so long is slow or gone: nobody waits for it any more.
#define YOUNG_US (1000 * 1000)
// RFC 3994 3.3: a state without a time of its own.
#define STATE_HOLDS_US (120 * G_TIME_SPAN_SECOND)

struct Pager {
    GateCore *core;  // borrowed
    GHashTable *out; // owned; set of Outgoing (owned)
    GHashTable *in;  // owned; set of Incoming (owned)
    GQueue young;    // links inside Outgoing: those sent lately, oldest first
};

// A MESSAGE of ours that waits for its final response.
typedef struct {
    Pager *pager; // borrowed
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
    GList young; // its place in Pager.young; without data: not there any more
} Outgoing;

// A MESSAGE of a peer that waits for ACCEPT or REFUSE.
typedef struct {
    Pager *pager;          // borrowed
    AgentRequest *request; // owned
    uint64_t ref;
    bool to_full_jid;
} Incoming;

static void grow_old(Outgoing *out)
{
    if (out->young.data != NULL) {
        g_queue_unlink(&out->pager->young, &out->young);
        out->young.data = NULL;
    }
}

static void outgoing_free(void *data)
{
    Outgoing *out = data;
    grow_old(out);
    agent_handle_drop(out->pager->core->agent, out->handle);
    address_unref(out->peer);
    page_request_clear(&out->request);
    g_free(out->credentials);
    g_free(out);
}

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
    pager->out = g_hash_table_new_full(NULL, NULL, outgoing_free, NULL);
    pager->in = g_hash_table_new_full(NULL, NULL, incoming_free, NULL);
    return pager;
}

void pager_free(Pager *pager)
{
    if (pager == NULL) {
        return;
    }
    g_hash_table_unref(pager->out);
    g_hash_table_unref(pager->in);
    g_free(pager);
}

// --- out

static void deliver_failure(Pager *pager, uint64_t row, FailureReason failure, How how)
{
    gate_core_undelivered(pager->core, 0, row, failure, how);
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
    const GateCore *core = out->pager->core;
    if (out->credentials == NULL) {
        out->credentials = realms_authorize(core->realms, event->status, event->sip, "MESSAGE",
                                            out->request.uri);
        out->is_for_proxy = event->status == 407;
        if (out->credentials != NULL) {
            page_request_count(&out->request, out->pager->core);
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
    page_request_redirect(&out->request, out->pager->core, uri);
    agent_handle_drop(core->agent, out->handle);
    start(out);
    return true;
}

// The library itself says 408 when its timer ran out, 503 when it could not send (ERR-05).
static void on_answer(void *owner, const AgentEvent *event)
{
    Outgoing *out = owner;
    Pager *pager = out->pager;
    const sip_t *sip = event->sip;
    if (event->status < 200) {
        return;
    }
    g_autoptr(Address) elsewhere = detour_address(pager->core, sip);
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
        detour_note_retry(pager->core, out->request.uri, event->status, sip);
    if (event->status == 415 || event->status == 488) {
        learn_refusal(out, sip, &delivery->f);
    }
    g_hash_table_remove(pager->out, out);
    gate_core_raise(pager->core, delivery);
}

static const AgentHandler out_handlers[] = {{nua_r_message, on_answer}, {0, NULL}};

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
        agent_handle_new(out->pager->core->agent, out_handlers, out, request->to, request->from);
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
static void send_request(Pager *pager, const Fields *fields, PageRequest *request)
{
    Outgoing *out = g_new0(Outgoing, 1);
    *out = (Outgoing){.pager = pager,
                      .row = fields->row,
                      .peer = address_ref(fields->to),
                      .trait = trait_of(request),
                      .is_rich = request->body.is_rich,
                      .request = *request,
                      .sent_us = g_get_monotonic_time()};
    *request = (PageRequest){0};
    out->young.data = out;
    g_queue_push_tail_link(&pager->young, &out->young);
    g_hash_table_add(pager->out, out);
    start(out);
}

static void deliver_held(Pager *pager, uint64_t row, uint64_t wait_s)
{
    Event *event = event_new(EVENT_DELIVERY, SIDE_SIP);
    event->f.row = row;
    detour_tell_held(&event->f, wait_s);
    gate_core_raise(pager->core, event);
}

static bool is_too_large(const Pager *pager, const Fields *fields, const PageRequest *request)
{
    return !fields->any_size && page_request_octets(request, pager->core->agent) >
                                    (size_t)pager->core->settings->im_limit;
}

// What is too large in its envelope may fit without.
void pager_send(Pager *pager, const Command *command)
{
    GateCore *core = pager->core;
    const Fields *f = &command->f;
    g_auto(PageRequest) request = {0};
    if (g_hash_table_size(pager->out) >= (guint)core->settings->sip_pending) {
        core->overloads++;
        deliver_failure(pager, f->row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE);
        return;
    }
    if (!page_request_init(&request, core, command)) {
        deliver_failure(pager, f->row, FAILURE_REMOTE_SERVER_NOT_FOUND, HOW_NONE);
        return;
    }
    uint64_t wait_s = detour_wait_s(core, request.uri);
    if (wait_s > 0) {
        deliver_held(pager, f->row, wait_s);
        return;
    }
    if (request.body.is_rich && is_too_large(pager, f, &request)) {
        page_request_make_plain(&request, f);
    }
    if (is_too_large(pager, f, &request)) {
        deliver_failure(pager, f->row, FAILURE_POLICY_VIOLATION, HOW_TOO_LARGE);
    } else {
        send_request(pager, f, &request);
    }
}

// --- in

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

static const char *encoding_of(const sip_t *sip)
{
    const sip_content_encoding_t *encoding = sip->sip_content_encoding;
    if (encoding == NULL || encoding->k_items == NULL || encoding->k_items[0] == NULL) {
        return "identity";
    }
    return encoding->k_items[1] == NULL ? encoding->k_items[0] : "several";
}

static bool is_deflated(const sip_t *sip)
{
    return g_ascii_strcasecmp(encoding_of(sip), "deflate") == 0;
}

static bool is_encoded(const sip_t *sip)
{
    return !is_deflated(sip) && g_ascii_strcasecmp(encoding_of(sip), "identity") != 0;
}

// The text of the header is read again: the library is a day wrong in March of leap years.
static GDateTime *date_of(const sip_t *sip)
{
    const sip_date_t *date = sip->sip_date;
    if (date == NULL || date->d_common->h_data == NULL) {
        return NULL;
    }
    g_autofree char *header = g_strndup(date->d_common->h_data, date->d_common->h_len);
    const char *colon = strchr(header, ':');
    return wire_date_read(colon != NULL ? colon + 1 : NULL);
}

// Expires counts from Date, else from now (RFC 3428 7).
static bool is_expired(const sip_t *sip, GDateTime *now)
{
    const sip_expires_t *expires = sip->sip_expires;
    g_autoptr(GDateTime) date = date_of(sip);
    if (expires == NULL || expires->ex_date != 0) {
        return expires != NULL && expires->ex_date <= sip_now();
    }
    gint64 start = g_date_time_to_unix(date != NULL ? date : now);
    return start + (gint64)expires->ex_delta <= g_date_time_to_unix(now);
}

static int read_content(GBytes **content, const GateCore *core, const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) given = g_bytes_new(payload->pl_data, payload->pl_len);
    if (!is_deflated(sip)) {
        *content = g_steal_pointer(&given);
    } else if (!inflate_read(content, given, (size_t)core->settings->max_stanza, &error)) {
        return g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT) ? 413 : 400;
    }
    return 0;
}

static int read_body(MessageBody *body, const GateCore *core, const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    *body = (MessageBody){0};
    if (payload == NULL || payload->pl_len == 0) {
        return 0;
    }
    if (sip->sip_content_type == NULL) {
        return 400;
    }
    if (payload->pl_len > (size_t)core->settings->max_stanza) {
        return 413;
    }
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(MimePart) part = {0};
    g_autoptr(GBytes) content = NULL;
    int status = read_content(&content, core, sip);
    if (status != 0) {
        return status;
    }
    const char *type = sip_header_as_string(home, (const sip_header_t *)sip->sip_content_type);
    bool read = type != NULL && mime_part_init(&part, type, content, NULL);
    su_home_deinit(home);
    status = read ? message_body_read(body, &part) : 400;
    return status == 0 && !message_body_is_allowed(body, core->settings) ? 415 : status;
}

// The branch without its cookie names the transaction, and so the message (IM-24).
static char *id_of(const sip_t *sip)
{
    const char *branch = sip->sip_via != NULL ? sip->sip_via->v_branch : NULL;
    if (branch == NULL) {
        return g_uuid_string_random();
    }
    return g_strdup(g_str_has_prefix(branch, "z9hG4bK") ? branch + strlen("z9hG4bK") : branch);
}

// Another copy of the same request has the same key, by whatever way it comes: a proxy that was restarted
// sends it on under another branch (RFC 3261 8.2.2.2). The text is in it for those who number nothing.
static char *request_of(const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    const char *tag = sip->sip_from->a_tag;
    g_autoptr(GString) words = g_string_new(tag);
    g_string_append_printf(words, "\n%s\n%u\n", sip->sip_call_id->i_id, sip->sip_cseq->cs_seq);
    if (payload != NULL)
        g_string_append_len(words, payload->pl_data, (gssize)payload->pl_len);
    char *key = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)words->str, words->len);
    key[REQUEST_KEY_DIGITS] = '\0';
    return key;
}

// Headers first; an envelope inside knows better.
static void fill_fields(Fields *fields, const Pager *pager, const sip_t *sip,
                        const Parties *parties, const MessageBody *body)
{
    const GateCore *core = pager->core;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *id = id_of(sip);
    fields_set_address(&fields->from, parties->from);
    fields_set_address(&fields->to, parties->to);
    fields_set_text(&fields->id, *id != '\0' ? id : NULL);
    fields_set_text(&fields->thread, thread_table_thread(core->threads, sip->sip_call_id->i_id));
    fields_set_text(&fields->nick, parties->nick);
    if (sip->sip_subject != NULL) {
        g_autofree char *subject = sipcode_clean(sip->sip_subject->g_string);
        fields_set_text(&fields->subject, subject);
    }
    if (sip->sip_content_language != NULL && sip->sip_content_language->k_items != NULL) {
        g_autofree char *lang = message_body_language(sip->sip_content_language->k_items[0]);
        fields_set_text(&fields->lang, lang);
    }
    g_autoptr(GDateTime) date = date_of(sip);
    g_autofree char *stamp = message_body_time(date, now);
    fields_set_text(&fields->stamp, stamp);
    message_body_to_fields(body, fields, core->settings->html == HTML_XHTML, now);
    if (core->settings->shim && sip->sip_max_forwards != NULL) {
        fields->hops = sip->sip_max_forwards->mf_count;
    }
    peer_traits_add_shown(fields, body->shown);
    if (fields->notify) {
        imdn_book_note_asked(core->imdn, fields, &body->envelope);
    }
}

static void raise_message(Pager *pager, const AgentEvent *event, const Parties *parties,
                          const MessageBody *body, uint64_t leg, How how)
{
    Incoming *in = g_new0(Incoming, 1);
    Event *message = event_new(EVENT_MESSAGE, SIDE_SIP);
    fill_fields(&message->f, pager, event->sip, parties, body);
    in->pager = pager;
    in->request = agent_request_new(pager->core->agent, event);
    in->ref = ref_table_add(pager->core->refs, &in_funcs, in, 0);
    in->to_full_jid = address_resource(parties->to) != NULL;
    g_hash_table_add(pager->in, in);
    message->f.ref = in->ref;
    message->f.leg = leg;
    if (leg == 0)
        message->f.request = request_of(event->sip);
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
    g_autoptr(GDateTime) date = date_of(event->sip);
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

// No body at all is nothing; an empty text may carry a subject (IM-05, IM-25).
static bool has_nothing(const MessageBody *body, const sip_t *sip)
{
    bool empty = body->text == NULL || *body->text == '\0';
    return body->silent || (empty && (sip->sip_subject == NULL || sip->sip_content_type == NULL));
}

static void take(Pager *pager, const AgentEvent *event, const Parties *parties, uint64_t leg)
{
    const sip_t *sip = event->sip;
    g_auto(MessageBody) body;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    int status = read_body(&body, pager->core, sip);
    if (is_encoded(sip) || status == 415) {
        refuse_type(event, is_encoded(sip));
    } else if (status != 0) {
        nua_respond(event->handle, status, failure_phrase(status),
                    NUTAG_WITH_THIS(agent_nua(event->agent)), TAG_END());
    } else if (has_nothing(&body, sip)) {
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
                      is_expired(sip, now) ? HOW_TIMEOUT : HOW_NONE);
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

unsigned pager_out_count(const Pager *pager)
{
    return g_hash_table_size(pager->out);
}

unsigned pager_young_count(Pager *pager)
{
    int64_t limit_us = g_get_monotonic_time() - YOUNG_US;
    const GList *oldest;
    while ((oldest = pager->young.head) != NULL && ((Outgoing *)oldest->data)->sent_us < limit_us) {
        grow_old(oldest->data);
    }
    return pager->young.length;
}

unsigned pager_in_count(const Pager *pager)
{
    return g_hash_table_size(pager->in);
}

void pager_close(Pager *pager)
{
    g_autofree gpointer *waiting = g_hash_table_get_keys_as_array(pager->in, NULL);
    g_hash_table_remove_all(pager->out);
    for (gpointer *each = waiting; *each != NULL; each++) {
        Incoming *in = *each;
        respond(in, SIP_503_SERVICE_UNAVAILABLE, "5", NULL);
        g_hash_table_remove(pager->in, in);
    }
}
