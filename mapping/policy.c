// SPDX-License-Identifier: MIT
// The door: where both ends live, whether the gateway can serve, how often somebody asks.
#include "mapping/policy.h"

#include "mapping/limiter.h"
#include "mapping/links.h"
#include "mapping/page_party.h"
#include "mapping/route.h"
#include "mapping/session_map.h"

enum {
    POLICY_SENDERS_MAX = 10000,  // LIMIT: senders whose rate is remembered
    POLICY_EQUAL_PER_MIN = 20,  // SEC-09: equal messages of one sender to one target
    POLICY_LOOP_STATUS = 482,   // SEC-09
    POLICY_STANZA_FRAME = 2048, // CHAT-22: what a stanza needs around its texts
};

struct Policy {
    const Settings *settings; // borrowed
    Limiter *messages;        // owned, by sender
    Limiter *sessions;        // owned, by sender
    Limiter *invites;         // owned, by inviter
    Limiter *joins;           // owned, by user
    Limiter *equals;          // owned, by sender, target and body
    bool is_closing;
};

static const PolicyVerdict GO_ON;
static const PolicyVerdict DROP = {.silent = true};

Policy *policy_new(const Settings *settings)
{
    Policy *policy = g_new0(Policy, 1);
    policy->settings = settings;
    policy->messages =
        limiter_new(settings->rate_msg * 60, settings->rate_burst, POLICY_SENDERS_MAX);
    policy->sessions =
        limiter_new(settings->rate_session, settings->rate_session, POLICY_SENDERS_MAX);
    policy->invites =
        limiter_new(settings->rate_invite, settings->rate_invite, POLICY_SENDERS_MAX);
    policy->joins = limiter_new(settings->rate_join, settings->rate_join, POLICY_SENDERS_MAX);
    policy->equals = limiter_new(POLICY_EQUAL_PER_MIN, POLICY_EQUAL_PER_MIN, POLICY_SENDERS_MAX);
    return policy;
}

void policy_free(Policy *policy)
{
    if (policy == NULL)
        return;
    limiter_free(policy->messages);
    limiter_free(policy->sessions);
    limiter_free(policy->invites);
    limiter_free(policy->joins);
    limiter_free(policy->equals);
    g_free(policy);
}

void policy_on_closing(Policy *policy)
{
    policy->is_closing = true;
}

static PolicyVerdict refuse(FailureReason reason, uint64_t status, const char *text)
{
    return (PolicyVerdict){.refusal = {.reason = reason, .status = status, .text = text}};
}

// Statuses of SIP mean nothing to XMPP, and inside a session those of MSRP come by the table of
// reasons.
static uint64_t page_status(const Event *event, uint64_t status)
{
    return event->side == SIDE_SIP && event->f.leg == 0 ? status : 0;
}

// Not the author's fault: SIP is asked to come back, XMPP hears of the 503 that stands for a local
// failure (GEN-06, ERR-05).
static PolicyVerdict unable(const Event *event, const char *text)
{
    bool from_xmpp = event->side == SIDE_XMPP;
    PolicyVerdict verdict =
        refuse(from_xmpp ? FAILURE_INTERNAL_SERVER_ERROR : FAILURE_RESOURCE_CONSTRAINT,
               event->f.leg == 0 ? REFUSAL_UNABLE_STATUS : 0, text);
    verdict.refusal.retry_s = from_xmpp ? 0 : REFUSAL_RETRY_S;
    return verdict;
}

static bool lives_on(RouteKind kind, Side side)
{
    if (side == SIDE_XMPP)
        return kind == ROUTE_XMPP_USER || kind == ROUTE_XMPP_ROOM;
    return kind == ROUTE_SIP_USER || kind == ROUTE_SIP_ROOM;
}

// Whoever comes from the side where we ourselves speak for him is a loop or a forgery (SEC-09). A
// room invites, but what else it says is no chat; and an error would cost our occupant his place.
static PolicyVerdict admit_author(const Policy *policy, const Turn *turn, const Event *event)
{
    RouteKind from = route_side_of(turn->route, event->f.from);
    if (from == ROUTE_XMPP_ROOM && event->kind != EVENT_ROOM_INVITE)
        return DROP;
    if (lives_on(from, event->side))
        return GO_ON;
    if (!lives_on(from, side_other(event->side)))
        return refuse(FAILURE_FORBIDDEN, page_status(event, 403),
                      "this domain may not use the gateway");
    bool is_between = event->kind == EVENT_ROOM_INVITE && event->side == SIDE_SIP;
    if (policy->settings->allow_hairpin || is_between) // a conference asks by our user for another
        return GO_ON;
    return refuse(FAILURE_POLICY_VIOLATION, page_status(event, POLICY_LOOP_STATUS), "loop cut");
}

static bool is_room_on(RouteKind kind, Side side)
{
    return kind == (side == SIDE_XMPP ? ROUTE_XMPP_ROOM : ROUTE_SIP_ROOM);
}

static PolicyVerdict admit_target(const Turn *turn, const Event *event)
{
    RouteKind to = route_side_of(turn->route, event->f.to);
    if (page_party_is_for(turn, event))
        return GO_ON;
    if (lives_on(to, side_other(event->side)) && to != ROUTE_XMPP_ROOM && to != ROUTE_SIP_ROOM)
        return GO_ON;
    if (event->side == SIDE_SIP)
        return refuse(FAILURE_ITEM_NOT_FOUND, page_status(event, 404), NULL);
    return refuse(to == ROUTE_NOWHERE ? FAILURE_REMOTE_SERVER_NOT_FOUND
                                      : FAILURE_SERVICE_UNAVAILABLE,
                  0, NULL);
}

static bool is_for_room(const Event *event)
{
    return event->kind == EVENT_ROOM_OFFERED || event->kind == EVENT_ROOM_REQUEST;
}

// An invitation is into a room of the inviter's side: another we could not name there (ADDR-03). Whoever wants
// to come in wants so on the other side.
static PolicyVerdict admit_room(const Turn *turn, const Event *event)
{
    static const char NO_ROOM[] = "no room of a domain this gateway serves";
    if (event->kind != EVENT_ROOM_INVITE && !is_for_room(event))
        return GO_ON;
    Side home = event->kind == EVENT_ROOM_INVITE ? event->side : side_other(event->side);
    RouteKind room = route_side_of(turn->route, event->f.room);
    bool is_shown = event->side == SIDE_XMPP && room == ROUTE_SIP_ROOM; // by us, as a room of theirs (MUC-A16)
    if (is_room_on(room, home) || is_shown)
        return GO_ON;
    return refuse(FAILURE_ITEM_NOT_FOUND, 0, NO_ROOM);
}

// The far side must be there to hand anything to; towards XMPP that is the link of the sender's
// domain.
static PolicyVerdict admit_link(const Policy *policy, const Turn *turn, const Event *event)
{
    if (policy->is_closing)
        return unable(event, "the gateway is shutting down");
    if (event->side == SIDE_XMPP)
        return links_sip_is_down(turn->links) ? unable(event, "the SIP side is down") : GO_ON;
    return links_is_down(turn->links, event->f.from) ? unable(event, "the XMPP side is down")
                                                     : GO_ON;
}

static PolicyVerdict over_rate(const Event *event)
{
    if (event->kind == EVENT_ROOM_INVITE)
        return refuse(FAILURE_RESOURCE_CONSTRAINT, 0, "too many invitations in a short time");
    if (event->kind == EVENT_ROOM_OFFERED)
        return refuse(FAILURE_RESOURCE_CONSTRAINT, event->side == SIDE_SIP ? 403 : 0,
                      "too many rooms entered in a short time");
    return event->side == SIDE_SIP
               ? refuse(FAILURE_FORBIDDEN, 403, "too many requests")
               : refuse(FAILURE_RESOURCE_CONSTRAINT, 0, "too many messages in a short time");
}

static bool repeats_itself(Policy *policy, const Turn *turn, const Fields *f)
{
    g_autofree char *key = g_strdup_printf("%s\n%s\n%x", address_bare(f->from), address_bare(f->to),
                                           g_str_hash(f->body));
    return !limiter_take(policy->equals, key, turn->now_ms);
}

static bool is_talk(const Event *event)
{
    return event->kind == EVENT_MESSAGE || event->kind == EVENT_CHAT_STATE;
}

// Somebody who opens a room invites many at once, and a client that starts enters all its rooms.
static Limiter *limiter_of(const Policy *policy, const Event *event)
{
    if (event->kind == EVENT_ROOM_INVITE)
        return policy->invites;
    if (is_for_room(event))
        return policy->joins;
    return is_talk(event) ? policy->messages : policy->sessions;
}

// An occupant can take any number of names: unless the room shows who he is it answers for all of its own.
static const char *sender_of(const Event *event)
{
    return address_bare(event->f.real != NULL ? event->f.real : event->f.from);
}

static PolicyVerdict admit_rate(Policy *policy, const Turn *turn, const Event *event)
{
    if (!limiter_take(limiter_of(policy, event), sender_of(event), turn->now_ms))
        return over_rate(event);
    if (event->kind != EVENT_MESSAGE || event->f.body == NULL)
        return GO_ON;
    if (repeats_itself(policy, turn, &event->f))
        return refuse(FAILURE_POLICY_VIOLATION, page_status(event, POLICY_LOOP_STATUS),
                      "the same message too often");
    return GO_ON;
}

static size_t escaped_octets(const char *text)
{
    size_t octets = 0;
    for (; text != NULL && *text != '\0'; text++)
        octets += *text == '&' ? 5 : *text == '<' || *text == '>' ? 4 : 1;
    return octets;
}

// What is too large for a stanza is refused before it is acknowledged (CHAT-22).
static PolicyVerdict admit_size(const Policy *policy, const Event *event)
{
    size_t octets = escaped_octets(event->f.body) + escaped_octets(event->f.subject) +
                    escaped_octets(event->f.html);
    if (event->side == SIDE_XMPP ||
        (int64_t)octets + POLICY_STANZA_FRAME <= policy->settings->max_stanza)
        return GO_ON;
    return refuse(FAILURE_POLICY_VIOLATION, event->f.leg != 0 ? 413 : 513, NULL);
}

static bool is_no(PolicyVerdict verdict)
{
    return verdict.silent || verdict.refusal.reason != FAILURE_NONE;
}

static PolicyVerdict admit_request(Policy *policy, const Turn *turn, const Event *event)
{
    PolicyVerdict verdict = admit_author(policy, turn, event);
    if (!is_no(verdict) && !is_for_room(event))
        verdict = admit_target(turn, event);
    if (!is_no(verdict))
        verdict = admit_room(turn, event);
    if (!is_no(verdict))
        verdict = admit_link(policy, turn, event);
    if (!is_no(verdict))
        verdict = admit_size(policy, event);
    if (!is_no(verdict))
        verdict = admit_rate(policy, turn, event);
    return verdict;
}

static PolicyVerdict admit_message(Policy *policy, const Turn *turn, const Event *event)
{
    if (event->side == SIDE_XMPP && event->f.body == NULL && event->f.subject == NULL)
        return DROP; // IM-17
    return admit_request(policy, turn, event);
}

// Who may not say so is not told (SEC-12); those in a room were admitted to it.
static PolicyVerdict admit_state(Policy *policy, const Turn *turn, const Event *event)
{
    if (event->f.from == NULL)
        return GO_ON;
    return is_no(admit_request(policy, turn, event)) ? DROP : GO_ON;
}

// Whoever is in a room was admitted to it; how often he speaks there is counted as in a chat, how often he asks
// something of it as invitations are.
static PolicyVerdict admit_in_room(Policy *policy, const Turn *turn, const Event *event)
{
    bool is_line = event->kind == EVENT_ROOM_MESSAGE;
    const Session *session = session_map_find_leg(turn->sessions, event->f.leg, NULL);
    if (session == NULL || event->side == session->seat.home || session->seat.party == NULL)
        return GO_ON;
    PolicyVerdict verdict = is_line ? admit_size(policy, event) : GO_ON;
    Limiter *limiter = is_line ? policy->messages : policy->invites;
    if (!is_no(verdict) &&
        !limiter_take(limiter, address_bare(session->seat.party), turn->now_ms))
        verdict = refuse(FAILURE_RESOURCE_CONSTRAINT, 0, "too much in a short time");
    return verdict;
}

static PolicyVerdict admit_room_request(Policy *policy, const Turn *turn, const Event *event)
{
    if (event->f.leg != 0)
        return admit_in_room(policy, turn, event);
    return admit_request(policy, turn, event);
}

PolicyVerdict policy_admit(Policy *policy, const Turn *turn, const Event *event)
{
    switch (event->kind) {
    case EVENT_MESSAGE: return admit_message(policy, turn, event);
    case EVENT_ROOM_MESSAGE: return admit_in_room(policy, turn, event);
    case EVENT_ROOM_REQUEST: return admit_room_request(policy, turn, event);
    case EVENT_CHAT_STATE: return admit_state(policy, turn, event);
    case EVENT_LEG_OFFERED:
    case EVENT_ROOM_OFFERED:
    case EVENT_ROOM_INVITE: return admit_request(policy, turn, event);
    case EVENT_DELIVERY: // answers and facts about what was admitted before
    case EVENT_LEG_UP:
    case EVENT_LEG_DOWN:
    case EVENT_LEG_PARTIAL:
    case EVENT_REF_OVER:
    case EVENT_GONE:
    case EVENT_PEER:
    case EVENT_RECEIPT:
    case EVENT_PRESENCE:
    case EVENT_ROOM_ANSWER:
    case EVENT_ROOM_NICK:
    case EVENT_ROOM_RESULT:
    case EVENT_ROOM_ENTRY:
    case EVENT_ROOM_ROSTER:
    case EVENT_ROOM_SUBJECT:
    case EVENT_ROOM_EXIT:
    case EVENT_LINK:
    case EVENT_TIMER:
    case EVENT_RESTORED:
    case EVENT_CLOSING: return GO_ON;
    }
    g_assert_not_reached();
}
