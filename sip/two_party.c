// SPDX-License-Identifier: MIT
// Two-party legs; see two_party.h.
#include "sip/two_party.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/iscomposing.h"
#include "sip/call.h"
#include "sip/detour.h"
#include "sip/line_body.h"
#include "sip/message_body.h"
#include "sip/own_contact.h"
#include "sip/peer_traits.h"

// What we ask a caller to wait when too many offers are open (SEC-10).
#define OVERLOAD_RETRY "5"

struct TwoParty {
    GateCore *core;     // borrowed
    Pager *pager;       // borrowed
    GHashTable *offers; // owned; set of Leg (owned) that has no number yet
};

typedef struct {
    TwoParty *all;   // borrowed
    uint64_t number; // 0: offered, not answered
    uint64_t ref;    // of the offer
    Call *call;      // owned by itself until on_down
    Address *user;   // shared; XMPP
    Address *peer;   // shared; SIP
    char *thread;    // owned
    uint64_t hops;   // of the INVITE taken, where they are told (SEC-08)
} Leg;

// --- life

static void leg_free(Leg *leg)
{
    ref_table_remove(leg->all->core->refs, leg->ref);
    leg_table_remove(leg->all->core->legs, leg->number);
    g_hash_table_remove(leg->all->offers, leg);
    address_unref(leg->user);
    address_unref(leg->peer);
    g_free(leg->thread);
    g_free(leg);
}

TwoParty *two_party_new(GateCore *core, Pager *pager)
{
    TwoParty *self = g_new0(TwoParty, 1);
    self->core = core;
    self->pager = pager;
    self->offers = g_hash_table_new(NULL, NULL);
    return self;
}

static Leg *find(const TwoParty *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_TWO_PARTY);
}

static void end(Leg *leg, int status, const char *text)
{
    call_close(leg->call, status, text);
    leg_free(leg);
}

void two_party_close_all(TwoParty *self)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_TWO_PARTY);
    g_autofree gpointer *offers = g_hash_table_get_keys_as_array(self->offers, NULL);
    for (gpointer *each = offers; *each != NULL; each++) {
        end(*each, 503, NULL);
    }
    for (guint i = 0; i < legs->len; i++) {
        end(legs->pdata[i], 503, "gateway is shutting down");
    }
}

void two_party_free(TwoParty *self)
{
    if (self == NULL) {
        return;
    }
    two_party_close_all(self);
    g_hash_table_unref(self->offers);
    g_free(self);
}

// --- what the call tells

static Event *leg_event(EventKind kind, const Leg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}

static void on_up(void *owner)
{
    const Leg *leg = owner;
    const CallMedia *media = call_get_media(leg->call);
    Event *event = leg_event(EVENT_LEG_UP, leg);
    event->f.composing = call_media_takes(media, ISCOMPOSING_TYPE, NULL) ||
                         call_media_takes(media, "message/cpim", ISCOMPOSING_TYPE);
    event->f.number = call_media_max_size(media);
    gate_core_raise(leg->all->core, event);
}

static void raise_down(GateCore *core, const Leg *leg, const CallEnd *end_of_call)
{
    Event *event = leg_event(EVENT_LEG_DOWN, leg);
    sipcode_to_fields(&event->f, end_of_call->status, end_of_call->text, false);
    event->f.how = end_of_call->how;
    event->f.retry_s = end_of_call->retry_s;
    fields_set_text(&event->f.text, end_of_call->text);
    fields_set_text(&event->f.thread, leg->thread);
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    gate_core_raise(core, event);
}

// An offer that was taken back before it was answered is nobody's leg yet.
static void on_down(void *owner, const CallEnd *end_of_call)
{
    Leg *leg = owner;
    GateCore *core = leg->all->core;
    if (leg->number != 0) {
        raise_down(core, leg, end_of_call);
    }
    leg_free(leg);
}

// The octets a text takes inside a stanza (CHAT-22).
static size_t escaped_octets(const char *text)
{
    size_t octets = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        octets += *c == '&' ? 5 : *c == '<' || *c == '>' ? 4 : *c == '"' || *c == '\'' ? 6 : 1;
    }
    return octets;
}

static int read_message(MessageBody *body, const GateCore *core, const MsrpSessionIncoming *message)
{
    g_auto(MimePart) part = {0};
    g_autoptr(GBytes) content = g_bytes_new(message->body, message->length);
    *body = (MessageBody){0};
    if (!mime_part_init(&part, message->content_type, content, NULL)) {
        return 400;
    }
    int status = message_body_read(body, &part);
    if (status == 0 && escaped_octets(body->text) > (size_t)core->settings->max_stanza) {
        return 413;
    }
    bool is_refused = status == 493 || !message_body_is_allowed(body, core->settings);
    return is_refused ? 415 : status;
}

static const char *header_of(const MsrpSessionIncoming *message, const char *name)
{
    for (size_t i = 0; i < message->header_count; i++) {
        if (g_ascii_strcasecmp(message->headers[i].name, name) == 0) {
            return message->headers[i].value;
        }
    }
    return NULL;
}

static void raise_message(Leg *leg, const MsrpSessionIncoming *message, const MessageBody *body)
{
    GateCore *core = leg->all->core;
    Event *event = leg_event(EVENT_MESSAGE, leg);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *lang = sipcode_clean(header_of(message, "Content-Language"));
    event->f.ref = call_media_hold(call_get_media(leg->call), message);
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    fields_set_text(&event->f.type, "chat");
    fields_set_text(&event->f.thread, leg->thread);
    fields_set_text(&event->f.lang, lang);
    message_body_to_fields(body, &event->f, core->settings->html == HTML_XHTML, now);
    fields_set_text(&event->f.id, message->message_id);
    event->f.hops = leg->hops;
    event->f.receipt = event->f.receipt || message->wants_success_report;
    if (event->f.notify) {
        imdn_book_note_asked(core->imdn, &event->f, &body->envelope);
    }
    // An envelope inside a session tells nothing of one in a MESSAGE.
    peer_traits_add_shown(&event->f, body->shown & ~(1U << PEER_MEMORY_CPIM));
    gate_core_raise(core, event);
}

static void raise_state(const Leg *leg, const MessageBody *body)
{
    Event *event = leg_event(EVENT_CHAT_STATE, leg);
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    fields_set_text(&event->f.thread, leg->thread);
    message_body_state_to_fields(body, &event->f);
    gate_core_raise(leg->all->core, event);
}

static void raise_notices(const Leg *leg, const MessageBody *body)
{
    const Fields came = {.from = leg->peer, .to = leg->user, .leg = leg->number};
    for (guint i = 0; body->notices != NULL && i < body->notices->len; i++) {
        Event *receipt = imdn_book_read(leg->all->core->imdn, &came, body->notices->pdata[i]);
        if (receipt != NULL) {
            gate_core_raise(leg->all->core, receipt);
        }
    }
}

static void on_message(void *owner, const MsrpSessionIncoming *message)
{
    Leg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    g_auto(MessageBody) body;
    int status = read_message(&body, leg->all->core, message);
    if (status != 0) {
        call_media_turn_down(media, message, status, NULL);
    } else if (body.silent || body.text == NULL || *body.text == '\0') {
        call_media_accept(media, message);
        raise_notices(leg, &body);
        if (body.state != HOW_NONE) {
            raise_state(leg, &body);
        }
    } else {
        raise_message(leg, message, &body);
    }
}

static void on_request(void *owner, const AgentEvent *event)
{
    Leg *leg = owner;
    if (event->event != nua_i_message || leg->number == 0) {
        agent_answer(event, event->event == nua_i_message ? 480 : 489,
                     event->event == nua_i_message ? "Not answered yet" : sip_489_Bad_event, NULL);
        return;
    }
    Parties parties = {.from = leg->peer, .to = leg->user};
    pager_on_dialog_message(leg->all->pager, event, &parties, leg->number);
}

static const CallFuncs call_funcs = {
    .on_up = on_up, .on_down = on_down, .on_message = on_message, .on_request = on_request};

// --- ours

static void refuse_open(TwoParty *self, const Command *command, FailureReason failure, How how,
                        uint64_t wait_s)
{
    Event *event = event_new(EVENT_LEG_DOWN, SIDE_SIP);
    event->f.leg = command->f.leg;
    event->f.how = how;
    event->f.failure = failure;
    if (wait_s > 0) {
        detour_tell_held(&event->f, wait_s);
    }
    fields_set_text(&event->f.thread, command->f.thread);
    fields_set_address(&event->f.from, command->f.to);
    fields_set_address(&event->f.to, command->f.from);
    gate_core_raise(self->core, event);
}

static void dial(TwoParty *self, const Command *command, const char *uri, const char *aor,
                 const char *contact)
{
    const Settings *settings = self->core->settings;
    const Fields *f = &command->f;
    g_autofree char *own = route_to_aor(self->core->route, f->from);
    g_autofree char *to = g_strdup_printf("<%s>", aor);
    g_autofree char *name = sipcode_quote(f->nick);
    g_autofree char *from = g_strdup_printf("%s<%s>", name, own);
    g_autofree char *subject = sipcode_clean(f->subject);
    g_autofree char *call_id =
        thread_table_open(self->core->threads, address_bare(f->from), address_bare(f->to),
                          f->thread, g_get_monotonic_time() / 1000);
    Leg *leg = g_new0(Leg, 1);
    *leg = (Leg){.all = self,
                 .number = f->leg,
                 .user = address_ref(f->from),
                 .peer = address_ref(f->to),
                 .thread = g_strdup(f->thread)};
    leg_table_add(self->core->legs, leg->number, LEG_TWO_PARTY, leg);
    leg->call = call_dial(self->core, &call_funcs, leg,
                          &(CallInvitation){.use = MSRP_SDP_TWO_PARTY,
                                            .uri = uri,
                                            .to = to,
                                            .from = from,
                                            .contact = contact,
                                            .call_id = call_id,
                                            .subject = subject,
                                            .hops = f->hops,
                                            .first_ms = (unsigned)settings->T_fallback,
                                            .setup_ms = (unsigned)settings->invite_timeout});
    call_media_set_leg(call_get_media(leg->call), leg->number);
}

void two_party_open(TwoParty *self, const Command *command)
{
    const GateCore *core = self->core;
    HopTransport transport = HOP_UDP;
    g_autofree char *uri = route_to_uri(core->route, command->f.to);
    g_autofree char *aor = route_to_aor(core->route, command->f.to);
    if (command->f.how == HOW_RENEW || command->f.how == HOW_NARROW) {
        // A dialog does not outlive a restart; one of a room was ended and is told to be down.
        How how = command->f.how == HOW_RENEW ? HOW_ENDED : HOW_LOST;
        refuse_open(self, command, FAILURE_NONE, how, 0);
        return;
    }
    if (uri != NULL) {
        agent_route(core->agent, uri, &transport);
    }
    g_autofree char *contact = own_contact_for(core, command->f.from, transport);
    if (uri == NULL || aor == NULL || contact == NULL) {
        refuse_open(self, command, FAILURE_REMOTE_SERVER_NOT_FOUND, HOW_REFUSED, 0);
        return;
    }
    uint64_t wait_s = detour_wait_s(core, uri);
    if (wait_s > 0) {
        refuse_open(self, command, FAILURE_NONE, HOW_REFUSED, wait_s);
    } else {
        dial(self, command, uri, aor, contact);
    }
}

bool two_party_close(TwoParty *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg == NULL) {
        return false;
    }
    end(leg, sipcode_cause(fields), fields->text);
    return true;
}

static void send_plain(const Leg *leg, const Fields *f)
{
    const char *text = f->body != NULL ? f->body : "";
    g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));
    call_media_send(call_get_media(leg->call),
                    &(CallLine){.row = f->row,
                                .id = f->id,
                                .content_type = "text/plain;charset=utf-8",
                                .lang = f->lang,
                                .body = body,
                                .receipt = f->receipt});
}

// Whether this peer may be asked for notifications: they come in envelopes (EXT-03).
static bool takes_notifications(const Leg *leg)
{
    return call_media_takes(call_get_media(leg->call), "message/cpim", IMDN_TYPE);
}

// `state`: the composing document; NULL: the text of the line.
static GBytes *wrap(const Leg *leg, const Fields *f, GBytes *state)
{
    g_autofree char *id = NULL;
    const char *wishes = state == NULL && takes_notifications(leg)
                             ? imdn_book_ask(leg->all->core->imdn, f, &id)
                             : NULL;
    const Route *route = leg->all->core->route;
    g_autofree char *to = route_to_aor(route, leg->peer);
    g_autofree char *from = route_to_aor(route, leg->user);
    return message_body_wrap(
        &(MessageBodyEnvelope){.to = to,
                               .from_name = f->nick,
                               .from = from,
                               .stamp = f->stamp,
                               .subject = f->subject,
                               .lang = f->lang,
                               .type = state != NULL ? ISCOMPOSING_TYPE : NULL,
                               .content = state,
                               .text = f->body != NULL ? f->body : "",
                               .message_id = id,
                               .wishes = wishes});
}

static void send_wrapped(const Leg *leg, const Fields *f, GBytes *body)
{
    call_media_send(call_get_media(leg->call), &(CallLine){.row = f->row,
                                                           .id = f->id,
                                                           .content_type = "message/cpim",
                                                           .inner_type = "text/plain",
                                                           .body = body,
                                                           .receipt = f->receipt});
}

static void send_rich(const Leg *leg, const Fields *f)
{
    g_auto(LineBody) body = {0};
    line_body_init(&body, leg->all->core->route, leg->all->core->imdn, f);
    call_media_send(call_get_media(leg->call), &(CallLine){.row = f->row,
                                                           .id = f->id,
                                                           .content_type = body.type,
                                                           .lang = f->lang,
                                                           .body = body.content,
                                                           .receipt = f->receipt});
}

// A file as a document, or text and HTML side by side; never more than the peer has listed.
static bool takes_rich(const CallMedia *media, const Fields *f)
{
    if (line_body_is_file(f)) {
        return call_media_takes(media, FT_HTTP_TYPE, NULL);
    }
    bool has_more = f->bodies != NULL || f->html != NULL;
    return has_more && call_media_takes(media, "multipart/alternative", NULL) &&
           (f->html == NULL || call_media_takes(media, "text/html", NULL));
}

// The leg of a line, when it is up; when not, that is told.
static const Leg *find_up(const TwoParty *self, const Fields *fields)
{
    const Leg *leg = find(self, fields->leg);
    if (leg != NULL && call_is_up(leg->call)) {
        return leg;
    }
    gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_RECIPIENT_UNAVAILABLE,
                          HOW_LOST);
    return NULL;
}

// An envelope only where it is needed: because nothing else is taken, or for a subject, a time of
// origin or the wish to know when it was read, unless it makes the message too large.
static void send_line(const Leg *leg, const Fields *fields)
{
    const CallMedia *media = call_get_media(leg->call);
    bool plain = call_media_takes(media, "text/plain", NULL);
    bool wrapped = call_media_takes(media, "message/cpim", "text/plain");
    bool better = fields->subject != NULL || fields->stamp != NULL ||
                  (fields->markable && takes_notifications(leg));
    g_autoptr(GBytes) envelope = wrapped && (better || !plain) ? wrap(leg, fields, NULL) : NULL;
    if (envelope != NULL && (!plain || call_media_has_room(media, g_bytes_get_size(envelope)))) {
        send_wrapped(leg, fields, envelope);
    } else if (takes_rich(media, fields)) {
        send_rich(leg, fields);
    } else {
        send_plain(leg, fields);
    }
}

void two_party_send(TwoParty *self, const Fields *fields)
{
    const Leg *leg = find_up(self, fields);
    if (leg == NULL) {
        return;
    }
    send_line(leg, fields);
}

void two_party_send_state(TwoParty *self, const Fields *fields)
{
    const Leg *leg = find_up(self, fields);
    if (leg == NULL) {
        return;
    }
    CallMedia *media = call_get_media(leg->call);
    g_autoptr(GBytes) document = message_body_state(fields);
    CallLine line = {.row = fields->row, .is_fleeting = true};
    if (call_media_takes(media, ISCOMPOSING_TYPE, NULL)) {
        line.content_type = ISCOMPOSING_TYPE;
        line.body = document;
        call_media_send(media, &line);
        return;
    }
    g_autoptr(GBytes) body = wrap(leg, fields, document);
    line.content_type = "message/cpim";
    line.inner_type = ISCOMPOSING_TYPE;
    line.body = body;
    call_media_send(media, &line);
}

void two_party_send_receipt(TwoParty *self, const Fields *fields)
{
    const Leg *leg = find(self, fields->leg);
    g_autoptr(GBytes) body = leg != NULL && call_is_up(leg->call) && takes_notifications(leg)
                                 ? imdn_book_write(self->core->imdn, fields)
                                 : NULL;
    if (body != NULL) {
        call_media_send(call_get_media(leg->call), &(CallLine){.content_type = "message/cpim",
                                                               .inner_type = IMDN_TYPE,
                                                               .body = body});
    }
}

// --- theirs

// The middle may know by now which device of the user answers (CHAT-08).
static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    Leg *leg = owner;
    GateCore *core = leg->all->core;
    HopTransport transport = HOP_UDP;
    if (address_equal_bare(fields->from, leg->user)) {
        fields_set_address(&leg->user, fields->from);
    }
    g_autofree char *uri = route_to_uri(core->route, leg->peer);
    if (uri != NULL) {
        agent_route(core->agent, uri, &transport);
    }
    g_autofree char *contact = own_contact_for(core, leg->user, transport);
    ref_table_remove(core->refs, ref);
    g_hash_table_remove(leg->all->offers, leg);
    leg->number = fields->leg;
    leg_table_add(core->legs, leg->number, LEG_TWO_PARTY, leg);
    call_media_set_leg(call_get_media(leg->call), leg->number);
    call_answer(leg->call, contact);
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    Leg *leg = owner;
    g_auto(Sipcode) answer = sipcode_from_fields(fields, address_resource(leg->user) != NULL);
    call_refuse(leg->call, &answer);
    leg_free(leg);
}

static const RefFuncs offer_funcs = {.refuse = on_refuse, .answer = on_answer};

// What an INVITE lists in Accept is taken; that it does not list the rest says nothing, for many
// list only what may stand in an answer (EXT-13).
static void raise_hint(const Leg *leg, const sip_t *sip)
{
    Event *event = event_new(EVENT_PEER, SIDE_SIP);
    event->f.how = HOW_HINT;
    fields_set_address(&event->f.from, leg->peer);
    peer_traits_read(&event->f, sip);
    fields_set_text(&event->f.lacks, NULL);
    if (event->f.takes != NULL) {
        gate_core_raise(leg->all->core, event);
    } else {
        event_free(event);
    }
}

static void raise_offer(Leg *leg, const sip_t *sip)
{
    GateCore *core = leg->all->core;
    Event *event = event_new(EVENT_LEG_OFFERED, SIDE_SIP);
    g_autofree char *subject =
        sip->sip_subject != NULL ? sipcode_clean(sip->sip_subject->g_string) : NULL;
    leg->ref = ref_table_add(core->refs, &offer_funcs, leg, 0);
    event->f.ref = leg->ref;
    fields_set_address(&event->f.from, leg->peer);
    fields_set_address(&event->f.to, leg->user);
    fields_set_text(&event->f.thread, leg->thread);
    fields_set_text(&event->f.subject, subject);
    gate_core_raise(core, event);
}

// The peer with the device its From or Contact names (CHAT-20, ADDR-29).
static Address *peer_of(const Parties *parties, const Call *call)
{
    const char *instance = call_get_instance(call);
    Address *device = address_resource(parties->from) == NULL && instance != NULL
                          ? address_with_resource(parties->from, instance)
                          : NULL;
    return device != NULL ? device : address_ref(parties->from);
}

static void refuse_overload(const AgentEvent *event)
{
    nua_respond(event->handle, SIP_503_SERVICE_UNAVAILABLE,
                NUTAG_WITH_THIS(agent_nua(event->agent)), SIPTAG_RETRY_AFTER_STR(OVERLOAD_RETRY),
                TAG_END());
    agent_handle_drop(event->agent, event->handle);
}

void two_party_on_invite(TwoParty *self, const AgentEvent *event, const Parties *parties)
{
    if (g_hash_table_size(self->offers) >= (guint)self->core->settings->sip_pending) {
        self->core->overloads++;
        refuse_overload(event);
        return;
    }
    Leg *leg = g_new0(Leg, 1);
    leg->all = self;
    leg->call = call_take(self->core, &call_funcs, leg, event, MSRP_SDP_TWO_PARTY);
    if (leg->call == NULL) {
        g_free(leg);
        return;
    }
    leg->user = address_ref(parties->to);
    leg->peer = peer_of(parties, leg->call);
    leg->thread = g_strdup(thread_table_thread(self->core->threads, event->sip->sip_call_id->i_id));
    if (self->core->settings->shim && event->sip->sip_max_forwards != NULL) {
        leg->hops = event->sip->sip_max_forwards->mf_count;
    }
    g_hash_table_add(self->offers, leg);
    raise_offer(leg, event->sip);
    raise_hint(leg, event->sip);
}

void two_party_answer_late(TwoParty *self, uint64_t number)
{
    Event *event = event_new(EVENT_LEG_DOWN, SIDE_SIP);
    event->f.leg = number;
    event->f.how = HOW_ENDED;
    gate_core_raise(self->core, event);
}
