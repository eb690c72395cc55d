// SPDX-License-Identifier: MIT
// What both sides of a room were told of each other's writing: of the party one flag in its seat, of the others those
// who write just now.
#include "mapping/room_typing.h"

#include "mapping/room_life.h"
#include "mapping/session_map.h"

// MUC-B23.
enum {
    REFRESH_MS = 60 * 1000,
    COMPOSERS_MAX = 50, // LIMIT: who writes at a time; of more the party is not told
};

static Command *push(Turn *turn, const Session *session, Side side, uint64_t leg, bool composing)
{
    Command *state = turn_push(turn, session, COMMAND_CHAT_STATE, side);
    state->f.leg = leg;
    state->f.how = composing ? HOW_COMPOSING : HOW_ACTIVE;
    return state;
}

// Whether it is news for the party that somebody writes, or no longer.
static bool composer_set(Seat *seat, const char *nick, bool composing)
{
    if (nick == NULL)
        return false;
    if (!composing)
        return seat->composers != NULL && g_hash_table_remove(seat->composers, nick);
    if (seat->composers == NULL)
        seat->composers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_size(seat->composers) >= COMPOSERS_MAX)
        return false;
    return g_hash_table_add(seat->composers, g_strdup(nick));
}

static bool is_known(const Seat *seat, const char *nick)
{
    return participants_find(seat->known->participants, nick) != NULL;
}

static void on_occupant(Turn *turn, Session *session, const Event *event, bool composing)
{
    Seat *seat = &session->seat;
    if (event->f.own || !seat->party_takes_states || !is_known(seat, event->f.nick) ||
        !composer_set(seat, event->f.nick, composing))
        return;
    Command *state = push(turn, session, seat_facade(seat), seat->party_leg, composing);
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
        composer_set(&session->seat, event->f.nick, false);
    else
        session->seat.party_composes = false;
}

void room_typing_on_roster(Session *session, const Event *event)
{
    if (event->f.how != HOW_JOINED && event->f.how != HOW_CHANGED)
        composer_set(&session->seat, event->f.nick, false);
}
