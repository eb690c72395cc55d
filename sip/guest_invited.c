// SPDX-License-Identifier: MIT
// Invitations by somebody else's focus; see guest_invited.h.
#include "sip/guest_invited.h"

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>

#include "sip/call_message.h"
#include "sip/guest_call.h"
#include "sip/own_contact.h"
#include "sip/sipcode.h"

static void on_answer(void *owner, uint64_t ref, const Fields *fields)
{
    GuestLeg *leg = owner;
    ref_table_remove(leg->all->core->refs, ref);
    g_hash_table_remove(leg->all->offers, leg);
    guest_call_name(leg, fields);
    call_media_set_leg(call_get_media(leg->call), leg->number);
    call_answer(leg->call, leg->contact);
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    GuestLeg *leg = owner;
    g_auto(Sipcode) answer = sipcode_from_fields(fields, false);
    if (fields->status == 0 && fields->failure == FAILURE_NONE) {
        answer.status = 603; // a person said no
    }
    call_refuse(leg->call, &answer);
    guest_leg_free(leg);
}

static const RefFuncs offer_funcs = {.refuse = on_refuse, .answer = on_answer};

static char *uri_of(const url_t *url)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    char *uri = url != NULL ? g_strdup(url_as_string(home, url)) : NULL;
    su_home_deinit(home);
    return uri;
}

static Address *room_of(const Route *route, const url_t *url)
{
    g_autofree char *uri = uri_of(url);
    Address *room = uri != NULL ? route_from_uri(route, uri, true, NULL, NULL) : NULL;
    if (room != NULL && route_side_of(route, room) != ROUTE_SIP_ROOM) {
        g_clear_pointer(&room, address_unref);
    }
    return room;
}

// The conference is who calls; some name themselves in Contact only.
static Address *find_room(const Route *route, const sip_t *sip)
{
    Address *room = room_of(route, sip->sip_from->a_url);
    return room != NULL ? room : room_of(route, sip->sip_contact->m_url);
}

static Address *inviter_of(const Route *route, const sip_t *sip)
{
    g_autofree char *uri =
        sip->sip_referred_by != NULL ? uri_of(sip->sip_referred_by->b_url) : NULL;
    return uri != NULL ? route_from_uri(route, uri, false, NULL, NULL) : NULL;
}

static void raise_invitation(GuestLeg *leg, const AgentEvent *event, const Parties *parties)
{
    GateCore *core = leg->all->core;
    const sip_t *sip = event->sip;
    Event *told = event_new(EVENT_ROOM_INVITE, SIDE_SIP);
    g_autoptr(Address) inviter = inviter_of(core->route, sip);
    g_autofree char *subject =
        sip->sip_subject != NULL ? sipcode_clean(sip->sip_subject->g_string) : NULL;
    leg->ref = ref_table_add(core->refs, &offer_funcs, leg, 0);
    told->f.ref = leg->ref;
    told->at_ms = g_get_monotonic_time() / 1000;
    told->f.ms = (uint64_t)(g_get_real_time() / 1000);
    fields_set_address(&told->f.from, inviter != NULL ? inviter : leg->room);
    fields_set_address(&told->f.to, parties->to);
    fields_set_address(&told->f.room, leg->room);
    fields_set_text(&told->f.text, subject);
    gate_core_raise(core, told);
}

static void refuse_focus(const AgentEvent *event, const char *why)
{
    g_autofree char *warning = agent_warning(event->agent, 399, why);
    agent_answer(event, SIP_488_NOT_ACCEPTABLE, warning);
}

void guest_invited_take(Guest *self, const AgentEvent *event, const Parties *parties)
{
    GateCore *core = self->core;
    HopTransport transport = HOP_UDP;
    g_autoptr(Address) room = find_room(core->route, event->sip);
    if (room == NULL) {
        refuse_focus(event, "this conference has no address here");
        return;
    }
    if (g_hash_table_size(self->offers) >= (guint)core->settings->sip_pending) {
        core->overloads++;
        agent_answer(event, SIP_480_TEMPORARILY_UNAVAILABLE, NULL);
        return;
    }
    GuestLeg *leg = guest_leg_new(self, room, parties->to);
    leg->uri = route_to_aor(core->route, leg->room);
    leg->call = call_take(core, &guest_call_funcs, leg, event, MSRP_SDP_GUEST);
    if (leg->call == NULL) {
        guest_leg_free(leg);
        return;
    }
    agent_route(core->agent, leg->uri, &transport);
    g_autofree char *contact = own_contact_for(core, leg->user, transport);
    g_hash_table_add(self->offers, leg);
    call_ring(leg->call, contact);
    raise_invitation(leg, event, parties);
}
