// SPDX-License-Identifier: MIT
// One question at a time for each party; the answer is told in the words of its side.
#include "mapping/room_nick.h"

#include "mapping/nickname.h"
#include "mapping/page_party.h"
#include "mapping/room_life.h"
#include "mapping/session.h"

static void refuse(Turn *turn, const Session *session, uint64_t ref, const Fields *why)
{
    Command *refuse = turn_push(turn, session, COMMAND_REFUSE, seat_facade(&session->seat));
    refuse->f.ref = ref;
    refuse->f.failure = why->failure;
    refuse->f.status = why->status;
    fields_set_text(&refuse->f.text, why->text);
}

static void accept(Turn *turn, const Session *session, uint64_t ref)
{
    turn_push(turn, session, COMMAND_ACCEPT, seat_facade(&session->seat))->f.ref = ref;
}

// Without a nick of its own the party has the one it came with (RFC 7701 7.3). NULL: there is nothing in the wish.
static char *wish_of(const Session *session, const Event *event)
{
    if (event->f.nick != NULL)
        return session->seat.home == SIDE_XMPP ? nickname_of_wish(event->f.nick)
                                               : g_strdup(event->f.nick);
    return session->stay.wish != NULL ? g_strdup(session->stay.wish)
                                      : nickname_for(NULL, session->seat.party);
}

static void on_wish(Turn *turn, Session *session, const Event *event)
{
    static const Fields NOT_NOW = {.failure = FAILURE_UNEXPECTED_REQUEST};
    static const Fields NO_NICK = {.failure = FAILURE_JID_MALFORMED, .status = 424}; // RFC 7701 7.2
    Seat *seat = &session->seat;
    g_autofree char *wish = wish_of(session, event);
    if (!room_life_is_inside(session) || seat->nick_asked != 0) {
        refuse(turn, session, event->f.ref, &NOT_NOW);
    } else if (wish == NULL) {
        refuse(turn, session, event->f.ref, &NO_NICK);
    } else if (g_strcmp0(wish, seat->nick) == 0) {
        accept(turn, session, event->f.ref);
    } else {
        seat->nick_asked = event->f.ref;
        Command *ask = turn_push(turn, session, COMMAND_ROOM_NICK, seat->home);
        ask->f.leg = seat->home_leg;
        fields_set_text(&ask->f.nick, wish);
    }
}

// RFC 7701 7.2: 425 = in use or not to be had, 424 = no nick, 403 = none may be chosen.
static uint64_t msrp_status(FailureReason reason)
{
    switch ((int)reason) {
    case FAILURE_CONFLICT:
    case FAILURE_NOT_ACCEPTABLE: return 425;
    case FAILURE_JID_MALFORMED:
    case FAILURE_BAD_REQUEST: return 424;
    default: return (uint64_t)failure_to_msrp(reason);
    }
}

// XEP-0045 7.6: locked down, whatever the switch calls it.
static FailureReason stanza_reason(FailureReason reason)
{
    bool is_locked = reason == FAILURE_FORBIDDEN || reason == FAILURE_FEATURE_NOT_IMPLEMENTED;
    return is_locked ? FAILURE_NOT_ACCEPTABLE : reason;
}

static void on_answer(Turn *turn, Session *session, const Event *event)
{
    Seat *seat = &session->seat;
    uint64_t ref = seat->nick_asked;
    seat->nick_asked = 0;
    if (ref == 0) {
        turn->counters->late++;
    } else if (event->f.how == HOW_YES) {
        accept(turn, session, ref);
    } else {
        Fields why = {.failure = event->f.failure, .status = event->f.status, .text = event->f.text};
        if (seat->home == SIDE_XMPP)
            why.status = msrp_status(why.failure);
        else
            why.failure = stanza_reason(why.failure);
        refuse(turn, session, ref, &why);
    }
}

void room_nick_on_event(Turn *turn, Session *session, const Event *event)
{
    if (session->seat.room == NULL)
        return;
    if (event->side == session->seat.home && session->seat.pages.is_it)
        page_party_on_nick(turn, session, event);
    else if (event->side == session->seat.home)
        on_answer(turn, session, event);
    else
        on_wish(turn, session, event);
}
