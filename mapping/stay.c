// SPDX-License-Identifier: MIT
// The table of docs/stay.md, its actions, and stay_fire(), which alone writes the state. No guards: a
// condition is another event, chosen by the classifier (stay_on.c).
#include "mapping/stay.h"

#include "mapping/chat.h"
#include "mapping/journal.h"
#include "mapping/page_party.h"
#include "mapping/room.h"
#include "mapping/room_life.h"
#include "mapping/session_map.h"

#define MOVE(from, on, to, ...)                                                                    \
    {STAY_##from, STAY_ON_##on, STAY_MOVES, STAY_##to, {ACTIONS(__VA_ARGS__)}},
#define STAYS(from, on, ...)                                                                       \
    {STAY_##from, STAY_ON_##on, STAY_STAYS, STAY_##from, {ACTIONS(__VA_ARGS__)}},
#define HEAR(from, on) {STAY_##from, STAY_ON_##on, STAY_IGNORES, STAY_##from, {STAY_DO_NOTHING}},
#define TRAP(from, on) {STAY_##from, STAY_ON_##on, STAY_SURPRISES, STAY_##from, {STAY_DO_NOTHING}},
#define ACTIONS(...) ACTIONS_PICK(__VA_ARGS__, ACTIONS3, ACTIONS2, ACTIONS1, )(__VA_ARGS__)
#define ACTIONS_PICK(a, b, c, name, ...) name
#define ACTIONS1(a) STAY_DO_##a
#define ACTIONS2(a, b) ACTIONS1(a), ACTIONS1(b)
#define ACTIONS3(a, b, c) ACTIONS1(a), ACTIONS2(b, c)

// clang-format off
static const StayRow ROWS[] = {
    //    from       on         to         do
    MOVE (OUT,       OFFERED,   ENTERING,  TAKE_OFFER, ENTER_HOME)
    STAYS(ENTERING,  OFFERED,              DROP_OFFER, TAKE_OFFER)
    STAYS(ANSWERING, OFFERED,              DROP_PARTY, TAKE_OFFER, ANSWER_PARTY)
    MOVE (INSIDE,    OFFERED,   ANSWERING, DROP_PARTY, TAKE_OFFER, ANSWER_PARTY)
    MOVE (AWAY,      OFFERED,   ENTERING,  DROP_PARTY, TAKE_OFFER)

    TRAP (OUT,       HOME_IN)
    MOVE (ENTERING,  HOME_IN,   ANSWERING, ANSWER_PARTY)
    HEAR (ANSWERING, HOME_IN)
    HEAR (INSIDE,    HOME_IN)
    MOVE (AWAY,      HOME_IN,   INSIDE,    NOTHING)

    TRAP (OUT,       HOME_OUT)
    MOVE (ENTERING,  HOME_OUT,  OUT,       REFUSE_OFFER)
    MOVE (ANSWERING, HOME_OUT,  OUT,       EXPEL_PARTY)
    MOVE (INSIDE,    HOME_OUT,  OUT,       EXPEL_PARTY)
    MOVE (AWAY,      HOME_OUT,  OUT,       EXPEL_PARTY)

    TRAP (OUT,       HOME_LOST)
    TRAP (ENTERING,  HOME_LOST)
    MOVE (ANSWERING, HOME_LOST, OUT,       LEAVE_HOME, EXPEL_PARTY)
    MOVE (INSIDE,    HOME_LOST, AWAY,      FAIL_UNKNOWN)
    TRAP (AWAY,      HOME_LOST)

    TRAP (OUT,       PARTY_IN)
    TRAP (ENTERING,  PARTY_IN)
    MOVE (ANSWERING, PARTY_IN,  INSIDE,    ADMIT_PARTY)
    TRAP (INSIDE,    PARTY_IN)
    TRAP (AWAY,      PARTY_IN)

    TRAP (OUT,       PARTY_OUT)
    MOVE (ENTERING,  PARTY_OUT, OUT,       LEAVE_HOME)
    MOVE (ANSWERING, PARTY_OUT, OUT,       LEAVE_HOME)
    MOVE (INSIDE,    PARTY_OUT, OUT,       LEAVE_HOME)
    MOVE (AWAY,      PARTY_OUT, OUT,       LEAVE_HOME)

    HEAR (OUT,       GIVEN_UP)
    MOVE (ENTERING,  GIVEN_UP,  OUT,       LEAVE_HOME, REFUSE_OFFER)
    MOVE (ANSWERING, GIVEN_UP,  OUT,       LEAVE_HOME, EXPEL_PARTY)
    MOVE (INSIDE,    GIVEN_UP,  OUT,       LEAVE_HOME, EXPEL_PARTY)
    MOVE (AWAY,      GIVEN_UP,  OUT,       LEAVE_HOME, EXPEL_PARTY)
};
// clang-format on

static const char *const STATE_NAMES[] = {
#define STATE_NAME(NAME) [STAY_##NAME] = #NAME,
    STAY_STATES(STATE_NAME)
};

static const char *const EVENT_NAMES[] = {
#define EVENT_NAME(NAME) [STAY_ON_##NAME] = #NAME,
    STAY_EVENTS(EVENT_NAME)
};

static const char *const ACTION_NAMES[] = {
#define ACTION_NAME(NAME, text) [STAY_DO_##NAME] = text,
    STAY_ACTIONS(ACTION_NAME)
};

const char *stay_state_name(StayState state)
{
    return STATE_NAMES[state];
}

const char *stay_event_name(StayEvent event)
{
    return EVENT_NAMES[event];
}

const char *stay_action_name(StayAction action)
{
    return ACTION_NAMES[action];
}

// Folds the rows into a dense matrix once; a double or missing cell ends the process.
const StayRow *stay_cell(StayState from, StayEvent on)
{
    static const StayRow *matrix[STAY_STATE_COUNT][STAY_EVENT_COUNT];
    if (matrix[0][0] == NULL) {
        for (size_t i = 0; i < G_N_ELEMENTS(ROWS); i++) {
            g_assert(matrix[ROWS[i].from][ROWS[i].on] == NULL);
            matrix[ROWS[i].from][ROWS[i].on] = &ROWS[i];
        }
        g_assert(G_N_ELEMENTS(ROWS) == STAY_STATE_COUNT * STAY_EVENT_COUNT);
    }
    return matrix[from][on];
}

// ---- actions ------------------------------------------------------------------------------------

// A SIP user reads the status, an XMPP user the words (ERR-03). Without a status the facade has its own table:
// 6.3 with where to go instead, or 6.4.
void stay_refuse(Turn *turn, const Session *session, Side side, uint64_t ref, const Fields *why)
{
    Command *refuse = turn_push(turn, session, COMMAND_REFUSE, side);
    refuse->f.ref = ref;
    refuse->f.failure = why->failure != FAILURE_NONE ? why->failure : FAILURE_UNDEFINED_CONDITION;
    refuse->f.status = why->status;
    refuse->f.retry_s = why->retry_s;
    fields_set_address(&refuse->f.real, why->real);
    if (side == SIDE_SIP || why->status == 0)
        fields_set_text(&refuse->f.text, why->text);
    else
        refuse->f.text = failure_text_from_status((int)why->status, why->text);
}

static void take_offer(Turn *turn, Session *session, const Event *cause)
{
    session->stay.offer = cause->f.ref;
    if (cause->f.ref != 0)
        session_map_bind_ref(turn->sessions, session, cause->side, cause->f.ref);
}

static void offer_drop(Turn *turn, Session *session)
{
    session_map_unbind_ref(turn->sessions, seat_facade(&session->seat), session->stay.offer);
    session->stay.offer = 0;
}

// A device that asked for nothing believes that it is inside (room_restart).
static void put_out(Turn *turn, const Session *session, const Event *cause)
{
    const Seat *seat = &session->seat;
    if (cause->kind == EVENT_ROOM_OFFERED || seat->home != SIDE_SIP)
        return;
    Command *expel = turn_push(turn, session, COMMAND_EXPEL, SIDE_XMPP);
    fields_set_address(&expel->f.room, seat->room);
    fields_set_address(&expel->f.to, seat->party);
    fields_set_text(&expel->f.nick, session->stay.wish);
    fields_set_text(&expel->f.text, "the gateway was restarted");
}

static void refuse_offer(Turn *turn, Session *session, const Event *cause)
{
    if (session->seat.pages.is_it)
        page_party_refuse(turn, session, cause);
    else if (session->stay.offer != 0)
        stay_refuse(turn, session, seat_facade(&session->seat), session->stay.offer, &cause->f);
    else
        put_out(turn, session, cause);
    offer_drop(turn, session);
}

static void drop_offer(Turn *turn, Session *session, const Event *cause)
{
    static const Fields REPLACED = {.failure = FAILURE_UNEXPECTED_REQUEST,
                                    .status = 491,
                                    .text = (char *)"replaced by a newer request"};
    Side facade = seat_facade(&session->seat);
    stay_refuse(turn, session, facade, session->stay.offer, &REPLACED);
    offer_drop(turn, session);
}

static void enter_home(Turn *turn, Session *session, const Event *cause)
{
    Seat *seat = &session->seat;
    seat->home_leg = turn_next_leg(turn);
    session_map_bind_leg(turn->sessions, session, seat->home_leg, SESSION_LEG_HOME);
    Command *enter = room_life_enter(turn, session, session->stay.wish, cause->f.stamp);
    enter->f.how = cause->f.how;
}

static void leave_home(Turn *turn, Session *session, const Event *cause)
{
    room_life_leave(turn, session, cause);
}

static void answer_party(Turn *turn, Session *session, const Event *cause)
{
    Seat *seat = &session->seat;
    seat->party_leg = turn_next_leg(turn);
    session_map_bind_leg(turn->sessions, session, seat->party_leg, SESSION_LEG_PARTY);
    if (seat->pages.is_it) {
        page_party_answer(turn, session);
        return;
    }
    Command *answer = turn_push(turn, session, COMMAND_ANSWER_LEG, seat_facade(seat));
    answer->f.ref = session->stay.offer;
    answer->f.leg = seat->party_leg;
    fields_set_text(&answer->f.nick, seat->nick);
    if (session->stay.offer == 0) {
        fields_set_address(&answer->f.room, seat->room);
        fields_set_address(&answer->f.to, seat->party);
    }
    offer_drop(turn, session);
}

static void admit_party(Turn *turn, Session *session, const Event *cause)
{
    room_life_admit(turn, session);
}

static void drop_party(Turn *turn, Session *session, const Event *cause)
{
    static const Event REPLACED = {.f = {.how = HOW_LEFT,
                                         .status = 200,
                                         .text = (char *)"replaced by a newer session"}};
    room_life_expel(turn, session, &REPLACED);
}

static void expel_party(Turn *turn, Session *session, const Event *cause)
{
    room_life_expel(turn, session, cause);
}

static void fail_unknown(Turn *turn, Session *session, const Event *cause)
{
    room_fail_unknown(turn, session);
}

static void nothing(Turn *turn, Session *session, const Event *cause)
{
}

typedef void (*Act)(Turn *turn, Session *session, const Event *cause);

static const Act ACTS[STAY_ACTION_COUNT] = {
    [STAY_DO_NOTHING] = nothing,           [STAY_DO_TAKE_OFFER] = take_offer,
    [STAY_DO_REFUSE_OFFER] = refuse_offer, [STAY_DO_DROP_OFFER] = drop_offer,
    [STAY_DO_ENTER_HOME] = enter_home,     [STAY_DO_LEAVE_HOME] = leave_home,
    [STAY_DO_ANSWER_PARTY] = answer_party, [STAY_DO_ADMIT_PARTY] = admit_party,
    [STAY_DO_DROP_PARTY] = drop_party,     [STAY_DO_EXPEL_PARTY] = expel_party,
    [STAY_DO_FAIL_UNKNOWN] = fail_unknown,
};

// ---- firing -------------------------------------------------------------------------------------

// The gate gives an entry or an answer up by itself, and knows why: it has the first word.
enum { STAY_GRACE_MS = 1000 };

// Each step into a conference has its own time: the answer, the message session, the nick, the first roster.
static int64_t conference_ms(const Settings *settings)
{
    return settings->T_invite + settings->T_msrp + settings->T_tx + settings->T_sub;
}

static int64_t patience_ms(const Turn *turn, const Session *session)
{
    const Settings *settings = turn->settings;
    bool home_is_xmpp = session->seat.home == SIDE_XMPP;
    switch (session->stay.state) {
    case STAY_ENTERING: return (home_is_xmpp ? settings->T_join : conference_ms(settings)) + STAY_GRACE_MS;
    case STAY_ANSWERING: return settings->T_sip + settings->T_msrp + STAY_GRACE_MS;
    case STAY_AWAY: return settings->focus_hold;
    case STAY_OUT:
    case STAY_INSIDE:
    case STAY_STATE_COUNT: break;
    }
    return 0;
}

// A stay that is over keeps nothing; a device that comes again is new.
static void seat_free(Turn *turn, Session *session)
{
    offer_drop(turn, session);
    fields_set_text(&session->stay.wish, NULL);
    room_life_forget(turn, session);
}

static void state_enter(Turn *turn, Session *session)
{
    int64_t ms = patience_ms(turn, session);
    turn_timer_stop(turn, session, HOW_PATIENCE);
    if (ms > 0)
        turn_timer_start(turn, session, HOW_PATIENCE, ms);
    if (session->stay.state == STAY_OUT)
        seat_free(turn, session);
    chat_offer_waiting(turn, session);
}

static void log_move(const Session *session, const StayRow *row)
{
    g_info("session=%" G_GUINT64_FORMAT " side=%s stay %s -> %s on %s (room=%s)", session->id,
           side_name(session->seat.home), stay_state_name(row->from), stay_state_name(row->to),
           stay_event_name(row->on), address_jid(session->seat.room));
}

static void actions_do(Turn *turn, Session *session, const StayRow *row, const Event *cause)
{
    for (size_t i = 0; i < STAY_ACTIONS_MAX; i++)
        ACTS[row->does[i]](turn, session, cause);
}

static void surprise(Turn *turn, const Session *session, const StayRow *row)
{
    turn->counters->surprises++;
    g_warning("session=%" G_GUINT64_FORMAT " side=%s stay %s is surprised by %s", session->id,
              side_name(session->seat.home), stay_state_name(row->from), stay_event_name(row->on));
}

void stay_fire(Turn *turn, Session *session, StayEvent on, const Event *cause)
{
    const StayRow *row = stay_cell(session->stay.state, on);
    if (row->kind == STAY_SURPRISES) {
        surprise(turn, session, row);
        return;
    }
    actions_do(turn, session, row, cause);
    if (row->kind != STAY_MOVES)
        return;
    session->stay.state = row->to;
    log_move(session, row);
    state_enter(turn, session);
}
