// SPDX-License-Identifier: MIT
// REFER to rooms; see refer.h.
#include "sip/refer.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/body/sipfrag.h"
#include "sip/focus_seat.h"
#include "sip/invitees.h"
#include "sip/refer_target.h"

// LIMIT: requests of which the outcome is awaited.
#define OPEN_MAX      200
#define FRAGMENT_TYPE "message/sipfrag;version=2.0"

struct Refer {
    GateCore *core;   // borrowed
    FocusHost *rooms; // borrowed
    GHashTable *open; // owned; set of Referral (owned)
};

// One REFER that was accepted, until its outcome is told.
typedef struct {
    Refer *all;      // borrowed
    uint64_t ref;    // 0: nobody is asked
    uint64_t leg;    // whose call it came in; 0: outside any dialog
    nua_handle_t *handle; // owned by the agent; outside any dialog, NULL: its subscription is over
    char *event;     // owned; header value
    bool is_silent;  // no subscription was wanted (RFC 4488)
    bool is_ringing; // that was told
} Referral;

// --- life

static void referral_free(void *data)
{
    Referral *referral = data;
    ref_table_remove(referral->all->core->refs, referral->ref);
    agent_handle_drop(referral->all->core->agent, referral->handle);
    g_free(referral->event);
    g_free(referral);
}

Refer *refer_new(GateCore *core, FocusHost *rooms)
{
    Refer *self = g_new0(Refer, 1);
    *self = (Refer){.core = core, .rooms = rooms};
    self->open = g_hash_table_new_full(NULL, NULL, referral_free, NULL);
    return self;
}

void refer_free(Refer *self)
{
    if (self == NULL) {
        return;
    }
    g_hash_table_unref(self->open);
    g_free(self);
}

static void forget(Referral *referral)
{
    g_hash_table_remove(referral->all->open, referral);
}

// --- telling

static nua_handle_t *handle_of(const Referral *referral)
{
    return referral->leg != 0 ? focus_host_get_handle(referral->all->rooms, referral->leg)
                              : referral->handle;
}

static void notify(const Referral *referral, unsigned status, const char *phrase, bool is_last)
{
    nua_handle_t *handle = handle_of(referral);
    if (handle == NULL || referral->is_silent) {
        return;
    }
    g_autoptr(GBytes) fragment = sipfrag_write(status, phrase);
    g_autofree char *body =
        g_strndup(g_bytes_get_data(fragment, NULL), g_bytes_get_size(fragment));
    nua_notify(handle, SIPTAG_EVENT_STR(referral->event),
               NUTAG_SUBSTATE(is_last ? nua_substate_terminated : nua_substate_active),
               TAG_IF(is_last, SIPTAG_SUBSCRIPTION_STATE_STR("terminated;reason=noresource")),
               SIPTAG_CONTENT_TYPE_STR(FRAGMENT_TYPE), SIPTAG_PAYLOAD_STR(body), TAG_END());
    agent_kick(referral->all->core->agent);
}

// Whether or not the asker still listens, the action goes on (RFC 3515 2.4.4).
static void finish(Referral *referral, unsigned status, const char *phrase)
{
    notify(referral, status, phrase, true);
    agent_handle_leave(referral->all->core->agent, referral->handle, AGENT_LEAVE_SUBSCRIPTION);
    referral->handle = NULL;
    forget(referral);
}

// Table 6.6, and the answers of a room to a kick (ROSTER-020).
static unsigned status_of(const Fields *fields)
{
    if (fields->status >= 300 && fields->status <= 699) {
        return (unsigned)fields->status;
    }
    switch ((int)fields->failure) {
    case FAILURE_CONFLICT:
    case FAILURE_FORBIDDEN:
    case FAILURE_NOT_ALLOWED:
    case FAILURE_REGISTRATION_REQUIRED: return 403;
    case FAILURE_ITEM_NOT_FOUND: return 404;
    case FAILURE_SERVICE_UNAVAILABLE:
    case FAILURE_RECIPIENT_UNAVAILABLE: return 480;
    case FAILURE_UNEXPECTED_REQUEST: return 491;
    default: return (unsigned)failure_on_wire(failure_to_status(fields->failure, false, NULL));
    }
}

static void on_result(void *owner, uint64_t ref, const Fields *fields)
{
    Referral *referral = owner;
    if (fields->how == HOW_YES) {
        finish(referral, SIP_200_OK);
    } else if (fields->how == HOW_RINGING) {
        if (!referral->is_ringing) {
            notify(referral, SIP_180_RINGING, false);
        }
        referral->is_ringing = true;
    } else {
        unsigned status = status_of(fields);
        g_autofree char *phrase = failure_phrase_from_text(fields->text, (int)status);
        finish(referral, status, phrase);
    }
}

static void on_refuse(void *owner, uint64_t ref, uint64_t key, const Fields *fields)
{
    on_result(owner, ref, fields);
}

static const RefFuncs ref_funcs = {.refuse = on_refuse, .answer = on_result};

// --- the subscription of a REFER outside any dialog

static void on_notify_answer(void *owner, const AgentEvent *event)
{
    Referral *referral = owner;
    if (event->status >= 300) {
        agent_handle_drop(event->agent, referral->handle);
        referral->handle = NULL;
    }
}

static const AgentHandler handlers[] = {{nua_r_notify, on_notify_answer}, {0, NULL}};

// --- accepting

static bool wants_silence(const sip_t *sip)
{
    const sip_refer_sub_t *wish = sip_refer_sub(sip);
    return wish != NULL && g_strcmp0(wish->rs_value, "false") == 0;
}

static void respond(Refer *self, const AgentEvent *event, const FocusSeat *seat, bool is_silent)
{
    g_autofree char *uri = route_to_aor(self->core->route, seat->room);
    g_autofree char *contact = g_strdup_printf("<%s>;isfocus", uri);
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_CONTACT_STR(contact), TAG_IF(is_silent, SIPTAG_REFER_SUB_STR("false")),
                TAG_END());
}

static char *header_of(const sip_event_t *package)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    char *header = g_strdup(sip_header_as_string(home, (const sip_header_t *)package));
    su_home_deinit(home);
    return header;
}

// 200, and the news that it is tried.
static Referral *begin(Refer *self, const AgentEvent *event, const FocusSeat *seat, bool is_inside)
{
    Referral *referral = g_new0(Referral, 1);
    *referral = (Referral){.all = self,
                           .leg = is_inside ? seat->leg : 0,
                           .handle = is_inside ? NULL : event->handle,
                           .event = header_of(event->package),
                           .is_silent = wants_silence(event->sip)};
    if (!is_inside) {
        agent_handle_bind(event->agent, event->handle, handlers, referral);
    }
    g_hash_table_add(self->open, referral);
    respond(self, event, seat, referral->is_silent);
    notify(referral, SIP_100_TRYING, false);
    return referral;
}

static Event *request_of(const FocusSeat *seat, How how)
{
    Event *event = event_new(EVENT_ROOM_REQUEST, SIDE_SIP);
    event->f.leg = seat->leg;
    event->f.how = how;
    fields_set_address(&event->f.room, (Address *)seat->room);
    fields_set_address(&event->f.from, (Address *)seat->party);
    return event;
}

static void ask(Referral *referral, Event *owned)
{
    referral->ref = ref_table_add(referral->all->core->refs, &ref_funcs, referral, 0);
    owned->f.ref = referral->ref;
    gate_core_raise(referral->all->core, owned);
}

// --- what is wanted

static void invite(Referral *referral, const FocusSeat *seat, const sip_t *sip, Address *who)
{
    Event *event = request_of(seat, HOW_INVITE);
    g_autofree char *subject =
        sip->sip_subject != NULL ? sipcode_clean(sip->sip_subject->g_string) : NULL;
    fields_set_address(&event->f.to, who);
    fields_set_text(&event->f.text, subject);
    ask(referral, event);
}

// Whoever removes himself leaves (ROSTER-020).
static void kick(Referral *referral, const FocusSeat *seat, const Address *who)
{
    Refer *self = referral->all;
    uint64_t leg = seat->leg;
    g_autofree char *nick = focus_seat_nick_of(self->rooms, leg, who);
    if (nick == NULL) {
        finish(referral, SIP_404_NOT_FOUND);
    } else if (g_strcmp0(nick, seat->nick) == 0) {
        finish(referral, SIP_200_OK);
        focus_host_leave(self->rooms, leg);
    } else {
        Event *event = request_of(seat, HOW_KICK);
        fields_set_text(&event->f.nick, nick);
        ask(referral, event);
    }
}

// Of the outcomes nothing is told but what the roster shows (RFC 5368 7).
static void invite_all(Refer *self, const AgentEvent *event, const FocusSeat *seat,
                       const ReferTarget *target, bool is_inside)
{
    g_autoptr(Invitees) list = NULL;
    int status = invitees_read(&list, self->core, event->sip, target->part);
    if (status != 0) {
        agent_answer(event, status, failure_phrase(status), NULL);
        return;
    }
    Referral *referral = begin(self, event, seat, is_inside);
    for (guint i = 0; i < list->people->len; i++) {
        Event *one = request_of(seat, HOW_INVITE);
        fields_set_address(&one->f.to, list->people->pdata[i]);
        gate_core_raise(self->core, one);
    }
    finish(referral, SIP_200_OK);
}

static void carry_out(Refer *self, const AgentEvent *event, const FocusSeat *seat,
                      const ReferTarget *target, bool is_inside)
{
    if (target->what == REFER_LIST) {
        invite_all(self, event, seat, target, is_inside);
        return;
    }
    Referral *referral = begin(self, event, seat, is_inside);
    switch (target->what) {
    case REFER_INVITE: invite(referral, seat, event->sip, target->who); break;
    case REFER_KICK: kick(referral, seat, target->who); break;
    case REFER_REPLACE: finish(referral, SIP_481_NO_TRANSACTION); break; // CONF-016
    case REFER_LIST: break;
    }
}

// The Refer-To is judged before the asker: what nobody may ask is refused to everybody alike.
static void take(Refer *self, const AgentEvent *event, const FocusSeat *seat, bool is_inside)
{
    g_auto(ReferTarget) target;
    int status = refer_target_read(&target, self->core, event->sip);
    if (status == 0 && seat->leg == 0) {
        status = 403;
    }
    if (status != 0) {
        agent_answer(event, status, failure_phrase(status), NULL);
    } else if (g_hash_table_size(self->open) >= OPEN_MAX) {
        agent_answer(event, SIP_503_SERVICE_UNAVAILABLE, NULL);
    } else {
        carry_out(self, event, seat, &target, is_inside);
    }
}

void refer_on_request(Refer *self, const AgentEvent *event)
{
    g_auto(Parties) parties;
    parties_read(&parties, self->core, event);
    if (parties.status == 0 && parties.kind == ROUTE_XMPP_ROOM) {
        FocusSeat seat = focus_seat_find(self->rooms, event->sip, &parties);
        take(self, event, &seat, false);
    } else if (parties.status == 0) {
        nua_respond(event->handle, SIP_405_METHOD_NOT_ALLOWED,
                    NUTAG_WITH_THIS(agent_nua(event->agent)), SIPTAG_ALLOW_STR(AGENT_ALLOW),
                    TAG_END());
        agent_drop_stranger(event);
    } else {
        parties_refuse(&parties, event);
    }
}

void refer_on_dialog_request(Refer *self, const AgentEvent *event, uint64_t leg)
{
    FocusSeat seat = focus_seat_get(self->rooms, leg);
    take(self, event, &seat, true);
}
