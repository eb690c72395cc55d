// SPDX-License-Identifier: MIT
// Being the focus; see focus_host.h.
#include "sip/focus_host.h"

#include "sip/detour.h"
#include "sip/focus_leg.h"
#include "sip/focus_lines.h"
#include "sip/focus_seat.h"

// What a focus says of itself in its Contact (CONF-001; RFC 3840 9, RFC 4579 4.2).
#define FEATURES                                                                                   \
    ";isfocus;message;automata;events=\"conference\""                                              \
    ";methods=\"INVITE,ACK,CANCEL,BYE,OPTIONS,REFER,SUBSCRIBE,NOTIFY,UPDATE\""

// --- life

FocusHost *focus_host_new(GateCore *core)
{
    FocusHost *self = g_new0(FocusHost, 1);
    self->core = core;
    self->rooms = conference_rooms_new(core);
    self->history = list_history_new();
    return self;
}

void focus_host_close_all(FocusHost *self)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        focus_leg_end(legs->pdata[i], 503, "gateway is shutting down");
    }
}

void focus_host_free(FocusHost *self)
{
    if (self == NULL) {
        return;
    }
    focus_host_close_all(self);
    conference_rooms_free(self->rooms);
    list_history_free(self->history);
    g_queue_clear_full(&self->ended, g_free);
    g_free(self);
}

// --- calls

static void refuse_dial(FocusHost *self, const Fields *fields, uint64_t wait_s)
{
    Event *event = event_new(EVENT_ROOM_ANSWER, SIDE_SIP);
    event->f.leg = fields->leg;
    event->f.how = HOW_NO;
    event->f.failure = FAILURE_REMOTE_SERVER_NOT_FOUND;
    if (wait_s > 0) {
        detour_tell_held(&event->f, wait_s);
    }
    gate_core_raise(self->core, event);
}

static char *contact_of(const Route *route, const Address *room)
{
    g_autofree char *uri = route_to_aor(route, room);
    return uri != NULL ? g_strdup_printf("<%s>" FEATURES, uri) : NULL;
}

// An inviter known by his nick only is named as the occupant he is.
static char *referrer_of(const Route *route, const Address *inviter)
{
    bool occupant = route_side_of(route, inviter) == ROUTE_XMPP_ROOM;
    g_autofree char *uri = occupant ? route_to_uri(route, inviter) : route_to_aor(route, inviter);
    return uri != NULL ? g_strdup_printf("<%s>", uri) : NULL;
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

void focus_host_dial(FocusHost *self, const Fields *fields)
{
    const Route *route = self->core->route;
    g_autofree char *focus = route_to_aor(route, fields->room);
    g_autofree char *uri = route_to_uri(route, fields->to);
    g_autofree char *aor = route_to_aor(route, fields->to);
    if (focus == NULL || uri == NULL || aor == NULL) {
        refuse_dial(self, fields, 0);
        return;
    }
    uint64_t wait_s = detour_wait_s(self->core, uri);
    if (wait_s > 0) {
        refuse_dial(self, fields, wait_s);
        return;
    }
    g_autofree char *to = g_strdup_printf("<%s>", aor);
    g_autofree char *from = g_strdup_printf("<%s>", focus);
    g_autofree char *contact = contact_of(route, fields->room);
    g_autofree char *call_id = g_uuid_string_random();
    g_autofree char *subject = sipcode_clean(fields->text);
    g_autofree char *referrer = referrer_of(route, fields->from);
    g_autoptr(GBytes) history =
        list_history_take(self->history, fields->room, fields->to, now_ms());
    FocusLeg *leg = focus_leg_new(
        self, fields->leg, fields->room,
        (ConferenceJoining){.user = fields->to, .dialed_out = true, .inviter = fields->from});
    focus_leg_dial(leg, &(CallInvitation){.use = MSRP_SDP_ROOM,
                                          .uri = uri,
                                          .to = to,
                                          .from = from,
                                          .contact = contact,
                                          .call_id = call_id,
                                          .subject = subject,
                                          .referred_by = referrer,
                                          .history = history});
}

void focus_host_let_in(FocusHost *self, Call *call, const FocusGuest *guest)
{
    g_autofree char *contact = contact_of(self->core->route, guest->room);
    FocusLeg *leg = focus_leg_new(self, guest->leg, guest->room,
                                  (ConferenceJoining){.user = guest->party});
    leg->hidden = address_ref(guest->hidden);
    conference_party_tell(leg->seat, guest->nick, false);
    leg->invitees = invitees_ref(guest->invitees);
    focus_leg_take(leg, call);
    call_answer(call, contact);
}

void focus_host_replace(FocusHost *self, uint64_t number, Call *call)
{
    FocusLeg *leg = focus_leg_find(self, number);
    g_autofree char *contact = contact_of(self->core->route, leg->room);
    focus_leg_move(leg, call, contact);
}

// --- orders

bool focus_host_withdraw(FocusHost *self, const Fields *fields)
{
    FocusLeg *leg = focus_leg_find(self, fields->leg);
    if (leg != NULL) {
        call_withdraw(leg->call);
    }
    return leg != NULL;
}

bool focus_host_expel(FocusHost *self, const Fields *fields)
{
    FocusLeg *leg = focus_leg_find(self, fields->leg);
    if (leg != NULL) {
        focus_leg_end(leg, sipcode_cause(fields), fields->text);
    }
    return leg != NULL;
}

bool focus_host_admit(FocusHost *self, const Fields *fields)
{
    FocusLeg *leg = focus_leg_find(self, fields->leg);
    if (leg == NULL) {
        return false;
    }
    conference_party_activate(leg->seat);
    focus_lines_open(leg);
    return true;
}

bool focus_host_roster(FocusHost *self, const Command *command)
{
    if (command->f.leg == 0) {
        conference_rooms_apply(self->rooms, command);
        return true;
    }
    FocusLeg *leg = focus_leg_find(self, command->f.leg);
    if (leg != NULL) {
        conference_party_tell(leg->seat, command->f.nick, command->f.reals);
    }
    return leg != NULL;
}

void focus_host_send(FocusHost *self, const Fields *fields)
{
    const FocusLeg *leg = focus_leg_find(self, fields->leg);
    if (leg != NULL) {
        focus_lines_send(leg, fields);
    } else {
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_RECIPIENT_UNAVAILABLE,
                              HOW_LOST);
    }
}

bool focus_host_send_state(FocusHost *self, const Fields *fields)
{
    const FocusLeg *leg = focus_leg_find(self, fields->leg);
    return leg != NULL && focus_lines_send_state(leg, fields);
}

// --- asked from outside

void focus_host_set_refer(FocusHost *self,
                          void (*run)(void *owner, const AgentEvent *event, uint64_t leg),
                          void *owner)
{
    self->on_refer = run;
    self->refer_owner = owner;
}

struct nua_handle_s *focus_host_get_handle(const FocusHost *self, uint64_t number)
{
    const FocusLeg *leg = focus_leg_find(self, number);
    return leg != NULL ? call_get_handle(leg->call) : NULL;
}

void focus_host_leave(FocusHost *self, uint64_t number)
{
    FocusLeg *leg = focus_leg_find(self, number);
    Event *event = focus_leg_event(EVENT_ROOM_EXIT, leg);
    event->f.how = HOW_LEFT;
    focus_leg_end(leg, 200, NULL);
    gate_core_raise(self->core, event);
}

// Whoever is not in the room learns nothing of it, not even whether it exists.
void focus_host_on_subscribe(FocusHost *self, const AgentEvent *event)
{
    g_auto(Parties) parties;
    parties_read(&parties, self->core, event);
    ConferenceNotifier *room =
        parties.status == 0 ? conference_rooms_find(self->rooms, parties.to) : NULL;
    if (room != NULL) {
        FocusSeat seat = focus_seat_find(self, event->sip, &parties);
        conference_party_on_watcher(room, seat.leg != 0 ? seat.party : parties.from, event);
        return;
    }
    parties.status = parties.status != 0 ? parties.status : 403;
    parties_refuse(&parties, event);
}
