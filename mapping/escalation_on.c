// SPDX-License-Identifier: MIT
// The classifier of the escalation machine: what happened outside becomes one of the fifteen events
// of the table (docs/escalation.md section 6), and a number tells whose it is.
#include "mapping/escalation.h"

#include "mapping/chat.h"
#include "mapping/chat_life.h"
#include "mapping/escalation_act.h"
#include "mapping/escalation_record.h"
#include "mapping/journal.h"
#include "mapping/room_life.h"
#include "mapping/room_exit.h"
#include "mapping/session_map.h"

// ---- answers ------------------------------------------------------------------------------------

static void number_settle(Turn *turn, Session *session, uint64_t leg)
{
    session_map_unbind_leg(turn->sessions, leg);
    if (session->escalation->asked == leg)
        session->escalation->asked = 0;
}

// The first ringing gives the party its whole time again, once.
static void on_ringing(Turn *turn, Session *session)
{
    Escalation *record = session->escalation;
    if (record->rang || record->state != ESCALATION_INVITING)
        return;
    record->rang = true;
    escalation_act_tell_ringing(turn, session);
    escalation_patience_start(turn, session);
}

// An XMPP user says as whom and with which device he comes.
static void guest_note(Seat *seat, const Event *event)
{
    if (event->f.from == NULL)
        return;
    fields_set_address(&seat->party, event->f.from);
    fields_set_text(&seat->nick, event->f.nick);
    if (event->f.password != NULL)
        fields_set_text(&seat->password, event->f.password);
}

// In INVITING the party said yes and its number becomes the party leg; in FETCHING the partner
// came.
static void on_yes(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    number_settle(turn, session, event->f.leg);
    if (record->state != ESCALATION_INVITING) {
        escalation_fire(turn, session, ESCALATION_ON_HOME_IN, event);
        return;
    }
    session->seat.party_leg = event->f.leg;
    seat_party_take(&session->seat, event);
    guest_note(&session->seat, event);
    session_map_bind_leg(turn->sessions, session, event->f.leg, SESSION_LEG_PARTY);
    escalation_fire(turn, session, ESCALATION_ON_PARTY_IN, event);
}

static void on_no(Turn *turn, Session *session, const Event *event)
{
    bool fetching = session->escalation->state == ESCALATION_FETCHING;
    number_settle(turn, session, event->f.leg);
    escalation_fire(turn, session, fetching ? ESCALATION_ON_HOME_OUT : ESCALATION_ON_PARTY_OUT,
                    event);
}

// A no on a number given up settles it, and nobody waits for it any more.
static void on_late_no(Turn *turn, const Event *event)
{
    session_map_unbind_leg(turn->sessions, event->f.leg);
    turn->counters->late++;
}

// Only a chat whose leg was lost could use the late one, and that when its messages are bound; all others let it go
// as soon as it is answered (ESC-406).
static bool is_worth_waiting_for(const Session *session)
{
    return session->escalation->state == ESCALATION_CHAT &&
           session->chat_leg.state == CHAT_LEG_LOST;
}

static void on_given_up_answer(Turn *turn, Session *session, const Event *event)
{
    How how = event->f.how;
    if (how == HOW_YES || (how == HOW_LATE && !is_worth_waiting_for(session)))
        escalation_fire(turn, session, ESCALATION_ON_LATE_IN, event);
    else if (how == HOW_NO)
        on_late_no(turn, event);
}

static void on_asked_answer(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_RINGING)
        on_ringing(turn, session);
    else if (event->f.how == HOW_YES)
        on_yes(turn, session, event);
    else
        on_no(turn, session, event);
}

// The leg of a party that came by itself, and was answered at once (PARTY_COMES).
static void on_party_answer(Turn *turn, Session *session, const Event *event)
{
    if (!session->seat.party_is_pending) {
        turn->counters->late++;
    } else if (event->f.how == HOW_YES) {
        seat_party_take(&session->seat, event);
    } else if (event->f.how == HOW_NO) {
        room_life_forget_party(turn, session);
        escalation_fire(turn, session, ESCALATION_ON_PARTY_OUT, event);
    }
}

static void on_answer(Turn *turn, Session *session, const Event *event, SessionLeg role)
{
    if (role == SESSION_LEG_ASKED)
        on_asked_answer(turn, session, event);
    else if (role == SESSION_LEG_GIVEN_UP)
        on_given_up_answer(turn, session, event);
    else if (role == SESSION_LEG_PARTY)
        on_party_answer(turn, session, event);
    else
        turn->counters->late++;
}

static void on_entry(Turn *turn, Session *session, const Event *event)
{
    bool is_back = room_life_is_inside(session);
    room_life_on_entry(turn, session, event);
    if (!is_back)
        escalation_fire(turn, session, ESCALATION_ON_HOME_IN, event);
}

// ---- exits --------------------------------------------------------------------------------------

// The leg is gone already: its number is forgotten before any action could close it.

static void on_party_exit(Turn *turn, Session *session, const Event *event)
{
    room_life_forget_party(turn, session);
    g_autoptr(Event) cause = event_copy(event);
    room_exit_word(cause);
    escalation_fire(turn, session, ESCALATION_ON_PARTY_OUT, cause);
}

static void on_home_exit(Turn *turn, Session *session, const Event *event)
{
    room_life_forget_home(turn, session);
    g_autoptr(Event) cause = event_copy(event);
    if (session->seat.home == SIDE_XMPP)
        room_exit_status(cause);
    escalation_fire(turn, session, ESCALATION_ON_HOME_OUT, cause);
}

// A conference leg that became the two-party leg while its end was already on its way.
static void on_chat_exit(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) down = event_copy(event);
    if (down->f.how == HOW_LEFT)
        down->f.how = HOW_ENDED;
    chat_life_on_leg_down(turn, session, down);
}

static void on_leg_exit(Turn *turn, Session *session, const Event *event, SessionLeg role)
{
    switch (role) {
    case SESSION_LEG_PARTY: on_party_exit(turn, session, event); break;
    case SESSION_LEG_HOME: on_home_exit(turn, session, event); break;
    case SESSION_LEG_ASKED: on_no(turn, session, event); break;
    case SESSION_LEG_GIVEN_UP: on_late_no(turn, event); break;
    case SESSION_LEG_CHAT: on_chat_exit(turn, session, event); break;
    }
}

void escalation_on_leg(Turn *turn, Session *session, const Event *event)
{
    SessionLeg role = SESSION_LEG_CHAT;
    session_map_find_leg(turn->sessions, event->f.leg, &role);
    if (event->kind == EVENT_ROOM_ANSWER)
        on_answer(turn, session, event, role);
    else if (event->kind == EVENT_ROOM_ENTRY && role == SESSION_LEG_HOME)
        on_entry(turn, session, event);
    else if (event->kind == EVENT_ROOM_EXIT)
        on_leg_exit(turn, session, event, role);
}

void escalation_on_drained(Turn *turn, Session *session, int unused)
{
    bool is_drained = chat_is_drained(session) && !session->chat_leg.is_partial &&
                      !typing_is_on_its_way(session);
    if (escalation_state(session) != ESCALATION_MOVING || !is_drained)
        return;
    g_autoptr(Event) cause = event_new(EVENT_DELIVERY, SIDE_SIP);
    escalation_fire(turn, session, ESCALATION_ON_CHAT_DRAINED, cause);
}

// ---- timers, links, the end ---------------------------------------------------------------------

void escalation_on_given_up(Turn *turn, Session *session, const Event *cause)
{
    escalation_act_do(turn, session, ESCALATION_DO_LEAVE_HOME, cause);
    escalation_fire(turn, session, ESCALATION_ON_HOME_OUT, cause);
}

// Beyond its hold time a lost link is an exit (rule 5); the gate is told so in case the link comes
// back. The same when the gateway ends.
static void home_lost(Turn *turn, Session *session, How how, const char *text)
{
    g_autoptr(Event) cause = event_new(EVENT_ROOM_EXIT, session->seat.home);
    cause->f.how = how;
    cause->f.failure = FAILURE_REMOTE_SERVER_TIMEOUT;
    cause->f.status = REFUSAL_UNABLE_STATUS; // ESC-608
    fields_set_text(&cause->f.text, text);
    escalation_on_given_up(turn, session, cause);
}

static void on_patience_over(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) cause = event_copy(event);
    cause->f.failure = FAILURE_REMOTE_SERVER_TIMEOUT;
    cause->f.status = 408;
    if (session->escalation->state == ESCALATION_ENTERING)
        fields_set_text(&cause->f.text, "the room does not answer");
    escalation_fire(turn, session, ESCALATION_ON_PATIENCE_OVER, cause);
}

void escalation_on_timer(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_HOLD)
        home_lost(turn, session, HOW_LOST, "the room cannot be reached");
    else if (event->f.how == HOW_NOTICE)
        room_life_tell_unreachable(turn, session);
    else
        on_patience_over(turn, session, event);
}

static void call_off(Turn *turn, Session *session, const char *text)
{
    g_autoptr(Event) cause = event_new(EVENT_CLOSING, SIDE_XMPP);
    cause->f.failure = FAILURE_RECIPIENT_UNAVAILABLE;
    cause->f.status = REFUSAL_UNABLE_STATUS;
    fields_set_text(&cause->f.text, text);
    escalation_fire(turn, session, ESCALATION_ON_CALLED_OFF, cause);
}

void escalation_on_closing(Turn *turn, Session *session)
{
    static const char TEXT[] = "the gateway is closing";
    switch (escalation_state(session)) {
    case ESCALATION_INVITING:
    case ESCALATION_ENTERING:
    case ESCALATION_FETCHING: call_off(turn, session, TEXT); break;
    case ESCALATION_MOVING:
    case ESCALATION_CONFERENCE: home_lost(turn, session, HOW_SHUTDOWN, TEXT); break;
    case ESCALATION_CHAT:
    case ESCALATION_STATE_COUNT: break;
    }
}
