// SPDX-License-Identifier: MIT
// Rules of a room that has a leg of ours at home and a leg for the party on the facade.
#include "mapping/room.h"

#include "mapping/chat.h"
#include "mapping/escalation_record.h"
#include "mapping/journal.h"
#include "mapping/nickname.h"
#include "mapping/refusal.h"
#include "mapping/room_typing.h"
#include "mapping/seen.h"
#include "mapping/session_map.h"

// LIMIT: lines of the party that wait until it is inside (ESC-011).
#define EARLY_LINES_MAX 100

static Side facade(const Escalation *record)
{
    return side_other(record->home);
}

static bool is_inside(EscalationState state)
{
    return state == ESCALATION_MOVING || state == ESCALATION_CONFERENCE;
}

// ---- entering -----------------------------------------------------------------------------------

static char *stamp_of(uint64_t wall_ms)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc((gint64)(wall_ms / 1000));
    return time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

void room_enter(Turn *turn, Session *session)
{
    Escalation *record = session->escalation;
    Address *party = record->home == SIDE_XMPP ? session->s : session->x;
    g_autofree char *since = record->start_ms != 0 ? stamp_of(record->start_ms) : NULL;
    Command *enter = turn_push(turn, session, COMMAND_ENTER_ROOM, record->home);
    enter->f.leg = record->home_leg;
    enter->f.room = address_ref(record->room);
    enter->f.from = address_ref(party);
    enter->f.nick = nickname_for(NULL, party);
    fields_set_text(&enter->f.password, record->password);
    fields_set_text(&enter->f.stamp, since);
}

// ---- roster and subject -------------------------------------------------------------------------

static Command *to_party(Turn *turn, Session *session, CommandKind kind)
{
    Command *command = turn_push(turn, session, kind, facade(session->escalation));
    command->f.leg = session->escalation->party_leg;
    return command;
}

static void participant_push(Turn *turn, Session *session, const Participant *participant, How how)
{
    Command *roster = to_party(turn, session, COMMAND_ROOM_ROSTER);
    roster->f.how = how;
    fields_set_text(&roster->f.nick, participant->nick);
    fields_set_text(&roster->f.role, participant->role);
    fields_set_text(&roster->f.affiliation, participant->affiliation);
    fields_set_address(&roster->f.real, participant->real);
    roster->f.own = participant->own;
}

typedef struct {
    Turn *turn;
    Session *session;
} Audience;

static void on_participant(const Participant *participant, void *data)
{
    Audience *audience = data;
    participant_push(audience->turn, audience->session, participant, HOW_JOINED);
}

static void subject_push(Turn *turn, Session *session)
{
    Command *subject = to_party(turn, session, COMMAND_ROOM_SUBJECT);
    fields_set_text(&subject->f.nick, session->escalation->subject_nick);
    fields_set_text(&subject->f.subject, session->escalation->subject);
}

void room_admit(Turn *turn, Session *session)
{
    Audience audience = {turn, session};
    to_party(turn, session, COMMAND_ADMIT);
    participants_each(session->escalation->participants, on_participant, &audience);
    if (session->escalation->subject != NULL)
        subject_push(turn, session);
}

void room_tell_unreachable(Turn *turn, Session *session)
{
    if (!is_inside(escalation_state(session)))
        return;
    Command *notice = to_party(turn, session, COMMAND_ROOM_MESSAGE);
    fields_set_text(&notice->f.body,
                    "The room cannot be reached at the moment; what you write waits.");
}

// A difference is told as the home side told it; joins and changes as the roster has them now.
static void on_roster(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    How how = participants_merge(record->participants, event);
    if (how == HOW_NONE || !is_inside(record->state))
        return;
    if (how == HOW_JOINED || how == HOW_CHANGED) {
        participant_push(turn, session, participants_find(record->participants, event->f.nick),
                         how);
        return;
    }
    Command *roster = to_party(turn, session, COMMAND_ROOM_ROSTER);
    roster->f.how = how;
    fields_set_text(&roster->f.nick, event->f.nick);
    if (how == HOW_RENAMED)
        fields_set_text(&roster->f.new_nick, event->f.new_nick);
    fields_set_text(&roster->f.text, event->f.text);
    roster->f.own = event->f.own;
}

static void on_subject(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    fields_set_text(&record->subject, event->f.subject);
    fields_set_text(&record->subject_nick, event->f.nick);
    if (is_inside(record->state))
        subject_push(turn, session);
}

// ---- lines in -----------------------------------------------------------------------------------

static uint64_t wall_ms_of(const char *stamp)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(stamp, NULL);
    gint64 seconds = time != NULL ? g_date_time_to_unix(time) : 0;
    return seconds > 0 ? (uint64_t)seconds * 1000 : 0;
}

bool room_is_history_copy(const char *stamp, uint64_t start_ms, const char *pair_thread,
                          const char *thread, bool is_known_body)
{
    // Stamps of rooms have whole seconds: what was said in the second of the trigger counts as
    // after it.
    if (stamp != NULL && wall_ms_of(stamp) < start_ms / 1000 * 1000)
        return true;
    return pair_thread != NULL && g_strcmp0(thread, pair_thread) == 0 && is_known_body;
}

void room_note_pair_line(Turn *turn, Session *session, const char *body)
{
    if (session->bodies == NULL)
        session->bodies = seen_new();
    seen_note(session->bodies, body, turn->now_ms);
}

static bool is_history_copy(const Turn *turn, const Session *session, const Event *event)
{
    const Escalation *record = session->escalation;
    return event->f.history &&
           room_is_history_copy(event->f.stamp, record->start_ms, session->thread, event->f.thread,
                                seen_has(session->bodies, event->f.body, turn->now_ms));
}

// Authors in a room are never answered (MUC-B21): a public line has nobody to tell of its failure.
// A private one has: the occupant who wrote it, and ours, by its full address, is who answers.
static void on_home_line(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    if (event->f.own || event->f.body == NULL || is_history_copy(turn, session, event))
        return;
    Line *line = lines_new(event, LINE_ROOM_TOWARDS);
    fields_set_address(&line->f.from, NULL);
    fields_set_address(&line->f.to, NULL);
    if (event->f.private) {
        line->f.from = address_with_resource(record->room, event->f.nick);
        fields_set_address(&line->f.to, event->f.to != NULL ? event->f.to : session->s);
    }
    chat_take_line(turn, session, line);
}

static bool early_lines_are_full(const Session *session)
{
    return escalation_state(session) == ESCALATION_ENTERING &&
           session->waiting.length >= EARLY_LINES_MAX;
}

// MUC-B08. Until the roster is known nobody can be missing from it.
static bool is_for_nobody(const Escalation *record, const Fields *line)
{
    return line->private && is_inside(record->state) &&
           participants_find(record->participants, line->nick) == NULL;
}

static void on_party_line(Turn *turn, Session *session, const Event *event)
{
    static const Refusal FULL = {.reason = FAILURE_RESOURCE_CONSTRAINT,
                                 .text = "too many lines wait"};
    static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};
    Escalation *record = session->escalation;
    if (event->f.body == NULL || chat_is_repeated(turn, session, event))
        chat_answer_unheard(turn, session, event);
    else if (is_for_nobody(record, &event->f))
        refusal_tell(turn, session, event->side, &event->f, &NOBODY);
    else if (early_lines_are_full(session))
        refusal_tell(turn, session, event->side, &event->f, &FULL);
    else
        chat_take_line(turn, session, lines_new(event, LINE_ROOM_FROM));
}

void room_on_event(Turn *turn, Session *session, const Event *event)
{
    if (session->escalation == NULL)
        return;
    bool is_home = event->side == session->escalation->home;
    if (event->kind == EVENT_ROOM_MESSAGE)
        room_typing_on_line(session, event);
    if (event->kind == EVENT_ROOM_ROSTER)
        on_roster(turn, session, event);
    else if (event->kind == EVENT_ROOM_SUBJECT)
        on_subject(turn, session, event);
    else if (is_home)
        on_home_line(turn, session, event);
    else
        on_party_line(turn, session, event);
}

// ---- lines out ----------------------------------------------------------------------------------

static Command *line_push(Turn *turn, Session *session, const Line *line, uint64_t leg)
{
    Command *out = turn_push(turn, session, COMMAND_ROOM_MESSAGE, line->to_side);
    out->f.leg = leg;
    out->f.row = line->row;
    fields_set_text(&out->f.id, line->f.id);
    fields_set_text(&out->f.nick, line->f.nick);
    fields_set_text(&out->f.body, line->f.body);
    fields_set_text(&out->f.lang, line->f.lang);
    fields_set_text(&out->f.subject, line->f.subject);
    fields_set_text(&out->f.stamp, line->f.stamp);
    out->f.private = line->f.private;
    return out;
}

// While the link of the home is lost, everything for the room waits for it (ESC-608).
static void send_home(Turn *turn, Session *session, Line *line)
{
    static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};
    const Escalation *record = session->escalation;
    if (turn_timer_is_running(session, HOW_HOLD))
        return;
    if (is_for_nobody(record, &line->f)) {
        journal_fail(turn, line, &NOBODY);
        return;
    }
    line_push(turn, session, line, record->home_leg);
    journal_hand_over(turn, line, LINE_BY_ROOM, record->home_leg);
}

static void send_to_party(Turn *turn, Session *session, Line *line)
{
    static const Refusal NOT_PRIVATE = {.reason = FAILURE_FEATURE_NOT_IMPLEMENTED,
                                        .text = "this participant cannot receive private messages"};
    const Escalation *record = session->escalation;
    if (line->f.private && !record->party_is_private) {
        journal_fail(turn, line, &NOT_PRIVATE); // MUC-B09
        return;
    }
    line_push(turn, session, line, record->party_leg);
    journal_hand_over(turn, line, LINE_BY_ROOM, record->party_leg);
}

void room_send(Turn *turn, Session *session, Line *line)
{
    if (line->to_side == session->escalation->home)
        send_home(turn, session, line);
    else
        send_to_party(turn, session, line);
}

// The name under which the pair's XMPP user is in the room, when the room shows who he is.
static void on_candidate(const Participant *participant, void *data)
{
    const Participant **found = data;
    const Address *wanted = found[1]->real;
    if (participant->real != NULL && address_equal_bare(participant->real, wanted))
        found[0] = participant;
}

static const char *partner_nick(const Session *session)
{
    Participant partner = {.real = session->x};
    const Participant *found[2] = {NULL, &partner};
    participants_each(session->escalation->participants, on_candidate, found);
    return found[0] != NULL ? found[0]->nick : NULL;
}

bool room_send_aside(Turn *turn, Session *session, Line *line)
{
    Escalation *record = session->escalation;
    const char *nick = partner_nick(session);
    bool is_late = turn->now_ms - record->chat_ended_ms > turn->settings->T_late;
    if (!record->party_is_private || record->party_leg == 0 || nick == NULL || is_late)
        return false;
    Command *out = line_push(turn, session, line, record->party_leg);
    fields_set_text(&out->f.nick, nick);
    out->f.private = true;
    journal_hand_over(turn, line, LINE_BY_ASIDE, record->party_leg);
    return true;
}

bool room_send_late(Turn *turn, Session *session, Line *line)
{
    if (turn->settings->late_s != LATE_S_ROOM || escalation_state(session) != ESCALATION_MOVING)
        return false;
    uint64_t leg = session->escalation->home_leg;
    const char *nick = partner_nick(session);
    if (nick == NULL || turn_timer_is_running(session, HOW_HOLD))
        return false;
    Command *out = line_push(turn, session, line, leg);
    fields_set_text(&out->f.nick, nick);
    out->f.private = true;
    journal_hand_over(turn, line, LINE_BY_ROOM, leg);
    return true;
}

// A leg that went down under a line tells so before it is reported down; the line waits for that.
void room_on_delivery(Turn *turn, Line *line, const Event *event)
{
    Refusal refusal = refusal_of(&event->f);
    if (event->f.how == HOW_TOO_LARGE)
        refusal.reason = FAILURE_POLICY_VIOLATION; // ESC-414
    if (event->f.how == HOW_LOST)
        journal_take_back(turn, line);
    else if (refusal.reason == FAILURE_NONE)
        journal_close(turn, line);
    else
        journal_fail(turn, line, &refusal);
}
