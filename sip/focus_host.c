// SPDX-License-Identifier: MIT
// Being the focus; see focus_host.h.
#include "sip/focus_host.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>

#include "sip/body/iscomposing.h"
#include "sip/call.h"
#include "sip/conference_rooms.h"
#include "sip/detour.h"
#include "sip/early_lines.h"
#include "sip/list_history.h"
#include "sip/room_cpim.h"
#include "sip/room_notice.h"

// LIMIT: lines of a party that is not inside yet (MUC-B06).
#define EARLY_LINES  100
#define EARLY_OCTETS (64 * 1024)

// What a focus says of itself in its Contact (CONF-001; RFC 3840 9, RFC 4579 4.2).
#define FEATURES                                                                                   \
    ";isfocus;message;automata;events=\"conference\""                                              \
    ";methods=\"INVITE,ACK,CANCEL,BYE,OPTIONS,REFER,SUBSCRIBE,NOTIFY,UPDATE\""

// LIMIT: dialogs that are over and still known as such (RFC 3891 3).
#define ENDED_MAX 100

struct FocusHost {
    GateCore *core;         // borrowed
    ConferenceRooms *rooms; // owned
    ListHistory *history;   // owned
    GQueue ended;           // of char * (owned); dialogs that are over, the last one first
    void (*on_refer)(void *owner, const AgentEvent *event, uint64_t leg);
    void *refer_owner; // borrowed
};

typedef struct {
    FocusHost *all; // borrowed
    uint64_t number;
    Call *call;                   // owned by itself until on_down
    Address *room;                // shared; bare
    Address *party;               // shared; SIP
    Address *hidden;              // shared; who that really is, NULL: he does not hide
    ConferenceParty *seat;        // owned; its place in the room
    RoomNotice *notice;           // owned; NULL: the party knows chat rooms, or is not inside
    bool answered;                // a yes was told
    bool open;                    // content is judged and passed on
    guint opening;                // GSource id between ADMIT and that
    EarlyLines *early;            // owned; content from before, which nobody has heard of yet
    guint early_end;              // GSource id until the first of that has waited long enough
    char *early_nick; // owned; what it wants to be called, from before; NULL: nothing
    uint64_t early_nick_ref;
    char *dialog;   // owned; as somebody names it who wants to replace it, NULL: not up yet
    Invitees *invitees; // shared; to be invited when it is up, NULL: nobody
    bool is_moving; // another call has taken over and is not bound yet
} Leg;

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

static void leg_free(Leg *leg)
{
    note_ended(leg->all, g_steal_pointer(&leg->dialog));
    leg_table_remove(leg->all->core->legs, leg->number);
    room_notice_free(leg->notice);
    conference_rooms_leave(leg->all->rooms, leg->seat);
    g_clear_handle_id(&leg->opening, g_source_remove);
    g_clear_handle_id(&leg->early_end, g_source_remove);
    early_lines_free(leg->early);
    address_unref(leg->room);
    address_unref(leg->party);
    address_unref(leg->hidden);
    invitees_unref(leg->invitees);
    g_free(leg->early_nick);
    g_free(leg);
}

FocusHost *focus_host_new(GateCore *core)
{
    FocusHost *self = g_new0(FocusHost, 1);
    self->core = core;
    self->rooms = conference_rooms_new(core);
    self->history = list_history_new();
    return self;
}

static Leg *find(const FocusHost *self, uint64_t number)
{
    return leg_table_find(self->core->legs, number, LEG_ROOM);
}

// The last NOTIFY goes before the BYE, so that the cause is seen (MUC-B15).
static void end(Leg *leg, int cause, const char *text)
{
    conference_notifier_end(leg->seat, cause, text);
    call_close(leg->call, cause, text);
    leg_free(leg);
}

void focus_host_close_all(FocusHost *self)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        end(legs->pdata[i], 503, "gateway is shutting down");
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

// --- what the call tells

static Event *leg_event(EventKind kind, const Leg *leg)
{
    Event *event = event_new(kind, SIDE_SIP);
    event->f.leg = leg->number;
    return event;
}

static void raise_answer(const Leg *leg, How how)
{
    Event *event = leg_event(EVENT_ROOM_ANSWER, leg);
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

static char *dialog_name(const char *call_id, const char *our_tag, const char *their_tag)
{
    return g_strdup_printf("%s %s %s", call_id, our_tag != NULL ? our_tag : "",
                           their_tag != NULL ? their_tag : "");
}

// What the library would call the dialog towards the other end is this the other way round.
static char *dialog_of(const Call *call)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const sip_replaces_t *named = nua_handle_make_replaces(call_get_handle(call), home, 0);
    char *dialog =
        named != NULL ? dialog_name(named->rp_call_id, named->rp_from_tag, named->rp_to_tag) : NULL;
    su_home_deinit(home);
    return dialog;
}

static int64_t now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

// Nobody waits for what becomes of it: the roster shows who comes (CONF-009).
static void raise_invitations(Leg *leg)
{
    g_autoptr(Invitees) list = g_steal_pointer(&leg->invitees);
    if (list == NULL) {
        return;
    }
    list_history_note(leg->all->history, leg->room, list, now_ms());
    for (guint i = 0; i < list->people->len; i++) {
        Event *event = leg_event(EVENT_ROOM_REQUEST, leg);
        event->f.how = HOW_INVITE;
        fields_set_address(&event->f.room, leg->room);
        fields_set_address(&event->f.from, leg->party);
        fields_set_address(&event->f.to, list->people->pdata[i]);
        gate_core_raise(leg->all->core, event);
    }
}

static void on_up(void *owner)
{
    Leg *leg = owner;
    bool is_known = leg->answered;
    leg->answered = true;
    leg->is_moving = false;
    g_free(leg->dialog);
    leg->dialog = dialog_of(leg->call);
    if (!is_known) {
        raise_answer(leg, HOW_YES);
        raise_invitations(leg);
    }
}

// Before the yes it is a no, whatever it was; after it the party has left or is lost (section 6.2).
static void on_down(void *owner, const CallEnd *end_of_call)
{
    Leg *leg = owner;
    GateCore *core = leg->all->core;
    Event *event = leg_event(leg->answered ? EVENT_ROOM_EXIT : EVENT_ROOM_ANSWER, leg);
    sipcode_to_fields(&event->f, end_of_call->status, end_of_call->text, false);
    fields_set_text(&event->f.text, end_of_call->text);
    event->f.retry_s = end_of_call->retry_s;
    event->f.how = !leg->answered ? HOW_NO : end_of_call->how == HOW_ENDED ? HOW_LEFT : HOW_LOST;
    conference_notifier_end(leg->seat, 200, NULL);
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
    Leg *leg = owner;
    if (event->event == nua_i_subscribe) {
        conference_notifier_on_subscribe(leg->seat, event);
    } else if (event->event == nua_r_notify) {
        if (is_of_conference(event)) {
            conference_notifier_on_answer(leg->seat, event);
        }
    } else if (event->event == nua_i_refer) {
        leg->all->on_refer(leg->all->refer_owner, event, leg->number);
    } else {
        agent_answer(event, SIP_405_METHOD_NOT_ALLOWED, NULL);
    }
}

// --- content in

static const ConferenceRoster *roster_of(const Leg *leg)
{
    return conference_notifier_roster(conference_notifier_of(leg->seat));
}

static RoomCpim envelope_of(const Leg *leg)
{
    return (RoomCpim){.route = leg->all->core->route,
                      .roster = roster_of(leg),
                      .party = leg->party,
                      .hidden = leg->hidden,
                      .is_early = !leg->open};
}

static int read_line(const Leg *leg, const MsrpSessionIncoming *message, Fields *fields)
{
    RoomCpim envelope = envelope_of(leg);
    if (message->length > (size_t)leg->all->core->settings->max_size) {
        return 413;
    }
    g_autoptr(GBytes) content = g_bytes_new(message->body, message->length);
    return room_cpim_read(&envelope, message->content_type, content, fields);
}

static void take_line(void *owner, const MsrpSessionIncoming *message)
{
    Leg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    g_autoptr(Event) event = leg_event(EVENT_ROOM_MESSAGE, leg);
    int status = read_line(leg, message, &event->f);
    if (status == 200) {
        call_media_accept(media, message);
        if (event->f.how != HOW_NONE) {
            event->kind = EVENT_CHAT_STATE;
            gate_core_raise(leg->all->core, g_steal_pointer(&event));
        }
    } else if (status != 0) {
        call_media_turn_down(media, message, status, NULL);
    } else {
        fields_set_text(&event->f.id, message->message_id);
        event->f.receipt = message->wants_success_report;
        event->f.ref = call_media_hold(media, message);
        gate_core_raise(leg->all->core, g_steal_pointer(&event));
    }
}

static void release_early(Leg *leg)
{
    early_lines_release(leg->early, take_line, leg);
    g_clear_handle_id(&leg->early_end, g_source_remove);
}

// Its sender is not kept waiting any longer: the middle writes it down, accepts it and keeps it until the party is
// inside (MUC-B06).
static gboolean on_early_end(gpointer data)
{
    Leg *leg = data;
    leg->early_end = 0;
    release_early(leg);
    return G_SOURCE_REMOVE;
}

static void keep_early(Leg *leg, const MsrpSessionIncoming *message)
{
    if (!early_lines_keep(leg->early, message)) {
        call_media_turn_down(call_get_media(leg->call), message,
                             failure_to_msrp(FAILURE_RESOURCE_CONSTRAINT), NULL);
    } else if (leg->early_end == 0) {
        guint wait_ms = (guint)leg->all->core->settings->T_early;
        leg->early_end = g_timeout_add(wait_ms, on_early_end, leg);
    }
}

static void raise_nick(const Leg *leg, uint64_t ref, const char *nick)
{
    Event *event = leg_event(EVENT_ROOM_NICK, leg);
    event->f.ref = ref;
    fields_set_text(&event->f.nick, nick);
    gate_core_raise(leg->all->core, event);
}

// Whoever is not inside yet is asked about later; one wish at a time waits (MUC-B11).
static void on_nickname(void *owner, uint32_t ref, const char *nick)
{
    Leg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    if (g_strcmp0(nick, conference_notifier_nick(leg->seat)) == 0) {
        call_media_answer_nickname(media, ref, 200);
    } else if (leg->open) {
        raise_nick(leg, call_media_hold_nickname(media, ref), nick);
    } else if (leg->early_nick == NULL) {
        leg->early_nick = g_strdup(nick);
        leg->early_nick_ref = call_media_hold_nickname(media, ref);
    } else {
        call_media_answer_nickname(media, ref, 403);
    }
}

// ADMIT is followed by the roster in the same turn: when that is over, what came early can be
// judged. The nick goes first, so that nothing is said under one that was given up.
static gboolean on_roster_known(gpointer data)
{
    Leg *leg = data;
    leg->opening = 0;
    leg->open = true;
    if (leg->early_nick != NULL) {
        raise_nick(leg, leg->early_nick_ref, leg->early_nick);
        g_clear_pointer(&leg->early_nick, g_free);
    }
    release_early(leg);
    return G_SOURCE_REMOVE;
}

static void on_message(void *owner, const MsrpSessionIncoming *message)
{
    Leg *leg = owner;
    if (leg->open) {
        take_line(leg, message);
    } else {
        keep_early(leg, message);
    }
}

static const CallFuncs call_funcs = {.on_ringing = on_ringing,
                                     .on_late = on_late,
                                     .on_up = on_up,
                                     .on_down = on_down,
                                     .on_message = on_message,
                                     .on_nickname = on_nickname,
                                     .on_request = on_request};

// --- orders

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

static void on_roster_change(void *owner)
{
    room_notice_touch(((const Leg *)owner)->notice);
}

// `joining`: all but what is the leg's own.
static Leg *leg_new(FocusHost *self, uint64_t number, const Address *room,
                    ConferenceJoining joining)
{
    Leg *leg = g_new0(Leg, 1);
    leg->all = self;
    leg->number = number;
    leg->room = address_to_bare(room);
    leg->party = address_ref(joining.user);
    leg->early = early_lines_new(EARLY_LINES, EARLY_OCTETS);
    joining.on_change = on_roster_change;
    joining.owner = leg;
    leg->seat = conference_rooms_enter(self->rooms, leg->room, &joining);
    leg_table_add(self->core->legs, leg->number, LEG_ROOM, leg);
    return leg;
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
    Leg *leg = leg_new(self, fields->leg, fields->room,
                       (ConferenceJoining){
                           .user = fields->to, .dialed_out = true, .inviter = fields->from});
    leg->call = call_dial(self->core, &call_funcs, leg,
                          &(CallInvitation){.use = MSRP_SDP_ROOM,
                                            .uri = uri,
                                            .to = to,
                                            .from = from,
                                            .contact = contact,
                                            .call_id = call_id,
                                            .subject = subject,
                                            .referred_by = referrer,
                                            .history = history});
    call_media_set_leg(call_get_media(leg->call), leg->number);
    conference_notifier_set_call(leg->seat, leg->call);
}

void focus_host_let_in(FocusHost *self, Call *call, const FocusGuest *guest)
{
    g_autofree char *contact = contact_of(self->core->route, guest->room);
    Leg *leg = leg_new(self, guest->leg, guest->room, (ConferenceJoining){.user = guest->party});
    leg->call = call;
    leg->hidden = address_ref(guest->hidden);
    conference_notifier_tell_party(leg->seat, guest->nick, false);
    leg->invitees = invitees_ref(guest->invitees);
    call_hand_over(call, &call_funcs, leg);
    call_media_set_leg(call_get_media(call), leg->number);
    conference_notifier_set_call(leg->seat, call);
    call_answer(call, contact);
}

// --- a leg moves to another call

static Leg *find_dialog(const FocusHost *self, const char *dialog)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        Leg *leg = legs->pdata[i];
        if (g_strcmp0(leg->dialog, dialog) == 0) {
            return leg;
        }
    }
    return NULL;
}

static bool is_his(const Leg *leg, const Address *user)
{
    return address_equal_bare(leg->party, user) ||
           (leg->hidden != NULL && address_equal_bare(leg->hidden, user));
}

static int judge_replacement(const Leg *leg, const sip_replaces_t *wanted, const Parties *parties)
{
    if (!address_equal_bare(leg->room, parties->to)) {
        return 481;
    }
    if (!is_his(leg, parties->from)) {
        return 403;
    }
    return wanted->rp_early_only ? 486 : 0;
}

// The library keeps the first and puts further ones among the headers it does not understand.
static bool has_two_replaces(const struct sip_s *sip)
{
    for (const sip_error_t *each = sip->sip_error; each != NULL; each = each->er_next) {
        if (g_strcmp0(each->er_name, "Replaces") == 0 ||
            each->er_common->h_class == sip_replaces_class) {
            return true;
        }
    }
    return sip->sip_replaces != NULL && sip->sip_replaces->rp_next != NULL;
}

uint64_t focus_host_find_replaced(const FocusHost *self, const struct sip_s *sip,
                                  const Parties *parties, int *status)
{
    const sip_replaces_t *wanted = sip->sip_replaces;
    *status = has_two_replaces(sip) ? 400 : 0;
    if (wanted == NULL || *status != 0) {
        return 0;
    }
    g_autofree char *dialog =
        dialog_name(wanted->rp_call_id, wanted->rp_to_tag, wanted->rp_from_tag);
    const Leg *leg = find_dialog(self, dialog);
    if (leg == NULL) {
        bool is_over = g_queue_find_custom((GQueue *)&self->ended, dialog, (GCompareFunc)strcmp);
        *status = is_over ? 603 : 481;
        return 0;
    }
    *status = judge_replacement(leg, wanted, parties);
    return *status == 0 ? leg->number : 0;
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

void focus_host_replace(FocusHost *self, uint64_t number, Call *call)
{
    Leg *leg = find(self, number);
    Call *old = leg->call;
    g_autofree char *contact = contact_of(self->core->route, leg->room);
    release_early(leg); // it is accepted where it was said
    leg->call = call;
    leg->is_moving = true;
    note_ended(self, g_steal_pointer(&leg->dialog));
    call_hand_over(call, &call_funcs, leg);
    call_media_set_leg(call_get_media(call), leg->number);
    conference_notifier_set_call(leg->seat, call);
    call_hand_over(old, &retired_funcs, NULL);
    call_answer(call, contact);
    call_hang_up(old, 200, "replaced by another call");
}

bool focus_host_withdraw(FocusHost *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg != NULL) {
        call_withdraw(leg->call);
    }
    return leg != NULL;
}

bool focus_host_expel(FocusHost *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg != NULL) {
        end(leg, sipcode_cause(fields), fields->text);
    }
    return leg != NULL;
}

// What is said while it moves waits for the new session.
static bool takes_lines(const Leg *leg)
{
    return call_is_up(leg->call) || leg->is_moving;
}

static void send_line(const Leg *leg, const Fields *fields)
{
    RoomCpim envelope = envelope_of(leg);
    g_autoptr(GBytes) body = room_cpim_write(&envelope, fields, g_get_real_time() / 1000);
    call_media_send(call_get_media(leg->call), &(CallLine){.row = fields->row,
                                                           .id = fields->id,
                                                           .content_type = ROOM_CPIM_TYPE,
                                                           .inner_type = "text/plain",
                                                           .body = body});
}

static void on_notice(void *owner, const char *text)
{
    g_autofree char *body = g_strdup(text);
    send_line(owner, &(Fields){.body = body});
}

static void begin_notice(Leg *leg)
{
    const Settings *settings = leg->all->core->settings;
    if (settings->notice && leg->notice == NULL && call_is_up(leg->call) &&
        !call_media_is_chatroom(call_get_media(leg->call))) {
        leg->notice = room_notice_new(roster_of(leg), (unsigned)settings->T_notice, on_notice, leg);
        room_notice_begin(leg->notice);
    }
}

bool focus_host_admit(FocusHost *self, const Fields *fields)
{
    Leg *leg = find(self, fields->leg);
    if (leg == NULL) {
        return false;
    }
    conference_notifier_activate(leg->seat);
    begin_notice(leg);
    if (!leg->open && leg->opening == 0) {
        leg->opening = g_timeout_add(0, on_roster_known, leg);
    }
    return true;
}

bool focus_host_roster(FocusHost *self, const Command *command)
{
    if (command->f.leg == 0) {
        conference_rooms_apply(self->rooms, command);
        return true;
    }
    Leg *leg = find(self, command->f.leg);
    if (leg != NULL) {
        conference_notifier_tell_party(leg->seat, command->f.nick, command->f.reals);
    }
    return leg != NULL;
}

static void refuse_line(const FocusHost *self, const Fields *line, FailureReason failure, How how)
{
    gate_core_undelivered(self->core, line->leg, line->row, failure, how);
}

void focus_host_send(FocusHost *self, const Fields *fields)
{
    const Leg *leg = find(self, fields->leg);
    if (leg == NULL || !takes_lines(leg)) {
        refuse_line(self, fields, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST);
    } else if (fields->private && !call_media_has_private_messages(call_get_media(leg->call))) {
        refuse_line(self, fields, FAILURE_FEATURE_NOT_IMPLEMENTED, HOW_REFUSED);
    } else {
        send_line(leg, fields);
    }
}

bool focus_host_send_state(FocusHost *self, const Fields *fields)
{
    const Leg *leg = find(self, fields->leg);
    if (leg == NULL || !takes_lines(leg)) {
        return false;
    }
    RoomCpim envelope = envelope_of(leg);
    g_autoptr(GBytes) body = room_cpim_write_state(&envelope, fields, g_get_real_time() / 1000);
    call_media_send(call_get_media(leg->call), &(CallLine){.content_type = ROOM_CPIM_TYPE,
                                                           .inner_type = ISCOMPOSING_TYPE,
                                                           .body = body,
                                                           .is_fleeting = true});
    return true;
}

// --- asked from outside

void focus_host_set_refer(FocusHost *self,
                          void (*run)(void *owner, const AgentEvent *event, uint64_t leg),
                          void *owner)
{
    self->on_refer = run;
    self->refer_owner = owner;
}

static FocusSeat seat_of(const Leg *leg)
{
    return leg != NULL ? (FocusSeat){leg->number, leg->room, leg->party, conference_notifier_nick(leg->seat)}
                       : (FocusSeat){0};
}

FocusSeat focus_host_get_seat(const FocusHost *self, uint64_t leg)
{
    return seat_of(find(self, leg));
}

// The library does not know the header.
static const char *target_dialog_of(const struct sip_s *sip)
{
    for (const sip_unknown_t *each = sip->sip_unknown; each != NULL; each = each->un_next) {
        if (each->un_name != NULL && g_ascii_strcasecmp(each->un_name, "Target-Dialog") == 0) {
            return each->un_value;
        }
    }
    return NULL;
}

static char *parameter_of(char *const *words, const char *name)
{
    for (; *words != NULL; words++) {
        char *word = g_strstrip(*words);
        size_t length = strlen(name);
        if (g_ascii_strncasecmp(word, name, length) == 0 && word[length] == '=') {
            return word + length + 1;
        }
    }
    return NULL;
}

// Whoever knows both tags takes part in the dialog; what is local to him is remote to us (RFC 4538 3).
static Leg *find_target(const FocusHost *self, const struct sip_s *sip, const Address *room)
{
    const char *value = target_dialog_of(sip);
    g_auto(GStrv) words = g_strsplit(value != NULL ? value : "", ";", 8);
    if (words[0] == NULL) {
        return NULL;
    }
    g_autofree char *dialog =
        dialog_name(g_strstrip(words[0]), parameter_of(words + 1, "remote-tag"),
                    parameter_of(words + 1, "local-tag"));
    Leg *leg = find_dialog(self, dialog);
    return leg != NULL && address_equal_bare(leg->room, room) ? leg : NULL;
}

static Leg *find_party(const FocusHost *self, const Parties *parties)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        Leg *leg = legs->pdata[i];
        if (leg->answered && address_equal_bare(leg->room, parties->to) &&
            is_his(leg, parties->from)) {
            return leg;
        }
    }
    return NULL;
}

FocusSeat focus_host_find_seat(const FocusHost *self, const struct sip_s *sip,
                               const Parties *parties)
{
    const Leg *leg = find_target(self, sip, parties->to);
    return seat_of(leg != NULL ? leg : find_party(self, parties));
}

static const char *nick_of_party(const FocusHost *self, const Leg *of, const Address *who)
{
    g_autoptr(GPtrArray) legs = leg_table_owners(self->core->legs, LEG_ROOM);
    for (guint i = 0; i < legs->len; i++) {
        const Leg *leg = legs->pdata[i];
        if (address_equal_bare(leg->room, of->room) && address_equal_bare(leg->party, who)) {
            return conference_notifier_nick(leg->seat);
        }
    }
    return NULL;
}

char *focus_host_nick_of(const FocusHost *self, uint64_t number, const Address *who)
{
    const Leg *leg = find(self, number);
    const char *nick = address_resource(who);
    if (address_equal_bare(who, leg->room)) {
        return conference_roster_find(roster_of(leg), nick) != NULL ? g_strdup(nick) : NULL;
    }
    // Among several devices of one user it is the asker's own.
    nick = is_his(leg, who) ? conference_notifier_nick(leg->seat)
                                                  : nick_of_party(self, leg, who);
    return g_strdup(nick != NULL ? nick : conference_roster_find_nick(roster_of(leg), who));
}

struct nua_handle_s *focus_host_get_handle(const FocusHost *self, uint64_t number)
{
    const Leg *leg = find(self, number);
    return leg != NULL ? call_get_handle(leg->call) : NULL;
}

void focus_host_leave(FocusHost *self, uint64_t number)
{
    Leg *leg = find(self, number);
    Event *event = leg_event(EVENT_ROOM_EXIT, leg);
    event->f.how = HOW_LEFT;
    end(leg, 200, NULL);
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
        FocusSeat seat = focus_host_find_seat(self, event->sip, &parties);
        conference_notifier_on_watcher(room, seat.leg != 0 ? seat.party : parties.from, event);
        return;
    }
    parties.status = parties.status != 0 ? parties.status : 403;
    parties_refuse(&parties, event);
}
