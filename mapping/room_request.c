// SPDX-License-Identifier: MIT
// Requests out, results back; in between nothing is kept: a result has the ref of its request.
#include "mapping/room_request.h"

#include "mapping/escalation.h"
#include "mapping/invite.h"
#include "mapping/room_life.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

static Command *result_push(Turn *turn, const Event *request, How how)
{
    if (request->f.ref == 0)
        return NULL;
    Command *result = turn_push(turn, NULL, COMMAND_ROOM_RESULT, request->side);
    result->f.ref = request->f.ref;
    result->f.leg = request->f.leg;
    result->f.how = how;
    return result;
}

void room_request_answer(Turn *turn, const Event *request, How how)
{
    result_push(turn, request, how);
}

void room_request_refuse(Turn *turn, const Event *request, const Fields *why)
{
    Command *result = result_push(turn, request, HOW_NO);
    if (result == NULL)
        return;
    result->f.failure = why->failure;
    result->f.status = why->status;
    fields_set_text(&result->f.text, why->text);
}

static void refuse(Turn *turn, const Event *request, FailureReason failure)
{
    room_request_refuse(turn, request, &(Fields){.failure = failure});
}

static Command *to_home(Turn *turn, const Session *session, const Event *event)
{
    Command *request = turn_push(turn, session, COMMAND_ROOM_REQUEST, side_other(event->side));
    uint64_t session_id = request->f.session;
    fields_copy(&request->f, &event->f);
    request->f.session = session_id;
    request->f.leg = session != NULL ? session->seat.home_leg : 0;
    return request;
}

// ---- people on the roster -----------------------------------------------------------------------

typedef struct {
    const Address *wanted;
    bool is_there;
} Search;

static void on_participant(const Participant *participant, void *data)
{
    Search *search = data;
    if (participant->real != NULL && address_equal_bare(participant->real, search->wanted))
        search->is_there = true;
}

static bool is_inside(const Session *session, const Address *user)
{
    Search search = {.wanted = user};
    participants_each(session->seat.known->participants, on_participant, &search);
    return search.is_there;
}

// Somebody of the facade's side is asked by us, and comes by a leg of ours (MUC-B13); an XMPP user who is to
// come into a conference, if that is wished (MUC-A16): else the focus asks him, through us.
static bool is_ours_to_ask(const Turn *turn, const Session *session, const Address *user)
{
    RouteKind kind = route_side_of(turn->route, user);
    if (session->seat.home == SIDE_XMPP)
        return kind == ROUTE_SIP_USER;
    return kind == ROUTE_XMPP_USER && turn->settings->third_party == THIRD_PARTY_DIRECT;
}

static void on_invite(Turn *turn, Session *session, const Event *event)
{
    if (event->f.to == NULL)
        refuse(turn, event, FAILURE_BAD_REQUEST);
    else if (is_inside(session, event->f.to))
        result_push(turn, event, HOW_YES);
    else if (is_ours_to_ask(turn, session, event->f.to))
        invite_on_request(turn, session, event);
    else
        to_home(turn, session, event);
}

// Who puts himself out leaves (ROSTER-020).
static void leave(Turn *turn, Session *session, const Event *event)
{
    g_autoptr(Event) cause = event_new(EVENT_ROOM_EXIT, event->side);
    cause->f.how = HOW_LEFT;
    cause->f.status = 200;
    fields_set_text(&cause->f.text, event->f.text);
    result_push(turn, event, HOW_YES);
    if (session->device != NULL)
        stay_fire(turn, session, STAY_ON_GIVEN_UP, cause);
    else
        escalation_on_given_up(turn, session, cause);
}

// A ban is one of an address (XEP-0045 9.1).
static void on_removal(Turn *turn, Session *session, const Event *event)
{
    const Seat *seat = &session->seat;
    const Participant *who = participants_find(seat->known->participants, event->f.nick);
    bool is_ban = event->f.how == HOW_BAN;
    if (who == NULL)
        refuse(turn, event, FAILURE_ITEM_NOT_FOUND);
    else if (!is_ban && g_strcmp0(event->f.nick, seat->nick) == 0)
        leave(turn, session, event);
    else if (is_ban && who->real == NULL)
        refuse(turn, event, FAILURE_NOT_ALLOWED);
    else
        fields_set_address(&to_home(turn, session, event)->f.to, is_ban ? who->real : NULL);
}

static void on_request(Turn *turn, Session *session, const Event *event)
{
    if (!room_life_is_inside(session))
        refuse(turn, event, FAILURE_FORBIDDEN);
    else if (event->f.how == HOW_INVITE)
        on_invite(turn, session, event);
    else if (event->f.how == HOW_KICK || event->f.how == HOW_BAN)
        on_removal(turn, session, event);
    else
        to_home(turn, session, event);
}

uint64_t room_request_on_event(Turn *turn, const Event *event)
{
    if (event->f.leg == 0 && event->f.how == HOW_PROBE) {
        to_home(turn, NULL, event);
        return 0;
    }
    Session *session = session_map_find_leg(turn->sessions, event->f.leg, NULL);
    if (session == NULL) {
        refuse(turn, event, FAILURE_FORBIDDEN);
        return 0;
    }
    on_request(turn, session, event);
    return session->id;
}

uint64_t room_request_on_result(Turn *turn, const Event *event)
{
    Session *session = session_map_find_leg(turn->sessions, event->f.leg, NULL);
    if (event->f.ref == 0)
        return session != NULL ? session->id : 0;
    Command *result = turn_push(turn, session, COMMAND_ROOM_RESULT, side_other(event->side));
    uint64_t session_id = result->f.session;
    fields_copy(&result->f, &event->f);
    result->f.session = session_id;
    result->f.leg = session != NULL ? session->seat.party_leg : 0;
    return session_id;
}
