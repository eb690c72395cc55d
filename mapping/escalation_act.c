// SPDX-License-Identifier: MIT
// One short function per action of docs/escalation.md section 3, and the table that finds it.
#include "mapping/escalation_act.h"

#include "mapping/decline.h"
#include "mapping/escalation_record.h"
#include "mapping/invite.h"
#include "mapping/journal.h"
#include "mapping/nickname.h"
#include "mapping/room_life.h"
#include "mapping/session_map.h"
#include "mapping/stay.h"

typedef void (*Act)(Turn *turn, Session *session, const Event *cause);

// The party lives on the facade; the partner whom it chats with at home.
static Side facade(const Session *session)
{
    return seat_facade(&session->seat);
}

static Address *party(const Session *session)
{
    return session->seat.home == SIDE_XMPP ? session->s : session->x;
}

static Address *partner(const Session *session)
{
    return session->seat.home == SIDE_XMPP ? session->x : session->s;
}

static void reason_copy(Command *command, const Event *cause)
{
    command->f.failure = cause->f.failure;
    command->f.status = cause->f.status;
    fields_set_text(&command->f.text, cause->f.text);
}

static ChatLegCause chat_cause(const Event *cause, uint64_t leg)
{
    ChatLegCause made = chat_leg_cause(cause);
    made.leg = leg;
    return made;
}

// ---- asking -------------------------------------------------------------------------------------

static Command *answer_push(Turn *turn, const Session *session, EscalationAsker asker, How how)
{
    CommandKind kind = asker.is_request ? COMMAND_ROOM_RESULT : COMMAND_ANSWER_INVITE;
    Command *answer = turn_push(turn, session, kind, asker.side);
    answer->f.ref = asker.ref;
    answer->f.leg = asker.leg;
    answer->f.how = how;
    return answer;
}

static EscalationAsker asker_of(const Event *cause)
{
    bool is_request = cause->kind == EVENT_ROOM_REQUEST;
    return (EscalationAsker){.side = cause->side,
                             .ref = cause->f.ref,
                             .leg = is_request ? cause->f.leg : 0,
                             .is_request = is_request};
}

// A SIP user reads the status, an XMPP user the words.
static void no_push(Turn *turn, const Session *session, EscalationAsker asker, const Event *cause)
{
    Command *answer = answer_push(turn, session, asker, HOW_NO);
    reason_copy(answer, cause);
    bool is_his_word = cause->kind == EVENT_ROOM_ANSWER && cause->f.text != NULL;
    if (asker.is_request && asker.side == SIDE_XMPP && is_his_word)
        answer->f.status = 0; // no phrase of a status
    if (asker.side == SIDE_SIP || asker.is_request)
        return;
    g_autofree char *words = decline_words(cause);
    fields_set_text(&answer->f.text, words);
}

static void note_asker(Turn *turn, Session *session, const Event *cause)
{
    Escalation *record = session->escalation;
    EscalationAsker asker = asker_of(cause);
    if (asker.is_request && asker.ref == 0) // nobody waits
        return;
    if (record->asker_count < ESCALATION_ASKERS) {
        record->askers[record->asker_count++] = asker;
        return;
    }
    Command *answer = answer_push(turn, session, asker, HOW_NO);
    answer->f.failure = FAILURE_RESOURCE_CONSTRAINT;
    fields_set_text(&answer->f.text, "too many invitations to this room wait");
}

static void ask(Turn *turn, Session *session, Side side, const Address *whom)
{
    Escalation *record = session->escalation;
    record->asked = turn_next_leg(turn);
    session_map_bind_leg(turn->sessions, session, record->asked, SESSION_LEG_ASKED);
    Command *invite = turn_push(turn, session, COMMAND_INVITE_TO_ROOM, side);
    invite->f.leg = record->asked;
    invite->f.from = address_ref(record->inviter);
    invite->f.to = address_ref(whom);
    invite->f.room = address_ref(session->seat.room);
    fields_set_text(&invite->f.thread, record->thread);
    fields_set_text(&invite->f.text, record->reason);
}

static void ask_party(Turn *turn, Session *session, const Event *cause)
{
    ask(turn, session, facade(session), party(session));
}

static void ask_home(Turn *turn, Session *session, const Event *cause)
{
    ask(turn, session, session->seat.home, partner(session));
}

// The number stays bound as given up until its answer settles it; a late yes is LATE_IN.
static void cancel_ask(Turn *turn, Session *session, const Event *cause)
{
    Escalation *record = session->escalation;
    if (record->asked == 0)
        return;
    bool fetching = record->state == ESCALATION_FETCHING;
    Command *withdraw =
        turn_push(turn, session, COMMAND_WITHDRAW_INVITE, fetching ? session->seat.home : facade(session));
    withdraw->f.leg = record->asked;
    session_map_bind_leg(turn->sessions, session, record->asked, SESSION_LEG_GIVEN_UP);
    record->asked = 0;
}

void escalation_act_tell_ringing(Turn *turn, const Session *session)
{
    const Escalation *record = session->escalation;
    for (guint i = 0; i < record->asker_count; i++)
        if (record->askers[i].is_request)
            answer_push(turn, session, record->askers[i], HOW_RINGING);
}

static void answer_yes(Turn *turn, Session *session, const Event *cause)
{
    Escalation *record = session->escalation;
    for (guint i = 0; i < record->asker_count; i++)
        answer_push(turn, session, record->askers[i], HOW_YES);
    record->asker_count = 0;
}

static void answer_no(Turn *turn, Session *session, const Event *cause)
{
    Escalation *record = session->escalation;
    for (guint i = 0; i < record->asker_count; i++)
        no_push(turn, session, record->askers[i], cause);
    record->asker_count = 0;
}

static void refuse_rival(Turn *turn, Session *session, const Event *cause)
{
    EscalationAsker asker = asker_of(cause);
    Command *answer = answer_push(turn, session, asker, HOW_NO);
    answer->f.failure = FAILURE_UNEXPECTED_REQUEST;
    answer->f.status = 491;
    if (asker.side == SIDE_XMPP) // ESC-400
        answer->f.text =
            g_strdup_printf("peer moved to %s", address_jid(session->seat.room));
}

static void pass_on(Turn *turn, Session *session, const Event *cause)
{
    invite_pass_on(turn, session, cause);
}

// ---- the conference legs ------------------------------------------------------------------------

static char *since(const Seat *seat)
{
    g_autoptr(GDateTime) time =
        g_date_time_new_from_unix_utc((gint64)(seat->start_ms / 1000));
    bool is_known = seat->start_ms != 0 && time != NULL;
    return is_known ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

// The INVITE of the conference that the entry answers; 0: it has sent none, and is called.
static uint64_t call_of_focus(const Session *session)
{
    const Escalation *record = session->escalation;
    for (guint i = 0; i < record->asker_count; i++)
        if (session->seat.home == SIDE_SIP && record->askers[i].side == SIDE_SIP)
            return record->askers[i].ref;
    return 0;
}

static void enter_home(Turn *turn, Session *session, const Event *cause)
{
    Seat *seat = &session->seat;
    g_autofree char *nick =
        seat->nick != NULL ? g_strdup(seat->nick) : nickname_for(NULL, seat->party);
    g_autofree char *stamp = since(seat);
    seat->home_leg = turn_next_leg(turn);
    session_map_bind_leg(turn->sessions, session, seat->home_leg, SESSION_LEG_HOME);
    Command *enter = room_life_enter(turn, session, nick, stamp);
    enter->f.continues = seat->home == SIDE_XMPP; // ESC-415
    enter->f.ref = call_of_focus(session);
}

static void leave_home(Turn *turn, Session *session, const Event *cause)
{
    room_life_leave(turn, session, cause);
}

static void expel_party(Turn *turn, Session *session, const Event *cause)
{
    room_life_expel(turn, session, cause);
}

static void take_party(Turn *turn, Session *session, const Event *cause)
{
    session->seat.party_leg = turn_next_leg(turn);
    session->seat.party_is_pending = true;
    session_map_bind_leg(turn->sessions, session, session->seat.party_leg, SESSION_LEG_PARTY);
    Command *answer = turn_push(turn, session, COMMAND_ANSWER_LEG, facade(session));
    answer->f.ref = cause->f.ref;
    answer->f.leg = session->seat.party_leg;
}

static void admit_party(Turn *turn, Session *session, const Event *cause)
{
    room_life_admit(turn, session);
}

static void return_party(Turn *turn, Session *session, const Event *cause)
{
    ChatLegCause returned = chat_cause(cause, session->seat.party_leg);
    if (session->seat.party_leg == 0)
        return;
    if (facade(session) == SIDE_XMPP) { // an occupancy cannot be a chat
        room_life_expel(turn, session, cause);
        return;
    }
    session->seat.party_leg = 0;
    chat_leg_fire(turn, session, CHAT_LEG_ON_RETURNED, &returned);
}

static void occupancy_end(Turn *turn, Session *session, const Event *cause)
{
    Command *expel = turn_push(turn, session, COMMAND_EXPEL, SIDE_XMPP);
    expel->f.leg = cause->f.leg;
    expel->f.how = HOW_REMOVED;
    journal_drop_leg(turn, session, cause->f.leg);
}

static void return_leg(Turn *turn, Session *session, const Event *cause)
{
    if (cause->side == SIDE_XMPP) {
        occupancy_end(turn, session, cause);
        return;
    }
    ChatLegCause returned = chat_cause(cause, cause->f.leg);
    chat_leg_fire(turn, session, CHAT_LEG_ON_RETURNED, &returned);
}

// It is on its way in already by another leg (ESC-403).
static void offer_dismiss(Turn *turn, const Session *session, const Event *offer)
{
    static const Fields WAIT = {.failure = FAILURE_UNEXPECTED_REQUEST, .status = 491};
    stay_refuse(turn, session, offer->side, offer->f.ref, &WAIT);
}

static void dismiss_leg(Turn *turn, Session *session, const Event *cause)
{
    if (cause->kind == EVENT_ROOM_OFFERED) {
        offer_dismiss(turn, session, cause);
        return;
    }
    if (cause->side == SIDE_XMPP) {
        occupancy_end(turn, session, cause);
        return;
    }
    Command *close = turn_push(turn, session, COMMAND_CLOSE_LEG, facade(session));
    close->f.leg = cause->f.leg;
    reason_copy(close, cause);
    journal_drop_leg(turn, session, cause->f.leg);
}

static void renew(Turn *turn, Session *session, Side side, uint64_t leg)
{
    if (leg == 0)
        return;
    Command *open = turn_push(turn, session, COMMAND_OPEN_LEG, side);
    open->f.leg = leg;
    open->f.how = HOW_RENEW;
}

static void renew_legs(Turn *turn, Session *session, const Event *cause)
{
    renew(turn, session, facade(session), session->seat.party_leg);
    renew(turn, session, session->seat.home, session->seat.home_leg);
}

// ---- the chat leg -------------------------------------------------------------------------------

static void end_chat(Turn *turn, Session *session, const Event *cause)
{
    static const ChatLegCause MOVED = {.refusal = {.status = 200, .text = "moved to conference"}};
    chat_leg_fire(turn, session, CHAT_LEG_ON_ENDED, &MOVED);
}

static void widen_chat(Turn *turn, Session *session, const Event *cause)
{
    uint64_t leg = session->chat_leg.number;
    chat_leg_fire(turn, session, CHAT_LEG_ON_WIDENED, NULL);
    session->seat.home_leg = leg;
    session_map_bind_leg(turn->sessions, session, leg, SESSION_LEG_HOME);
}

static void narrow_chat(Turn *turn, Session *session, const Event *cause)
{
    ChatLegCause narrowed = chat_cause(cause, session->seat.home_leg);
    session->seat.home_leg = 0;
    chat_leg_fire(turn, session, CHAT_LEG_ON_NARROWED, &narrowed);
}

// ---- the table ----------------------------------------------------------------------------------

static void nothing(Turn *turn, Session *session, const Event *cause)
{
}

static const Act ACTS[ESCALATION_ACTION_COUNT] = {
    [ESCALATION_DO_NOTHING] = nothing,           [ESCALATION_DO_NOTE_ASKER] = note_asker,
    [ESCALATION_DO_ASK_PARTY] = ask_party,       [ESCALATION_DO_ASK_HOME] = ask_home,
    [ESCALATION_DO_CANCEL_ASK] = cancel_ask,     [ESCALATION_DO_ENTER_HOME] = enter_home,
    [ESCALATION_DO_LEAVE_HOME] = leave_home,     [ESCALATION_DO_EXPEL_PARTY] = expel_party,
    [ESCALATION_DO_TAKE_PARTY] = take_party,     [ESCALATION_DO_ADMIT_PARTY] = admit_party,
    [ESCALATION_DO_RETURN_PARTY] = return_party, [ESCALATION_DO_RETURN_LEG] = return_leg,
    [ESCALATION_DO_DISMISS_LEG] = dismiss_leg,   [ESCALATION_DO_ANSWER_YES] = answer_yes,
    [ESCALATION_DO_ANSWER_NO] = answer_no,       [ESCALATION_DO_REFUSE_RIVAL] = refuse_rival,
    [ESCALATION_DO_PASS_ON] = pass_on,           [ESCALATION_DO_END_CHAT] = end_chat,
    [ESCALATION_DO_WIDEN_CHAT] = widen_chat,     [ESCALATION_DO_NARROW_CHAT] = narrow_chat,
    [ESCALATION_DO_RENEW_LEGS] = renew_legs,
};

void escalation_act_do(Turn *turn, Session *session, EscalationAction action, const Event *cause)
{
    ACTS[action](turn, session, cause);
}
