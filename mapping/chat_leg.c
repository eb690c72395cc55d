// SPDX-License-Identifier: MIT
// The table of docs/escalation.md section 4, its actions, and chat_leg_fire(), which alone writes
// the state. No guards: a condition is another event, chosen by whoever fires (docs/architecture.md
// 5).
#include "mapping/chat_leg.h"

#include <inttypes.h>

#include "mapping/chat.h"
#include "mapping/session_map.h"

#define MOVE(from, on, to, does)                                                                   \
    {CHAT_LEG_##from, CHAT_LEG_ON_##on, CHAT_LEG_MOVES, CHAT_LEG_##to, CHAT_LEG_DO_##does},
#define STAY(from, on, does)                                                                       \
    {CHAT_LEG_##from, CHAT_LEG_ON_##on, CHAT_LEG_STAYS, CHAT_LEG_##from, CHAT_LEG_DO_##does},
#define HEAR(from, on)                                                                             \
    {CHAT_LEG_##from, CHAT_LEG_ON_##on, CHAT_LEG_IGNORES, CHAT_LEG_##from, CHAT_LEG_DO_NOTHING},
#define TRAP(from, on)                                                                             \
    {CHAT_LEG_##from, CHAT_LEG_ON_##on, CHAT_LEG_SURPRISES, CHAT_LEG_##from, CHAT_LEG_DO_NOTHING},

// clang-format off
static const ChatLegRow ROWS[] = {
    //    from     on            to       do
    MOVE(NONE,    NEEDED,       OPENING, OPEN_LEG)
    TRAP(OPENING, NEEDED)
    TRAP(UP,      NEEDED)
    MOVE(LOST,    NEEDED,       OPENING, OPEN_LEG)

    TRAP(NONE,    LEG_UP)
    MOVE(OPENING, LEG_UP,       UP,      NOTHING)
    TRAP(UP,      LEG_UP)
    TRAP(LOST,    LEG_UP)

    TRAP(NONE,    LEG_DOWN)
    MOVE(OPENING, LEG_DOWN,     NONE,    FAIL_LINES)
    MOVE(UP,      LEG_DOWN,     LOST,    NOTHING)
    TRAP(LOST,    LEG_DOWN)

    STAY(NONE,    RETURNED,              CLOSE_SPARE)
    STAY(OPENING, RETURNED,              CLOSE_SPARE)
    STAY(UP,      RETURNED,              CLOSE_SPARE)
    MOVE(LOST,    RETURNED,     UP,      NARROW_SPARE)

    HEAR(NONE,    RECORD_OPENS)
    HEAR(OPENING, RECORD_OPENS)
    HEAR(UP,      RECORD_OPENS)
    MOVE(LOST,    RECORD_OPENS, NONE,    NOTHING)

    HEAR(NONE,    ENDED)
    MOVE(OPENING, ENDED,        NONE,    CANCEL_LEG)
    MOVE(UP,      ENDED,        NONE,    CLOSE_LEG)
    MOVE(LOST,    ENDED,        NONE,    NOTHING)

    TRAP(NONE,    WIDENED)
    TRAP(OPENING, WIDENED)
    MOVE(UP,      WIDENED,      NONE,    GIVE_LEG)
    TRAP(LOST,    WIDENED)

    MOVE(NONE,    NARROWED,     UP,      TAKE_LEG)
    TRAP(OPENING, NARROWED)
    TRAP(UP,      NARROWED)
    TRAP(LOST,    NARROWED)

    HEAR(NONE,    RESTARTED)
    MOVE(OPENING, RESTARTED,    NONE,    CANCEL_LEG)
    STAY(UP,      RESTARTED,             RENEW_LEG)
    HEAR(LOST,    RESTARTED)
};
// clang-format on

static const char *const STATE_NAMES[] = {
#define STATE_NAME(NAME) [CHAT_LEG_##NAME] = #NAME,
    CHAT_LEG_STATES(STATE_NAME)
};

static const char *const EVENT_NAMES[] = {
#define EVENT_NAME(NAME) [CHAT_LEG_ON_##NAME] = #NAME,
    CHAT_LEG_EVENTS(EVENT_NAME)
};

static const char *const ACTION_NAMES[] = {
#define ACTION_NAME(NAME, text) [CHAT_LEG_DO_##NAME] = text,
    CHAT_LEG_ACTIONS(ACTION_NAME)
};

const char *chat_leg_state_name(ChatLegState state)
{
    return STATE_NAMES[state];
}

const char *chat_leg_event_name(ChatLegEvent event)
{
    return EVENT_NAMES[event];
}

const char *chat_leg_action_name(ChatLegAction action)
{
    return ACTION_NAMES[action];
}

// Folds the rows into a dense matrix once; a double or missing cell ends the process.
const ChatLegRow *chat_leg_cell(ChatLegState from, ChatLegEvent on)
{
    static const ChatLegRow *matrix[CHAT_LEG_STATE_COUNT][CHAT_LEG_EVENT_COUNT];
    if (matrix[0][0] == NULL) {
        for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
            g_assert(matrix[ROWS[i].from][ROWS[i].on] == NULL);
            matrix[ROWS[i].from][ROWS[i].on] = &ROWS[i];
        }
        g_assert(G_N_ELEMENTS(ROWS) == CHAT_LEG_STATE_COUNT * CHAT_LEG_EVENT_COUNT);
    }
    return matrix[from][on];
}

ChatLegCause chat_leg_cause(const Event *event)
{
    return (ChatLegCause){.leg = event->f.leg, .refusal = refusal_of(&event->f)};
}

static void number_take(Turn *turn, Session *session, uint64_t number)
{
    session->chat_leg.number = number;
    session->chat_leg.is_partial = false;
    session_map_bind_leg(turn->sessions, session, number, SESSION_LEG_CHAT);
}

// The number leaves the chat. What was on its way there waits again, to be sent with the same id.
static void number_drop(Turn *turn, Session *session)
{
    if (session->chat_leg.number == 0)
        return;
    journal_drop_leg(turn, session, session->chat_leg.number);
    session->chat_leg.number = 0;
    session->chat_leg.is_partial = false;
}

static const Line *first_waiting(const Session *session)
{
    return session->waiting.head != NULL ? session->waiting.head->data : NULL;
}

// A chat that ended by <gone/> is not gone on with: without thread the gate makes a new Call-ID
// (CHAT-51).
static void ask_for_leg(Turn *turn, Session *session)
{
    const Line *first = first_waiting(session);
    if (session->thread == NULL && first != NULL)
        session_map_set_thread(turn->sessions, session, first->f.thread);
    Command *command = turn_push(turn, session, COMMAND_OPEN_LEG, SIDE_SIP);
    command->f.leg = session->chat_leg.number;
    fields_set_address(&command->f.from, session_x_target(session));
    fields_set_address(&command->f.to, first != NULL ? first->f.to : session->s);
    fields_set_text(&command->f.nick, session->x_nick);
    if (first != NULL) {
        fields_set_text(&command->f.subject, first->f.subject);
        command->f.hops = first->f.hops;
    }
    if (g_strcmp0(session->thread, session->spent_thread) != 0)
        fields_set_text(&command->f.thread, session->thread);
}

static void do_open_leg(Turn *turn, Session *session, const ChatLegCause *cause)
{
    ChatLeg *leg = &session->chat_leg;
    number_take(turn, session, turn_next_leg(turn));
    session->opened_by_peer = leg->offer != 0;
    if (leg->offer != 0) {
        Command *command = turn_push(turn, session, COMMAND_ANSWER_LEG, SIDE_SIP);
        command->f.ref = leg->offer;
        command->f.leg = leg->number;
        fields_set_address(&command->f.from, session_x_target(session));
        leg->offer = 0;
    } else {
        ask_for_leg(turn, session);
    }
    turn_timer_start(turn, session, HOW_SETUP, turn->settings->invite_timeout);
}

static void close_number(Turn *turn, Session *session, uint64_t number, const Refusal *why)
{
    Command *command = turn_push(turn, session, COMMAND_CLOSE_LEG, SIDE_SIP);
    command->f.leg = number;
    command->f.failure = why->reason;
    command->f.status = why->status;
    fields_set_text(&command->f.text, why->text);
}

// CANCEL or BYE is the gate's choice; for us both give the number up.
static void do_close_leg(Turn *turn, Session *session, const ChatLegCause *cause)
{
    close_number(turn, session, session->chat_leg.number, &cause->refusal);
    number_drop(turn, session);
}

static void do_fail_lines(Turn *turn, Session *session, const ChatLegCause *cause)
{
    chat_fail_lines(turn, session, cause);
}

static void do_close_spare(Turn *turn, Session *session, const ChatLegCause *cause)
{
    close_number(turn, session, cause->leg, &cause->refusal);
    journal_drop_leg(turn, session, cause->leg);
}

static void do_take_leg(Turn *turn, Session *session, const ChatLegCause *cause)
{
    number_take(turn, session, cause->leg);
}

static void reopen(Turn *turn, Session *session, How how)
{
    Command *command = turn_push(turn, session, COMMAND_OPEN_LEG, SIDE_SIP);
    command->f.how = how;
    command->f.leg = session->chat_leg.number;
}

static void do_narrow_spare(Turn *turn, Session *session, const ChatLegCause *cause)
{
    number_take(turn, session, cause->leg);
    reopen(turn, session, HOW_NARROW);
}

static void do_renew_leg(Turn *turn, Session *session, const ChatLegCause *cause)
{
    reopen(turn, session, HOW_RENEW);
}

// The leg lives on, so what is on its way there stays on its way.
static void do_give_leg(Turn *turn, Session *session, const ChatLegCause *cause)
{
    session_map_unbind_leg(turn->sessions, session->chat_leg.number);
    session->chat_leg.number = 0;
}

static void do_nothing(Turn *turn, Session *session, const ChatLegCause *cause)
{
}

typedef void (*Action)(Turn *turn, Session *session, const ChatLegCause *cause);

static const Action ACTIONS[] = {
    [CHAT_LEG_DO_NOTHING] = do_nothing,
    [CHAT_LEG_DO_OPEN_LEG] = do_open_leg,
    [CHAT_LEG_DO_CANCEL_LEG] = do_close_leg,
    [CHAT_LEG_DO_CLOSE_LEG] = do_close_leg,
    [CHAT_LEG_DO_FAIL_LINES] = do_fail_lines,
    [CHAT_LEG_DO_CLOSE_SPARE] = do_close_spare,
    [CHAT_LEG_DO_NARROW_SPARE] = do_narrow_spare,
    [CHAT_LEG_DO_GIVE_LEG] = do_give_leg,
    [CHAT_LEG_DO_TAKE_LEG] = do_take_leg,
    [CHAT_LEG_DO_RENEW_LEG] = do_renew_leg,
};

static void offer_waiting(Turn *turn, Session *session, int unused)
{
    chat_offer_waiting(turn, session);
}

static void moved(Turn *turn, Session *session, ChatLegState from)
{
    ChatLegState to = session->chat_leg.state;
    if (from == CHAT_LEG_OPENING)
        turn_timer_stop(turn, session, HOW_SETUP);
    if (from == CHAT_LEG_UP) {
        turn_timer_stop(turn, session, HOW_IDLE);
        typing_on_leg_over(turn, session);
    }
    if (to == CHAT_LEG_UP)
        turn_timer_start(turn, session, HOW_IDLE, turn->settings->session_idle);
    turn_raise(turn, session, offer_waiting, 0);
    turn_raise(turn, session, escalation_on_drained, 0);
}

static void surprise(Turn *turn, const Session *session, ChatLegEvent on)
{
    turn->counters->surprises++;
    g_warning("session=%" PRIu64 " side=sip chat-leg %s: surprised by %s", session->id,
              chat_leg_state_name(session->chat_leg.state), chat_leg_event_name(on));
}

void chat_leg_fire(Turn *turn, Session *session, ChatLegEvent on, const ChatLegCause *cause)
{
    static const ChatLegCause no_cause;
    ChatLegState from = session->chat_leg.state;
    const ChatLegRow *row = chat_leg_cell(from, on);
    if (row->kind == CHAT_LEG_SURPRISES) {
        surprise(turn, session, on);
        return;
    }
    if (on == CHAT_LEG_ON_LEG_DOWN)
        number_drop(turn, session);
    if (on == CHAT_LEG_ON_ENDED) // a chat that moved has no end left to tell (ESC-016)
        session->put_off = (SessionPutOff){0};
    ACTIONS[row->does](turn, session, cause != NULL ? cause : &no_cause);
    session->chat_leg.state = row->to;
    if (row->to == from)
        return;
    g_info("session=%" PRIu64 " side=sip chat-leg %s -> %s on %s", session->id,
           chat_leg_state_name(from), chat_leg_state_name(row->to), chat_leg_event_name(on));
    moved(turn, session, from);
}
