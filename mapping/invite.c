// SPDX-License-Identifier: MIT
// Finds the conversation an invitation belongs to. An escalation runs in the session of inviter and
// invitee; a plain one has a session of its own, in which the room stands for the inviter.
// COMPAT(Prosody 0.12): a mediated invitation arrives without <continue/> and from the inviter's
// occupant JID; it is the escalation when a direct one for the same room comes before it is
// answered, or when the room has shown us whose occupant JID that is.
#include "mapping/invite.h"

#include <string.h>

#include "mapping/chat_leg.h"
#include "mapping/escalation_record.h"
#include "mapping/outsiders.h"
#include "mapping/refusal.h"
#include "mapping/room_life.h"
#include "mapping/room_request.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

static const char BANNED[] = "banned from the room";

bool invite_is_escalation(bool continues, const char *thread, const char *const *threads)
{
    if (!continues || threads[0] == NULL)
        return false;
    return thread == NULL || threads[1] == NULL || g_strv_contains(threads, thread);
}

static Command *answer(Turn *turn, const Session *session, const Event *event, How how,
                       FailureReason failure)
{
    Command *command = turn_push(turn, session, COMMAND_ANSWER_INVITE, event->side);
    command->f.ref = event->f.ref;
    command->f.how = how;
    command->f.failure = failure;
    return command;
}

// The inviter, when he is known by more than his name in the room.
static Address *inviter(const Event *event)
{
    if (event->f.real != NULL)
        return event->f.real;
    return address_equal_bare(event->f.from, event->f.room) ? NULL : event->f.from;
}

static bool has_dialog(const Session *session)
{
    return session->chat_leg.state == CHAT_LEG_UP || session->chat_leg.state == CHAT_LEG_OPENING;
}

// The session of the pair when this continues what it talks about, else NULL.
static Session *pair_find(Turn *turn, const Event *event)
{
    Address *x = inviter(event);
    bool is_xmpp = event->side == SIDE_XMPP; // a chat that a focus takes over has no row yet (E2I)
    Session *pair =
        x != NULL && is_xmpp ? session_map_find_pair(turn->sessions, x, event->f.to) : NULL;
    if (pair == NULL)
        return NULL;
    const char *threads[] = {pair->thread != NULL ? pair->thread : "", NULL};
    bool is_stripped = event->f.mediated && event->f.real != NULL && has_dialog(pair);
    return is_stripped || invite_is_escalation(event->f.continues, event->f.thread, threads) ? pair
                                                                                             : NULL;
}

// The room stands for the partner, on the side where it lives.
static Session *plain_open(Turn *turn, const Event *event, Side home)
{
    const Address *room = event->f.room, *guest = event->f.to;
    return home == SIDE_XMPP ? session_map_open(turn->sessions, room, guest, turn->now_ms)
                             : session_map_open(turn->sessions, guest, room, turn->now_ms);
}

// While the record is open the lock of the conversation is the client that invited (ESC-024).
static void lock_to_inviter(Session *session, const Event *event)
{
    Address *x = inviter(event);
    if (x != NULL && address_resource(x) != NULL && address_equal_bare(x, session->x))
        session_lock(session, x);
}

static void begin(Turn *turn, Session *session, const Event *event, Side home)
{
    lock_to_inviter(session, event);
    escalation_record_open(turn, session, event, home);
    escalation_fire(turn, session, ESCALATION_ON_HOME_INVITES, event);
}

// The same room by the other form, from the same user as far as one can see (ESC-104): no second
// request, but it may tell what the first left out. A reason comes too late: the party was asked.
static bool is_second_form(const Session *session, const Event *event)
{
    const Escalation *record = session->escalation;
    Address *x = inviter(event);
    bool is_first_known = !address_equal_bare(record->inviter, session->seat.room);
    bool is_another = x != NULL && is_first_known && !address_equal_bare(x, record->inviter);
    return record->is_mediated != event->f.mediated && !is_another;
}

static void second_form_merge(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    Address *x = inviter(event);
    if (x != NULL)
        fields_set_address(&record->inviter, x);
    if (session->seat.password == NULL)
        fields_set_text(&session->seat.password, event->f.password);
    answer(turn, session, event, HOW_YES, FAILURE_NONE);
}

// A plain invitation turns out to be the pair's: it goes on under the conversation it belongs to.
static void record_adopt(Turn *turn, Session *pair, Session *plain, const Event *event)
{
    g_info("session=%" G_GUINT64_FORMAT
           " side=xmpp escalation is that of session=%" G_GUINT64_FORMAT,
           plain->id, pair->id);
    escalation_record_move(turn, pair, plain);
    lock_to_inviter(pair, event);
    chat_leg_fire(turn, pair, CHAT_LEG_ON_RECORD_OPENS, NULL);
}

// Only before COMMIT, and only when the pair has nothing of the kind under way.
static bool can_adopt(const Session *plain, const Session *pair)
{
    EscalationState state = escalation_state(plain);
    return pair != NULL && pair != plain && escalation_state(pair) == ESCALATION_CHAT &&
           (state == ESCALATION_INVITING || state == ESCALATION_ENTERING);
}

// An invitation to the room into which this party is already asked or has come.
static void on_same_room(Turn *turn, Session *session, Session *pair, const Event *event)
{
    bool is_second = is_second_form(session, event);
    if (is_second && can_adopt(session, pair)) {
        record_adopt(turn, pair, session, event);
        session = pair;
    }
    if (is_second)
        second_form_merge(turn, session, event);
    else
        escalation_fire(turn, session, ESCALATION_ON_HOME_INVITES, event);
}

// An address that is no room's, or somebody inviting himself (ESC-308).
static FailureReason senseless(const Event *event)
{
    const Address *x = inviter(event);
    if (address_local(event->f.room) == NULL || address_resource(event->f.room) != NULL)
        return FAILURE_JID_MALFORMED;
    return x != NULL && address_equal_bare(x, event->f.to) ? FAILURE_BAD_REQUEST : FAILURE_NONE;
}

// Whom a room keeps out need not be asked whether he comes (ROSTER-023).
static bool is_banned(Turn *turn, const Address *room, const Address *guest)
{
    return outsiders_is_banned(turn->outsiders, room, guest, turn->now_ms);
}

// A direct invitation into a conference that lives on the other side: whoever sits in it asks it to call the guest.
static uint64_t on_conference_invite(Turn *turn, const Event *event)
{
    Session *stay =
        session_map_find_stay(turn->sessions, event->f.room, event->f.from, event->side);
    if (stay == NULL || !room_life_is_inside(stay)) {
        answer(turn, NULL, event, HOW_NO, FAILURE_FORBIDDEN);
        return 0;
    }
    answer(turn, stay, event, HOW_YES, FAILURE_NONE);
    g_autoptr(Event) request = event_new(EVENT_ROOM_REQUEST, event->side);
    request->at_ms = event->at_ms;
    request->f.leg = stay->seat.party_leg;
    request->f.how = HOW_INVITE;
    fields_set_address(&request->f.to, event->f.to);
    fields_set_text(&request->f.text, event->f.text);
    return room_request_on_event(turn, request);
}

uint64_t invite_on_room_invite(Turn *turn, const Event *event)
{
    FailureReason reason = senseless(event);
    if (reason != FAILURE_NONE) {
        answer(turn, NULL, event, HOW_NO, reason);
        return 0;
    }
    RouteKind kind = route_side_of(turn->route, event->f.room);
    if (event->side == SIDE_XMPP && kind == ROUTE_SIP_ROOM)
        return on_conference_invite(turn, event);
    if (is_banned(turn, event->f.room, event->f.to)) {
        Command *no = answer(turn, NULL, event, HOW_NO, FAILURE_FORBIDDEN);
        fields_set_text(&no->f.text, BANNED);
        return 0;
    }
    Session *pair = pair_find(turn, event);
    Session *same = session_map_find_in_room(turn->sessions, event->f.room, event->f.to);
    if (same != NULL && escalation_state(same) != ESCALATION_CHAT) {
        uint64_t id = pair != NULL ? pair->id : same->id;
        on_same_room(turn, same, pair, event);
        return id;
    }
    Session *session = pair != NULL ? pair : plain_open(turn, event, event->side);
    if (session == NULL) {
        answer(turn, NULL, event, HOW_NO, FAILURE_RESOURCE_CONSTRAINT);
        return 0;
    }
    if (escalation_state(session) == ESCALATION_CHAT)
        begin(turn, session, event, event->side);
    else
        escalation_fire(turn, session, ESCALATION_ON_RIVAL_INVITES, event);
    return session->id;
}

void invite_pass_on(Turn *turn, Session *session, const Event *event)
{
    if (address_equal(session->seat.room, event->f.room)) {
        answer(turn, session, event, HOW_YES, FAILURE_NONE);
        return;
    }
    Session *plain = plain_open(turn, event, event->side);
    if (plain == NULL)
        answer(turn, NULL, event, HOW_NO, FAILURE_RESOURCE_CONSTRAINT);
    else if (escalation_state(plain) == ESCALATION_CHAT)
        begin(turn, plain, event, event->side);
    else
        answer(turn, plain, event, HOW_NO, FAILURE_UNEXPECTED_REQUEST);
}

// Whoever is inside by himself needs no invitation.
static bool is_there(Turn *turn, const Address *room, const Address *user)
{
    const GQueue *sessions = session_map_in_room(turn->sessions, room);
    for (const GList *at = sessions != NULL ? sessions->head : NULL; at != NULL; at = at->next)
        if (room_life_is_inside(at->data) &&
            address_equal_bare(((const Session *)at->data)->seat.party, user))
            return true;
    return false;
}

void invite_on_request(Turn *turn, const Session *asking, const Event *request)
{
    static const Fields FULL = {.failure = FAILURE_RESOURCE_CONSTRAINT};
    static const Fields OUT = {.failure = FAILURE_FORBIDDEN, .text = (char *)BANNED};
    if (is_banned(turn, asking->seat.room, request->f.to)) {
        room_request_refuse(turn, request, &OUT);
        return;
    }
    g_autoptr(Event) event = event_copy(request);
    fields_set_address(&event->f.room, asking->seat.room);
    fields_set_address(&event->f.from, asking->seat.party);
    Session *plain = plain_open(turn, event, asking->seat.home);
    if (plain == NULL)
        room_request_refuse(turn, request, &FULL);
    else if (is_there(turn, event->f.room, event->f.to))
        room_request_answer(turn, request, HOW_YES);
    else if (escalation_state(plain) == ESCALATION_CHAT)
        begin(turn, plain, event, asking->seat.home);
    else
        escalation_fire(turn, plain, ESCALATION_ON_HOME_INVITES, event);
}
