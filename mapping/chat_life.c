// SPDX-License-Identifier: MIT
// How a chat's leg comes and goes. The leg's state is chat_leg.c's; here is which event to fire,
// and what the XMPP user hears of it.
#include "mapping/chat_life.h"

#include <string.h>

#include "mapping/chat.h"
#include "mapping/peer_news.h"
#include "mapping/session_map.h"

bool chat_life_is_put_off(const Session *session)
{
    EscalationState state = escalation_state(session);
    return state != ESCALATION_CHAT && state != ESCALATION_CONFERENCE;
}

// The thread of an ended chat is not used for a new session, even when the user names it again: its
// Call-ID belongs to a dialog that is over (CHAT-50, CHAT-51).
static void thread_spend(Turn *turn, Session *session)
{
    if (session->thread == NULL)
        return;
    fields_set_text(&session->spent_thread, session->thread);
    session_map_set_thread(turn->sessions, session, NULL);
}

// Nobody is told of the end of a chat in which nothing was said.
static void tell_gone(Turn *turn, Session *session)
{
    if (session->last_line_ms == 0)
        return;
    session->typing.x_is_told = false;
    Command *command = turn_push(turn, session, COMMAND_GONE, SIDE_XMPP);
    fields_set_address(&command->f.from, session->s);
    fields_set_address(&command->f.to, session_x_target(session));
    fields_set_text(&command->f.thread, session->thread);
    fields_set_text(&command->f.type, "chat");
}

// Both INVITEs cross: the lower Call-ID wins. Ours is the thread, when it has one; a Call-ID made
// by the gate is unknown here and gives way.
static bool peer_wins(const Session *session, const Event *event)
{
    const char *ours = session->thread;
    if (ours == NULL || g_strcmp0(ours, session->spent_thread) == 0 || event->f.thread == NULL)
        return true;
    return strcmp(event->f.thread, ours) < 0;
}

static void take_offer(Turn *turn, Session *session, const Event *event)
{
    session_map_set_thread(turn->sessions, session, event->f.thread);
    session->put_off.gone_from_s = false;
    if (address_resource(event->f.to) != NULL)
        session_lock(session, event->f.to);
    session->chat_leg.offer = event->f.ref;
    chat_leg_fire(turn, session, CHAT_LEG_ON_NEEDED, NULL);
}

void chat_life_on_leg_offered(Turn *turn, Session *session, const Event *event)
{
    static const ChatLegCause replaced = {.refusal = {.text = "replaced by a new session"}};
    ChatLegState state = session->chat_leg.state;
    bool crosses = state == CHAT_LEG_OPENING && !session->opened_by_peer;
    if (crosses && !peer_wins(session, event)) {
        refusal_tell(turn, session, SIDE_SIP, &event->f,
                     &(Refusal){.reason = FAILURE_UNEXPECTED_REQUEST, .status = 491});
        return;
    }
    if (state == CHAT_LEG_OPENING || state == CHAT_LEG_UP)
        chat_leg_fire(turn, session, CHAT_LEG_ON_ENDED, crosses ? NULL : &replaced);
    take_offer(turn, session, event);
}

// A session that stands outweighs an earlier refusal.
static void note_peer(Turn *turn, const Session *session, const Event *event)
{
    int64_t memory_ms = turn->settings->peer_memory;
    if (peer_memory_lacks(turn->peers, session->s, PEER_MEMORY_MSRP, turn->now_ms))
        peer_news_learn(turn, session->s, PEER_MEMORY_MSRP, 1, memory_ms);
    if (event->f.number > 0)
        peer_news_learn(turn, session->s, PEER_MEMORY_MAX_SIZE,
                        (int64_t)MIN(event->f.number, G_MAXINT32), memory_ms);
}

void chat_life_on_leg_up(Turn *turn, Session *session, const Event *event)
{
    typing_on_leg_up(session, event);
    note_peer(turn, session, event);
    chat_leg_fire(turn, session, CHAT_LEG_ON_LEG_UP, NULL);
}

// The XMPP user hears of an end that the peer wished, not of a loss: the next line mends that
// (CHAT-52).
static void on_gone_from_s(Turn *turn, Session *session)
{
    if (chat_life_is_put_off(session)) {
        session->put_off.gone_from_s = true;
        return;
    }
    tell_gone(turn, session);
    thread_spend(turn, session);
}

void chat_life_on_leg_down(Turn *turn, Session *session, const Event *event)
{
    const ChatLegCause cause = chat_leg_cause(event);
    bool was_up = session->chat_leg.state == CHAT_LEG_UP;
    chat_leg_fire(turn, session, CHAT_LEG_ON_LEG_DOWN, &cause);
    if (was_up && event->f.how == HOW_ENDED)
        on_gone_from_s(turn, session);
}

void chat_life_on_leg_partial(Turn *turn, Session *session, const Event *event)
{
    session->chat_leg.is_partial = event->f.how == HOW_YES;
    turn_raise(turn, session, escalation_on_drained, 0);
}

static void end_chat(Turn *turn, Session *session)
{
    session->closes_when_drained = false;
    thread_spend(turn, session);
    session_lock(session, NULL);
    chat_leg_fire(turn, session, CHAT_LEG_ON_ENDED, NULL);
}

static bool has_lines_towards(const Session *session)
{
    for (const GList *at = session->waiting.head; at != NULL; at = at->next)
        if (((const Line *)at->data)->class == LINE_PAIR_TOWARDS)
            return true;
    return !chat_is_drained(session);
}

static void on_gone_from_x(Turn *turn, Session *session)
{
    if (chat_life_is_put_off(session))
        session->put_off.gone_from_x = true;
    else if (has_lines_towards(session))
        session->closes_when_drained = true;
    else
        end_chat(turn, session);
}

void chat_life_on_gone(Turn *turn, Session *session, const Event *event)
{
    if (session->locked == NULL || address_equal(session->locked, event->f.from))
        on_gone_from_x(turn, session);
}

// While an escalation is under way the lock is its affair (ESC-024).
void chat_life_on_presence(Session *session, const Event *event)
{
    bool is_locked = session->locked != NULL && address_equal(session->locked, event->f.from);
    if (is_locked && !chat_life_is_put_off(session))
        session_lock(session, NULL);
}

void chat_life_on_drained(Turn *turn, Session *session)
{
    if (session->closes_when_drained && !has_lines_towards(session))
        on_gone_from_x(turn, session);
}

static void on_setup_over(Turn *turn, Session *session)
{
    static const ChatLegCause silent = {.refusal = {.how = HOW_TIMEOUT}};
    if (session->chat_leg.state != CHAT_LEG_OPENING)
        return;
    turn_push(turn, session, COMMAND_CLOSE_LEG, SIDE_SIP)->f.leg = session->chat_leg.number;
    chat_leg_fire(turn, session, CHAT_LEG_ON_LEG_DOWN, &silent);
}

// The timer is not moved with every line; when it rings, the last line or sign of writing tells how
// much of it is left.
static void on_idle(Turn *turn, Session *session)
{
    int64_t last_ms = MAX(session->last_line_ms, typing_last_ms(turn, session));
    int64_t left_ms = last_ms + turn->settings->session_idle - turn->now_ms;
    if (session->chat_leg.state != CHAT_LEG_UP)
        return;
    if (left_ms > 0) {
        turn_timer_start(turn, session, HOW_IDLE, left_ms);
    } else if (chat_life_is_put_off(session)) {
        session->put_off.idle = true;
    } else {
        tell_gone(turn, session);
        end_chat(turn, session);
    }
}

void chat_life_on_timer(Turn *turn, Session *session, const Event *event)
{
    if (event->f.how == HOW_SETUP)
        on_setup_over(turn, session);
    else if (event->f.how == HOW_IDLE)
        on_idle(turn, session);
}

static bool means_nobody(FailureReason reason)
{
    return reason == FAILURE_ITEM_NOT_FOUND || reason == FAILURE_SERVICE_UNAVAILABLE ||
           reason == FAILURE_GONE || reason == FAILURE_RECIPIENT_UNAVAILABLE ||
           reason == FAILURE_REMOTE_SERVER_NOT_FOUND || reason == FAILURE_REMOTE_SERVER_TIMEOUT;
}

// The two-party leg is never ended while an escalation is under way (ESC-001).
void chat_life_on_error(Turn *turn, Session *session, const Refusal *refusal)
{
    bool to_full_jid = session->locked != NULL;
    session_lock(session, NULL);
    if (!means_nobody(refusal->reason) || session->chat_leg.state != CHAT_LEG_UP ||
        chat_life_is_put_off(session))
        return;
    ChatLegCause cause = {.refusal = *refusal};
    cause.refusal.status =
        (uint64_t)failure_on_wire(failure_to_status(refusal->reason, to_full_jid, NULL));
    thread_spend(turn, session);
    chat_leg_fire(turn, session, CHAT_LEG_ON_ENDED, &cause);
}

void chat_life_on_closing(Turn *turn, Session *session)
{
    static const Refusal closing = {.reason = FAILURE_INTERNAL_SERVER_ERROR,
                                    .status = REFUSAL_UNABLE_STATUS,
                                    .retry_s = REFUSAL_RETRY_S,
                                    .text = "the gateway is shutting down"};
    static const ChatLegCause cause = {.refusal = {.text = "the gateway is shutting down"}};
    bool was_up = session->chat_leg.state == CHAT_LEG_UP;
    chat_leg_fire(turn, session, CHAT_LEG_ON_ENDED, &cause);
    while (session->waiting.head != NULL)
        journal_fail(turn, session->waiting.head->data, &closing);
    if (was_up)
        tell_gone(turn, session);
}

void chat_life_resume(Turn *turn, Session *session)
{
    const SessionPutOff put_off = session->put_off;
    session->put_off = (SessionPutOff){0};
    if (put_off.gone_from_x)
        on_gone_from_x(turn, session);
    if (put_off.gone_from_s && session->chat_leg.state != CHAT_LEG_UP)
        on_gone_from_s(turn, session);
    if (put_off.idle)
        on_idle(turn, session);
}
