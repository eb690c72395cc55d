// SPDX-License-Identifier: MIT
// What every handler needs inside a turn: commands, fresh numbers, timers, things raised for later.
#include "mapping/turn.h"

#include "mapping/session_map.h"

typedef struct {
    uint64_t session;
    TurnHappening happening;
    int what;
} Raised;

Command *turn_push(Turn *turn, const Session *session, CommandKind kind, Side side)
{
    Command *command = outbox_push(turn->outbox, kind, side);
    command->f.session = session != NULL ? session->id : 0;
    return command;
}

uint64_t turn_next_leg(Turn *turn)
{
    return ++turn->counters->leg;
}

uint64_t turn_next_row(Turn *turn)
{
    return ++turn->counters->row;
}

static uint64_t *timer_slot(Session *session, How how)
{
    g_assert(how >= FIELDS_TIMER_FIRST && how <= FIELDS_TIMER_LAST);
    return &session->timers[how - FIELDS_TIMER_FIRST];
}

// A timer belongs to the house, not to a side; its command is written as one of XMPP's.
static void timer_push(Turn *turn, Session *session, How how, int64_t ms)
{
    Command *command = turn_push(turn, session, COMMAND_TIMER, SIDE_XMPP);
    command->f.how = how;
    command->f.ms = (uint64_t)ms;
    command->f.number = *timer_slot(session, how);
}

void turn_timer_start(Turn *turn, Session *session, How how, int64_t ms)
{
    *timer_slot(session, how) = ++turn->counters->timer;
    timer_push(turn, session, how, MAX(ms, 1));
}

void turn_timer_stop(Turn *turn, Session *session, How how)
{
    if (*timer_slot(session, how) == 0)
        return;
    timer_push(turn, session, how, 0);
    *timer_slot(session, how) = 0;
}

bool turn_timer_is_running(const Session *session, How how)
{
    g_assert(how >= FIELDS_TIMER_FIRST && how <= FIELDS_TIMER_LAST);
    return session->timers[how - FIELDS_TIMER_FIRST] != 0;
}

bool turn_timer_is_due(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how < FIELDS_TIMER_FIRST || event->f.how > FIELDS_TIMER_LAST)
        return false;
    uint64_t *running = timer_slot(session, event->f.how);
    if (*running == 0 || *running != event->f.number) {
        turn->counters->late++;
        return false;
    }
    *running = 0;
    return true;
}

void turn_raise(Turn *turn, const Session *session, TurnHappening happening, int what)
{
    Raised *raised = g_new(Raised, 1);
    *raised = (Raised){session->id, happening, what};
    g_queue_push_tail(turn->happenings, raised);
}

void turn_settle(Turn *turn)
{
    Raised *raised;
    while ((raised = g_queue_pop_head(turn->happenings)) != NULL) {
        Session *session = session_map_find(turn->sessions, raised->session);
        if (session != NULL)
            raised->happening(turn, session, raised->what);
        g_free(raised);
    }
}
