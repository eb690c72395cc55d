// SPDX-License-Identifier: MIT
// The call of a leg at somebody else's focus; see guest_call.h.
#include "sip/guest_call.h"

#include <string.h>

#include <sofia-sip/sip_status.h>

#include "mapping/nickname.h"
#include "sip/guest_away.h"
#include "sip/guest_entry.h"
#include "sip/guest_nick.h"
#include "sip/guest_talk.h"
#include "sip/own_contact.h"
#include "sip/sipcode.h"

// A conference that was lost and says nothing for so long is not there yet.
#define AGAIN_MS 10000

// --- its end

// Before we were inside it is a join that failed (table 6.4, CONF-028).
static void raise_refusal(const GuestLeg *leg, const CallEnd *over)
{
    int status = over->how == HOW_ENDED ? over->cause : over->status;
    FailureReason failure = status >= 300
                                ? failure_join_from_status(status, over->elsewhere != NULL)
                                : FAILURE_SERVICE_UNAVAILABLE;
    Event *event = guest_leg_event(EVENT_ROOM_EXIT, leg);
    event->f.how = over->how == HOW_TIMEOUT ? HOW_TIMEOUT : HOW_REFUSED;
    event->f.failure = failure;
    event->f.status = (uint64_t)status;
    event->f.retry_s = over->retry_s;
    fields_set_text(&event->f.text, over->text);
    fields_set_address(&event->f.real, over->elsewhere);
    guest_leg_tell(leg, event);
}

// Table 6.1: who is thrown out is told so by the document or by the BYE; all else is trouble.
static How how_ended(const GuestLeg *leg, const CallEnd *over, const char **text)
{
    const char *said = NULL;
    *text = over->text;
    if (over->how != HOW_ENDED) {
        return HOW_LOST;
    }
    if (guest_roster_own_end(leg->roster, &said) == HOW_KICKED) {
        *text = said != NULL ? said : over->text;
        return HOW_KICKED;
    }
    switch (over->cause) {
    case 403:
    case 480: return HOW_KICKED;
    case 410: return HOW_DESTROYED;
    default: return HOW_LOST;
    }
}

static void on_down(void *owner, const CallEnd *over)
{
    GuestLeg *leg = owner;
    GateCore *core = leg->all->core;
    const char *text = NULL;
    if (guest_away_takes(leg, over)) {
        return;
    }
    if (leg->number != 0 && !leg->was_inside) {
        raise_refusal(leg, over);
    } else if (leg->number != 0) {
        How how = how_ended(leg, over, &text);
        guest_leg_exit(core, leg->number, how, FAILURE_NONE, over->cause, text);
    }
    guest_leg_free(leg);
}

// --- its life

static void on_up(void *owner)
{
    GuestLeg *leg = owner;
    const char *called = call_get_uri(leg->call);
    if (called != NULL && strcmp(called, leg->uri) != 0) { // it moved (CONF-026)
        g_free(leg->uri);
        g_free(leg->to);
        leg->uri = g_strdup(called);
        leg->to = g_strdup_printf("<%s>", called);
    }
    leg->state = GUEST_LEG_NAMING;
    if (!call_media_has_nicknames(call_get_media(leg->call)) || !guest_nick_ask(leg, leg->nick)) {
        guest_entry_watch(leg);
    }
}

static void on_request(void *owner, const AgentEvent *event)
{
    agent_answer(event, SIP_405_METHOD_NOT_ALLOWED, NULL);
}

const CallFuncs guest_call_funcs = {.on_up = on_up,
                                    .on_down = on_down,
                                    .on_message = guest_talk_on_message,
                                    .on_nicknamed = guest_nick_on_answer,
                                    .on_request = on_request};

// --- dialling

// The number is known, and with it the device: everything that our requests say of us.
void guest_call_name(GuestLeg *leg, const Fields *fields)
{
    GateCore *core = leg->all->core;
    HopTransport transport = HOP_UDP;
    leg->number = fields->leg;
    leg_table_add(core->legs, leg->number, LEG_GUEST, leg);
    fields_set_address(&leg->user, fields->from);
    fields_set_text(&leg->password, fields->password);
    leg->nick = fields->nick != NULL ? g_strdup(fields->nick) : nickname_for(NULL, fields->from);
    leg->roster = guest_roster_new(core->route, guest_leg_names(leg), leg->room, leg->user);
    agent_route(core->agent, leg->uri, &transport);
    g_autofree char *own = route_to_aor(core->route, leg->user);
    g_autofree char *name = sipcode_quote(leg->nick);
    leg->from = g_strdup_printf("%s<%s>", name, own);
    leg->to = g_strdup_printf("<%s>", leg->uri);
    leg->contact = own_contact_for(core, leg->user, transport);
}

// `first_ms`: so long it may say nothing.
static void call_out(GuestLeg *leg, int64_t first_ms)
{
    GateCore *core = leg->all->core;
    g_autofree char *call_id = g_uuid_string_random();
    leg->call = call_dial(core, &guest_call_funcs, leg,
                          &(CallInvitation){.use = MSRP_SDP_GUEST,
                                            .uri = leg->uri,
                                            .to = leg->to,
                                            .from = leg->from,
                                            .contact = leg->contact,
                                            .call_id = call_id,
                                            .user = address_local(leg->user),
                                            .password = leg->password,
                                            .needs_focus = core->settings->require_isfocus,
                                            .first_ms = (unsigned)first_ms,
                                            .setup_ms = (unsigned)core->settings->T_invite});
    call_media_set_leg(call_get_media(leg->call), leg->number);
}

void guest_call_dial(Guest *self, const Fields *fields, const char *uri)
{
    GuestLeg *leg = guest_leg_new(self, fields->room, fields->from);
    leg->uri = g_strdup(uri);
    guest_call_name(leg, fields);
    call_out(leg, self->core->settings->T_invite);
}

void guest_call_again(GuestLeg *leg)
{
    call_out(leg, MIN(leg->all->core->settings->T_invite, AGAIN_MS));
}
