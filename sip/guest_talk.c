// SPDX-License-Identifier: MIT
// The lines of a leg at somebody else's focus, both ways; see guest_talk.h.
#include "sip/guest_talk.h"

#include <string.h>

#include "sip/body/iscomposing.h"
#include "sip/guest_line.h"

#define CPIM_TYPE "message/cpim"
// LIMIT: lines of ours of which we would know an echo of the switch (MUC-A10): a name and a digest of each.
#define SAID_MAX 64

// --- in

static GuestLinePlace place_of(const GuestLeg *leg)
{
    const GateCore *core = leg->all->core;
    return (GuestLinePlace){.route = core->route,
                            .room = leg->room,
                            .uri = leg->uri,
                            .user = leg->user,
                            .settings = core->settings};
}

static char *digest_of(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

// What we said by this leg; what our user says on another device is news here (MUC-A10), be it the same words. A
// switch that drops the name of a line leaves only these.
static bool is_echo(GuestLeg *leg, const GuestLinePlace *place, const GuestLine *line)
{
    if (!line->is_own) {
        return false;
    }
    const char *name = guest_line_id_ours(place, line);
    g_autofree char *digest = digest_of(line->text);
    GList *said = g_queue_find_custom(&leg->said, name != NULL ? name : digest, (GCompareFunc)strcmp);
    if (said != NULL) {
        g_free(said->data);
        g_queue_delete_link(&leg->said, said);
    }
    return said != NULL;
}

static bool is_known(GuestLeg *leg, const GuestLinePlace *place, const MsrpSessionIncoming *message,
                     const GuestLine *line)
{
    return is_echo(leg, place, line) ||
           guest_given_has(leg->given, message->message_id, line, guest_line_id_ours(place, line));
}

static char *speaker_of(GuestLeg *leg, const GuestLine *line)
{
    if (line->from == NULL) {
        return NULL;
    }
    if (line->is_own) {
        return g_strdup(guest_roster_own_nick(leg->roster));
    }
    g_autoptr(GPtrArray) events = guest_leg_events_new();
    char *nick = guest_roster_speaker(leg->roster, line->from, line->name, events);
    guest_leg_tell_all(leg, events);
    return nick;
}

// What a focus numbers is nobody's business on XMPP, and may be anything (MUC-A09).
static char *id_of(const MsrpSessionIncoming *message)
{
    enum { DIGITS = 32 };
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message->message_id, -1);
    return g_strdup_printf("m-%.*s", DIGITS, hash);
}

static void raise_line(GuestLeg *leg, const MsrpSessionIncoming *message, const GuestLinePlace *place,
                       const GuestLine *line)
{
    const GateCore *core = leg->all->core;
    g_autofree char *nick = speaker_of(leg, line);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    Event *event = guest_leg_event(EVENT_ROOM_MESSAGE, leg);
    message_body_to_fields(&line->body, &event->f, core->settings->html == HTML_XHTML, now);
    event->f.markable = event->f.negative = event->f.notify = false; // nobody in a room is asked
    event->f.receipt = message->wants_success_report;
    fields_set_text(&event->f.body, line->text);
    fields_set_text(&event->f.stamp, line->stamp);
    g_free(event->f.id); // that of an envelope
    event->f.id = id_of(message);
    if (!line->is_private) {
        event->f.stable = guest_line_id(&leg->all->line_ids, place, line, message->message_id, &leg->told);
    }
    fields_set_text(&event->f.nick, nick);
    event->f.history = line->stamp != NULL;
    event->f.private = line->is_private;
    event->f.ref = call_media_hold(call_get_media(leg->call), message);
    guest_given_note(leg->given, message->message_id, line);
    guest_leg_tell(leg, event);
}

static void raise_state(GuestLeg *leg, const GuestLine *line)
{
    if (line->body.state == HOW_NONE || line->is_private || line->is_own || line->from == NULL) {
        return;
    }
    g_autofree char *nick = speaker_of(leg, line);
    Event *event = guest_leg_event(EVENT_CHAT_STATE, leg);
    message_body_state_to_fields(&line->body, &event->f);
    fields_set_text(&event->f.nick, nick);
    guest_leg_tell(leg, event);
}

void guest_talk_take(void *owner, const MsrpSessionIncoming *message)
{
    GuestLeg *leg = owner;
    CallMedia *media = call_get_media(leg->call);
    g_auto(GuestLine) line = {0};
    GuestLinePlace place = place_of(leg);
    g_autoptr(GBytes) content = g_bytes_new(message->body, message->length);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    int status = message->length > (size_t)place.settings->max_size
                     ? 413
                     : guest_line_read(&line, &place, message->content_type, content, now);
    if (status == 200 || (status == 0 && is_known(leg, &place, message, &line))) {
        call_media_accept(media, message);
        raise_state(leg, &line);
    } else if (status != 0) {
        call_media_turn_down(media, message, status, NULL);
    } else {
        raise_line(leg, message, &place, &line);
    }
}

void guest_talk_on_message(void *owner, const MsrpSessionIncoming *message)
{
    GuestLeg *leg = owner;
    if (leg->state == GUEST_LEG_INSIDE) {
        guest_talk_take(leg, message);
    } else if (!early_lines_keep(leg->early, message)) {
        call_media_turn_down(call_get_media(leg->call), message,
                             failure_to_msrp(FAILURE_RESOURCE_CONSTRAINT), NULL);
    }
}

// --- out

// `to`: an occupant, NULL: all. `state`: the composing document, NULL: the text of the line.
static GBytes *wrap(const GuestLeg *leg, const Fields *line, const char *to, GBytes *state)
{
    g_autofree char *own = route_to_aor(leg->all->core->route, leg->user);
    const char *nick = guest_roster_own_nick(leg->roster);
    return message_body_wrap(
        &(MessageBodyEnvelope){.to = to != NULL ? to : leg->uri,
                               .from_name = nick != NULL ? nick : leg->nick,
                               .from = own,
                               .stamp = line->stamp,
                               .subject = line->subject,
                               .lang = line->lang,
                               .type = state != NULL ? ISCOMPOSING_TYPE : NULL,
                               .content = state,
                               .text = line->body != NULL ? line->body : "",
                               .message_id = line->stable});
}

static void note_said(GuestLeg *leg, const Fields *line)
{
    const char *text = line->body != NULL ? line->body : "";
    g_queue_push_tail(&leg->said, digest_of(text));
    g_queue_push_tail(&leg->said, g_strdup(line->stable != NULL ? line->stable : ""));
    guest_given_note_said(leg->given, text, line->stable);
    while (leg->said.length > SAID_MAX) {
        g_free(g_queue_pop_head(&leg->said));
    }
}

static void send_line(GuestLeg *leg, const Fields *line, const char *to)
{
    g_autoptr(GBytes) body = wrap(leg, line, to, NULL);
    note_said(leg, line);
    call_media_send(call_get_media(leg->call), &(CallLine){.row = line->row,
                                                           .id = line->id,
                                                           .content_type = CPIM_TYPE,
                                                           .inner_type = "text/plain",
                                                           .body = body});
}

void guest_talk_send(Guest *self, const Fields *fields)
{
    GuestLeg *leg = guest_leg_find(self, fields->leg);
    if (leg == NULL || leg->state != GUEST_LEG_INSIDE || !call_is_up(leg->call)) { // it does not leave
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_NONE, HOW_LOST);
        return;
    }
    const CallMedia *media = call_get_media(leg->call);
    const char *to = fields->private ? guest_roster_entity(leg->roster, fields->nick) : NULL;
    if (fields->private && !call_media_has_private_messages(media)) {
        // the switch could tell everybody (MUC-A11)
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_FEATURE_NOT_IMPLEMENTED,
                              HOW_REFUSED);
    } else if (fields->private && to == NULL) {
        gate_core_undelivered(self->core, fields->leg, fields->row, FAILURE_ITEM_NOT_FOUND,
                              HOW_REFUSED);
    } else {
        send_line(leg, fields, to);
    }
}

void guest_talk_send_state(Guest *self, const Fields *fields)
{
    GuestLeg *leg = guest_leg_find(self, fields->leg);
    if (leg == NULL || leg->state != GUEST_LEG_INSIDE ||
        !call_media_takes(call_get_media(leg->call), CPIM_TYPE, ISCOMPOSING_TYPE)) {
        return;
    }
    g_autoptr(GBytes) document = message_body_state(fields);
    g_autoptr(GBytes) body = wrap(leg, fields, NULL, document);
    call_media_send(call_get_media(leg->call), &(CallLine){.content_type = CPIM_TYPE,
                                                           .inner_type = ISCOMPOSING_TYPE,
                                                           .body = body,
                                                           .is_fleeting = true});
}
