// SPDX-License-Identifier: MIT
// From a kind of event to its handler. Nothing is decided here but whose event it is.
#include "mapping/router.h"

#include "mapping/chat.h"
#include "mapping/chat_life.h"
#include "mapping/chat_receipt.h"
#include "mapping/ghosts.h"
#include "mapping/invite.h"
#include "mapping/links.h"
#include "mapping/outsiders.h"
#include "mapping/page.h"
#include "mapping/page_party.h"
#include "mapping/peer_news.h"
#include "mapping/policy.h"
#include "mapping/recovery.h"
#include "mapping/requests.h"
#include "mapping/room.h"
#include "mapping/room_life.h"
#include "mapping/room_nick.h"
#include "mapping/room_request.h"
#include "mapping/rooms.h"
#include "mapping/session_map.h"

struct Router {
    const Route *route;       // borrowed
    const Settings *settings; // borrowed
    SessionMap *sessions;     // owned
    PageQueues *pages;        // owned
    PeerMemory *peers;        // owned
    Receipts *receipts;       // owned
    Policy *policy;           // owned
    Recovery *recovery;       // owned
    Requests *requests;       // owned
    Links *links;             // owned
    Rooms *rooms;             // owned
    Ghosts *ghosts;           // owned
    Outsiders *outsiders;     // owned
    TurnCounters counters;
    GQueue happenings; // empty between turns
};

Router *router_new(const Route *route, const Settings *settings)
{
    Router *router = g_new0(Router, 1);
    router->route = route;
    router->settings = settings;
    router->sessions = session_map_new();
    router->pages = page_queues_new();
    router->peers = peer_memory_new();
    router->receipts = receipts_new();
    router->policy = policy_new(settings);
    router->recovery = recovery_new();
    router->requests = requests_new();
    router->links = links_new();
    router->rooms = rooms_new();
    router->ghosts = ghosts_new();
    router->outsiders = outsiders_new();
    return router;
}

void router_free(Router *router)
{
    if (router == NULL)
        return;
    session_map_free(router->sessions);
    page_queues_free(router->pages);
    peer_memory_free(router->peers);
    receipts_free(router->receipts);
    policy_free(router->policy);
    recovery_free(router->recovery);
    requests_free(router->requests);
    links_free(router->links);
    rooms_free(router->rooms);
    ghosts_free(router->ghosts);
    outsiders_free(router->outsiders);
    g_free(router);
}

SessionMap *router_sessions(Router *router)
{
    return router->sessions;
}

PeerMemory *router_peers(Router *router)
{
    return router->peers;
}

const TurnCounters *router_counters(const Router *router)
{
    return &router->counters;
}

static void refuse_invite(Turn *turn, const Event *event, const Refusal *refusal)
{
    Command *command = turn_push(turn, NULL, COMMAND_ANSWER_INVITE, event->side);
    command->f.ref = event->f.ref;
    command->f.how = HOW_NO;
    command->f.failure = refusal->reason;
    command->f.status = refusal->status;
    fields_set_text(&command->f.text, refusal->text);
}

static void refuse(Turn *turn, const Event *event, const Refusal *refusal)
{
    const Fields why = {.failure = refusal->reason,
                        .status = refusal->status,
                        .retry_s = refusal->retry_s,
                        .text = (char *)refusal->text};
    if (event->kind == EVENT_ROOM_INVITE)
        refuse_invite(turn, event, refusal);
    else if (event->kind == EVENT_ROOM_OFFERED)
        stay_refuse(turn, NULL, event->side, event->f.ref, &why);
    else if (event->kind == EVENT_ROOM_REQUEST)
        room_request_refuse(turn, event, &why);
    else if (event->kind == EVENT_ROOM_MESSAGE)
        room_refuse(turn, event, refusal);
    else
        refusal_tell(turn, NULL, event->side, &event->f, refusal);
}

// The session of a line or offer: that of its leg when it came by one, else that of the pair.
static Session *session_of_pair(Turn *turn, const Event *event)
{
    const Fields *f = &event->f;
    bool from_x = event->side == SIDE_XMPP;
    Session *session = session_map_find_leg(turn->sessions, f->leg, NULL);
    if (session == NULL)
        session = session_map_open(turn->sessions, from_x ? f->from : f->to,
                                   from_x ? f->to : f->from, turn->now_ms);
    if (session == NULL)
        refuse(turn, event,
               &(Refusal){.reason = FAILURE_RESOURCE_CONSTRAINT,
                          .text = "the gateway holds too many conversations"});
    else
        session_map_touch(turn->sessions, session, turn->now_ms);
    return session;
}

typedef void (*PairHandler)(Turn *turn, Session *session, const Event *event);

static uint64_t to_pair(Turn *turn, const Event *event, PairHandler handler)
{
    Session *session = session_of_pair(turn, event);
    if (session == NULL)
        return 0;
    handler(turn, session, event);
    return session->id;
}

static uint64_t nobody(Turn *turn)
{
    turn->counters->late++;
    return 0;
}

// What has a row and is no line, or no longer: states, notifications; and what fails after its row was
// closed concerns who asked to hear of that. All else is only counted (IM-29).
static uint64_t on_other_delivery(Turn *turn, const Event *event)
{
    uint64_t session = page_notice_session(turn, COMMAND_RECEIPT, event->f.row);
    if (typing_on_delivery(turn, event, &session) || page_on_notice_answer(turn, event) ||
        chat_receipt_on_late(turn, event))
        return session;
    return nobody(turn);
}

// The answer of a leg which the line has left is only counted.
static uint64_t on_delivery(Turn *turn, const Event *event)
{
    Line *line = session_map_find_row(turn->sessions, event->f.row);
    if (line == NULL)
        return on_other_delivery(turn, event);
    if (!line->in_flight || (event->f.leg != 0 && event->f.leg != line->leg))
        return nobody(turn);
    uint64_t session = line->session->id;
    chat_on_delivery(turn, line, event);
    return session;
}

// A leg that comes up and belongs to nobody must not stay.
static uint64_t on_stray_leg(Turn *turn, const Event *event)
{
    if (event->kind == EVENT_LEG_UP)
        turn_push(turn, NULL, COMMAND_CLOSE_LEG, SIDE_SIP)->f.leg = event->f.leg;
    return nobody(turn);
}

static uint64_t on_chat_leg(Turn *turn, const Event *event)
{
    SessionLeg role;
    Session *session = session_map_find_leg(turn->sessions, event->f.leg, &role);
    if (session == NULL || role != SESSION_LEG_CHAT)
        return on_stray_leg(turn, event);
    if (event->kind == EVENT_LEG_UP)
        chat_life_on_leg_up(turn, session, event);
    else if (event->kind == EVENT_LEG_DOWN)
        chat_life_on_leg_down(turn, session, event);
    else
        chat_life_on_leg_partial(turn, session, event);
    return session->id;
}

static uint64_t to_leg(Turn *turn, const Event *event, PairHandler handler)
{
    Session *session = session_map_find_leg(turn->sessions, event->f.leg, NULL);
    if (session == NULL)
        return nobody(turn);
    handler(turn, session, event);
    return session->id;
}

static uint64_t on_gone(Turn *turn, const Event *event)
{
    Session *session = session_map_find_pair(turn->sessions, event->f.from, event->f.to);
    if (session == NULL)
        return nobody(turn);
    chat_life_on_gone(turn, session, event);
    return session->id;
}

// Of people without a conversation nobody keeps anything.
static uint64_t on_presence(Turn *turn, const Event *event)
{
    Session *session = session_map_find_pair(turn->sessions, event->f.from, event->f.to);
    if (session == NULL)
        return 0;
    chat_life_on_presence(session, event);
    return session->id;
}

// A link with a leg is that of one seat only.
static void on_lost_leg(Turn *turn, Session *session, const Event *event)
{
    if (session->device != NULL)
        stay_on_lost(turn, session, event);
}

static void on_seat_leg(Turn *turn, Session *session, const Event *event)
{
    if (session->device != NULL)
        stay_on_leg(turn, session, event);
    else
        escalation_on_leg(turn, session, event);
}

// An offer taken back before it was answered has no leg yet.
static uint64_t on_room_exit(Turn *turn, const Event *event)
{
    Session *session = event->f.leg == 0
                           ? session_map_find_ref(turn->sessions, event->side, event->f.ref)
                           : NULL;
    if (session == NULL)
        return to_leg(turn, event, on_seat_leg);
    stay_on_leg(turn, session, event);
    return session->id;
}

// What somebody is who is not inside concerns no leg.
static uint64_t on_roster(Turn *turn, const Event *event)
{
    if (event->f.leg != 0)
        return to_leg(turn, event, room_on_event);
    outsiders_note(turn->outsiders, event);
    return 0;
}

// What it tells beside `takes` and `lacks`; these are heard whatever event they come with.
static uint64_t on_peer(Turn *turn, const Event *event)
{
    if (event->f.takes == NULL && event->f.lacks == NULL)
        peer_news_on_event(turn, event);
    return 0;
}

static uint64_t on_timer(Turn *turn, const Event *event)
{
    Session *session = session_map_find(turn->sessions, event->f.session);
    if (session == NULL || !turn_timer_is_due(turn, session, event))
        return nobody(turn);
    if (session->seat.pages.is_it && (event->f.how == HOW_IDLE || event->f.how == HOW_MINUTE))
        page_party_on_timer(turn, session, event->f.how);
    else if (event->f.how == HOW_SETUP || event->f.how == HOW_IDLE)
        chat_life_on_timer(turn, session, event);
    else if (event->f.how == HOW_REFRESH || event->f.how == HOW_LAPSE)
        typing_on_timer(turn, session, event->f.how);
    else if (session->device != NULL)
        stay_on_timer(turn, session, event);
    else
        escalation_on_timer(turn, session, event);
    return session->id;
}

static uint64_t on_restored(Turn *turn, const Event *event)
{
    const Fields *f = &event->f;
    if (f->how == HOW_COUNTER && f->number > 0)
        turn->counters->row = MAX(turn->counters->row, f->number - 1);
    else if (f->how == HOW_PEER)
        peer_news_on_restored(turn, event);
    else if (f->how == HOW_ROW_OPEN || f->how == HOW_ROW_CLOSE)
        recovery_on_restored(turn, event);
    else if (f->how == HOW_ROOM_BIND)
        ghosts_on_restored(turn, event);
    return 0;
}

static void close_session(Session *session, void *data)
{
    Turn *turn = data;
    escalation_on_closing(turn, session);
    stay_on_closing(turn, session);
    chat_life_on_closing(turn, session);
}

static uint64_t on_closing(Turn *turn, Policy *policy)
{
    policy_on_closing(policy);
    session_map_each(turn->sessions, close_session, turn);
    return 0;
}

static uint64_t on_link(Turn *turn, const Event *event)
{
    links_note(turn->links, event);
    room_life_on_link(turn, event);
    ghosts_on_link(turn, event);
    recovery_on_link(turn, event);
    return 0;
}

static uint64_t route_event(Turn *turn, Router *router, const Event *event)
{
    switch (event->kind) {
    case EVENT_MESSAGE:
        return page_party_is_for(turn, event) ? page_party_on_message(turn, event)
                                              : to_pair(turn, event, chat_on_message);
    case EVENT_LEG_OFFERED: return to_pair(turn, event, chat_life_on_leg_offered);
    case EVENT_DELIVERY: return on_delivery(turn, event);
    case EVENT_LEG_UP:
    case EVENT_LEG_DOWN:
    case EVENT_LEG_PARTIAL: return on_chat_leg(turn, event);
    case EVENT_REF_OVER: return to_leg(turn, event, journal_on_ref_over);
    case EVENT_GONE: return on_gone(turn, event);
    case EVENT_PRESENCE: return on_presence(turn, event);
    case EVENT_PEER: return on_peer(turn, event);
    case EVENT_RECEIPT: return chat_receipt_on_event(turn, event);
    case EVENT_CHAT_STATE: return typing_on_state(turn, event);
    case EVENT_ROOM_INVITE: return invite_on_room_invite(turn, event);
    case EVENT_ROOM_OFFERED: return stay_on_offer(turn, event);
    case EVENT_ROOM_ANSWER:
    case EVENT_ROOM_ENTRY: return to_leg(turn, event, on_seat_leg);
    case EVENT_ROOM_EXIT: return on_room_exit(turn, event);
    case EVENT_ROOM_ROSTER: return on_roster(turn, event);
    case EVENT_ROOM_MESSAGE:
    case EVENT_ROOM_SUBJECT: return to_leg(turn, event, room_on_event);
    case EVENT_ROOM_NICK: return to_leg(turn, event, room_nick_on_event);
    case EVENT_ROOM_REQUEST: return room_request_on_event(turn, event);
    case EVENT_ROOM_RESULT: return room_request_on_result(turn, event);
    case EVENT_LINK: return event->f.leg != 0 ? to_leg(turn, event, on_lost_leg) : on_link(turn, event);
    case EVENT_TIMER: return on_timer(turn, event);
    case EVENT_RESTORED: return on_restored(turn, event);
    case EVENT_CLOSING: return on_closing(turn, router->policy);
    }
    g_assert_not_reached();
}

Turn router_turn(Router *router, Outbox *outbox, int64_t now_ms)
{
    return (Turn){.sessions = router->sessions,
                  .pages = router->pages,
                  .peers = router->peers,
                  .receipts = router->receipts,
                  .requests = router->requests,
                  .recovery = router->recovery,
                  .links = router->links,
                  .rooms = router->rooms,
                  .ghosts = router->ghosts,
                  .outsiders = router->outsiders,
                  .route = router->route,
                  .settings = router->settings,
                  .counters = &router->counters,
                  .outbox = outbox,
                  .happenings = &router->happenings,
                  .now_ms = now_ms};
}

uint64_t router_dispatch(Router *router, const Event *event, Outbox *outbox)
{
    Turn turn = router_turn(router, outbox, event->at_ms);
    session_map_sweep(router->sessions, turn.now_ms);
    if (requests_repeat(&turn, event))
        return 0;
    PolicyVerdict verdict = policy_admit(router->policy, &turn, event);
    if (verdict.silent)
        return 0;
    if (verdict.refusal.reason != FAILURE_NONE) {
        refuse(&turn, event, &verdict.refusal);
        return 0;
    }
    if (event->side == SIDE_SIP && (event->f.takes != NULL || event->f.lacks != NULL))
        peer_news_on_event(&turn, event);
    uint64_t session = route_event(&turn, router, event);
    turn_settle(&turn);
    return session;
}
