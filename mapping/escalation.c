// SPDX-License-Identifier: MIT
// The escalation machine. The table below is docs/escalation.md section 2, line by line; nothing in
// it is conditional: a condition is a different event, chosen by the classifier (escalation_on.c)
// before it fires.
#include "mapping/escalation.h"

#include "mapping/chat.h"
#include "mapping/chat_life.h"
#include "mapping/escalation_act.h"
#include "mapping/escalation_record.h"
#include "mapping/session_map.h"

#define ROW(state, event, kind, next, ...)                                                         \
    {ESCALATION_##state, ESCALATION_ON_##event, ESCALATION_##kind, ESCALATION_##next,              \
     {ACTIONS(__VA_ARGS__)}},
#define ACTIONS(...) ACTIONS_PICK(__VA_ARGS__, ACTIONS4, ACTIONS3, ACTIONS2, ACTIONS1, )(__VA_ARGS__)
#define ACTIONS_PICK(a, b, c, d, name, ...) name
#define ACTIONS1(a) ESCALATION_DO_##a
#define ACTIONS2(a, b) ACTIONS1(a), ACTIONS1(b)
#define ACTIONS3(a, b, c) ACTIONS1(a), ACTIONS2(b, c)
#define ACTIONS4(a, b, c, d) ACTIONS1(a), ACTIONS3(b, c, d)

// clang-format off
static const EscalationRow ROWS[] = {
//      from        on               kind       to          do
    ROW(CHAT,       HOME_INVITES,    MOVES,     INVITING,   NOTE_ASKER, ASK_PARTY)
    ROW(INVITING,   HOME_INVITES,    STAYS,     INVITING,   NOTE_ASKER)
    ROW(ENTERING,   HOME_INVITES,    STAYS,     ENTERING,   NOTE_ASKER)
    ROW(FETCHING,   HOME_INVITES,    STAYS,     FETCHING,   NOTE_ASKER)
    ROW(MOVING,     HOME_INVITES,    STAYS,     MOVING,     PASS_ON)
    ROW(CONFERENCE, HOME_INVITES,    STAYS,     CONFERENCE, PASS_ON)

    ROW(CHAT,       PARTY_INVITES,   MOVES,     FETCHING,   NOTE_ASKER, ASK_HOME)
    ROW(INVITING,   PARTY_INVITES,   SURPRISES, INVITING,   NOTHING)
    ROW(ENTERING,   PARTY_INVITES,   STAYS,     ENTERING,   NOTE_ASKER)
    ROW(FETCHING,   PARTY_INVITES,   STAYS,     FETCHING,   NOTE_ASKER)
    ROW(MOVING,     PARTY_INVITES,   STAYS,     MOVING,     PASS_ON)
    ROW(CONFERENCE, PARTY_INVITES,   STAYS,     CONFERENCE, PASS_ON)

    ROW(CHAT,       RIVAL_INVITES,   SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   RIVAL_INVITES,   STAYS,     INVITING,   REFUSE_RIVAL)
    ROW(ENTERING,   RIVAL_INVITES,   STAYS,     ENTERING,   REFUSE_RIVAL)
    ROW(FETCHING,   RIVAL_INVITES,   STAYS,     FETCHING,   REFUSE_RIVAL)
    ROW(MOVING,     RIVAL_INVITES,   STAYS,     MOVING,     PASS_ON)
    ROW(CONFERENCE, RIVAL_INVITES,   STAYS,     CONFERENCE, PASS_ON)

    ROW(CHAT,       CALLED_OFF,      IGNORES,   CHAT,       NOTHING)
    ROW(INVITING,   CALLED_OFF,      MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(ENTERING,   CALLED_OFF,      MOVES,     CHAT,       LEAVE_HOME, RETURN_PARTY, ANSWER_NO)
    ROW(FETCHING,   CALLED_OFF,      MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(MOVING,     CALLED_OFF,      IGNORES,   MOVING,     NOTHING)
    ROW(CONFERENCE, CALLED_OFF,      IGNORES,   CONFERENCE, NOTHING)

    ROW(CHAT,       PATIENCE_OVER,   SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   PATIENCE_OVER,   MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(ENTERING,   PATIENCE_OVER,   MOVES,     CHAT,       LEAVE_HOME, RETURN_PARTY, ANSWER_NO)
    ROW(FETCHING,   PATIENCE_OVER,   MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(MOVING,     PATIENCE_OVER,   MOVES,     CONFERENCE, END_CHAT)
    ROW(CONFERENCE, PATIENCE_OVER,   SURPRISES, CONFERENCE, NOTHING)

    ROW(CHAT,       PARTY_IN,        SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   PARTY_IN,        MOVES,     ENTERING,   ENTER_HOME)
    ROW(ENTERING,   PARTY_IN,        SURPRISES, ENTERING,   NOTHING)
    ROW(FETCHING,   PARTY_IN,        SURPRISES, FETCHING,   NOTHING)
    ROW(MOVING,     PARTY_IN,        SURPRISES, MOVING,     NOTHING)
    ROW(CONFERENCE, PARTY_IN,        STAYS,     CONFERENCE, ADMIT_PARTY)

    ROW(CHAT,       PARTY_COMES,     SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   PARTY_COMES,     MOVES,     ENTERING,   CANCEL_ASK, TAKE_PARTY, ENTER_HOME)
    ROW(ENTERING,   PARTY_COMES,     STAYS,     ENTERING,   DISMISS_LEG)
    ROW(FETCHING,   PARTY_COMES,     SURPRISES, FETCHING,   NOTHING)
    ROW(MOVING,     PARTY_COMES,     SURPRISES, MOVING,     NOTHING)
    ROW(CONFERENCE, PARTY_COMES,     SURPRISES, CONFERENCE, NOTHING)

    ROW(CHAT,       PARTY_OUT,       SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   PARTY_OUT,       MOVES,     CHAT,       ANSWER_NO)
    ROW(ENTERING,   PARTY_OUT,       MOVES,     CHAT,       LEAVE_HOME, ANSWER_NO)
    ROW(FETCHING,   PARTY_OUT,       MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(MOVING,     PARTY_OUT,       MOVES,     CHAT,       LEAVE_HOME)
    ROW(CONFERENCE, PARTY_OUT,       MOVES,     CHAT,       LEAVE_HOME)

    ROW(CHAT,       HOME_IN,         SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   HOME_IN,         SURPRISES, INVITING,   NOTHING)
    ROW(ENTERING,   HOME_IN,         MOVES,     MOVING,     ADMIT_PARTY, ANSWER_YES)
    ROW(FETCHING,   HOME_IN,         MOVES,     MOVING,     ANSWER_YES)
    ROW(MOVING,     HOME_IN,         SURPRISES, MOVING,     NOTHING)
    ROW(CONFERENCE, HOME_IN,         SURPRISES, CONFERENCE, NOTHING)

    ROW(CHAT,       HOME_OUT,        SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   HOME_OUT,        MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(ENTERING,   HOME_OUT,        MOVES,     CHAT,       RETURN_PARTY, ANSWER_NO)
    ROW(FETCHING,   HOME_OUT,        MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(MOVING,     HOME_OUT,        MOVES,     CHAT,       EXPEL_PARTY)
    ROW(CONFERENCE, HOME_OUT,        MOVES,     CHAT,       EXPEL_PARTY)

    ROW(CHAT,       CHAT_DRAINED,    SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   CHAT_DRAINED,    SURPRISES, INVITING,   NOTHING)
    ROW(ENTERING,   CHAT_DRAINED,    SURPRISES, ENTERING,   NOTHING)
    ROW(FETCHING,   CHAT_DRAINED,    SURPRISES, FETCHING,   NOTHING)
    ROW(MOVING,     CHAT_DRAINED,    MOVES,     CONFERENCE, END_CHAT)
    ROW(CONFERENCE, CHAT_DRAINED,    SURPRISES, CONFERENCE, NOTHING)

    ROW(CHAT,       CHAT_WIDENS,     MOVES,     CONFERENCE, NOTE_ASKER, WIDEN_CHAT, ASK_PARTY, ANSWER_YES)
    ROW(INVITING,   CHAT_WIDENS,     SURPRISES, INVITING,   NOTHING)
    ROW(ENTERING,   CHAT_WIDENS,     SURPRISES, ENTERING,   NOTHING)
    ROW(FETCHING,   CHAT_WIDENS,     SURPRISES, FETCHING,   NOTHING)
    ROW(MOVING,     CHAT_WIDENS,     SURPRISES, MOVING,     NOTHING)
    ROW(CONFERENCE, CHAT_WIDENS,     SURPRISES, CONFERENCE, NOTHING)

    ROW(CHAT,       CHAT_NARROWS,    SURPRISES, CHAT,       NOTHING)
    ROW(INVITING,   CHAT_NARROWS,    SURPRISES, INVITING,   NOTHING)
    ROW(ENTERING,   CHAT_NARROWS,    SURPRISES, ENTERING,   NOTHING)
    ROW(FETCHING,   CHAT_NARROWS,    SURPRISES, FETCHING,   NOTHING)
    ROW(MOVING,     CHAT_NARROWS,    SURPRISES, MOVING,     NOTHING)
    ROW(CONFERENCE, CHAT_NARROWS,    MOVES,     CHAT,       NARROW_CHAT, EXPEL_PARTY)

    ROW(CHAT,       LATE_IN,         STAYS,     CHAT,       RETURN_LEG)
    ROW(INVITING,   LATE_IN,         STAYS,     INVITING,   DISMISS_LEG)
    ROW(ENTERING,   LATE_IN,         STAYS,     ENTERING,   DISMISS_LEG)
    ROW(FETCHING,   LATE_IN,         STAYS,     FETCHING,   DISMISS_LEG)
    ROW(MOVING,     LATE_IN,         STAYS,     MOVING,     DISMISS_LEG)
    ROW(CONFERENCE, LATE_IN,         STAYS,     CONFERENCE, DISMISS_LEG)

    ROW(CHAT,       RESTARTED,       IGNORES,   CHAT,       NOTHING)
    ROW(INVITING,   RESTARTED,       MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(ENTERING,   RESTARTED,       MOVES,     CHAT,       LEAVE_HOME, RETURN_PARTY, ANSWER_NO)
    ROW(FETCHING,   RESTARTED,       MOVES,     CHAT,       CANCEL_ASK, ANSWER_NO)
    ROW(MOVING,     RESTARTED,       STAYS,     MOVING,     RENEW_LEGS)
    ROW(CONFERENCE, RESTARTED,       STAYS,     CONFERENCE, RENEW_LEGS)
};
// clang-format on

static const char *const STATE_NAMES[] = {
#define STATE_NAME(NAME) #NAME,
    ESCALATION_STATES(STATE_NAME)
};

static const char *const EVENT_NAMES[] = {
#define EVENT_NAME(NAME) #NAME,
    ESCALATION_EVENTS(EVENT_NAME)
};

static const char *const ACTION_NAMES[] = {
#define ACTION_NAME(NAME, text) text,
    ESCALATION_ACTIONS(ACTION_NAME)
};

const char *escalation_state_name(EscalationState state)
{
    g_assert(state < ESCALATION_STATE_COUNT);
    return STATE_NAMES[state];
}

const char *escalation_event_name(EscalationEvent event)
{
    g_assert(event < ESCALATION_EVENT_COUNT);
    return EVENT_NAMES[event];
}

const char *escalation_action_name(EscalationAction action)
{
    g_assert(action < ESCALATION_ACTION_COUNT);
    return ACTION_NAMES[action];
}

// ---- the table as a matrix ----------------------------------------------------------------------

typedef const EscalationRow *Matrix[ESCALATION_STATE_COUNT][ESCALATION_EVENT_COUNT];

// Every cell is decided once: a cell given twice or not at all does not start.
static void matrix_fill(Matrix matrix)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
        g_assert(matrix[ROWS[i].from][ROWS[i].on] == NULL);
        matrix[ROWS[i].from][ROWS[i].on] = &ROWS[i];
    }
    for (int state = 0; state < ESCALATION_STATE_COUNT; state++)
        for (int event = 0; event < ESCALATION_EVENT_COUNT; event++)
            g_assert(matrix[state][event] != NULL);
}

const EscalationRow *escalation_cell(EscalationState from, EscalationEvent on)
{
    static Matrix matrix;
    if (matrix[0][0] == NULL)
        matrix_fill(matrix);
    return matrix[from][on];
}

EscalationState escalation_state(const Session *session)
{
    return session->escalation != NULL ? session->escalation->state : ESCALATION_CHAT;
}

void escalation_free(Escalation *record)
{
    escalation_record_free(record);
}

// ---- firing -------------------------------------------------------------------------------------

// The gate gives an entry up after T_join by itself, and knows why: it has the first word.
enum { ENTRY_GRACE_MS = 1000 };

// How long each state is waited in; 0 = for ever.
static int64_t patience_ms(const Turn *turn, const Session *session)
{
    const Settings *settings = turn->settings;
    bool home_is_xmpp = session->seat.home == SIDE_XMPP;
    switch (session->escalation->state) {
    case ESCALATION_INVITING: return home_is_xmpp ? settings->T_invite : settings->T_consent;
    case ESCALATION_ENTERING:
        return home_is_xmpp ? settings->T_join + ENTRY_GRACE_MS : settings->T_invite;
    case ESCALATION_FETCHING:
        return home_is_xmpp ? settings->T_consent : settings->T_refer + settings->T_prog;
    case ESCALATION_MOVING: return settings->T_drain;
    case ESCALATION_CHAT:
    case ESCALATION_CONFERENCE:
    case ESCALATION_STATE_COUNT: break;
    }
    return 0;
}

void escalation_patience_start(Turn *turn, Session *session)
{
    int64_t ms = patience_ms(turn, session);
    session->escalation->patience_ends_ms = turn->now_ms + ms;
    if (ms > 0)
        turn_timer_start(turn, session, HOW_PATIENCE, ms);
}

static bool is_open(EscalationState state)
{
    return state == ESCALATION_INVITING || state == ESCALATION_ENTERING ||
           state == ESCALATION_FETCHING;
}

static void actions_do(Turn *turn, Session *session, const EscalationRow *row, const Event *cause)
{
    for (size_t i = 0; i < ESCALATION_ACTIONS_MAX; i++)
        escalation_act_do(turn, session, row->does[i], cause);
}

static void move_log(const Session *session, const EscalationRow *row)
{
    const char *room = address_jid(session->seat.room);
    g_info("session=%" G_GUINT64_FORMAT " side=%s escalation %s -> %s on %s (room=%s)", session->id,
           side_name(session->seat.home), escalation_state_name(row->from),
           escalation_state_name(row->to), escalation_event_name(row->on),
           room != NULL ? room : "none");
}

static void surprise(Turn *turn, const Session *session, const EscalationRow *row)
{
    turn->counters->surprises++;
    g_warning("session=%" G_GUINT64_FORMAT " side=%s escalation %s is surprised by %s", session->id,
              side_name(session->seat.home), escalation_state_name(row->from),
              escalation_event_name(row->on));
}

// What follows a move: an empty MOVING is over at once, CHAT has no past, lines that waited may go
// now.
static void state_enter(Turn *turn, Session *session)
{
    escalation_patience_start(turn, session);
    if (escalation_state(session) == ESCALATION_CHAT) {
        escalation_record_forget(turn, session);
        chat_life_resume(turn, session);
    }
    if (escalation_state(session) == ESCALATION_MOVING)
        turn_raise(turn, session, escalation_on_drained, 0);
    chat_offer_waiting(turn, session);
}

// The one timer of a state is that of the stay in it: a row that does not move leaves it running.
static void state_move(Turn *turn, Session *session, const EscalationRow *row, const Event *cause)
{
    turn_timer_stop(turn, session, HOW_PATIENCE);
    if (row->from == ESCALATION_CHAT && is_open(row->to))
        chat_leg_fire(turn, session, CHAT_LEG_ON_RECORD_OPENS, NULL);
    actions_do(turn, session, row, cause);
    if (row->to == ESCALATION_MOVING) // ESC-020, while the chat still has a way
        typing_end(turn, session);
    session->escalation->state = row->to;
    if (row->to == ESCALATION_CONFERENCE)
        session->escalation->chat_ended_ms = turn->now_ms;
    move_log(session, row);
    state_enter(turn, session);
}

void escalation_fire(Turn *turn, Session *session, EscalationEvent on, const Event *cause)
{
    Escalation *record = escalation_record_get(session);
    const EscalationRow *row = escalation_cell(record->state, on);
    switch (row->kind) {
    case ESCALATION_MOVES: state_move(turn, session, row, cause); break;
    case ESCALATION_STAYS: actions_do(turn, session, row, cause); break;
    case ESCALATION_IGNORES: break;
    case ESCALATION_SURPRISES: surprise(turn, session, row); break;
    }
}
