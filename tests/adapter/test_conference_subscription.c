// SPDX-License-Identifier: MIT
// A subscription inside a call and the BYE of that call, in whatever order a way of several
// processes brings them; against the real SIP library.
#include "sip/conference_subscription.h"

#include "tests/support/room_stage.h"
#include "tests/support/suite.h"

#define SUBSCRIBE "Event: conference\nAccept: application/conference-info+xml\n"

static RoomStage stage;

// What an operator would have to read is a failed test.
static void set_up(void)
{
    room_stage_init(&stage);
    stage.gate.settings.T_rate = 0;
    room_stage_start(&stage);
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
}

static void tear_down(void)
{
    room_stage_clear(&stage);
}

static void subscribe(const char *more)
{
    g_autofree char *headers =
        g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u>\n" SUBSCRIBE "%s",
                        sip_peer_port(stage.gate.peer), more);
    sip_peer_request(stage.gate.peer, &stage.dialog, "SUBSCRIBE", headers, NULL);
}

static const char *notified(const char *state)
{
    const char *notify = sip_peer_await(stage.gate.peer, "NOTIFY ");
    sip_peer_expect_header(notify, "Subscription-State", state);
    return notify;
}

static void answer(const char *request, int status)
{
    sip_peer_answer(stage.gate.peer, request, status, NULL, NULL);
}

static void tell(const char *how_and_nick)
{
    gate_stage_tell(&stage.gate, "sip room-roster %s " ROOM_STAGE_ROOM, how_and_nick);
}

// Inside, and subscribed inside the call.
static void watching(void)
{
    room_stage_enter(&stage, NULL);
    room_stage_admit(&stage);
    subscribe("");
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    answer(notified("active;*"), 200);
}

// The last NOTIFY of a removed party, not answered yet.
static const char *removed(void)
{
    watching();
    gate_stage_tell(&stage.gate, "sip expel leg=5 status=410 text=done");
    return notified("terminated;reason=noresource");
}

static void expect_bye(int status)
{
    const char *bye = sip_peer_await(stage.gate.peer, "BYE ");
    sip_peer_expect_header(bye, "Reason", "SIP*cause=410*");
    answer(bye, status);
}

// Nothing comes any more, whatever happens in the room. (How often something came is not counted:
// on a slow machine the library repeats it.)
static void expect_over(void)
{
    ck_assert(gate_stage_is_quiet(&stage.gate));
    tell("how=joined nick=Pia role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}

/* MUC-B15 */
START_TEST(bye_waits_until_the_last_notify_is_answered)
{
    const char *notify = removed();
    ck_assert(gate_stage_is_quiet(&stage.gate));
    ck_assert_uint_eq(sip_peer_heard(stage.gate.peer, "BYE "), 0);
    answer(notify, 200);
    expect_bye(200);
    expect_over();
}
END_TEST

/* MUC-B15 ROSTER-018 */
START_TEST(last_notify_that_is_unknown_there_leaves_the_bye_alone)
{
    answer(removed(), 481);
    expect_bye(200);
    expect_over();
}
END_TEST

/* MUC-B15 ROSTER-018 */
START_TEST(call_that_is_unknown_there_is_no_trouble)
{
    answer(removed(), 481);
    expect_bye(481);
    expect_over();
}
END_TEST

/* ROSTER-018 */
START_TEST(notify_unknown_inside_the_call_leaves_the_call_alone)
{
    watching();
    tell("how=joined nick=Pia role=participant");
    answer(notified("active;*"), 481);
    ck_assert(gate_stage_is_quiet(&stage.gate));
    tell("how=joined nick=Quin role=participant");
    ck_assert(gate_stage_is_quiet(&stage.gate));
    subscribe("");
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    answer(notified("active;*"), 200);
    gate_stage_tell(&stage.gate, "sip expel leg=5 status=410 text=done");
    answer(notified("terminated;reason=noresource"), 200);
    answer(sip_peer_await(stage.gate.peer, "BYE "), 200);
}
END_TEST

/* CONF-012 */
START_TEST(subscribe_that_crosses_the_bye_is_unknown)
{
    const char *notify = removed();
    subscribe("");
    sip_peer_await(stage.gate.peer, "SIP/2.0 481 ");
    subscribe("Expires: 0\n");
    sip_peer_await(stage.gate.peer, "SIP/2.0 481 ");
    answer(notify, 200);
    expect_bye(200);
    subscribe("");
    sip_peer_await(stage.gate.peer, "SIP/2.0 481 ");
    expect_over();
}
END_TEST

/* CONF-012 */
START_TEST(who_hangs_up_is_told_that_his_subscription_is_over)
{
    watching();
    sip_peer_request(stage.gate.peer, &stage.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage.gate, "sip room-exit how=left leg=5");
    answer(notified("terminated;reason=noresource"), 481);
    expect_over();
}
END_TEST

/* MUC-B15 */
START_TEST(who_answers_no_notify_gets_the_bye_all_the_same)
{
    room_stage_clear(&stage);
    room_stage_init(&stage);
    stage.gate.settings.T_sip = 1000;
    room_stage_start(&stage);
    removed();
    expect_bye(200);
}
END_TEST

// The Event of the next NOTIFY, answered.
static char *told_by(void)
{
    const char *notify = notified("active;*");
    answer(notify, 200);
    return sip_peer_header(notify, "Event");
}

/* CONF-012 */
START_TEST(two_inside_one_call_are_told_apart_by_their_id)
{
    watching();
    g_autofree char *headers =
        g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u>\nEvent: conference;id=7\n",
                        sip_peer_port(stage.gate.peer));
    sip_peer_request(stage.gate.peer, &stage.dialog, "SUBSCRIBE", headers, NULL);
    sip_peer_await(stage.gate.peer, "SIP/2.0 200 ");
    g_autofree char *first = told_by();
    ck_assert_str_eq(first, "conference;id=7");
    tell("how=joined nick=Pia role=participant");
    g_autofree char *one = told_by(), *other = told_by();
    ck_assert_str_eq(one, "conference");
    ck_assert_str_eq(other, "conference;id=7");
    tell("how=joined nick=Quin role=participant");
    answer(notified("active;*"), 481);
    g_autofree char *last = told_by();
    ck_assert_str_eq(last, "conference;id=7");
    tell("how=joined nick=Rosa role=participant");
    g_autofree char *alone = told_by();
    ck_assert_str_eq(alone, "conference;id=7");
    ck_assert(gate_stage_is_quiet(&stage.gate));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bye_waits_until_the_last_notify_is_answered,
                                  last_notify_that_is_unknown_there_leaves_the_bye_alone,
                                  call_that_is_unknown_there_is_no_trouble,
                                  notify_unknown_inside_the_call_leaves_the_call_alone,
                                  subscribe_that_crosses_the_bye_is_unknown,
                                  who_hangs_up_is_told_that_his_subscription_is_over,
                                  who_answers_no_notify_gets_the_bye_all_the_same,
                                  two_inside_one_call_are_told_apart_by_their_id,
                                  NULL};
    return suite_run_fixture("conference_subscription", tests, set_up, tear_down);
}
