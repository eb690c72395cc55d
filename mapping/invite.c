// SPDX-License-Identifier: MIT
// Finds the conversation an invitation belongs to. An escalation runs in the session of inviter and
// invitee; a plain one has a session of its own, in which the room stands for the inviter.
// COMPAT(Prosody 0.12): a mediated invitation arrives without <continue/> and from the inviter's occupant
// JID; it is the escalation when a direct one for the same room comes before it is answered, or when the
// room has shown us whose occupant JID that is.
#include "mapping/invite.h"

#include <string.h>

#include "mapping/chat_leg.h"
#include "mapping/escalation_record.h"
#include "mapping/refusal.h"
#include "mapping/session_map.h"

bool invite_is_escalation(bool continues, const char *thread, const char *const *threads)
{
    if (!continues || threads[0] == NULL)
        return false;
    return thread == NULL || threads[1] == NULL || g_strv_contains(threads, thread);
}

static void answer(Turn *turn, const Session *session, const Event *event, How how,
                   FailureReason failure)
{
    Command *command = turn_push(turn, session, COMMAND_ANSWER_INVITE, event->side);
    command->f.ref = event->f.ref;
    command->f.how = how;
    command->f.failure = failure;
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
    Session *pair =
        x != NULL ? session_map_find_pair(turn->sessions, x, event->f.to) : NULL;
    if (pair == NULL)
        return NULL;
    const char *threads[] = {pair->thread != NULL ? pair->thread : "", NULL};
    bool is_stripped = event->f.mediated && event->f.real != NULL && has_dialog(pair);
    return is_stripped || invite_is_escalation(event->f.continues, event->f.thread, threads)
               ? pair
               : NULL;
}

static Session *plain_open(Turn *turn, const Event *event)
{
    return session_map_open(turn->sessions, event->f.room, event->f.to, turn->now_ms);
}

static void begin(Turn *turn, Session *session, const Event *event)
{
    escalation_record_open(turn, session, event, SIDE_XMPP);
    escalation_fire(turn, session, ESCALATION_ON_HOME_INVITES, event);
}

// The same room by the other form (ESC-104): no second request, but it may tell what the first left out.
static bool is_second_form(const Escalation *record, const Event *event)
{
    return record->is_mediated != event->f.mediated;
}

static void second_form_merge(Turn *turn, Session *session, const Event *event)
{
    Escalation *record = session->escalation;
    if (record->reason == NULL)
        fields_set_text(&record->reason, event->f.text);
    if (record->password == NULL)
        fields_set_text(&record->password, event->f.password);
    answer(turn, session, event, HOW_YES, FAILURE_NONE);
}

// A plain invitation turns out to be the pair's: the ask goes on, under the conversation it belongs to.
static void ask_adopt(Turn *turn, Session *pair, Session *plain)
{
    escalation_record_move(turn, pair, plain);
    chat_leg_fire(turn, pair, CHAT_LEG_ON_RECORD_OPENS, NULL);
}

// An invitation to the room into which this party is already asked or has come.
static void on_same_room(Turn *turn, Session *session, Session *pair, const Event *event)
{
    bool is_pairs = pair != NULL && pair != session;
    if (is_pairs && escalation_state(session) == ESCALATION_INVITING &&
        escalation_state(pair) == ESCALATION_CHAT) {
        ask_adopt(turn, pair, session);
        session = pair;
    }
    if (is_second_form(session->escalation, event))
        second_form_merge(turn, session, event);
    else
        escalation_fire(turn, session, ESCALATION_ON_HOME_INVITES, event);
}

uint64_t invite_on_room_invite(Turn *turn, const Event *event)
{
    Session *pair = pair_find(turn, event);
    Session *same = session_map_find_in_room(turn->sessions, event->f.room, event->f.to);
    if (same != NULL && escalation_state(same) != ESCALATION_CHAT) {
        uint64_t id = pair != NULL ? pair->id : same->id;
        on_same_room(turn, same, pair, event);
        return id;
    }
    Session *session = pair != NULL ? pair : plain_open(turn, event);
    if (session == NULL) {
        answer(turn, NULL, event, HOW_NO, FAILURE_RESOURCE_CONSTRAINT);
        return 0;
    }
    if (escalation_state(session) == ESCALATION_CHAT)
        begin(turn, session, event);
    else
        escalation_fire(turn, session, ESCALATION_ON_RIVAL_INVITES, event);
    return session->id;
}

void invite_pass_on(Turn *turn, Session *session, const Event *event)
{
    if (address_equal(session->escalation->room, event->f.room)) {
        answer(turn, session, event, HOW_YES, FAILURE_NONE);
        return;
    }
    Session *plain = plain_open(turn, event);
    if (plain == NULL)
        answer(turn, session, event, HOW_NO, FAILURE_RESOURCE_CONSTRAINT);
    else if (escalation_state(plain) == ESCALATION_CHAT)
        begin(turn, plain, event);
    else
        answer(turn, plain, event, HOW_YES, FAILURE_NONE);
}
