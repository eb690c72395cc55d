// SPDX-License-Identifier: MIT
// What each user of a chat was told of the other's writing, and when that ends.
#include "mapping/typing.h"

#include "mapping/chat_life.h"
#include "mapping/page.h"
#include "mapping/peer_news.h"
#include "mapping/room_typing.h"
#include "mapping/session_map.h"

// CHAT-42: XEP-0085 says "composing" once, RFC 3994 wants it kept alive.
enum { REFRESH_MS = 90 * 1000, REPEATS_MAX = 5 };
// CHAT-41: who says nothing of how long, writes for so long.
enum { LAPSE_MS = 120 * 1000 };
// CHAT-43.
enum { STATUS_UNSUPPORTED_TYPE = 415 };

typedef enum { WAY_NONE, WAY_LEG, WAY_PAGE } Way;

// ---- towards SIP --------------------------------------------------------------------------------

static bool page_takes(const Turn *turn, const Session *session)
{
    return peer_memory_takes(turn->peers, session->s, PEER_MEMORY_COMPOSING, turn->now_ms);
}

static bool refuses(const Turn *turn, const Session *session)
{
    return session->typing.s_refuses ||
           peer_memory_is_ruled_out(turn->peers, session->s, PEER_MEMORY_COMPOSING);
}

// States go where a line would go now, but never where one would have to wait or open a session.
static Way way_to_s(const Turn *turn, const Session *session)
{
    const Typing *typing = &session->typing;
    LineSink sink =
        lines_sink(LINE_PAIR_TOWARDS, session->chat_leg.state, escalation_state(session));
    if (refuses(turn, session))
        return WAY_NONE;
    if (sink == LINE_SINK_LEG)
        return typing->leg_takes ? WAY_LEG : WAY_NONE;
    bool by_page = sink == LINE_SINK_OPEN && turn->settings->chat_mode != CHAT_MODE_SESSION;
    return by_page && page_takes(turn, session) ? WAY_PAGE : WAY_NONE;
}

static void push_to_s(Turn *turn, Session *session, bool composing)
{
    Command *state = command_new(COMMAND_CHAT_STATE, SIDE_SIP);
    state->f.session = session->id;
    state->f.how = composing ? HOW_COMPOSING : HOW_ACTIVE;
    state->f.ms = composing ? REFRESH_MS : 0;
    fields_set_address(&state->f.from, session_x_target(session));
    fields_set_address(&state->f.to, session->s);
    fields_set_text(&state->f.thread, session->thread);
    if (way_to_s(turn, session) == WAY_PAGE) {
        page_send_notice(turn, state);
        return;
    }
    state->f.leg = session->chat_leg.number;
    state->f.row = session->typing.row = turn_next_row(turn);
    outbox_add(turn->outbox, state);
}

// A state that is still in the queue was not told; taken out of it, nothing has to be told.
static void tell_s(Turn *turn, Session *session, bool composing)
{
    Typing *typing = &session->typing;
    typing->repeated_count = 0;
    if (typing->s_is_told == composing || way_to_s(turn, session) == WAY_NONE)
        return;
    typing->s_is_told = composing;
    typing->last_ms = turn->now_ms;
    if (!page_drop_notice(turn, COMMAND_CHAT_STATE, session))
        push_to_s(turn, session, composing);
    if (composing)
        turn_timer_start(turn, session, HOW_REFRESH, REFRESH_MS);
    else
        turn_timer_stop(turn, session, HOW_REFRESH);
}

static void forget_s(Turn *turn, Session *session)
{
    session->typing.s_is_told = false;
    turn_timer_stop(turn, session, HOW_REFRESH);
}

static void on_refresh(Turn *turn, Session *session)
{
    Typing *typing = &session->typing;
    if (way_to_s(turn, session) == WAY_NONE) {
        forget_s(turn, session);
    } else if (typing->repeated_count >= REPEATS_MAX) {
        tell_s(turn, session, false);
    } else {
        typing->repeated_count++;
        page_drop_notice(turn, COMMAND_CHAT_STATE, session);
        push_to_s(turn, session, true);
        turn_timer_start(turn, session, HOW_REFRESH, REFRESH_MS);
    }
}

static void on_refused(Turn *turn, Session *session)
{
    session->typing.s_refuses = true;
    page_drop_notice(turn, COMMAND_CHAT_STATE, session);
    forget_s(turn, session);
    peer_news_learn(turn, session->s, PEER_MEMORY_COMPOSING, 0, turn->settings->peer_memory);
}

bool typing_on_delivery(Turn *turn, const Event *event, uint64_t *session_id)
{
    uint64_t id = page_notice_session(turn, COMMAND_CHAT_STATE, event->f.row);
    Session *session = id != 0 ? session_map_find(turn->sessions, id)
                               : session_map_find_leg(turn->sessions, event->f.leg, NULL);
    bool by_leg = id == 0 && session != NULL && session->typing.row == event->f.row;
    if (id == 0 && !by_leg)
        return false;
    *session_id = by_leg ? session->id : id;
    if (session != NULL && event->f.status == STATUS_UNSUPPORTED_TYPE)
        on_refused(turn, session);
    if (!by_leg)
        return page_on_notice_answer(turn, event);
    session->typing.row = 0;
    turn_raise(turn, session, escalation_on_drained, 0);
    return true;
}

bool typing_is_on_its_way(const Session *session)
{
    return session->typing.row != 0;
}

// ---- towards XMPP -------------------------------------------------------------------------------

// A state is of the type of the chat it belongs to, and that must be chat (CHAT-44).
static bool may_tell_x(const Turn *turn, const Session *session)
{
    bool is_chat = session->chat_leg.state == CHAT_LEG_UP ||
                   (turn->settings->page_type == PAGE_TYPE_AUTO && !session->writes_normal);
    return is_chat && session->typing.x_speaks;
}

static void tell_x(Turn *turn, Session *session, bool composing)
{
    if (session->typing.x_is_told == composing || !may_tell_x(turn, session))
        return;
    session->typing.x_is_told = composing;
    session->typing.last_ms = turn->now_ms;
    Command *state = turn_push(turn, session, COMMAND_CHAT_STATE, SIDE_XMPP);
    state->f.how = composing ? HOW_COMPOSING : HOW_ACTIVE;
    fields_set_address(&state->f.from, session->s);
    fields_set_address(&state->f.to, session_x_target(session));
    fields_set_text(&state->f.thread, session->thread);
    fields_set_text(&state->f.type, "chat");
}

static void forget_x(Turn *turn, Session *session)
{
    session->typing.x_is_told = false;
    turn_timer_stop(turn, session, HOW_LAPSE);
}

bool typing_is_mutual(const Turn *turn, const Session *session)
{
    const Typing *typing = &session->typing;
    if (refuses(turn, session) || !may_tell_x(turn, session))
        return false;
    return session->chat_leg.state == CHAT_LEG_UP ? typing->leg_takes : page_takes(turn, session);
}

// ---- what happens -------------------------------------------------------------------------------

// A window that is merely open (inactive) does not say that the user is there (CHAT-26).
static void on_state_of_x(Turn *turn, Session *session, const Event *event)
{
    session->typing.x_speaks = true;
    if (event->f.how != HOW_INACTIVE && !chat_life_is_put_off(session))
        session_lock(session, event->f.from);
    tell_s(turn, session, event->f.how == HOW_COMPOSING);
}

static void on_state_of_s(Turn *turn, Session *session, const Event *event)
{
    int64_t ms = event->f.ms != 0 ? (int64_t)event->f.ms : LAPSE_MS;
    bool composing = event->f.how == HOW_COMPOSING;
    tell_x(turn, session, composing);
    if (session->typing.x_is_told)
        turn_timer_start(turn, session, HOW_LAPSE, ms);
    else
        turn_timer_stop(turn, session, HOW_LAPSE);
}

// Who sends such documents as pages takes them as pages, whoever it was for (CHAT-43).
static void note_peer(Turn *turn, const Event *event)
{
    const Address *peer = event->f.from;
    bool by_page = event->side == SIDE_SIP && event->f.leg == 0;
    if (by_page && !peer_memory_lacks(turn->peers, peer, PEER_MEMORY_COMPOSING, turn->now_ms))
        peer_news_learn(turn, peer, PEER_MEMORY_COMPOSING, 1, turn->settings->peer_memory);
}

static Session *session_of(const Turn *turn, const Event *event, SessionLeg *role)
{
    const Fields *f = &event->f;
    if (f->leg != 0)
        return session_map_find_leg(turn->sessions, f->leg, role);
    bool from_x = event->side == SIDE_XMPP;
    return session_map_find_pair(turn->sessions, from_x ? f->from : f->to,
                                 from_x ? f->to : f->from);
}

// In MOVING the chat is on its way into the room, and nothing new begins in it (ESC-020).
static void on_pair(Turn *turn, Session *session, const Event *event)
{
    if (escalation_state(session) == ESCALATION_MOVING)
        return;
    if (event->f.how == HOW_COMPOSING)
        session->typing.last_ms = turn->now_ms;
    if (event->side == SIDE_XMPP)
        on_state_of_x(turn, session, event);
    else
        on_state_of_s(turn, session, event);
}

// Where there is no conversation nobody is told: a state opens none (SEC-12).
uint64_t typing_on_state(Turn *turn, const Event *event)
{
    SessionLeg role = SESSION_LEG_CHAT;
    Session *session = session_of(turn, event, &role);
    note_peer(turn, event);
    if (session == NULL) {
        turn->counters->late++;
        return 0;
    }
    if (role == SESSION_LEG_CHAT)
        on_pair(turn, session, event);
    else
        room_typing_on_state(turn, session, event);
    return session->id;
}

static bool is_state(How how)
{
    return how == HOW_ACTIVE || how == HOW_COMPOSING || how == HOW_PAUSED || how == HOW_INACTIVE;
}

void typing_on_content_of_x(Turn *turn, Session *session, const Event *event)
{
    if (is_state(event->f.how) && g_strcmp0(event->f.type, "chat") == 0)
        session->typing.x_speaks = true;
    page_drop_notice(turn, COMMAND_CHAT_STATE, session);
    forget_s(turn, session);
}

void typing_on_content_for_x(Turn *turn, Session *session)
{
    forget_x(turn, session);
}

void typing_on_timer(Turn *turn, Session *session, How how)
{
    if (how == HOW_REFRESH)
        on_refresh(turn, session);
    else
        tell_x(turn, session, false);
}

void typing_on_leg_up(Session *session, const Event *event)
{
    session->typing.leg_takes = event->f.composing;
}

static void end_for_x(Turn *turn, Session *session, int unused)
{
    tell_x(turn, session, false);
    forget_x(turn, session);
}

// What is told of the end itself (<gone/>) comes first and makes this needless.
void typing_on_leg_over(Turn *turn, Session *session)
{
    session->typing.row = 0;
    forget_s(turn, session);
    turn_raise(turn, session, end_for_x, 0);
}

void typing_end(Turn *turn, Session *session)
{
    tell_s(turn, session, false);
    end_for_x(turn, session, 0);
}

int64_t typing_last_ms(const Turn *turn, const Session *session)
{
    const Typing *typing = &session->typing;
    return typing->x_is_told || typing->s_is_told ? turn->now_ms : typing->last_ms;
}
