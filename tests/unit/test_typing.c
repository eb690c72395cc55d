// SPDX-License-Identifier: MIT
// Who is told of whose writing, when, how often, and when that ends.
#include "mapping/typing.h"

#include "tests/support/stage.h"
#include "tests/support/suite.h"

#define PAIR_X "from=juliet@xmpp.test/b to=romeo@sip.test"
#define PAIR_S "from=romeo@sip.test to=juliet@xmpp.test"

static void juliet_is(Stage *stage, const char *how)
{
    g_autofree char *line =
        g_strdup_printf("xmpp chat-state " PAIR_X " thread=T1 type=chat how=%s", how);
    stage_tell(stage, line);
}

static void romeo_is(Stage *stage, const char *how, const char *more)
{
    g_autofree char *line = g_strdup_printf("sip chat-state " PAIR_S " how=%s %s", how, more);
    stage_tell(stage, line);
}

// A session in thread T1 on leg $leg with one line said, `beside` it a state or nothing; the peer
// takes composing documents, or not.
static Stage *chat_with(const char *beside, const char *peer)
{
    Stage *stage = stage_new();
    g_autofree char *line =
        g_strdup_printf("xmpp message " PAIR_X " id=m1 type=chat thread=T1 body=x %s", beside);
    g_autofree char *up = g_strdup_printf("sip leg-up leg=$leg %s", peer);
    stage_tell(stage, line);
    stage_expect(stage, "sip open-leg leg=$leg ...");
    stage_tell(stage, up);
    stage_expect(stage, "sip message leg=$leg row=$r ...");
    stage_tell(stage, "sip delivery leg=$leg row=$r");
    return stage;
}

static Stage *chat(void)
{
    return chat_with("how=active", "composing=yes");
}

// A chat by page mode whose SIP user takes composing documents.
static Stage *pages(void)
{
    Stage *stage = stage_new();
    stage_settings(stage)->chat_mode = CHAT_MODE_PAGE;
    stage_tell(stage, "sip peer from=romeo@sip.test takes=composing");
    stage_tell(stage, "xmpp message " PAIR_X " id=m1 type=chat how=active body=x");
    stage_expect(stage, "sip message row=$first ...");
    stage_tell(stage, "sip delivery row=$first");
    return stage;
}

static void expect_to_s(Stage *stage, const char *how)
{
    g_autofree char *line =
        g_strdup_printf("sip chat-state row=* leg=$leg " PAIR_X " thread=T1 how=%s", how);
    stage_expect(stage, line);
}

static void expect_to_x(Stage *stage, const char *how)
{
    g_autofree char *line = g_strdup_printf("xmpp chat-state from=romeo@sip.test "
                                            "to=juliet@xmpp.test/b thread=T1 type=chat how=%s",
                                            how);
    stage_expect(stage, line);
}

/* CHAT-40 CHAT-42 */
START_TEST(typing_is_told_to_the_peer_once_and_so_is_its_end)
{
    static const char *const ends[] = {"active", "paused", "inactive"};
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(Stage) stage = chat();
        juliet_is(stage, ends[i]);
        stage_quiet(stage);
        juliet_is(stage, "composing");
        expect_to_s(stage, "composing ms=90000");
        juliet_is(stage, "composing");
        stage_quiet(stage);
        juliet_is(stage, ends[i]);
        expect_to_s(stage, "active");
        juliet_is(stage, "paused");
        stage_quiet(stage);
    }
}
END_TEST

/* CHAT-42 */
START_TEST(typing_is_kept_alive_five_times_and_then_ends)
{
    g_autoptr(Stage) stage = chat();
    juliet_is(stage, "composing");
    expect_to_s(stage, "composing ms=90000");
    for (int i = 0; i < 5; i++) {
        stage_advance(stage, 89999);
        stage_quiet(stage);
        stage_advance(stage, 1);
        expect_to_s(stage, "composing ms=90000");
    }
    stage_advance(stage, 90000);
    expect_to_s(stage, "active");
    stage_advance(stage, 599999); // writing counts as activity (CHAT-53)
    stage_quiet(stage);
}
END_TEST

/* CHAT-40 */
START_TEST(a_message_ends_typing_without_a_word)
{
    g_autoptr(Stage) stage = chat();
    juliet_is(stage, "composing");
    expect_to_s(stage, "composing ms=90000");
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=chat thread=T1 body=y how=active");
    stage_expect(stage, "sip message leg=$leg row=$s id=m2 ...");
    stage_tell(stage, "sip delivery leg=$leg row=$s");
    stage_advance(stage, 90000);
    stage_quiet(stage);
    juliet_is(stage, "composing");
    expect_to_s(stage, "composing ms=90000");
}
END_TEST

/* CHAT-40 */
START_TEST(a_peer_that_did_not_list_the_type_is_told_nothing)
{
    g_autoptr(Stage) stage = chat_with("how=active", "");
    juliet_is(stage, "composing");
    stage_quiet(stage);
}
END_TEST

/* CHAT-40 */
START_TEST(a_peer_that_the_operator_spares_is_told_nothing_in_a_session_either)
{
    g_autoptr(Stage) stage = chat();
    const PeerMemoryRules rules = {.traits[PEER_MEMORY_COMPOSING] = PEER_MEMORY_NEVER};
    peer_memory_set_rules(router_peers(stage_router(stage)), "sip.test", &rules);
    juliet_is(stage, "composing");
    stage_quiet(stage);
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
}
END_TEST

/* CHAT-41 CHAT-44 */
START_TEST(the_xmpp_user_is_told_once_and_hears_of_the_end)
{
    g_autoptr(Stage) stage = chat();
    romeo_is(stage, "active", "leg=$leg");
    stage_quiet(stage);
    romeo_is(stage, "composing", "leg=$leg ms=60000");
    expect_to_x(stage, "composing");
    stage_advance(stage, 59000);
    romeo_is(stage, "composing", "leg=$leg ms=60000");
    stage_advance(stage, 59999);
    stage_quiet(stage);
    romeo_is(stage, "active", "leg=$leg");
    expect_to_x(stage, "active");
    stage_advance(stage, 200000);
    stage_quiet(stage);
}
END_TEST

/* CHAT-41 */
START_TEST(typing_that_is_not_refreshed_lapses)
{
    g_autoptr(Stage) stage = chat();
    romeo_is(stage, "composing", "leg=$leg ms=60000");
    expect_to_x(stage, "composing");
    stage_advance(stage, 60000);
    expect_to_x(stage, "active");
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
    stage_advance(stage, 119999);
    stage_quiet(stage);
    stage_advance(stage, 1);
    expect_to_x(stage, "active");
}
END_TEST

/* CHAT-41 CHAT-44 */
START_TEST(content_of_the_peer_ends_his_typing_and_says_active_itself)
{
    g_autoptr(Stage) stage = chat();
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
    stage_tell(stage, "sip message ref=9 leg=$leg " PAIR_S " id=q1 type=chat body=y");
    stage_expect(stage, "sip accept ref=9");
    stage_expect(stage, "xmpp message row=$s how=active ...");
    stage_tell(stage, "xmpp delivery row=$s");
    stage_expect(stage, "sip report ref=9");
    stage_advance(stage, 120000);
    stage_quiet(stage);
}
END_TEST

static void content_says(Stage *stage, const char *how)
{
    stage_tell(stage, "sip message ref=9 leg=$leg " PAIR_S " id=q1 type=chat body=y");
    stage_expect(stage, "sip accept ref=9");
    g_autofree char *line =
        g_strdup_printf("xmpp message row=$s from=* to=* id=q1 thread=T1 type=chat body=y%s", how);
    stage_expect(stage, line);
    stage_tell(stage, "xmpp delivery row=$s");
    stage_expect(stage, "sip report ref=9");
}

/* CHAT-41 */
START_TEST(content_that_goes_nowhere_ends_no_typing)
{
    g_autoptr(Stage) stage = chat();
    content_says(stage, " how=active");
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
    stage_tell(stage, "sip message ref=10 leg=$leg " PAIR_S " id=q1 type=chat body=y");
    stage_expect(stage, "sip accept ref=10"); // known already
    stage_expect(stage, "sip report ref=10");
    stage_advance(stage, 120000);
    expect_to_x(stage, "active");
}
END_TEST

/* CHAT-44 */
START_TEST(who_never_sent_a_state_gets_none)
{
    g_autoptr(Stage) stage = chat_with("", "composing=yes");
    romeo_is(stage, "composing", "leg=$leg");
    stage_quiet(stage);
    content_says(stage, "");
    juliet_is(stage, "active");
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
}
END_TEST

/* CHAT-44 */
START_TEST(content_says_active_only_when_both_know_states)
{
    g_autoptr(Stage) knows = chat_with("how=paused", "composing=yes");
    content_says(knows, " how=active");
    g_autoptr(Stage) does_not = chat_with("how=active", "");
    content_says(does_not, "");
}
END_TEST

/* CHAT-44 IM-16 */
START_TEST(states_are_told_only_in_chats_of_type_chat)
{
    g_autoptr(Stage) stage = pages();
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=normal body=x");
    stage_expect(stage, "sip message row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    romeo_is(stage, "composing", "");
    stage_quiet(stage);
}
END_TEST

/* CHAT-43 */
START_TEST(page_mode_carries_states_only_to_who_is_known_to_take_them)
{
    g_autoptr(Stage) stage = stage_new();
    stage_settings(stage)->chat_mode = CHAT_MODE_PAGE;
    stage_tell(stage, "xmpp message " PAIR_X " id=m1 type=chat how=active body=x");
    stage_expect(stage, "sip message row=$r ...");
    stage_tell(stage, "sip delivery row=$r");
    juliet_is(stage, "composing");
    stage_quiet(stage);
    romeo_is(stage, "composing", "");
    stage_expect(stage, "xmpp chat-state how=composing ...");
    juliet_is(stage, "paused");
    juliet_is(stage, "composing");
    stage_expect(stage, "sip chat-state row=$n how=composing ms=90000 " PAIR_X);
    stage_tell(stage, "sip delivery row=$n");
    juliet_is(stage, "paused");
    stage_expect(stage, "sip chat-state row=$n2 how=active " PAIR_X);
}
END_TEST

/* CHAT-43 */
START_TEST(a_page_refused_with_415_is_the_last_one)
{
    g_autoptr(Stage) stage = pages();
    juliet_is(stage, "composing");
    stage_expect(stage, "sip chat-state row=$n how=composing ms=90000 " PAIR_X);
    stage_tell(stage, "sip delivery row=$n failure=not-acceptable how=refused status=415");
    stage_expect(stage, "sip store how=peer to=romeo@sip.test lacks=composing ms=86400000");
    stage_quiet(stage);
    juliet_is(stage, "paused");
    juliet_is(stage, "composing");
    romeo_is(stage, "composing", "");
    stage_expect(stage, "xmpp chat-state how=composing ...");
    stage_advance(stage, 90000);
    juliet_is(stage, "paused");
    juliet_is(stage, "composing");
    stage_quiet(stage);
}
END_TEST

/* CHAT-43 */
START_TEST(what_waits_behind_a_page_refused_with_415_is_not_sent)
{
    g_autoptr(Stage) stage = pages();
    juliet_is(stage, "composing");
    stage_expect(stage, "sip chat-state row=$n how=composing ms=90000 " PAIR_X);
    juliet_is(stage, "paused");
    stage_tell(stage, "sip delivery row=$n failure=not-acceptable how=refused status=415");
    stage_quiet(stage);
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=chat body=two");
    stage_expect(stage, "sip message row=$r id=m2 ...");
    stage_tell(stage, "sip delivery row=$r");
}
END_TEST

/* CHAT-14 */
START_TEST(a_send_refused_with_415_is_the_last_one)
{
    g_autoptr(Stage) stage = chat();
    juliet_is(stage, "composing");
    stage_expect(stage, "sip chat-state row=$n leg=$leg how=composing ...");
    stage_tell(stage, "sip delivery leg=$leg row=$n failure=not-acceptable how=refused status=415");
    juliet_is(stage, "paused");
    juliet_is(stage, "composing");
    stage_quiet(stage);
    content_says(stage, "");
}
END_TEST

/* SEC-12 */
START_TEST(a_state_that_fails_is_no_error_for_anybody)
{
    g_autoptr(Stage) stage = pages();
    juliet_is(stage, "composing");
    stage_expect(stage, "sip chat-state row=$n ...");
    stage_tell(stage, "sip delivery row=$n failure=recipient-unavailable how=refused status=480");
    stage_quiet(stage);
    juliet_is(stage, "paused");
    stage_expect(stage, "sip chat-state row=* how=active ...");
}
END_TEST

/* CHAT-43 IM-15 */
START_TEST(a_queued_state_is_dropped_when_a_message_follows)
{
    g_autoptr(Stage) stage = pages();
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=chat body=two");
    stage_expect(stage, "sip message row=$r id=m2 ...");
    juliet_is(stage, "composing");
    stage_tell(stage, "xmpp message " PAIR_X " id=m3 type=chat body=three");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery row=$r");
    stage_expect(stage, "sip message row=$r2 id=m3 ...");
    stage_tell(stage, "sip delivery row=$r2");
    stage_quiet(stage);
}
END_TEST

/* CHAT-43 IM-15 */
START_TEST(a_state_waits_for_the_page_before_it_and_the_next_page_for_the_state)
{
    g_autoptr(Stage) stage = pages();
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=chat body=two");
    stage_expect(stage, "sip message row=$r id=m2 ...");
    juliet_is(stage, "composing");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery row=$r");
    stage_expect(stage, "sip chat-state row=$n how=composing ...");
    stage_tell(stage, "xmpp message " PAIR_X " id=m3 type=chat body=three");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery row=$n");
    stage_expect(stage, "sip message row=$r2 id=m3 ...");
    stage_tell(stage, "sip delivery row=$r2");
}
END_TEST

/* CHAT-43 */
START_TEST(states_that_undo_each_other_in_the_queue_are_not_sent)
{
    g_autoptr(Stage) stage = pages();
    stage_tell(stage, "xmpp message " PAIR_X " id=m2 type=chat body=two");
    stage_expect(stage, "sip message row=$r id=m2 ...");
    juliet_is(stage, "composing");
    juliet_is(stage, "paused");
    stage_tell(stage, "sip delivery row=$r");
    stage_quiet(stage);
}
END_TEST

/* SEC-12 CHAT-40 */
START_TEST(a_state_opens_no_session_and_no_conversation)
{
    g_autoptr(Stage) stage = stage_new();
    juliet_is(stage, "composing");
    romeo_is(stage, "composing", "");
    stage_quiet(stage);
    ck_assert_uint_eq(stage_session_count(stage), 0);
}
END_TEST

/* SEC-12 CHAT-40 */
START_TEST(a_state_waits_for_no_session_and_brings_none_back)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp message " PAIR_X " id=m1 type=chat how=active body=x");
    stage_expect(stage, "sip open-leg leg=$leg ...");
    juliet_is(stage, "composing");
    stage_quiet(stage);
    stage_tell(stage, "sip leg-up leg=$leg composing=yes");
    stage_expect(stage, "sip message row=$r leg=$leg ...");
    stage_tell(stage, "sip delivery row=$r leg=$leg");
    stage_tell(stage, "sip leg-down leg=$leg how=lost");
    juliet_is(stage, "paused");
    juliet_is(stage, "composing");
    stage_quiet(stage);
}
END_TEST

/* SEC-04 SEC-12 */
START_TEST(who_may_not_use_the_gateway_is_not_answered)
{
    g_autoptr(Stage) stage = stage_new();
    stage_tell(stage, "xmpp chat-state from=eve@evil.test/x to=romeo@sip.test how=composing");
    stage_tell(stage, "sip chat-state from=eve@evil.test to=juliet@xmpp.test how=composing");
    stage_tell(stage, "xmpp chat-state from=juliet@xmpp.test/b to=x@nowhere.test how=composing");
    stage_quiet(stage);
    ck_assert_uint_eq(stage_session_count(stage), 0);
}
END_TEST

/* CHAT-53 */
START_TEST(a_chat_in_which_somebody_writes_is_not_idle)
{
    g_autoptr(Stage) stage = chat();
    stage_advance(stage, 500000);
    romeo_is(stage, "composing", "leg=$leg ms=60000");
    expect_to_x(stage, "composing");
    romeo_is(stage, "active", "leg=$leg");
    expect_to_x(stage, "active");
    stage_advance(stage, 599999);
    stage_quiet(stage);
    stage_advance(stage, 1);
    stage_expect(stage, "xmpp gone ...");
    stage_expect(stage, "sip close-leg leg=$leg");
}
END_TEST

/* CHAT-41 CHAT-50 */
START_TEST(the_end_of_a_session_ends_typing_too)
{
    g_autoptr(Stage) ended = chat();
    romeo_is(ended, "composing", "leg=$leg");
    expect_to_x(ended, "composing");
    stage_tell(ended, "sip leg-down leg=$leg how=ended");
    stage_expect(ended, "xmpp gone ...");
    stage_advance(ended, 120000);
    stage_quiet(ended);

    g_autoptr(Stage) lost = chat();
    romeo_is(lost, "composing", "leg=$leg");
    expect_to_x(lost, "composing");
    juliet_is(lost, "composing");
    expect_to_s(lost, "composing ms=90000");
    stage_tell(lost, "sip leg-down leg=$leg how=lost");
    expect_to_x(lost, "active");
    stage_advance(lost, 120000);
    stage_quiet(lost);
}
END_TEST

/* CHAT-26 */
START_TEST(a_state_says_where_the_user_is_and_mere_inactivity_does_not)
{
    g_autoptr(Stage) stage = chat();
    stage_tell(stage, "xmpp chat-state from=juliet@xmpp.test/idle to=romeo@sip.test type=chat "
                      "how=inactive");
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
    stage_tell(stage, "xmpp chat-state from=juliet@xmpp.test/phone to=romeo@sip.test type=chat "
                      "how=active");
    romeo_is(stage, "active", "leg=$leg");
    stage_expect(stage, "xmpp chat-state to=juliet@xmpp.test/phone how=active ...");
}
END_TEST

/* ESC-020 ESC-022 */
START_TEST(a_peer_that_does_not_answer_the_end_of_typing_holds_nothing_up_for_long)
{
    g_autoptr(Stage) stage = chat();
    juliet_is(stage, "composing");
    expect_to_s(stage, "composing ms=90000");
    stage_tell(stage, "xmpp room-invite ref=7 from=juliet@xmpp.test/b to=romeo@sip.test "
                      "room=verona@muc.xmpp.test thread=T1 continues=yes");
    stage_expect(stage, "sip invite-to-room leg=$ask ...");
    stage_tell(stage, "sip room-answer leg=$ask how=yes");
    stage_expect(stage, "xmpp enter-room leg=$home ...");
    stage_tell(stage, "xmpp room-entry leg=$home nick=romeo");
    stage_expect(stage, "sip room-roster leg=$ask own=yes ...");
    stage_expect(stage, "sip admit leg=$ask");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    expect_to_s(stage, "active");
    stage_advance(stage, 4999);
    stage_quiet(stage);
    stage_advance(stage, 1);
    stage_expect(stage, "sip close-leg leg=$leg ...");
}
END_TEST

/* ESC-020 */
START_TEST(typing_is_ended_when_the_chat_becomes_a_conference)
{
    g_autoptr(Stage) stage = chat();
    romeo_is(stage, "composing", "leg=$leg");
    expect_to_x(stage, "composing");
    juliet_is(stage, "composing");
    expect_to_s(stage, "composing ms=90000");
    stage_tell(stage, "xmpp room-invite ref=7 from=juliet@xmpp.test/b to=romeo@sip.test "
                      "room=verona@muc.xmpp.test thread=T1 continues=yes");
    stage_expect(stage, "sip invite-to-room leg=$ask ...");
    stage_tell(stage, "sip room-answer leg=$ask how=yes");
    stage_expect(stage, "xmpp enter-room leg=$home ...");
    stage_quiet(stage);
    stage_tell(stage, "xmpp room-entry leg=$home nick=romeo");
    stage_expect(stage, "sip room-roster leg=$ask own=yes ...");
    stage_expect(stage, "sip admit leg=$ask");
    stage_expect(stage, "xmpp answer-invite ref=7 how=yes");
    stage_expect(stage, "sip chat-state row=$idle leg=$leg how=active ...");
    expect_to_x(stage, "active");
    romeo_is(stage, "composing", "leg=$leg");
    juliet_is(stage, "composing");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery leg=$leg row=$idle");
    stage_expect(stage, "sip close-leg leg=$leg ...");
    stage_advance(stage, 120000);
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        typing_is_told_to_the_peer_once_and_so_is_its_end,
        typing_is_kept_alive_five_times_and_then_ends,
        a_message_ends_typing_without_a_word,
        a_peer_that_did_not_list_the_type_is_told_nothing,
        a_peer_that_the_operator_spares_is_told_nothing_in_a_session_either,
        the_xmpp_user_is_told_once_and_hears_of_the_end,
        typing_that_is_not_refreshed_lapses,
        content_of_the_peer_ends_his_typing_and_says_active_itself,
        content_that_goes_nowhere_ends_no_typing,
        who_never_sent_a_state_gets_none,
        content_says_active_only_when_both_know_states,
        states_are_told_only_in_chats_of_type_chat,
        page_mode_carries_states_only_to_who_is_known_to_take_them,
        a_page_refused_with_415_is_the_last_one,
        what_waits_behind_a_page_refused_with_415_is_not_sent,
        a_send_refused_with_415_is_the_last_one,
        a_state_that_fails_is_no_error_for_anybody,
        a_queued_state_is_dropped_when_a_message_follows,
        a_state_waits_for_the_page_before_it_and_the_next_page_for_the_state,
        states_that_undo_each_other_in_the_queue_are_not_sent,
        a_state_opens_no_session_and_no_conversation,
        a_state_waits_for_no_session_and_brings_none_back,
        who_may_not_use_the_gateway_is_not_answered,
        a_chat_in_which_somebody_writes_is_not_idle,
        the_end_of_a_session_ends_typing_too,
        a_state_says_where_the_user_is_and_mere_inactivity_does_not,
        a_peer_that_does_not_answer_the_end_of_typing_holds_nothing_up_for_long,
        typing_is_ended_when_the_chat_becomes_a_conference,
        NULL,
    };
    return suite_run("typing", tests);
}
