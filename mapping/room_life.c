// SPDX-License-Identifier: MIT
// The legs of a seat, and what its party is told of the room.
#include "mapping/room_life.h"

#include "mapping/chat.h"
#include "mapping/escalation.h"
#include "mapping/journal.h"
#include "mapping/outsiders.h"
#include "mapping/page_party.h"
#include "mapping/room.h"
#include "mapping/room_typing.h"
#include "mapping/session_map.h"

// ESC-608: so long a lost link is nobody's business.
enum { NOTICE_AFTER_MS = 10000 };

bool room_life_is_inside(const Session *session)
{
    EscalationState state = escalation_state(session);
    return state == ESCALATION_MOVING || state == ESCALATION_CONFERENCE ||
           session->stay.state == STAY_INSIDE || session->stay.state == STAY_AWAY;
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
    if (seat->pages.is_it)
        fields_set_text(&store->f.carrier, lines_carrier_name(LINE_BY_PAGE));
}

// From here on whoever is in the room is told again.
static void entry_begin(Turn *turn, Seat *seat)
{
    if (seat->known == NULL)
        seat->known = rooms_enter(turn->rooms, seat->room);
    seat->entry_tick = ++seat->known->tick;
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
    entry_begin(turn, &session->seat);
    return enter;
}

// ---- what the party is told ---------------------------------------------------------------------

typedef struct {
    Turn *turn;
    Session *session;
} Audience;

static Command *to_party(Turn *turn, Session *session, CommandKind kind)
{
    Command *command = turn_push(turn, session, kind, seat_facade(&session->seat));
    command->f.leg = session->seat.party_leg;
    return command;
}

// What holds for all parties of the room is told once.
static Command *to_room(Turn *turn, const Session *session, CommandKind kind, How how)
{
    Command *command = turn_push(turn, session, kind, seat_facade(&session->seat));
    command->f.room = address_ref(session->seat.room);
    command->f.how = how;
    session->seat.known->is_told = true;
    return command;
}

static void present_push(Turn *turn, Session *session, const char *nick, How how)
{
    const Participant *participant = participants_find(session->seat.known->participants, nick);
    Command *roster = to_room(turn, session, COMMAND_ROOM_ROSTER, how);
    fields_set_text(&roster->f.nick, participant->nick);
    fields_set_text(&roster->f.role, participant->role);
    fields_set_text(&roster->f.affiliation, participant->affiliation);
    fields_set_address(&roster->f.real, participant->real);
    roster->f.away = participant->away;
}

// A difference is told as the home side told it; joins and changes as the roster has them now.
static void change_push(Turn *turn, Session *session, const Event *event, How how)
{
    if (how == HOW_JOINED || how == HOW_CHANGED) {
        present_push(turn, session, event->f.nick, how);
        return;
    }
    Command *roster = to_room(turn, session, COMMAND_ROOM_ROSTER, how);
    fields_set_text(&roster->f.nick, event->f.nick);
    if (how == HOW_RENAMED)
        fields_set_text(&roster->f.new_nick, event->f.new_nick);
    fields_set_text(&roster->f.text, event->f.text);
    fields_set_address(&roster->f.from, event->f.from);
}

static void own_push(Turn *turn, Session *session)
{
    const Seat *seat = &session->seat;
    Command *own = to_party(turn, session, COMMAND_ROOM_ROSTER);
    own->f.room = address_ref(seat->room);
    own->f.how = HOW_CHANGED;
    own->f.own = true;
    own->f.reals = seat->sees_reals;
    fields_set_text(&own->f.nick, seat->nick);
    fields_set_text(&own->f.role, seat->role);
    fields_set_text(&own->f.affiliation, seat->affiliation);
}

void room_life_admit(Turn *turn, Session *session)
{
    session->seat.since_ms = turn->now_ms;
    if (session->seat.pages.is_it) {
        page_party_admit(turn, session);
        return;
    }
    own_push(turn, session);
    if (seat_facade(&session->seat) == SIDE_XMPP)
        room_send_early(turn, session); // what is old is shown before the subject
    to_party(turn, session, COMMAND_ADMIT);
}

static bool text_changes(char **text, const char *value)
{
    bool differs = g_strcmp0(*text, value) != 0;
    fields_set_text(text, value);
    return differs;
}

static bool own_changes(Seat *seat, const Event *event)
{
    if (event->f.how == HOW_RENAMED)
        return event->f.new_nick != NULL && text_changes(&seat->nick, event->f.new_nick);
    if (event->f.how != HOW_JOINED && event->f.how != HOW_CHANGED)
        return false;
    bool differs = seat->home == SIDE_XMPP && seat->sees_reals != event->f.reals;
    seat->sees_reals = seat->home == SIDE_SIP || event->f.reals;
    differs = text_changes(&seat->role, event->f.role) || differs;
    return text_changes(&seat->affiliation, event->f.affiliation) || differs;
}

static void roster_merge(Turn *turn, Session *session, const Event *event)
{
    const RoomsEntry *known = session->seat.known;
    How how = participants_merge(known->participants, event, known->tick);
    if (how != HOW_NONE)
        change_push(turn, session, event, how);
}

// Another device of the same user is in the room under that nick.
static bool nick_is_shared(const Turn *turn, const Session *session, const char *nick)
{
    const Seat *seat = &session->seat;
    const GQueue *inside = session_map_in_room(turn->sessions, seat->room);
    for (const GList *link = inside != NULL ? inside->head : NULL; link != NULL; link = link->next) {
        const Session *other = link->data;
        if (other != session && g_strcmp0(other->seat.nick, nick) == 0 &&
            address_equal_bare(other->seat.party, seat->party))
            return true;
    }
    return false;
}

// An MUC lets each device of a user have a nick of its own: who takes another leaves the old one to the rest.
static void on_parting(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) joined = event_copy(event);
    joined->f.how = HOW_JOINED;
    fields_set_text(&joined->f.nick, event->f.new_nick);
    roster_merge(turn, session, joined);
}

static bool is_parting(const Turn *turn, const Session *session, const Event *event)
{
    return event->f.how == HOW_RENAMED && event->f.own && event->f.new_nick != NULL &&
           session->seat.home == SIDE_XMPP && nick_is_shared(turn, session, event->f.nick);
}

void room_life_on_roster(Turn *turn, Session *session, const Event *event)
{
    Seat *seat = &session->seat;
    if (seat->known == NULL)
        return;
    if (event->f.how == HOW_FORGET) {
        seat->pages.is_again = true;
        entry_begin(turn, seat);
        return;
    }
    if (is_parting(turn, session, event))
        on_parting(turn, session, event);
    else
        roster_merge(turn, session, event);
    room_typing_on_roster(session, event);
    if (!event->f.own || !own_changes(seat, event))
        return;
    if (event->f.how == HOW_RENAMED) // a restart finds him under the name he has
        binding_store(turn, session, HOW_ROOM_BIND, seat->nick);
    if (room_life_is_inside(session) && !seat->pages.is_it)
        own_push(turn, session);
}

// What the room is called is told by the same word (104).
static void on_name(Turn *turn, Session *session, const Event *event)
{
    if (!rooms_set_name(session->seat.known, &event->f))
        return;
    Command *name = to_room(turn, session, COMMAND_ROOM_SUBJECT, HOW_CHANGED);
    fields_set_text(&name->f.text, event->f.text);
    fields_set_text(&name->f.body, event->f.body);
    name->f.number = event->f.number;
    name->f.locked = event->f.locked;
}

void room_life_on_subject(Turn *turn, Session *session, const Event *event)
{
    RoomsEntry *known = session->seat.known;
    if (known == NULL || event->side != session->seat.home)
        return;
    if (event->f.how == HOW_CHANGED) {
        on_name(turn, session, event);
        return;
    }
    if (!rooms_set_subject(known, event->f.subject, event->f.nick))
        return;
    Command *subject = to_room(turn, session, COMMAND_ROOM_SUBJECT, HOW_NONE);
    fields_set_text(&subject->f.nick, known->subject_nick);
    fields_set_text(&subject->f.subject, known->subject);
}

// ---- entered ------------------------------------------------------------------------------------

static void on_gone(const Participant *participant, void *data)
{
    const Audience *audience = data;
    Command *roster = to_room(audience->turn, audience->session, COMMAND_ROOM_ROSTER, HOW_LEFT);
    fields_set_text(&roster->f.nick, participant->nick);
}

// An XMPP room tells everybody who enters, or enters again, of everybody (XEP-0045 7.1): who was not told is not there.
// A focus tells differences, and its gate makes them.
static void roster_sweep(Turn *turn, Session *session)
{
    const Seat *seat = &session->seat;
    Audience audience = {turn, session};
    if (seat->home == SIDE_XMPP && seat->known != NULL)
        participants_sweep(seat->known->participants, seat->entry_tick, on_gone, &audience);
}

void room_life_on_entry(Turn *turn, Session *session, const Event *event)
{
    Seat *seat = &session->seat;
    fields_set_text(&seat->nick, event->f.nick);
    seat->home_is_private = seat->home == SIDE_XMPP || event->f.private;
    seat->sees_reals = seat->home == SIDE_SIP || seat->sees_reals;
    binding_store(turn, session, HOW_ROOM_BIND, seat->nick);
    outsiders_forget(turn->outsiders, seat->room, seat->party);
    roster_sweep(turn, session);
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
    if (session->seat.pages.is_it) {
        page_party_expel(turn, session, cause);
        room_life_forget_party(turn, session);
        return;
    }
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

// An offer that was taken back has no leg yet; and what went by no leg is not its affair.
void room_life_forget_party(Turn *turn, Session *session)
{
    if (session->seat.party_leg == 0)
        return;
    journal_drop_leg(turn, session, session->seat.party_leg);
    session->seat.party_leg = 0;
}

void room_life_forget(Turn *turn, Session *session)
{
    Seat *seat = &session->seat;
    room_life_hold_stop(turn, session);
    if (seat->known != NULL && seat->known->is_told && seat->known->seats == 1)
        to_room(turn, session, COMMAND_ROOM_ROSTER, HOW_FORGET);
    if (seat->known != NULL)
        rooms_leave(turn->rooms, seat->known);
    session_map_unbind_room(turn->sessions, session);
    seat_clear(seat);
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
