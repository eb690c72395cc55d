// SPDX-License-Identifier: MIT
// Rules of a room that has a leg of ours at home and a leg for the party on the facade.
#include "mapping/room.h"

#include "mapping/chat.h"
#include "mapping/chat_receipt.h"
#include "mapping/escalation_record.h"
#include "mapping/journal.h"
#include "mapping/page_party.h"
#include "mapping/refusal.h"
#include "mapping/room_life.h"
#include "mapping/room_typing.h"
#include "mapping/seen.h"
#include "mapping/session_map.h"

// LIMIT: lines of the party that wait until it is inside (ESC-011).
#define EARLY_LINES_MAX 100

// ---- lines in -----------------------------------------------------------------------------------

static uint64_t wall_ms_of(const char *stamp)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(stamp, NULL);
    gint64 seconds = time != NULL ? g_date_time_to_unix(time) : 0;
    return seconds > 0 ? (uint64_t)seconds * 1000 : 0;
}

// What comes from SIP or goes there is what the tables of lines ask (docs/escalation.md 5).
static LineClass class_of(const Event *event)
{
    return event->side == SIDE_SIP ? LINE_ROOM_FROM : LINE_ROOM_TOWARDS;
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
    return event->f.history &&
           room_is_history_copy(event->f.stamp, session->seat.start_ms, session->thread, event->f.thread,
                                seen_has(session->bodies, event->f.body, turn->now_ms));
}

// Authors in a room are never answered (MUC-B21): a public line has nobody to tell of its failure.
// A private one has: the occupant who wrote it, and ours, by its full address, is who answers.
static void on_home_line(Turn *turn, Session *session, const Event *event)
{
    if (event->f.own || event->f.body == NULL || is_history_copy(turn, session, event)) {
        if (event->f.ref != 0)
            chat_answer_unheard(turn, session, event);
        return;
    }
    if (session->seat.pages.is_it && !page_party_takes(turn, session, event))
        return;
    Line *line = lines_new(event, class_of(event));
    fields_set_address(&line->f.from, NULL);
    fields_set_address(&line->f.to, NULL);
    if (event->f.private) {
        line->f.from = address_with_resource(session->seat.room, event->f.nick);
        fields_set_address(&line->f.to, event->f.to != NULL ? event->f.to : session->seat.party);
    }
    chat_take_line(turn, session, line);
}

static bool early_lines_are_full(const Session *session)
{
    return !room_life_is_inside(session) && session->waiting.length >= EARLY_LINES_MAX;
}

// MUC-B08, MUC-A11. Until the roster is known nobody can be missing from it.
static bool is_for_nobody(const Session *session, const Fields *line)
{
    return line->private && room_life_is_inside(session) &&
           participants_find(session->seat.known->participants, line->nick) == NULL;
}

// MUC-B08: an occupant who is a party of ours and takes no private lines. Of several devices under one nick one that takes
// them is enough.
static bool is_for_the_deaf(const Turn *turn, const Session *session, const Fields *line)
{
    bool is_ours = false;
    const GQueue *inside = line->private ? session_map_in_room(turn->sessions, session->seat.room) : NULL;
    for (const GList *at = inside != NULL ? inside->head : NULL; at != NULL; at = at->next) {
        const Session *other = at->data;
        if (!room_life_is_inside(other) || g_strcmp0(other->seat.nick, line->nick) != 0)
            continue;
        if (other->seat.party_is_private || other->seat.pages.is_it)
            return false;
        is_ours = true;
    }
    return is_ours;
}

// What an XMPP user writes into a room is answered by a stanza, so both ends must have a name.
static Line *party_line(const Session *session, const Event *event)
{
    Line *line = lines_new(event, class_of(event));
    if (event->side == SIDE_SIP)
        return line;
    fields_set_address(&line->f.from, session->seat.party);
    fields_set_address(&line->f.to, NULL);
    line->f.to = event->f.private ? address_with_resource(session->seat.room, event->f.nick)
                                  : address_ref(session->seat.room);
    return line;
}

void room_refuse(Turn *turn, const Event *event, const Refusal *refusal)
{
    const Session *session = session_map_find_leg(turn->sessions, event->f.leg, NULL);
    if (session == NULL)
        return;
    g_autoptr(Line) line = party_line(session, event);
    refusal_tell(turn, session, event->side, &line->f, refusal);
}

static void on_party_line(Turn *turn, Session *session, const Event *event)
{
    static const Refusal FULL = {.reason = FAILURE_RESOURCE_CONSTRAINT,
                                 .text = "too many lines wait"};
    static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};
    const Refusal deaf = {.reason = FAILURE_FEATURE_NOT_IMPLEMENTED,
                          .status = session->seat.pages.is_it ? 0 : 428, // of MSRP: RFC 7701 6.2
                          .text = "this participant cannot receive private messages"};
    bool is_answered = event->f.ref != 0;
    if (event->f.body == NULL || (is_answered && chat_is_repeated(turn, session, event))) {
        if (is_answered)
            chat_answer_unheard(turn, session, event);
        return;
    }
    g_autoptr(Line) line = party_line(session, event);
    if (is_for_nobody(session, &line->f))
        refusal_tell(turn, session, event->side, &line->f, &NOBODY);
    else if (is_for_the_deaf(turn, session, &line->f))
        refusal_tell(turn, session, event->side, &line->f, &deaf);
    else if (early_lines_are_full(session))
        refusal_tell(turn, session, event->side, &line->f, &FULL);
    else
        chat_take_line(turn, session, g_steal_pointer(&line));
}

void room_on_event(Turn *turn, Session *session, const Event *event)
{
    if (session->seat.room == NULL)
        return;
    bool is_home = event->side == session->seat.home;
    if (event->kind == EVENT_ROOM_MESSAGE)
        room_typing_on_line(session, event);
    if (event->kind == EVENT_ROOM_ROSTER)
        room_life_on_roster(turn, session, event);
    else if (event->kind == EVENT_ROOM_SUBJECT)
        room_life_on_subject(turn, session, event);
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
    fields_set_text(&out->f.stable, line->f.stable);
    fields_set_text(&out->f.nick, line->f.nick);
    fields_set_text(&out->f.body, line->f.body);
    fields_set_text(&out->f.lang, line->f.lang);
    fields_set_text(&out->f.subject, line->f.subject);
    fields_set_text(&out->f.stamp, line->f.stamp);
    out->f.private = line->f.private;
    return out;
}

static void fail(Turn *turn, Session *session, Line *line, const Refusal *refusal)
{
    seat_note_failure(&session->seat, refusal->reason);
    journal_fail(turn, line, refusal);
}

static bool fails_home(Turn *turn, Session *session, Line *line)
{
    static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};
    static const Refusal NOT_PRIVATE = {.reason = FAILURE_FEATURE_NOT_IMPLEMENTED,
                                        .text = "this room carries no private messages"};
    if (is_for_nobody(session, &line->f))
        fail(turn, session, line, &NOBODY);
    else if (line->f.private && !session->seat.home_is_private)
        fail(turn, session, line, &NOT_PRIVATE); // MUC-A11
    else
        return false;
    return true;
}

static void send_home(Turn *turn, Session *session, Line *line)
{
    if (fails_home(turn, session, line))
        return;
    line_push(turn, session, line, session->seat.home_leg);
    journal_hand_over(turn, line, LINE_BY_ROOM, session->seat.home_leg);
}

static void send_to_party(Turn *turn, Session *session, Line *line)
{
    static const Refusal NOT_PRIVATE = {.reason = FAILURE_FEATURE_NOT_IMPLEMENTED,
                                        .text = "this participant cannot receive private messages"};
    const Seat *seat = &session->seat;
    if (seat->pages.is_it) {
        page_party_send(turn, session, line);
        return;
    }
    if (line->f.private && !seat->party_is_private) {
        fail(turn, session, line, &NOT_PRIVATE); // MUC-B09
        return;
    }
    line_push(turn, session, line, seat->party_leg);
    journal_hand_over(turn, line, LINE_BY_ROOM, seat->party_leg);
}

// While the link of XMPP is lost, everything for it waits (ESC-608).
static bool is_held(const Session *session, const Line *line)
{
    return line->to_side == SIDE_XMPP && turn_timer_is_running(session, HOW_HOLD);
}

void room_send(Turn *turn, Session *session, Line *line)
{
    if (is_held(session, line))
        return;
    if (line->to_side == session->seat.home)
        send_home(turn, session, line);
    else
        send_to_party(turn, session, line);
}

void room_send_early(Turn *turn, Session *session)
{
    GList *next;
    for (GList *at = session->waiting.head; at != NULL; at = next) {
        next = at->next;
        Line *line = at->data;
        if (line->class == LINE_ROOM_FROM && line->to_side != session->seat.home)
            room_send(turn, session, line);
    }
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
    if (session->seat.known == NULL)
        return NULL;
    participants_each(session->seat.known->participants, on_candidate, found);
    return found[0] != NULL ? found[0]->nick : NULL;
}

bool room_send_aside(Turn *turn, Session *session, Line *line)
{
    const char *nick = partner_nick(session);
    bool is_late = turn->now_ms - session->escalation->chat_ended_ms > turn->settings->T_late;
    if (!session->seat.party_is_private || session->seat.party_leg == 0 || nick == NULL || is_late)
        return false;
    Command *out = line_push(turn, session, line, session->seat.party_leg);
    fields_set_text(&out->f.nick, nick);
    out->f.private = true;
    journal_hand_over(turn, line, LINE_BY_ASIDE, session->seat.party_leg);
    return true;
}

bool room_send_late(Turn *turn, Session *session, Line *line)
{
    if (turn->settings->late_s != LATE_S_ROOM || escalation_state(session) != ESCALATION_MOVING)
        return false;
    uint64_t leg = session->seat.home_leg;
    const char *nick = partner_nick(session);
    if (nick == NULL || turn_timer_is_running(session, HOW_HOLD))
        return false;
    Command *out = line_push(turn, session, line, leg);
    fields_set_text(&out->f.nick, nick);
    out->f.private = true;
    journal_hand_over(turn, line, LINE_BY_ROOM, leg);
    return true;
}

// Towards a SIP home nobody but us shows the author his line: when it has arrived (MUC-A08). The id is that of
// his stanza, and the order that of the arrivals.
static void echo_push(Turn *turn, Session *session, const Line *line)
{
    const Seat *seat = &session->seat;
    bool is_shown = line->to_side == SIDE_SIP && seat->home == SIDE_SIP && !line->f.private;
    if (!is_shown || !room_life_is_inside(session))
        return;
    Command *echo = line_push(turn, session, line, seat->party_leg);
    echo->side = SIDE_XMPP;
    echo->f.row = 0;
    echo->f.own = true;
    fields_set_text(&echo->f.nick, seat->nick);
}

void room_fail_unknown(Turn *turn, Session *session)
{
    static const Refusal UNKNOWN = {.reason = FAILURE_REMOTE_SERVER_TIMEOUT,
                                    .text = "outcome unknown, may have arrived"};
    GList *next;
    for (GList *at = session->waiting.head; at != NULL; at = next) {
        next = at->next;
        Line *line = at->data;
        if (line->to_side == session->seat.home && line->tries > 0)
            fail(turn, session, line, &UNKNOWN);
    }
}

// A leg that went down under a line tells so before it is reported down; the line waits for that.
void room_on_delivery(Turn *turn, Line *line, const Event *event)
{
    Refusal refusal = refusal_of(&event->f);
    if (event->f.how == HOW_TOO_LARGE)
        refusal.reason = FAILURE_POLICY_VIOLATION; // ESC-414
    if (event->f.how == HOW_LOST && event->f.failure == FAILURE_NONE) {
        journal_never_left(turn, line);
    } else if (event->f.how == HOW_LOST) {
        journal_take_back(turn, line);
    } else if (refusal.reason == FAILURE_NONE) {
        echo_push(turn, line->session, line);
        if (line->to_side == SIDE_SIP && line->session->seat.home == SIDE_SIP)
            chat_receipt_watch(turn, line); // a failure REPORT may follow the 200 (MUC-A08)
        journal_close(turn, line);
    } else {
        fail(turn, line->session, line, &refusal);
    }
}
