// SPDX-License-Identifier: MIT
// A party and its call; see focus_leg.h.
#include "sip/focus_leg.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>

#include "sip/body/iscomposing.h"
#include "sip/focus_dialog.h"
#include "sip/focus_lines.h"
#include "sip/room_cpim.h"

// LIMIT: dialogs that are over and still known as such (RFC 3891 3).
#define ENDED_MAX 100

// --- life

static void note_ended(FocusHost *self, char *owned)
{
    if (owned == NULL) {
        return;
    }
    g_queue_push_head(&self->ended, owned);
    if (self->ended.length > ENDED_MAX) {
        g_free(g_queue_pop_tail(&self->ended));
    }
}

static void leg_free(FocusLeg *leg)
{
    note_ended(leg->all, g_steal_pointer(&leg->dialog));
    leg_table_remove(leg->all->core->legs, leg->number);
    focus_lines_end(leg);
    conference_rooms_leave(leg->all->rooms, leg->seat);
    address_unref(leg->room);
    address_unref(leg->party);
    address_unref(leg->hidden);
    invitees_unref(leg->invitees);
    g_free(leg);
}

static void on_roster_change(void *owner)
{
    room_notice_touch(((const FocusLeg *)owner)->notice);
}

FocusLeg *focus_leg_new(FocusHost *self, uint64_t number, const Address *room,
                        ConferenceJoining joining)
{
    FocusLeg *leg = g_new0(FocusLeg, 1);
    leg->all = self;
    leg->number = number;
    leg->room = address_to_bare(room);
    leg->party = address_ref(joining.user);
    focus_lines_begin(leg);
    joining.on_change = on_roster_change;
    joining.owner = leg;
    leg->seat = conference_rooms_enter(self->rooms, leg->room, &joining);
    leg_table_add(self->core->legs, leg->number, LEG_ROOM, leg);
    return leg;
}

FocusLeg *focus_leg_find(const FocusHost *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_ROOM);
}

Event *focus_leg_event(EventKind kind, const FocusLeg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}

const ConferenceRoster *focus_leg_roster(const FocusLeg *leg)
{
    return conference_notifier_roster(conference_party_notifier(leg->seat));
}

bool focus_leg_is_of(const FocusLeg *leg, const Address *user)
{
    return address_equal_bare(leg->party, user) ||
           (leg->hidden != NULL && address_equal_bare(leg->hidden, user));
}

// The last NOTIFY goes before the BYE, so that the cause is seen (MUC-B15).
void focus_leg_end(FocusLeg *leg, int cause, const char *text)
{
    conference_party_end(leg->seat, cause, text);
    call_close(leg->call, cause, text);
    leg_free(leg);
}

// --- what its call tells

static void raise_answer(const FocusLeg *leg, How how)
{
    Event *event = focus_leg_event(EVENT_ROOM_ANSWER, leg);
    event->f.how = how;
    const CallMedia *media = call_get_media(leg->call);
    event->f.private = how == HOW_YES && call_media_has_private_messages(media);
    event->f.composing =
        how == HOW_YES && call_media_takes(media, ROOM_CPIM_TYPE, ISCOMPOSING_TYPE);
    gate_core_raise(leg->all->core, event);
}

static void on_ringing(void *owner)
{
    raise_answer(owner, HOW_RINGING);
}

static void on_late(void *owner)
{
    raise_answer(owner, HOW_LATE);
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

// Nobody waits for what becomes of it: the roster shows who comes (CONF-009).
static void raise_invitations(FocusLeg *leg)
{
    g_autoptr(Invitees) list = g_steal_pointer(&leg->invitees);
    if (list == NULL) {
        return;
    }
    list_history_note(leg->all->history, leg->room, list, now_ms());
    for (guint i = 0; i < list->people->len; i++) {
        Event *event = focus_leg_event(EVENT_ROOM_REQUEST, leg);
        event->f.how = HOW_INVITE;
        fields_set_address(&event->f.room, leg->room);
        fields_set_address(&event->f.from, leg->party);
        fields_set_address(&event->f.to, list->people->pdata[i]);
        gate_core_raise(leg->all->core, event);
    }
}

static void on_up(void *owner)
{
    FocusLeg *leg = owner;
    bool is_known = leg->answered;
    leg->answered = true;
    leg->is_moving = false;
    g_free(leg->dialog);
    leg->dialog = focus_dialog_of_call(leg->call);
    if (!is_known) {
        raise_answer(leg, HOW_YES);
        raise_invitations(leg);
    }
}

// Before the yes it is a no, whatever it was; after it the party has left or is lost (section 6.2).
static void on_down(void *owner, const CallEnd *end_of_call)
{
    FocusLeg *leg = owner;
    GateCore *core = leg->all->core;
    Event *event = focus_leg_event(leg->answered ? EVENT_ROOM_EXIT : EVENT_ROOM_ANSWER, leg);
    sipcode_to_fields(&event->f, end_of_call->status, end_of_call->text, false);
    fields_set_text(&event->f.text, end_of_call->text);
    event->f.retry_s = end_of_call->retry_s;
    event->f.how = !leg->answered ? HOW_NO : end_of_call->how == HOW_ENDED ? HOW_LEFT : HOW_LOST;
    conference_party_end(leg->seat, 200, NULL);
    leg_free(leg);
    gate_core_raise(core, event);
}

// What becomes of a NOTIFY about a REFER changes nothing (RFC 3515 2.4.4).
static bool is_of_conference(const AgentEvent *event)
{
    return event->package == NULL || g_strcmp0(event->package->o_type, "conference") == 0;
}

static void on_request(void *owner, const AgentEvent *event)
{
    FocusLeg *leg = owner;
    if (event->event == nua_i_subscribe) {
        conference_party_on_subscribe(leg->seat, event);
    } else if (event->event == nua_r_notify) {
        if (is_of_conference(event)) {
            conference_party_on_answer(leg->seat, event);
        }
    } else if (event->event == nua_i_refer) {
        leg->all->on_refer(leg->all->refer_owner, event, leg->number);
    } else {
        agent_answer(event, SIP_405_METHOD_NOT_ALLOWED, NULL);
    }
}

static const CallFuncs call_funcs = {.on_ringing = on_ringing,
                                     .on_late = on_late,
                                     .on_up = on_up,
                                     .on_down = on_down,
                                     .on_message = focus_lines_on_message,
                                     .on_nickname = focus_lines_on_nickname,
                                     .on_request = on_request};

// --- its call

static void attach(FocusLeg *leg)
{
    call_media_set_leg(call_get_media(leg->call), leg->number);
    conference_party_set_call(leg->seat, leg->call);
}

void focus_leg_dial(FocusLeg *leg, const CallInvitation *invitation)
{
    leg->call = call_dial(leg->all->core, &call_funcs, leg, invitation);
    attach(leg);
}

void focus_leg_take(FocusLeg *leg, Call *call)
{
    leg->call = call;
    call_hand_over(call, &call_funcs, leg);
    attach(leg);
}

// The call that was replaced: it still tells what became of its lines, and nobody is interested in the rest.
static void retired_on_up(void *owner)
{
}

static void retired_on_down(void *owner, const CallEnd *end_of_call)
{
}

static void retired_on_message(void *owner, const MsrpSessionIncoming *message)
{
}

static void retired_on_request(void *owner, const AgentEvent *event)
{
    agent_answer(event, SIP_481_NO_TRANSACTION, NULL);
}

static const CallFuncs retired_funcs = {.on_up = retired_on_up,
                                        .on_down = retired_on_down,
                                        .on_message = retired_on_message,
                                        .on_request = retired_on_request};

void focus_leg_move(FocusLeg *leg, Call *call, const char *contact)
{
    Call *old = leg->call;
    focus_lines_release(leg); // it is accepted where it was said
    leg->is_moving = true;
    note_ended(leg->all, g_steal_pointer(&leg->dialog));
    conference_party_end_dialog(leg->seat);
    focus_leg_take(leg, call);
    call_hand_over(old, &retired_funcs, NULL);
    call_answer(call, contact);
    call_hang_up(old, 200, "replaced by another call");
}
