// SPDX-License-Identifier: MIT
// Each event finds its session; what finds none is counted and leaves nothing behind.
#include "mapping/router.h"

#include "mapping/session_map.h"
#include "tests/support/stage.h"
#include "tests/support/suite.h"

static void open_chat(Stage *stage)
{
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=chat body=One");
    stage_expect(stage, "sip open-leg leg=$leg ...");
}

START_TEST(router_counts_answers_that_meet_nothing)
{
    static const char *const strays[] = {
        "sip delivery row=9",
        "sip leg-down leg=9 how=ended",
        "sip room-answer leg=9 how=yes",
        "xmpp room-entry leg=9",
        "xmpp room-roster leg=9 nick=n how=joined",
        "xmpp gone from=juliet@xmpp.test/b to=romeo@sip.test",
        "xmpp timer session=9 how=idle number=1",
    };
    g_autoptr(Stage) stage = stage_new();
    for (size_t i = 0; i < G_N_ELEMENTS(strays); i++) {
        stage_tell(stage, strays[i]);
        stage_quiet(stage);
        ck_assert_uint_eq(router_counters(stage_router(stage))->late, i + 1);
    }
    ck_assert_uint_eq(stage_session_count(stage), 0);
}
END_TEST

/* CHAT-03 */
START_TEST(router_closes_a_leg_that_comes_up_for_nobody)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip leg-up leg=9");
    stage_expect(stage, "sip close-leg leg=9");
    ck_assert_uint_eq(router_counters(stage_router(stage))->late, 1);
}
END_TEST

/* SEC-12 ERR-06 */
START_TEST(router_answers_nothing_that_nobody_wrote)
{
    static const char *const automatic[] = {
        "xmpp gone from=juliet@xmpp.test/b to=romeo@sip.test",
        "xmpp gone from=eve@far.test/b to=romeo@sip.test",
        "xmpp delivery row=1 how=late failure=item-not-found",
        "sip delivery row=1 how=late failure=item-not-found",
        "xmpp room-exit leg=7 how=kicked",
    };
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test body=One");
    stage_expect(stage, "xmpp message row=1 ...");
    stage_tell(stage, "xmpp delivery row=1");
    stage_expect(stage, "sip accept ref=1");
    for (size_t i = 0; i < G_N_ELEMENTS(automatic); i++) {
        stage_tell(stage, automatic[i]);
        stage_quiet(stage);
    }
}
END_TEST

START_TEST(router_goes_on_behind_the_rows_of_the_store)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp restored how=counter number=41");
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test body=One");
    stage_expect(stage, "xmpp message row=41 ...");
}
END_TEST

START_TEST(router_ignores_a_counter_behind_its_own)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp restored how=counter number=41");
    stage_tell(stage, "xmpp restored how=counter number=7");
    stage_tell(stage, "xmpp restored how=counter");
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test to=juliet@xmpp.test body=One");
    stage_expect(stage, "xmpp message row=41 ...");
}
END_TEST

static uint64_t dispatched(Stage *stage, EventKind kind, uint64_t row)
{
    g_autoptr(Event) event = event_new(kind, SIDE_SIP);
    g_autoptr(Outbox) outbox = outbox_new();
    event->f.row = row;
    return router_dispatch(stage_router(stage), event, outbox);
}

START_TEST(router_tells_whose_event_it_was)
{
    g_autoptr(Stage) stage = stage_new();
    stage_set(stage, "chat_mode", "page");
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=chat body=One");
    ck_assert_uint_eq(dispatched(stage, EVENT_DELIVERY, 1), stage_session(stage)->id);
    ck_assert_uint_eq(dispatched(stage, EVENT_DELIVERY, 1), 0);
}
END_TEST

START_TEST(router_opens_no_session_for_what_policy_refuses)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp message from=eve@far.test/x to=romeo@sip.test type=chat body=One");
    stage_expect(stage, "xmpp refuse failure=forbidden ...");
    ck_assert_uint_eq(stage_session_count(stage), 0);
}
END_TEST

START_TEST(router_refuses_an_invitation_in_its_own_words)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp room-invite ref=4 from=eve@far.test/x to=romeo@sip.test "
                      "room=verona@muc.xmpp.test continues=yes");
    stage_expect(stage, "xmpp answer-invite how=no ref=4 failure=forbidden text=*");
}
END_TEST

START_TEST(router_lets_a_stale_timer_pass)
{
    g_autoptr(Stage) stage = stage_new();
    open_chat(stage);
    stage_tell(stage, "xmpp timer session=1 how=setup number=999");
    stage_tell(stage, "xmpp timer session=1 how=row-open number=1");
    stage_quiet(stage);
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=* ...");
}
END_TEST

// A leg may have become the two-party leg while its end as a conference leg was on its way.
START_TEST(router_takes_an_exit_on_the_chat_leg_for_its_end_and_no_answer)
{
    g_autoptr(Stage) stage = stage_new();
    open_chat(stage);
    stage_tell(stage, "sip leg-up leg=$leg");
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    stage_tell(stage, "sip room-answer leg=$leg how=no");
    ck_assert_int_eq(stage_session(stage)->chat_leg.state, CHAT_LEG_UP);
    stage_tell(stage, "sip room-exit leg=$leg how=lost");
    ck_assert_int_eq(stage_session(stage)->chat_leg.state, CHAT_LEG_LOST);
}
END_TEST

START_TEST(router_forgets_a_pair_after_a_day_of_silence)
{
    g_autoptr(Stage) stage = stage_new();
    stage_set(stage, "chat_mode", "page");
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=chat body=One");
    stage_expect(stage, "sip message row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    stage_advance(stage, 24 * 3600 * 1000);
    stage_tell(stage, "sip delivery row=$r");
    ck_assert_uint_eq(stage_session_count(stage), 0);
}
END_TEST

int main(void)
{
    return suite_run(
        "router",
        (const TTest *const[]){
            router_counts_answers_that_meet_nothing, router_closes_a_leg_that_comes_up_for_nobody,
            router_answers_nothing_that_nobody_wrote, router_goes_on_behind_the_rows_of_the_store,
            router_ignores_a_counter_behind_its_own, router_tells_whose_event_it_was,
            router_opens_no_session_for_what_policy_refuses,
            router_refuses_an_invitation_in_its_own_words, router_lets_a_stale_timer_pass,
            router_takes_an_exit_on_the_chat_leg_for_its_end_and_no_answer,
            router_forgets_a_pair_after_a_day_of_silence, NULL});
}
