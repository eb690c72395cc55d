// SPDX-License-Identifier: MIT
// Content of a party, in and out; see focus_lines.h.
#include "sip/focus_lines.h"

#include "sip/body/iscomposing.h"
#include "sip/focus_leg.h"
#include "sip/room_cpim.h"

// LIMIT: lines of a party that is not inside yet (MUC-B06).
#define EARLY_LINES  100
#define EARLY_OCTETS (64 * 1024)

static RoomCpim envelope_of(const FocusLeg *leg)
{
    return (RoomCpim){.route = leg->all->core->route,
                      .roster = focus_leg_roster(leg),
                      .party = leg->party,
                      .hidden = leg->hidden,
                      .is_early = !leg->open};
}

// --- in

static int read_line(const FocusLeg *leg, const MsrpSessionIncoming *message, Fields *fields)
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
    FocusLeg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    g_autoptr(Event) event = focus_leg_event(EVENT_ROOM_MESSAGE, leg);
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

// --- before it is inside

void focus_lines_begin(FocusLeg *leg)
{
    leg->early = early_lines_new(EARLY_LINES, EARLY_OCTETS);
}

void focus_lines_end(FocusLeg *leg)
{
    room_notice_free(leg->notice);
    g_clear_handle_id(&leg->opening, g_source_remove);
    g_clear_handle_id(&leg->early_end, g_source_remove);
    early_lines_free(leg->early);
    g_free(leg->early_nick);
}

void focus_lines_release(FocusLeg *leg)
{
    early_lines_release(leg->early, take_line, leg);
    g_clear_handle_id(&leg->early_end, g_source_remove);
}

// Its sender is not kept waiting any longer: the middle writes it down, accepts it and keeps it until the party is
// inside (MUC-B06).
static gboolean on_early_end(gpointer data)
{
    FocusLeg *leg = data;
    leg->early_end = 0;
    focus_lines_release(leg);
    return G_SOURCE_REMOVE;
}

static void keep_early(FocusLeg *leg, const MsrpSessionIncoming *message)
{
    if (!early_lines_keep(leg->early, message)) {
        call_media_turn_down(call_get_media(leg->call), message,
                             failure_to_msrp(FAILURE_RESOURCE_CONSTRAINT), NULL);
    } else if (leg->early_end == 0) {
        guint wait_ms = (guint)leg->all->core->settings->T_early;
        leg->early_end = g_timeout_add(wait_ms, on_early_end, leg);
    }
}

static void raise_nick(const FocusLeg *leg, uint64_t ref, const char *nick)
{
    Event *event = focus_leg_event(EVENT_ROOM_NICK, leg);
    event->f.ref = ref;
    fields_set_text(&event->f.nick, nick);
    gate_core_raise(leg->all->core, event);
}

// Whoever is not inside yet is asked about later; one wish at a time waits (MUC-B11).
void focus_lines_on_nickname(void *owner, uint32_t ref, const char *nick)
{
    FocusLeg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    if (g_strcmp0(nick, conference_party_nick(leg->seat)) == 0) {
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

void focus_lines_on_message(void *owner, const MsrpSessionIncoming *message)
{
    FocusLeg *leg = owner;
    if (leg->open) {
        take_line(leg, message);
    } else {
        keep_early(leg, message);
    }
}

// ADMIT is followed by the roster in the same turn: when that is over, what came early can be
// judged. The nick goes first, so that nothing is said under one that was given up.
static gboolean on_roster_known(gpointer data)
{
    FocusLeg *leg = data;
    leg->opening = 0;
    leg->open = true;
    if (leg->early_nick != NULL) {
        raise_nick(leg, leg->early_nick_ref, leg->early_nick);
        g_clear_pointer(&leg->early_nick, g_free);
    }
    focus_lines_release(leg);
    return G_SOURCE_REMOVE;
}

// --- out

// What is said while it moves waits for the new session.
static bool takes_lines(const FocusLeg *leg)
{
    return call_is_up(leg->call) || leg->is_moving;
}

static void send_line(const FocusLeg *leg, const Fields *fields)
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

static void begin_notice(FocusLeg *leg)
{
    const Settings *settings = leg->all->core->settings;
    if (settings->notice && leg->notice == NULL && call_is_up(leg->call) &&
        !call_media_is_chatroom(call_get_media(leg->call))) {
        leg->notice =
            room_notice_new(focus_leg_roster(leg), (unsigned)settings->T_notice, on_notice, leg);
        room_notice_begin(leg->notice);
    }
}

void focus_lines_open(FocusLeg *leg)
{
    begin_notice(leg);
    if (!leg->open && leg->opening == 0) {
        leg->opening = g_timeout_add(0, on_roster_known, leg);
    }
}

static void refuse_line(const FocusLeg *leg, const Fields *line, FailureReason failure, How how)
{
    gate_core_undelivered(leg->all->core, line->leg, line->row, failure, how);
}

void focus_lines_send(const FocusLeg *leg, const Fields *line)
{
    if (!takes_lines(leg)) {
        refuse_line(leg, line, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST);
    } else if (line->private && !call_media_has_private_messages(call_get_media(leg->call))) {
        refuse_line(leg, line, FAILURE_FEATURE_NOT_IMPLEMENTED, HOW_REFUSED);
    } else {
        send_line(leg, line);
    }
}

bool focus_lines_send_state(const FocusLeg *leg, const Fields *state)
{
    if (!takes_lines(leg)) {
        return false;
    }
    RoomCpim envelope = envelope_of(leg);
    g_autoptr(GBytes) body = room_cpim_write_state(&envelope, state, g_get_real_time() / 1000);
    call_media_send(call_get_media(leg->call), &(CallLine){.content_type = ROOM_CPIM_TYPE,
                                                           .inner_type = ISCOMPOSING_TYPE,
                                                           .body = body,
                                                           .is_fleeting = true});
    return true;
}
