// SPDX-License-Identifier: MIT
// Who may come in, how often, how large, and when the gateway cannot serve.
#include "mapping/policy.h"

#include "mapping/links.h"

#include "mapping/route.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

typedef struct {
    Kit *kit;
    Route *route;
    Policy *policy;
} Door;

static Door door_new(void)
{
    Door door = {.kit = kit_new(), .route = route_new()};
    ck_assert(route_add_component(door.route, "sip.test", ROUTE_USERS, "sip.test"));
    ck_assert(route_add_component(door.route, "two.test", ROUTE_USERS, "two.test"));
    ck_assert(route_add_component(door.route, "halls.test", ROUTE_ROOMS, "halls.test"));
    ck_assert(route_add_xmpp_domain(door.route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_xmpp_domain(door.route, "muc.xmpp.test", ROUTE_ROOMS, "muc.xmpp.test"));
    door.kit->turn.route = door.route;
    door.policy = policy_new(&door.kit->settings);
    return door;
}

static void door_clear(Door *door)
{
    policy_free(door->policy);
    route_free(door->route);
    kit_free(door->kit);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Door, door_clear)

static PolicyVerdict admits(Door *door, const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    return policy_admit(door->policy, &door->kit->turn, event);
}

static void lets_in(Door *door, const char *notation)
{
    PolicyVerdict verdict = admits(door, notation);
    ck_assert_msg(!verdict.silent && verdict.refusal.reason == FAILURE_NONE, "%s: %s", notation,
                  failure_name(verdict.refusal.reason));
}

static void refuses(Door *door, const char *notation, FailureReason reason, uint64_t status)
{
    PolicyVerdict verdict = admits(door, notation);
    ck_assert(!verdict.silent);
    ck_assert_str_eq(failure_name(verdict.refusal.reason), failure_name(reason));
    ck_assert_uint_eq(verdict.refusal.status, status);
}

static void drops(Door *door, const char *notation)
{
    ck_assert(admits(door, notation).silent);
}

/* SEC-04 IM-18 ADDR-03 */
START_TEST(policy_lets_users_of_one_side_write_to_users_of_the_other)
{
    g_auto(Door) door = door_new();
    lets_in(&door, "xmpp message from=a@xmpp.test/r to=b@sip.test body=x");
    lets_in(&door, "sip message from=b@sip.test to=a@xmpp.test body=x");
    lets_in(&door, "sip leg-offered from=b@sip.test to=a@xmpp.test/r");
    lets_in(&door, "xmpp room-invite from=a@xmpp.test/r to=b@sip.test room=v@muc.xmpp.test");
    lets_in(&door, "xmpp room-invite from=v@muc.xmpp.test/a to=b@sip.test room=v@muc.xmpp.test");
    refuses(&door, "xmpp message from=a@far.test to=b@sip.test body=x", FAILURE_FORBIDDEN, 0);
    refuses(&door, "sip message from=b@far.test to=a@xmpp.test body=x", FAILURE_FORBIDDEN, 403);
    refuses(&door, "xmpp message from=a@xmpp.test to=b@far.test body=x",
            FAILURE_REMOTE_SERVER_NOT_FOUND, 0);
    refuses(&door, "sip message from=b@sip.test to=a@far.test body=x", FAILURE_ITEM_NOT_FOUND, 404);
    refuses(&door, "sip message from=b@sip.test to=xmpp.test body=x", FAILURE_ITEM_NOT_FOUND, 404);
    refuses(&door, "xmpp message from=a@xmpp.test to=sip.test body=x", FAILURE_SERVICE_UNAVAILABLE,
            0);
    refuses(&door, "xmpp message from=a@xmpp.test to=hall@halls.test body=x",
            FAILURE_SERVICE_UNAVAILABLE, 0);
}
END_TEST

/* ADDR-03 */
START_TEST(policy_lets_nobody_be_invited_into_a_room_of_nowhere)
{
    static const char *const rooms[] = {"", "room=v@muc.far.test", "room=a@xmpp.test"};
    g_auto(Door) door = door_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rooms); i++) {
        g_autofree char *line =
            g_strdup_printf("xmpp room-invite from=a@xmpp.test to=b@sip.test %s", rooms[i]);
        refuses(&door, line, FAILURE_ITEM_NOT_FOUND, 0);
    }
}
END_TEST

START_TEST(policy_says_nothing_to_a_room)
{
    g_auto(Door) door = door_new();
    drops(&door, "xmpp message from=v@muc.xmpp.test/a to=b@sip.test body=x");
}
END_TEST

/* SEC-09 */
START_TEST(policy_cuts_hairpins_unless_they_are_allowed)
{
    g_auto(Door) door = door_new();
    refuses(&door, "xmpp message from=c@sip.test to=b@sip.test body=x", FAILURE_POLICY_VIOLATION,
            0);
    refuses(&door, "sip message from=c@xmpp.test to=a@xmpp.test body=x", FAILURE_POLICY_VIOLATION,
            482);
    refuses(&door, "sip leg-offered from=c@xmpp.test to=a@xmpp.test", FAILURE_POLICY_VIOLATION,
            482);
    door.kit->settings.allow_hairpin = true;
    lets_in(&door, "xmpp message from=c@sip.test to=b@sip.test body=x");
    lets_in(&door, "sip message from=c@xmpp.test to=a@xmpp.test body=x");
}
END_TEST

/* SEC-10 */
START_TEST(policy_limits_the_rate_of_each_sender)
{
    g_auto(Door) door = door_new();
    for (int i = 0; i < 50; i++) {
        g_autofree char *line =
            g_strdup_printf("xmpp message from=a@xmpp.test/r%d to=b@sip.test body=%d", i, i);
        lets_in(&door, line);
    }
    refuses(&door, "xmpp message from=a@xmpp.test to=b@sip.test body=y",
            FAILURE_RESOURCE_CONSTRAINT, 0);
    lets_in(&door, "xmpp message from=c@xmpp.test to=b@sip.test body=y");
    door.kit->turn.now_ms += 100;
    lets_in(&door, "xmpp message from=a@xmpp.test to=b@sip.test body=y");
    refuses(&door, "xmpp message from=a@xmpp.test to=b@sip.test body=y",
            FAILURE_RESOURCE_CONSTRAINT, 0);
}
END_TEST

/* SEC-10 */
START_TEST(policy_limits_new_sessions_of_a_sip_user_with_403)
{
    g_auto(Door) door = door_new();
    for (int i = 0; i < 6; i++)
        lets_in(&door, "sip leg-offered from=b@sip.test to=a@xmpp.test");
    refuses(&door, "sip leg-offered from=b@sip.test to=a@xmpp.test", FAILURE_FORBIDDEN, 403);
    door.kit->turn.now_ms += 10000;
    lets_in(&door, "sip leg-offered from=b@sip.test to=a@xmpp.test");
}
END_TEST

static void invites_as(Door *door, const char *inviter, int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *line = g_strdup_printf(
            "xmpp room-invite from=%s to=b%d@sip.test room=v@muc.xmpp.test", inviter, i);
        lets_in(door, line);
    }
}

/* SEC-10 */
START_TEST(policy_limits_invitations_by_their_inviter_and_more_generously)
{
    g_auto(Door) door = door_new();
    invites_as(&door, "a@xmpp.test", 30);
    refuses(&door, "xmpp room-invite from=a@xmpp.test to=b@sip.test room=v@muc.xmpp.test",
            FAILURE_RESOURCE_CONSTRAINT, 0);
    refuses(&door,
            "xmpp room-invite from=v@muc.xmpp.test/A to=b@sip.test room=v@muc.xmpp.test "
            "real=a@xmpp.test/r",
            FAILURE_RESOURCE_CONSTRAINT, 0);
    invites_as(&door, "v@muc.xmpp.test/C", 30);
    refuses(&door, "xmpp room-invite from=v@muc.xmpp.test/D to=b@sip.test room=v@muc.xmpp.test",
            FAILURE_RESOURCE_CONSTRAINT, 0);
    lets_in(&door, "xmpp room-invite from=v@muc.xmpp.test/E to=b@sip.test room=v@muc.xmpp.test "
                   "real=e@xmpp.test/r");
    door.kit->turn.now_ms += 2000;
    invites_as(&door, "a@xmpp.test", 1);
}
END_TEST

/* SEC-09 */
START_TEST(policy_cuts_a_loop_of_equal_messages)
{
    g_auto(Door) door = door_new();
    for (int i = 0; i < 20; i++)
        lets_in(&door, "sip message from=b@sip.test to=a@xmpp.test body=again");
    refuses(&door, "sip message from=b@sip.test to=a@xmpp.test body=again",
            FAILURE_POLICY_VIOLATION, 482);
    lets_in(&door, "sip message from=b@sip.test to=a@xmpp.test body=other");
    lets_in(&door, "sip message from=b@sip.test to=c@xmpp.test body=again");
    refuses(&door, "sip message leg=4 from=b@sip.test to=a@xmpp.test body=again",
            FAILURE_POLICY_VIOLATION, 0);
}
END_TEST

static char *message_of(const char *piece, int count, const char *more)
{
    GString *line = g_string_new("sip message from=b@sip.test to=a@xmpp.test");
    g_string_append_printf(line, "%s body=\"", more);
    for (int i = 0; i < count; i++)
        g_string_append(line, piece);
    g_string_append_c(line, '"');
    return g_string_free(line, FALSE);
}

/* CHAT-22 */
START_TEST(policy_refuses_what_does_not_fit_a_stanza)
{
    g_auto(Door) door = door_new();
    door.kit->settings.max_stanza = 2048 + 100;
    g_autofree char *fits = message_of("x", 100, "");
    g_autofree char *page = message_of("x", 101, "");
    g_autofree char *send = message_of("x", 101, " leg=3");
    g_autofree char *grows = message_of("&", 21, " leg=3");
    lets_in(&door, fits);
    refuses(&door, page, FAILURE_POLICY_VIOLATION, 513);
    refuses(&door, send, FAILURE_POLICY_VIOLATION, 413);
    refuses(&door, grows, FAILURE_POLICY_VIOLATION, 413);
}
END_TEST

static void link_told(Door *door, const char *notation)
{
    g_autoptr(Event) event = kit_event(notation);
    links_note(door->kit->turn.links, event);
}

static const char TO_A[] = "sip message from=b@sip.test to=a@xmpp.test body=x";
static const char FROM_TWO[] = "sip message from=b@two.test to=a@xmpp.test body=x";
static const char TO_B[] = "xmpp message from=a@xmpp.test to=b@sip.test body=x";

/* GEN-06 */
START_TEST(policy_asks_to_come_back_while_a_link_is_down)
{
    g_auto(Door) door = door_new();
    link_told(&door, "xmpp link how=down from=sip.test");
    refuses(&door, TO_A, FAILURE_RESOURCE_CONSTRAINT, 503);
    ck_assert_uint_eq(admits(&door, TO_A).refusal.retry_s, 30);
    refuses(&door, "sip message leg=3 from=b@sip.test to=a@xmpp.test body=x",
            FAILURE_RESOURCE_CONSTRAINT, 0);
    lets_in(&door, FROM_TWO);
    lets_in(&door, TO_B);
    link_told(&door, "xmpp link how=up from=sip.test");
    lets_in(&door, TO_A);
    link_told(&door, "sip link how=down");
    refuses(&door, TO_B, FAILURE_INTERNAL_SERVER_ERROR, 503);
    lets_in(&door, TO_A);
    link_told(&door, "sip link how=up");
    lets_in(&door, TO_B);
}
END_TEST

START_TEST(policy_takes_nothing_new_while_the_gateway_ends)
{
    g_auto(Door) door = door_new();
    policy_on_closing(door.policy);
    refuses(&door, TO_A, FAILURE_RESOURCE_CONSTRAINT, 503);
    refuses(&door, TO_B, FAILURE_INTERNAL_SERVER_ERROR, 503);
    lets_in(&door, "sip delivery row=1");
}
END_TEST

START_TEST(policy_takes_no_token_for_what_it_refuses_otherwise)
{
    g_auto(Door) door = door_new();
    policy_on_closing(door.policy);
    for (int i = 0; i < 100; i++)
        refuses(&door, TO_A, FAILURE_RESOURCE_CONSTRAINT, 503);
}
END_TEST

/* IM-17 */
START_TEST(policy_drops_stanzas_with_nothing_to_say)
{
    g_auto(Door) door = door_new();
    drops(&door, "xmpp message from=a@xmpp.test to=b@sip.test");
    lets_in(&door, "xmpp message from=a@xmpp.test to=b@sip.test subject=x");
    lets_in(&door, "sip message from=b@sip.test to=a@xmpp.test");
}
END_TEST

START_TEST(policy_lets_every_answer_in)
{
    g_auto(Door) door = door_new();
    for (int kind = EVENT_MESSAGE; kind <= EVENT_CLOSING; kind++) {
        if (kind == EVENT_MESSAGE || kind == EVENT_LEG_OFFERED || kind == EVENT_ROOM_INVITE ||
            kind == EVENT_ROOM_OFFERED || kind == EVENT_ROOM_REQUEST)
            continue;
        g_autofree char *line = g_strdup_printf("sip %s", event_kind_name((EventKind)kind));
        lets_in(&door, line);
    }
}
END_TEST

int main(void)
{
    return suite_run(
        "policy",
        (const TTest *const[]){
            policy_lets_users_of_one_side_write_to_users_of_the_other,
            policy_lets_nobody_be_invited_into_a_room_of_nowhere, policy_says_nothing_to_a_room,
            policy_cuts_hairpins_unless_they_are_allowed, policy_limits_the_rate_of_each_sender,
            policy_limits_new_sessions_of_a_sip_user_with_403,
            policy_limits_invitations_by_their_inviter_and_more_generously, policy_cuts_a_loop_of_equal_messages,
            policy_refuses_what_does_not_fit_a_stanza,
            policy_asks_to_come_back_while_a_link_is_down,
            policy_takes_nothing_new_while_the_gateway_ends,
            policy_takes_no_token_for_what_it_refuses_otherwise,
            policy_drops_stanzas_with_nothing_to_say, policy_lets_every_answer_in, NULL});
}
