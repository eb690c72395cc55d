// SPDX-License-Identifier: MIT
// The classifier of stays: what happened outside becomes one of the seven events of their table, and tables
// 6.1 to 6.4 tell it to the other side.
#include "mapping/stay.h"

#include "mapping/escalation.h"
#include "mapping/journal.h"
#include "mapping/nickname.h"
#include "mapping/refusal.h"
#include "mapping/room_life.h"
#include "mapping/room_exit.h"
#include "mapping/session_map.h"

// ---- offers -------------------------------------------------------------------------------------

// The name that a SIP user shows is no nick yet; an XMPP user has chosen one (MUC-B01, MUC-A01).
static char *wish_of(const Event *event)
{
    if (event->side == SIDE_SIP)
        return nickname_for(event->f.nick, event->f.from);
    return g_strdup(event->f.nick);
}

static void begin(Turn *turn, Session *session, const Event *event)
{
    if (session->stay.state == STAY_OUT) {
        seat_take(&session->seat, side_other(event->side), event->f.room, event->f.from);
        fields_set_text(&session->seat.password, event->f.password);
        session->stay.wish = wish_of(event);
        session->seat.pages.is_it = event->f.carrier != NULL;
        session->seat.pages.is_back = event->f.history;
        session_map_bind_room(turn->sessions, session, session->seat.room);
    }
    stay_fire(turn, session, STAY_ON_OFFERED, event);
}

// Whoever is being asked into the room just now comes by himself (rule 7).
static Session *asked_find(Turn *turn, const Event *event)
{
    if (event->f.carrier != NULL) // by pages: the session it was asked for is another device's
        return NULL;
    Session *session = session_map_find_in_room(turn->sessions, event->f.room, event->f.from);
    EscalationState state = session != NULL ? escalation_state(session) : ESCALATION_CHAT;
    bool is_asked = state == ESCALATION_INVITING || state == ESCALATION_ENTERING;
    return is_asked && session->seat.home != event->side ? session : NULL;
}

uint64_t stay_on_offer(Turn *turn, const Event *event)
{
    static const Fields FULL = {.failure = FAILURE_RESOURCE_CONSTRAINT, .status = REFUSAL_UNABLE_STATUS,
                                .retry_s = REFUSAL_RETRY_S};
    Session *session = asked_find(turn, event);
    if (session != NULL) {
        escalation_fire(turn, session, ESCALATION_ON_PARTY_COMES, event);
        return session->id;
    }
    session = session_map_open_stay(turn->sessions, event->f.room, event->f.from, event->side,
                                    turn->now_ms);
    if (session == NULL) {
        stay_refuse(turn, NULL, event->side, event->f.ref, &FULL);
        return 0;
    }
    session_map_touch(turn->sessions, session, turn->now_ms);
    begin(turn, session, event);
    return session->id;
}

void stay_on_restored(Turn *turn, const Event *binding)
{
    g_autoptr(Event) offer = event_new(EVENT_ROOM_OFFERED, SIDE_XMPP);
    offer->at_ms = turn->now_ms;
    fields_set_address(&offer->f.from, binding->f.from);
    fields_set_address(&offer->f.room, binding->f.room);
    fields_set_text(&offer->f.nick, binding->f.nick);
    stay_on_offer(turn, offer);
}

// ---- legs ---------------------------------------------------------------------------------------

static void on_answer(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_YES) {
        seat_party_take(&session->seat, event);
        stay_fire(turn, session, STAY_ON_PARTY_IN, event);
    } else if (event->f.how == HOW_NO) {
        room_life_forget_party(turn, session);
        stay_fire(turn, session, STAY_ON_PARTY_OUT, event);
    }
}

static void on_party_exit(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) cause = event_copy(event);
    room_exit_word(cause);
    room_life_forget_party(turn, session);
    stay_fire(turn, session, STAY_ON_PARTY_OUT, cause);
}

// A call that waits for its answer is refused in the words of its door (table 6.3).
static bool is_refused_call(const Session *session, const Event *exit)
{
    return session->stay.state == STAY_ENTERING && !session->seat.pages.is_it &&
           exit->f.failure != FAILURE_NONE;
}

static void on_home_exit(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) cause = event_copy(event);
    if (session->seat.home == SIDE_SIP)
        room_exit_reason(cause);
    else if (!is_refused_call(session, cause))
        room_exit_status(cause);
    room_life_forget_home(turn, session);
    stay_fire(turn, session, STAY_ON_HOME_OUT, cause);
}

void stay_on_leg(Turn *turn, Session *session, const Event *event)
{
    bool is_home = event->side == session->seat.home;
    if (event->kind == EVENT_ROOM_ANSWER && !is_home) {
        on_answer(turn, session, event);
    } else if (event->kind == EVENT_ROOM_ENTRY && is_home) {
        room_life_on_entry(turn, session, event);
        stay_fire(turn, session, STAY_ON_HOME_IN, event);
    } else if (event->kind == EVENT_ROOM_EXIT && is_home) {
        on_home_exit(turn, session, event);
    } else if (event->kind == EVENT_ROOM_EXIT) {
        on_party_exit(turn, session, event);
    }
}

void stay_on_lost(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) cause = event_copy(event);
    cause->f.how = HOW_LOST;
    if (event->side == session->seat.home)
        stay_fire(turn, session, STAY_ON_HOME_LOST, cause);
}

// ---- giving up ----------------------------------------------------------------------------------

static void give_up(Turn *turn, Session *session, How how, const char *text)
{
    g_autoptr(Event) cause = event_new(EVENT_ROOM_EXIT, session->seat.home);
    cause->f.how = how;
    cause->f.failure = FAILURE_REMOTE_SERVER_TIMEOUT;
    cause->f.status = how == HOW_TIMEOUT ? 408 : REFUSAL_UNABLE_STATUS; // ESC-608
    fields_set_text(&cause->f.text, text);
    stay_fire(turn, session, STAY_ON_GIVEN_UP, cause);
}

void stay_on_timer(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_HOLD)
        give_up(turn, session, HOW_LOST, "the room cannot be reached");
    else if (event->f.how == HOW_NOTICE && !session->seat.pages.is_it)
        room_life_tell_unreachable(turn, session);
    else if (event->f.how == HOW_PATIENCE && session->stay.state == STAY_AWAY)
        give_up(turn, session, HOW_LOST, "the conference cannot be reached");
    else if (event->f.how == HOW_PATIENCE)
        give_up(turn, session, HOW_TIMEOUT, "the room does not answer");
}

void stay_on_closing(Turn *turn, Session *session)
{
    give_up(turn, session, HOW_SHUTDOWN, "the gateway is closing");
}
