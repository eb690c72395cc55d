// SPDX-License-Identifier: MIT
// Two-party legs; see two_party.h.
#include "sip/two_party.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/iscomposing.h"
#include "sip/detour.h"
#include "sip/own_contact.h"
#include "sip/peer_traits.h"
#include "sip/two_party_in.h"
#include "sip/two_party_out.h"

// What we ask a caller to wait when too many offers are open (SEC-10).
#define OVERLOAD_RETRY "5"

// --- life

TwoParty *two_party_new(GateCore *core, Pager *pager)
{
    TwoParty *self = g_new0(TwoParty, 1);
    self->core = core;
    self->pager = pager;
    self->offers = g_hash_table_new(NULL, NULL);
    return self;
}

static TwoPartyLeg *find(const TwoParty *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_TWO_PARTY);
}

static void end(TwoPartyLeg *leg, int status, const char *text)
{
    call_close(leg->call, status, text);
    two_party_leg_free(leg);
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

static void on_up(void *owner)
{
    const TwoPartyLeg *leg = owner;
    const CallMedia *media = call_get_media(leg->call);
    Event *event = two_party_leg_event(EVENT_LEG_UP, leg);
    event->f.composing = call_media_takes(media, ISCOMPOSING_TYPE, NULL) ||
                         call_media_takes(media, "message/cpim", ISCOMPOSING_TYPE);
    event->f.number = call_media_max_size(media);
    gate_core_raise(leg->all->core, event);
}

static void raise_down(GateCore *core, const TwoPartyLeg *leg, const CallEnd *end_of_call)
{
    Event *event = two_party_leg_event(EVENT_LEG_DOWN, leg);
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
    TwoPartyLeg *leg = owner;
    GateCore *core = leg->all->core;
    if (leg->number != 0) {
        raise_down(core, leg, end_of_call);
    }
    two_party_leg_free(leg);
}

static void on_message(void *owner, const MsrpSessionIncoming *message)
{
    two_party_in_take(owner, message);
}

static void on_request(void *owner, const AgentEvent *event)
{
    TwoPartyLeg *leg = owner;
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
    TwoPartyLeg *leg = g_new0(TwoPartyLeg, 1);
    *leg = (TwoPartyLeg){.all = self,
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
    TwoPartyLeg *leg = find(self, fields->leg);
    if (leg == NULL) {
        return false;
    }
    end(leg, sipcode_cause(fields), fields->text);
    return true;
}

// The leg of a line, when it is up; when not, that is told.
static const TwoPartyLeg *find_up(const TwoParty *self, const Fields *fields)
{
    const TwoPartyLeg *leg = find(self, fields->leg);
    if (leg != NULL && call_is_up(leg->call)) {
        return leg;
    }
    gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_RECIPIENT_UNAVAILABLE,
                          HOW_LOST);
    return NULL;
}

void two_party_send(TwoParty *self, const Fields *fields)
{
    const TwoPartyLeg *leg = find_up(self, fields);
    if (leg != NULL) {
        two_party_out_line(leg, fields);
    }
}

void two_party_send_state(TwoParty *self, const Fields *fields)
{
    const TwoPartyLeg *leg = find_up(self, fields);
    if (leg != NULL) {
        two_party_out_state(leg, fields);
    }
}

void two_party_send_receipt(TwoParty *self, const Fields *fields)
{
    const TwoPartyLeg *leg = find(self, fields->leg);
    if (leg != NULL && call_is_up(leg->call)) {
        two_party_out_receipt(leg, fields);
    }
}

// --- theirs

// The middle may know by now which device of the user answers (CHAT-08).
static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    TwoPartyLeg *leg = owner;
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
    TwoPartyLeg *leg = owner;
    g_auto(Sipcode) answer = sipcode_from_fields(fields, address_resource(leg->user) != NULL);
    call_refuse(leg->call, &answer);
    two_party_leg_free(leg);
}

static const RefFuncs offer_funcs = {.refuse = on_refuse, .answer = on_answer};

// What an INVITE lists in Accept is taken; that it does not list the rest says nothing, for many
// list only what may stand in an answer (EXT-13).
static void raise_hint(const TwoPartyLeg *leg, const sip_t *sip)
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

static void raise_offer(TwoPartyLeg *leg, const sip_t *sip)
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
    TwoPartyLeg *leg = g_new0(TwoPartyLeg, 1);
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
