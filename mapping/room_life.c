// SPDX-License-Identifier: MIT
// The legs of a seat, and what its party is told of the room.
#include "mapping/room_life.h"

#include "mapping/chat.h"
#include "mapping/escalation.h"
#include "mapping/journal.h"
#include "mapping/session_map.h"

// ESC-608: so long a lost link is nobody's business.
enum { NOTICE_AFTER_MS = 10000 };

bool room_life_is_inside(const Session *session)
{
    EscalationState state = escalation_state(session);
    return state == ESCALATION_MOVING || state == ESCALATION_CONFERENCE ||
           session->stay.state == STAY_INSIDE;
}

// ---- in -----------------------------------------------------------------------------------------

// All that a later run needs to take the occupant out of the room again, or to bring him back. It is written
// before the room hears of him.
static void binding_store(Turn *turn, const Session *session, How how, const char *nick)
{
    const Seat *seat = &session->seat;
    Command *store = turn_push(turn, session, COMMAND_STORE, seat->home);
    store->f.how = how;
    store->f.leg = seat->home_leg;
    if (how == HOW_ROOM_UNBIND)
        return;
    store->f.room = address_ref(seat->room);
    store->f.from = address_ref(seat->party);
    fields_set_text(&store->f.nick, nick);
}

Command *room_life_enter(Turn *turn, Session *session, const char *nick, const char *stamp)
{
    const Seat *seat = &session->seat;
    Command *enter = turn_push(turn, session, COMMAND_ENTER_ROOM, seat->home);
    enter->f.leg = seat->home_leg;
    enter->f.room = address_ref(seat->room);
    enter->f.from = address_ref(seat->party);
    fields_set_text(&enter->f.nick, nick);
    fields_set_text(&enter->f.password, seat->password);
    fields_set_text(&enter->f.stamp, stamp);
    binding_store(turn, session, HOW_ROOM_BIND, nick);
    return enter;
}

void room_life_on_entry(Turn *turn, Session *session, const Event *event)
{
    Seat *seat = &session->seat;
    fields_set_text(&seat->nick, event->f.nick);
    seat->home_is_private = seat->home == SIDE_XMPP || event->f.private;
    binding_store(turn, session, HOW_ROOM_BIND, seat->nick);
}

// ---- what the party is told ---------------------------------------------------------------------

static Command *to_party(Turn *turn, Session *session, CommandKind kind)
{
    Command *command = turn_push(turn, session, kind, seat_facade(&session->seat));
    command->f.leg = session->seat.party_leg;
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
    fields_set_text(&subject->f.nick, session->seat.subject_nick);
    fields_set_text(&subject->f.subject, session->seat.subject);
}

void room_life_admit(Turn *turn, Session *session)
{
    Audience audience = {turn, session};
    to_party(turn, session, COMMAND_ADMIT);
    participants_each(session->seat.participants, on_participant, &audience);
    if (session->seat.subject != NULL)
        subject_push(turn, session);
}

// A difference is told as the home side told it; joins and changes as the roster has them now.
void room_life_on_roster(Turn *turn, Session *session, const Event *event)
{
    Seat *seat = &session->seat;
    How how = participants_merge(seat->participants, event);
    if (how == HOW_NONE || !room_life_is_inside(session))
        return;
    if (how == HOW_JOINED || how == HOW_CHANGED) {
        participant_push(turn, session, participants_find(seat->participants, event->f.nick), how);
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

void room_life_on_subject(Turn *turn, Session *session, const Event *event)
{
    fields_set_text(&session->seat.subject, event->f.subject);
    fields_set_text(&session->seat.subject_nick, event->f.nick);
    if (room_life_is_inside(session))
        subject_push(turn, session);
}

// ---- out ----------------------------------------------------------------------------------------

static Command *leg_end(Turn *turn, Session *session, CommandKind kind, uint64_t leg,
                        const Event *cause)
{
    const Seat *seat = &session->seat;
    Side side = kind == COMMAND_LEAVE_ROOM ? seat->home : seat_facade(seat);
    Command *end = turn_push(turn, session, kind, side);
    end->f.leg = leg;
    end->f.failure = cause->f.failure;
    end->f.status = cause->f.status;
    fields_set_text(&end->f.text, cause->f.text);
    return end;
}

void room_life_leave(Turn *turn, Session *session, const Event *cause)
{
    uint64_t leg = session->seat.home_leg;
    if (leg == 0)
        return;
    leg_end(turn, session, COMMAND_LEAVE_ROOM, leg, cause);
    room_life_forget_home(turn, session);
}

void room_life_expel(Turn *turn, Session *session, const Event *cause)
{
    uint64_t leg = session->seat.party_leg;
    if (leg == 0)
        return;
    Command *expel = leg_end(turn, session, COMMAND_EXPEL, leg, cause);
    expel->f.how = cause->f.how;
    expel->f.retry_s = cause->f.retry_s;
    room_life_forget_party(turn, session);
}

void room_life_forget_home(Turn *turn, Session *session)
{
    binding_store(turn, session, HOW_ROOM_UNBIND, NULL);
    journal_drop_leg(turn, session, session->seat.home_leg);
    session->seat.home_leg = 0;
}

void room_life_forget_party(Turn *turn, Session *session)
{
    journal_drop_leg(turn, session, session->seat.party_leg);
    session->seat.party_leg = 0;
}

// ---- a lost link --------------------------------------------------------------------------------

void room_life_hold_start(Turn *turn, Session *session)
{
    turn_timer_start(turn, session, HOW_HOLD, turn->settings->xmpp_hold);
    turn_timer_start(turn, session, HOW_NOTICE, NOTICE_AFTER_MS);
}

void room_life_hold_stop(Turn *turn, Session *session)
{
    turn_timer_stop(turn, session, HOW_HOLD);
    turn_timer_stop(turn, session, HOW_NOTICE);
}

typedef struct {
    Turn *turn;
    const Event *event;
} LinkChange;

// The SIP user or SIP room of a session is the one that a component shows to XMPP.
static bool is_concerned(const Session *session, const Event *event)
{
    const char *domain = address_domain(event->f.from);
    return session->seat.room != NULL && event->side == SIDE_XMPP &&
           (domain == NULL || g_str_equal(domain, address_domain(session->s)));
}

// A loss told twice is one loss: it is held from the first on. What waited for the link goes now.
static void link_apply(Session *session, void *data)
{
    const LinkChange *change = data;
    Turn *turn = change->turn;
    if (!is_concerned(session, change->event))
        return;
    bool is_held = turn_timer_is_running(session, HOW_HOLD);
    if (change->event->f.how == HOW_DOWN && !is_held)
        room_life_hold_start(turn, session);
    if (change->event->f.how != HOW_UP)
        return;
    room_life_hold_stop(turn, session);
    chat_offer_waiting(turn, session);
}

void room_life_on_link(Turn *turn, const Event *event)
{
    LinkChange change = {turn, event};
    session_map_each(turn->sessions, link_apply, &change);
}

void room_life_tell_unreachable(Turn *turn, Session *session)
{
    if (!room_life_is_inside(session) || session->seat.home == SIDE_SIP)
        return;
    Command *notice = to_party(turn, session, COMMAND_ROOM_MESSAGE);
    fields_set_text(&notice->f.body,
                    "The room cannot be reached at the moment; what you write waits.");
}
