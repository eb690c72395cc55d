// SPDX-License-Identifier: MIT
// What both sides of a room were told of each other's writing: of the party one flag in its seat,
// of each occupant one in the roster.
#include "mapping/room_typing.h"

#include "mapping/room_life.h"
#include "mapping/session_map.h"

// MUC-B23.
enum { REFRESH_MS = 60 * 1000 };

static Command *push(Turn *turn, const Session *session, Side side, uint64_t leg, bool composing)
{
    Command *state = turn_push(turn, session, COMMAND_CHAT_STATE, side);
    state->f.leg = leg;
    state->f.how = composing ? HOW_COMPOSING : HOW_ACTIVE;
    return state;
}

static void on_occupant(Turn *turn, Session *session, const Event *event, bool composing)
{
    if (event->f.own || !session->seat.party_takes_states ||
        !participants_set_composing(session->seat.participants, event->f.nick, composing))
        return;
    Command *state =
        push(turn, session, side_other(session->seat.home), session->seat.party_leg, composing);
    state->f.ms = composing ? REFRESH_MS : 0;
    fields_set_text(&state->f.nick, event->f.nick);
}

// While the link of the home is lost nobody there can be told.
static void on_party(Turn *turn, Session *session, bool composing)
{
    if (session->seat.party_composes == composing || turn_timer_is_running(session, HOW_HOLD))
        return;
    session->seat.party_composes = composing;
    push(turn, session, session->seat.home, session->seat.home_leg, composing);
}

void room_typing_on_state(Turn *turn, Session *session, const Event *event)
{
    bool composing = event->f.how == HOW_COMPOSING;
    if (!room_life_is_inside(session))
        return;
    if (event->side == session->seat.home)
        on_occupant(turn, session, event, composing);
    else
        on_party(turn, session, composing);
}

void room_typing_on_line(Session *session, const Event *event)
{
    if (event->f.private)
        return;
    if (event->side == session->seat.home)
        participants_set_composing(session->seat.participants, event->f.nick, false);
    else
        session->seat.party_composes = false;
}
