// SPDX-License-Identifier: MIT
// The lines of a pair: each is taken in, goes where the table of section 5 sends it, and is
// answered. The legs and endings of a chat are in chat_life.c.
#include "mapping/chat.h"

#include <string.h>

#include "mapping/chat_life.h"
#include "mapping/chat_receipt.h"
#include "mapping/page.h"
#include "mapping/page_party.h"
#include "mapping/recovery.h"
#include "mapping/peer_news.h"
#include "mapping/room.h"
#include "mapping/session_map.h"

enum {
    CHAT_IN_FLIGHT_MAX = 200, // LIMIT: lines of one session that wait for an answer
    CHAT_TRIES_MAX = 3,       // LIMIT: times a line is handed over, when its legs die beneath it
};

static bool is_chat_type(const Line *line)
{
    return g_strcmp0(line->f.type, "chat") == 0;
}

// What is not of type chat is no part of a conversation: it goes as one MESSAGE, whatever the leg
//   does, unless it is too large for that (IM-01, IM-14).
static bool is_mail(const Line *line)
{
    return line->class == LINE_PAIR_TOWARDS && !is_chat_type(line) && !line->needs_session;
}

static LineSink sink_of(const Session *session, const Line *line)
{
    if (is_mail(line))
        return LINE_SINK_OPEN;
    if (session->device != NULL)
        return lines_stay_sink(session->stay.state);
    return lines_sink(line->class, session->chat_leg.state, escalation_state(session));
}

static bool is_room_line(const Line *line)
{
    return line->class == LINE_ROOM_TOWARDS || line->class == LINE_ROOM_FROM;
}

// CHAT-03 bounds what waits for a leg, ESC-011 what waits for a room; what is on its way is bounded
// too.
static bool is_full(const Turn *turn, const Session *session, const Line *line)
{
    const Settings *settings = turn->settings;
    int64_t count_max = is_room_line(line) ? settings->im_queue : settings->setup_queue;
    if (session->waiting.length >= count_max || session->in_flight.length >= CHAT_IN_FLIGHT_MAX)
        return true;
    int64_t octets = 0;
    for (const GList *at = session->waiting.head; at != NULL; at = at->next)
        octets += (int64_t)lines_octets(at->data);
    return octets > 0 && octets + (int64_t)lines_octets(line) > settings->setup_queue_octets;
}

static void turn_away(Turn *turn, Session *session, Line *owned)
{
    const Refusal full = {.reason = FAILURE_RESOURCE_CONSTRAINT,
                          .text = "too many messages wait in this conversation"};
    if (is_room_line(owned))
        seat_note_failure(&session->seat, full.reason);
    refusal_tell(turn, session, side_other(owned->to_side), &owned->f, &full);
    lines_free(owned);
}

// Only what was said in thread T can come back as a copy of it in a room (ESC-018).
static bool is_of_thread(const Session *session, const Line *line)
{
    bool is_said = line->f.leg != 0 || g_strcmp0(line->f.thread, session->thread) == 0;
    return session->thread != NULL && is_said && !is_room_line(line);
}

// From now on the content is ours: sent again with its id it is known (ESC-017), until it fails.
static void content_accept(Turn *turn, Session *session, Line *line)
{
    if (session->seen == NULL)
        session->seen = seen_new();
    if (line->f.ref != 0)
        seen_note(session->seen, line->f.id, turn->now_ms);
    journal_accept(turn, line);
}

void chat_take_line(Turn *turn, Session *session, Line *owned)
{
    if (is_full(turn, session, owned)) {
        turn_away(turn, session, owned);
        return;
    }
    if (is_of_thread(session, owned))
        room_note_pair_line(turn, session, owned->f.body);
    journal_admit(turn, session, owned);
    if (!is_room_line(owned))
        chat_receipt_note(turn, owned);
    if (owned->f.leg != 0 && sink_of(session, owned) != LINE_SINK_REFUSE)
        content_accept(turn, session, owned);
    chat_offer_waiting(turn, session);
}

static bool has_pages_in_flight(const Session *session)
{
    for (const GList *at = session->in_flight.head; at != NULL; at = at->next) {
        const Line *line = at->data;
        if (line->carrier == LINE_BY_PAGE && line->to_side == SIDE_SIP && is_chat_type(line))
            return true;
    }
    return false;
}

// While lines of this chat are still on their way as pages, the next follows them: order is kept.
static bool wants_session(const Turn *turn, const Session *session, const Line *line)
{
    int mode = turn->settings->chat_mode;
    if (mode == CHAT_MODE_PAGE)
        return false;
    if (mode == CHAT_MODE_SESSION)
        return is_chat_type(line) || line->needs_session;
    if (peer_memory_lacks(turn->peers, session->s, PEER_MEMORY_MSRP, turn->now_ms))
        return false;
    return line->needs_session || (is_chat_type(line) && !has_pages_in_flight(session));
}

// A session would not help: the peer said how much it takes in one (CHAT-14).
static bool is_too_large_for_peer(const Turn *turn, const Session *session, const Line *line)
{
    int64_t most = peer_memory_max_size(turn->peers, session->s, turn->now_ms);
    return most > 0 && line->f.body != NULL && strlen(line->f.body) > (size_t)most;
}

static void fail_too_large_for_peer(Turn *turn, const Session *session, Line *line)
{
    g_autofree char *text =
        g_strdup_printf("this recipient takes messages of at most %" G_GINT64_FORMAT " bytes",
                        peer_memory_max_size(turn->peers, session->s, turn->now_ms));
    journal_fail(turn, line, &(Refusal){.reason = FAILURE_POLICY_VIOLATION, .text = text});
}

static void fail_too_large(Turn *turn, Line *line)
{
    g_autofree char *text = g_strdup_printf("a message to this recipient may be %" G_GINT64_FORMAT
                                            " bytes long with its headers",
                                            turn->settings->im_limit);
    journal_fail(turn, line, &(Refusal){.reason = FAILURE_POLICY_VIOLATION, .text = text});
}

// The ordinary way (CHAT-01): a leg is asked for and the line waits for it, or it goes by page
// mode.
static void go_open(Turn *turn, Session *session, Line *line)
{
    if (line->needs_session && is_too_large_for_peer(turn, session, line))
        fail_too_large_for_peer(turn, session, line);
    else if (wants_session(turn, session, line))
        chat_leg_fire(turn, session, CHAT_LEG_ON_NEEDED, NULL);
    else if (line->needs_session)
        fail_too_large(turn, line);
    else
        page_send(turn, line);
}

static void go_leg(Turn *turn, Session *session, Line *line)
{
    uint64_t leg = session->chat_leg.number;
    journal_hand_over(turn, line, LINE_BY_LEG, leg);
    Command *command = lines_push_message(turn, line, SIDE_SIP);
    command->f.leg = leg;
    fields_set_text(&command->f.bodies, line->f.bodies);
    if (turn->settings->send_html)
        fields_set_text(&command->f.html, line->f.html);
}

static const char *stanza_type(const Turn *turn, const Session *session, const Line *line)
{
    if (line->f.leg != 0)
        return "chat";
    bool as_chat = turn->settings->page_type == PAGE_TYPE_AUTO && !session->writes_normal;
    return as_chat ? "chat" : NULL;
}

// The display name introduces a conversation and is not repeated (EXT-10). Inside a session lines
// belong to its thread and go to whom it is locked to (CHAT-20).
static void go_chat(Turn *turn, Session *session, Line *line)
{
    journal_hand_over(turn, line, LINE_BY_CHAT, 0);
    Command *command = lines_push_message(turn, line, SIDE_XMPP);
    fields_set_text(&command->f.type, stanza_type(turn, session, line));
    typing_on_content_for_x(turn, session);
    if (typing_is_mutual(turn, session))
        command->f.how = HOW_ACTIVE;
    if (turn->settings->html == HTML_XHTML)
        fields_set_text(&command->f.html, line->f.html);
    if (session->nick_told)
        fields_set_text(&command->f.nick, NULL);
    session->nick_told = true;
    if (line->f.leg == 0)
        return;
    fields_set_address(&command->f.to, session_x_target(session));
    if (session->thread != NULL)
        fields_set_text(&command->f.thread, session->thread);
}

static void fail(Turn *turn, Line *line, FailureReason reason, const char *text)
{
    journal_fail(turn, line, &(Refusal){.reason = reason, .text = text});
}

static bool has_asides_in_flight(const Session *session)
{
    for (const GList *at = session->in_flight.head; at != NULL; at = at->next)
        if (((const Line *)at->data)->carrier == LINE_BY_ASIDE)
            return true;
    return false;
}

// Where no private line may go any more the ordinary way is open, but not past those still on
// theirs.
static void go_aside(Turn *turn, Session *session, Line *line)
{
    if (!room_send_aside(turn, session, line) && !has_asides_in_flight(session))
        go_open(turn, session, line);
}

static void send_line(Turn *turn, Session *session, Line *line)
{
    LineSink sink = sink_of(session, line);
    if (sink != LINE_SINK_WAIT && line->tries >= CHAT_TRIES_MAX) {
        fail(turn, line, FAILURE_RECIPIENT_UNAVAILABLE, "the session was lost again and again");
        return;
    }
    switch (sink) {
    case LINE_SINK_WAIT: return;
    case LINE_SINK_OPEN: go_open(turn, session, line); return;
    case LINE_SINK_LEG: go_leg(turn, session, line); return;
    case LINE_SINK_ASIDE: go_aside(turn, session, line); return;
    case LINE_SINK_CHAT:
        if (!room_send_late(turn, session, line))
            go_chat(turn, session, line);
        return;
    case LINE_SINK_ROOM: room_send(turn, session, line); return;
    case LINE_SINK_REFUSE: fail(turn, line, FAILURE_FORBIDDEN, "not in the room"); return;
    case LINE_SINK_COUNT: break;
    }
    g_assert_not_reached();
}

// Sending a line touches no other line that waits, so the walk may go on from where it was.
void chat_offer_waiting(Turn *turn, Session *session)
{
    GList *next;
    for (GList *at = session->waiting.head; at != NULL; at = next) {
        next = at->next;
        send_line(turn, session, at->data);
    }
}

static bool is_way_open(const Session *session)
{
    ChatLegState leg = session->chat_leg.state;
    return leg == CHAT_LEG_NONE || leg == CHAT_LEG_LOST || session->thread == NULL;
}

// A chat that is under way keeps its thread, whatever thread its next line names (CHAT-09). While
// an escalation is under way the lock is its affair (ESC-024).
static void note_author(Turn *turn, Session *session, const Event *event)
{
    if (g_strcmp0(event->f.type, "headline") == 0)
        return;
    if (event->f.nick != NULL)
        fields_set_text(&session->x_nick, event->f.nick);
    session->writes_normal = g_strcmp0(event->f.type, "chat") != 0;
    if (session->writes_normal)
        return;
    session->closes_when_drained = false;
    if (!chat_life_is_put_off(session))
        session_lock(session, event->f.from);
    if (event->f.thread != NULL && is_way_open(session))
        session_map_set_thread(turn->sessions, session, event->f.thread);
}

void chat_answer_unheard(Turn *turn, const Session *session, const Event *event)
{
    bool is_awaited = event->f.leg != 0 && chat_receipt_is_awaited(turn, event);
    if (journal_resume(turn, session, event))
        return;
    turn_push(turn, session, COMMAND_ACCEPT, SIDE_SIP)->f.ref = event->f.ref;
    if (event->f.leg != 0 && !is_awaited)
        turn_push(turn, session, COMMAND_REPORT, SIDE_SIP)->f.ref = event->f.ref;
}

bool chat_is_repeated(const Turn *turn, const Session *session, const Event *event)
{
    return seen_has(session->seen, event->f.id, turn->now_ms);
}

// Sent again inside a session, or nothing to say: answered and dropped (CHAT-21, IM-25).
static bool is_unheard(const Turn *turn, const Session *session, const Event *event)
{
    if (event->f.body == NULL && event->f.subject == NULL)
        return true;
    return event->f.leg != 0 && chat_is_repeated(turn, session, event);
}

void chat_on_message(Turn *turn, Session *session, const Event *event)
{
    bool is_first = session->last_line_ms == 0;
    session->last_line_ms = turn->now_ms;
    if (event->side == SIDE_XMPP) {
        typing_on_content_of_x(turn, session, event);
        note_author(turn, session, event);
        chat_take_line(turn, session, lines_new(event, LINE_PAIR_TOWARDS));
        if (is_first)
            peer_news_on_chat(turn, session, event);
    } else if (event->f.how == HOW_TIMEOUT) { // its time to live was over when it came
        chat_answer_unheard(turn, session, event);
        chat_receipt_refuse(turn, session, event);
    } else if (is_unheard(turn, session, event)) {
        chat_answer_unheard(turn, session, event);
    } else {
        chat_take_line(turn, session, lines_new(event, LINE_PAIR_FROM));
    }
}

bool chat_is_drained(const Session *session)
{
    for (const GList *at = session->in_flight.head; at != NULL; at = at->next) {
        const Line *line = at->data;
        if (line->carrier == LINE_BY_LEG)
            return false;
    }
    return !has_pages_in_flight(session);
}

static void on_page(Turn *turn, Session *session, Line *line, const Event *event)
{
    if (event->f.how == HOW_TOO_RICH) {
        page_send_plainly(turn, line);
        return;
    }
    page_on_answer(turn, line);
    const Refusal refusal = refusal_of(&event->f);
    if (event->f.how == HOW_TOO_LARGE) {
        line->needs_session = true;
        journal_never_left(turn, line);
    } else if (refusal.reason != FAILURE_NONE) {
        journal_fail(turn, line, &refusal);
    } else {
        chat_receipt_on_page(turn, line, event);
        journal_close(turn, line);
    }
    chat_offer_waiting(turn, session);
}

// Lost with its leg: LEG_DOWN follows and sends it again.
static void on_leg(Turn *turn, Session *session, Line *line, const Event *event)
{
    Refusal refusal = refusal_of(&event->f);
    if (event->f.how == HOW_TOO_LARGE)
        refusal.reason = FAILURE_POLICY_VIOLATION;
    if (event->f.how == HOW_LOST) {
        journal_take_back(turn, line);
    } else if (refusal.reason != FAILURE_NONE) {
        journal_fail(turn, line, &refusal);
    } else {
        if (escalation_state(session) == ESCALATION_MOVING)
            chat_receipt_on_last_answer(turn, line);
        chat_receipt_watch(turn, line);
        journal_close(turn, line);
    }
}

// XMPP as a whole could not take it: that is no answer of the recipient, and the only right 503
// (GEN-06).
static bool is_our_trouble(const Fields *f)
{
    return f->how == HOW_LOST || f->how == HOW_TIMEOUT ||
           (f->failure == FAILURE_RESOURCE_CONSTRAINT && f->how != HOW_REFUSED);
}

static void on_chat(Turn *turn, Session *session, Line *line, const Event *event)
{
    if (event->f.failure == FAILURE_NONE) {
        journal_close(turn, line);
        return;
    }
    if (event->f.how == HOW_LOST && line->is_accepted) {
        recovery_hold(turn, line, NULL); // it may be there; under its id it may go again
        return;
    }
    Refusal refusal = refusal_of(&event->f);
    bool in_session = line->f.leg != 0;
    bool is_ours = is_our_trouble(&event->f);
    if (is_ours && !in_session) {
        refusal.status = REFUSAL_UNABLE_STATUS;
        refusal.retry_s = REFUSAL_RETRY_S;
    }
    journal_fail(turn, line, &refusal);
    if (in_session && !is_ours)
        chat_life_on_error(turn, session, &refusal);
}

void chat_on_delivery(Turn *turn, Line *line, const Event *event)
{
    Session *session = line->session;
    switch (line->carrier) {
    case LINE_BY_PAGE:
        if (line->class == LINE_ROOM_TOWARDS) {
            page_party_on_delivery(turn, session, line, event);
            return;
        }
        on_page(turn, session, line, event);
        break;
    case LINE_BY_LEG: on_leg(turn, session, line, event); break;
    case LINE_BY_CHAT: on_chat(turn, session, line, event); return;
    case LINE_BY_ASIDE:
        if (event->f.failure == FAILURE_NONE && event->f.how == HOW_NONE)
            chat_receipt_on_last_answer(turn, line);
        room_on_delivery(turn, line, event);
        if (event->f.how != HOW_LOST) // one that was lost waits until its leg is reported down
            chat_offer_waiting(turn, session);
        return;
    case LINE_BY_ROOM: room_on_delivery(turn, line, event); return;
    }
    turn_raise(turn, session, escalation_on_drained, 0);
    chat_life_on_drained(turn, session);
}

static bool refuses_msrp(const Refusal *refusal)
{
    static const uint64_t statuses[] = {380, 405, 415, 420, 488, 501, 606};
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++)
        if (refusal->how == HOW_REFUSED && refusal->status == statuses[i])
            return true;
    return false;
}

// A line too large for page mode has no other way: either never (the peer has no MSRP) or not now.
static void fall_back(Turn *turn, Line *line, bool for_good)
{
    if (!line->needs_session)
        page_send(turn, line);
    else if (for_good)
        fail_too_large(turn, line);
    else
        fail(turn, line, FAILURE_RECIPIENT_UNAVAILABLE, "no session could be opened");
}

// Final refusals of the peer as such are everybody's answer; a refusal of MSRP and silence are
// answered by page mode, but only the refusal is remembered.
void chat_fail_lines(Turn *turn, Session *session, const ChatLegCause *cause)
{
    Refusal refusal = cause->refusal;
    bool for_good = refuses_msrp(&refusal);
    bool pages =
        turn->settings->chat_mode != CHAT_MODE_SESSION && (for_good || refusal.how != HOW_REFUSED);
    if (for_good)
        peer_news_learn(turn, session->s, PEER_MEMORY_MSRP, 0, turn->settings->no_msrp_memory);
    if (refusal.how != HOW_REFUSED || refusal.reason == FAILURE_NONE)
        refusal.reason = FAILURE_RECIPIENT_UNAVAILABLE;
    GList *next;
    for (GList *at = session->waiting.head; at != NULL; at = next) {
        next = at->next;
        Line *line = at->data;
        if (line->class != LINE_PAIR_TOWARDS)
            continue;
        if (pages)
            fall_back(turn, line, for_good);
        else
            journal_fail(turn, line, &refusal);
    }
}
