// SPDX-License-Identifier: MIT
// Life of the record of an escalation.
#include "mapping/escalation_record.h"

#include "mapping/journal.h"
#include "mapping/room_life.h"
#include "mapping/session_map.h"

Escalation *escalation_record_get(Session *session)
{
    if (session->escalation == NULL)
        session->escalation = g_new0(Escalation, 1);
    return session->escalation;
}

static void texts_clear(Escalation *record)
{
    fields_set_address(&record->inviter, NULL);
    fields_set_text(&record->thread, NULL);
    fields_set_text(&record->reason, NULL);
}

void escalation_record_open(Turn *turn, Session *session, const Event *trigger, Side home)
{
    Escalation *record = escalation_record_get(session);
    g_assert(record->state == ESCALATION_CHAT);
    seat_take(&session->seat, home, trigger->f.room, home == SIDE_XMPP ? session->s : session->x);
    session->seat.start_ms = trigger->f.ms;
    record->is_mediated = trigger->f.mediated;
    fields_set_address(&record->inviter,
                       trigger->f.real != NULL ? trigger->f.real : trigger->f.from);
    fields_set_text(&record->thread, trigger->f.thread);
    fields_set_text(&record->reason, trigger->f.text);
    fields_set_text(&session->seat.password, trigger->f.password);
    session_map_bind_room(turn->sessions, session, trigger->f.room);
}

static void leg_move(Turn *turn, Session *to, uint64_t leg, SessionLeg role)
{
    if (leg == 0)
        return;
    session_map_unbind_leg(turn->sessions, leg);
    session_map_bind_leg(turn->sessions, to, leg, role);
}

// A line that the pair has had on its own leg is known for a repetition now (ESC-017).
static bool is_repeated(Turn *turn, Session *to, const Line *line)
{
    if (line->class != LINE_ROOM_FROM)
        return false;
    if (to->seen == NULL)
        to->seen = seen_new();
    bool is_known = seen_has(to->seen, line->f.id, turn->now_ms);
    seen_note(to->seen, line->f.id, turn->now_ms);
    return is_known;
}

// None of the room's lines is in flight before COMMIT.
static void lines_move(Turn *turn, Session *to, Session *from)
{
    GList *next;
    for (GList *at = from->waiting.head; at != NULL; at = next) {
        next = at->next;
        Line *line = at->data;
        if (line->class != LINE_ROOM_TOWARDS && line->class != LINE_ROOM_FROM)
            continue;
        if (is_repeated(turn, to, line))
            journal_close(turn, line);
        else
            session_map_line_waits(turn->sessions, to, session_map_line_drop(turn->sessions, line));
    }
}

static void timers_move(Turn *turn, Session *to, Session *from)
{
    int64_t left_ms = to->escalation->patience_ends_ms - turn->now_ms;
    turn_timer_stop(turn, from, HOW_PATIENCE);
    turn_timer_start(turn, to, HOW_PATIENCE, left_ms);
    if (turn_timer_is_running(from, HOW_HOLD))
        room_life_hold_start(turn, to);
    room_life_hold_stop(turn, from);
}

void escalation_record_move(Turn *turn, Session *to, Session *from)
{
    Escalation *moved = from->escalation;
    Escalation *left = escalation_record_get(to);
    g_assert(moved->state == ESCALATION_INVITING || moved->state == ESCALATION_ENTERING);
    g_assert(left->state == ESCALATION_CHAT);
    from->escalation = left;
    to->escalation = moved;
    to->seat = from->seat;
    from->seat = (Seat){0};
    timers_move(turn, to, from);
    session_map_unbind_room(turn->sessions, from);
    session_map_bind_room(turn->sessions, to, to->seat.room);
    leg_move(turn, to, moved->asked, SESSION_LEG_ASKED);
    leg_move(turn, to, to->seat.party_leg, SESSION_LEG_PARTY);
    leg_move(turn, to, to->seat.home_leg, SESSION_LEG_HOME);
    lines_move(turn, to, from);
}

void escalation_record_forget(Turn *turn, Session *session)
{
    Escalation *record = session->escalation;
    texts_clear(record);
    record->asked = 0;
    record->rang = false;
    room_life_forget(turn, session);
}

static bool is_bound(const SessionMap *sessions, const Session *session, uint64_t leg,
                     SessionLeg role)
{
    SessionLeg found = SESSION_LEG_CHAT;
    return session_map_find_leg(sessions, leg, &found) == session && found == role;
}

void escalation_record_check(const SessionMap *sessions, const Session *session)
{
    static const SessionLeg ROLES[] = {SESSION_LEG_ASKED, SESSION_LEG_PARTY, SESSION_LEG_HOME};
    const Escalation *record = session->escalation;
    for (size_t i = 0; i < G_N_ELEMENTS(ROLES); i++) {
        const uint64_t numbers[] = {record->asked, session->seat.party_leg, session->seat.home_leg};
        guint bound = session_map_count_legs(session, ROLES[i]);
        g_assert(bound == (numbers[i] != 0));
        g_assert(bound == 0 || is_bound(sessions, session, numbers[i], ROLES[i]));
    }
}

void escalation_record_free(Escalation *record)
{
    if (record == NULL)
        return;
    texts_clear(record);
    g_free(record);
}
