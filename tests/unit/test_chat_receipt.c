// SPDX-License-Identifier: MIT
// Who is told what of his messages, once, and by which of his ways.
#include "mapping/chat_receipt.h"

#include "tests/support/stage.h"
#include "tests/support/suite.h"

static int row, notice; // names of what was captured last: $r1, $n1 and so on

// Nothing of these opens a session.
static Stage *page_stage(void)
{
    Stage *stage = stage_new();
    stage_settings(stage)->chat_mode = CHAT_MODE_PAGE;
    return stage;
}

static void expect_line(Stage *stage, const char *kind)
{
    g_autofree char *pattern = g_strdup_printf("%s row=$r%d ...", kind, ++row);
    stage_expect(stage, pattern);
}

// What becomes of the line expected last.
static void tell_fate(Stage *stage, const char *kind, const char *more)
{
    g_autofree char *event = g_strdup_printf("%s row=$r%d %s", kind, row, more);
    stage_tell(stage, event);
}

static void juliet_pages(Stage *stage, const char *id, const char *more)
{
    g_autofree char *line = g_strdup_printf(
        "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=%s body=x %s", id, more);
    stage_tell(stage, line);
    expect_line(stage, "sip message");
    tell_fate(stage, "sip delivery", "");
}

static void romeo_pages(Stage *stage, const char *id, const char *more)
{
    g_autofree char *line = g_strdup_printf(
        "sip message ref=1 from=romeo@sip.test/d to=juliet@xmpp.test id=%s body=%s %s", id, id,
        more);
    stage_tell(stage, line);
    expect_line(stage, "xmpp message");
    tell_fate(stage, "xmpp delivery", "");
    stage_expect(stage, "sip accept ref=1");
}

static void romeo_says(Stage *stage, const char *how, const char *id)
{
    g_autofree char *line = g_strdup_printf(
        "sip receipt from=romeo@sip.test to=juliet@xmpp.test id=%s how=%s", id, how);
    stage_tell(stage, line);
}

static void juliet_says(Stage *stage, const char *how, const char *id)
{
    g_autofree char *line = g_strdup_printf(
        "xmpp receipt from=juliet@xmpp.test/b to=romeo@sip.test id=%s how=%s", id, how);
    stage_tell(stage, line);
}

// What Romeo is told by page mode, and its answer.
static void expect_notified(Stage *stage, const char *how, const char *id)
{
    g_autofree char *pattern = g_strdup_printf(
        "sip receipt row=$n%d from=juliet@xmpp.test to=romeo@sip.test/d id=%s how=%s", ++notice, id,
        how);
    g_autofree char *answer = g_strdup_printf("sip delivery row=$n%d", notice);
    stage_expect(stage, pattern);
    stage_tell(stage, answer);
}

// Romeo opens a session with Juliet: leg $leg.
static void session_opens(Stage *stage)
{
    stage_tell(stage, "sip leg-offered ref=9 from=romeo@sip.test/d to=juliet@xmpp.test thread=T");
    stage_expect(stage, "sip answer-leg leg=$leg ref=9 ...");
    stage_tell(stage, "sip leg-up leg=$leg");
}

static void romeo_sends(Stage *stage, const char *more)
{
    g_autofree char *line =
        g_strdup_printf("sip message ref=2 leg=$leg from=romeo@sip.test/d to=juliet@xmpp.test "
                        "type=chat body=x %s",
                        more);
    stage_tell(stage, line);
    stage_expect(stage, "sip accept ref=2");
    expect_line(stage, "xmpp message");
}

static void juliet_sends(Stage *stage, const char *more)
{
    g_autofree char *line =
        g_strdup_printf("xmpp message from=juliet@xmpp.test/b to=romeo@sip.test type=chat "
                        "thread=T body=x %s",
                        more);
    stage_tell(stage, line);
    expect_line(stage, "sip message");
}

// ---- towards XMPP -------------------------------------------------------------------------------

/* EXT-02 EXT-04 CHAT-31 */
START_TEST(chat_receipt_is_told_to_the_device_that_asked_once)
{
    g_autoptr(Stage) stage = page_stage();
    juliet_pages(stage, "m1", "type=chat thread=T receipt=yes markable=yes");
    romeo_says(stage, "delivered", "m1");
    stage_expect(stage, "xmpp receipt from=romeo@sip.test to=juliet@xmpp.test/b id=m1 thread=T "
                        "type=chat how=delivered");
    romeo_says(stage, "delivered", "m1");
    stage_quiet(stage);
    romeo_says(stage, "displayed", "m1");
    stage_expect(stage, "xmpp receipt id=m1 how=displayed ...");
    romeo_says(stage, "displayed", "m1");
    stage_quiet(stage);
}
END_TEST

/* EXT-04 */
START_TEST(chat_receipt_displayed_means_delivered_and_says_so_first)
{
    g_autoptr(Stage) stage = page_stage();
    juliet_pages(stage, "m1", "receipt=yes markable=yes");
    romeo_says(stage, "displayed", "m1");
    stage_expect(stage, "xmpp receipt id=m1 how=delivered ...");
    stage_expect(stage, "xmpp receipt id=m1 how=displayed ...");
    juliet_pages(stage, "m2", "receipt=yes");
    romeo_says(stage, "displayed", "m2");
    stage_expect(stage, "xmpp receipt id=m2 how=delivered ...");
    stage_quiet(stage);
}
END_TEST

/* EXT-02 EXT-03 SEC-12 */
START_TEST(chat_receipt_that_nobody_asked_for_is_dropped)
{
    g_autoptr(Stage) stage = page_stage();
    juliet_pages(stage, "m1", "");
    juliet_pages(stage, "m2", "receipt=yes");
    romeo_says(stage, "delivered", "m1");
    romeo_says(stage, "displayed", "m1");
    romeo_says(stage, "delivered", "m9");
    romeo_says(stage, "refused", "m1");
    stage_tell(stage, "sip receipt from=tybalt@sip.test to=juliet@xmpp.test id=m2 how=delivered");
    juliet_says(stage, "delivered", "m2"); // of her own message
    stage_quiet(stage);
    ck_assert_uint_eq(router_counters(stage_router(stage))->late, 6);
}
END_TEST

/* EXT-02 */
START_TEST(chat_receipt_of_failure_is_an_error_of_the_message_unless_it_was_delivered)
{
    g_autoptr(Stage) stage = page_stage();
    juliet_pages(stage, "m1", "type=chat receipt=yes markable=yes");
    romeo_says(stage, "refused", "m1");
    stage_expect(stage, "xmpp refuse from=romeo@sip.test to=juliet@xmpp.test/b id=m1 type=chat "
                        "failure=recipient-unavailable");
    romeo_says(stage, "delivered", "m1");
    romeo_says(stage, "displayed", "m1");
    stage_quiet(stage);
    juliet_pages(stage, "m2", "receipt=yes markable=yes");
    romeo_says(stage, "delivered", "m2");
    stage_expect(stage, "xmpp receipt id=m2 how=delivered ...");
    romeo_says(stage, "refused", "m2");
    stage_quiet(stage);
}
END_TEST

/* ERR-03 */
START_TEST(chat_receipt_of_a_message_that_failed_is_not_told)
{
    g_autoptr(Stage) stage = page_stage();
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m1 body=x "
                      "receipt=yes");
    expect_line(stage, "sip message");
    tell_fate(stage, "sip delivery", "failure=recipient-unavailable how=refused status=480");
    stage_expect(stage, "xmpp refuse id=m1 ...");
    romeo_says(stage, "delivered", "m1");
    stage_quiet(stage);
}
END_TEST

/* EXT-05 */
START_TEST(chat_receipt_comes_from_a_200_only_where_the_operator_wants_it)
{
    g_autoptr(Stage) plain = page_stage();
    juliet_pages(plain, "m1", "receipt=yes");
    stage_quiet(plain);

    g_autoptr(Stage) stage = page_stage();
    stage_settings(stage)->receipt_from_200 = true;
    juliet_pages(stage, "m1", "receipt=yes");
    stage_expect(stage, "xmpp receipt id=m1 how=delivered ...");
    juliet_pages(stage, "m2", "");
    stage_quiet(stage);
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=m3 body=x "
                      "receipt=yes");
    expect_line(stage, "sip message");
    tell_fate(stage, "sip delivery", "status=202");
    stage_quiet(stage);
}
END_TEST

/* CHAT-31 */
START_TEST(chat_receipt_by_report_is_told_under_the_id_of_the_stanza)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    juliet_sends(stage, "id=m1 receipt=yes");
    tell_fate(stage, "sip delivery", "leg=$leg");
    stage_quiet(stage);
    tell_fate(stage, "sip receipt", "leg=$leg how=delivered");
    stage_expect(stage, "xmpp receipt from=romeo@sip.test to=juliet@xmpp.test/b id=m1 thread=T "
                        "type=chat how=delivered");
    stage_tell(stage, "sip receipt row=77 leg=$leg how=delivered");
    stage_quiet(stage);
}
END_TEST

/* CHAT-31 ERR-07 */
START_TEST(chat_receipt_failure_report_after_the_200_is_an_error_asked_for_or_not)
{
    static const char *const wishes[] = {"", "receipt=yes"};
    for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++) {
        g_autoptr(Stage) stage = page_stage();
        session_opens(stage);
        g_autofree char *more = g_strdup_printf("id=m1 %s", wishes[i]);
        juliet_sends(stage, more);
        tell_fate(stage, "sip delivery", "leg=$leg");
        tell_fate(stage, "sip delivery", "leg=$leg failure=not-acceptable how=late");
        stage_expect(stage, "xmpp refuse from=romeo@sip.test to=juliet@xmpp.test/b id=m1 "
                            "type=chat failure=not-acceptable");
        tell_fate(stage, "sip delivery", "leg=$leg failure=not-acceptable how=late");
        stage_quiet(stage);
    }
}
END_TEST

// ---- towards SIP --------------------------------------------------------------------------------

/* EXT-01 EXT-03 */
START_TEST(chat_receipt_to_a_page_is_a_notification_once_for_each_kind)
{
    g_autoptr(Stage) stage = page_stage();
    romeo_pages(stage, "m7", "receipt=yes markable=yes notify=yes");
    juliet_says(stage, "delivered", "m7");
    expect_notified(stage, "delivered", "m7");
    juliet_says(stage, "delivered", "m7"); // another device
    stage_quiet(stage);
    juliet_says(stage, "displayed", "m7");
    expect_notified(stage, "displayed", "m7");
    juliet_says(stage, "displayed", "m7");
    stage_quiet(stage);
}
END_TEST

/* EXT-03 */
START_TEST(chat_receipt_marker_to_who_did_not_ask_for_it_is_dropped)
{
    g_autoptr(Stage) stage = page_stage();
    romeo_pages(stage, "m7", "");
    romeo_pages(stage, "m8", "receipt=yes notify=yes");
    juliet_says(stage, "displayed", "m7");
    stage_quiet(stage);
    juliet_says(stage, "displayed", "m8");
    expect_notified(stage, "delivered", "m8");
    stage_quiet(stage);
}
END_TEST

/* EXT-03 */
START_TEST(chat_receipt_marker_means_up_to_here)
{
    g_autoptr(Stage) stage = page_stage();
    romeo_pages(stage, "m1", "receipt=yes markable=yes notify=yes");
    romeo_pages(stage, "m2", "markable=yes notify=yes");
    romeo_pages(stage, "m3", "markable=yes notify=yes");
    romeo_pages(stage, "m4", "markable=yes notify=yes");
    juliet_says(stage, "displayed", "m2");
    expect_notified(stage, "delivered", "m1");
    expect_notified(stage, "displayed", "m1");
    expect_notified(stage, "displayed", "m2");
    stage_quiet(stage);
    juliet_says(stage, "displayed", "m4");
    expect_notified(stage, "displayed", "m3");
    expect_notified(stage, "displayed", "m4");
    stage_quiet(stage);
}
END_TEST

/* IM-15 */
START_TEST(chat_receipt_waits_behind_a_message_to_the_same_target)
{
    g_autoptr(Stage) stage = page_stage();
    romeo_pages(stage, "m7", "receipt=yes notify=yes");
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=x1 body=x");
    stage_expect(stage, "sip message row=$x id=x1 ...");
    juliet_says(stage, "delivered", "m7");
    stage_tell(stage, "xmpp message from=juliet@xmpp.test/b to=romeo@sip.test id=x2 body=x");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery row=$x");
    stage_expect(stage, "sip receipt row=$n id=m7 how=delivered ...");
    stage_quiet(stage);
    stage_tell(stage, "sip delivery row=$n failure=not-acceptable how=refused status=415");
    stage_expect(stage, "sip message row=* id=x2 ...");
}
END_TEST

/* IM-28 EXT-01 */
START_TEST(chat_receipt_that_is_quicker_than_the_proof_is_one_itself)
{
    g_autoptr(Stage) stage = page_stage();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test/d to=juliet@xmpp.test id=m7 body=x "
                      "receipt=yes notify=yes");
    expect_line(stage, "xmpp message");
    juliet_says(stage, "delivered", "m7");
    stage_expect(stage, "sip accept ref=1");
    ck_assert_uint_eq(stage_open_rows(stage), 0);
    expect_notified(stage, "delivered", "m7");
    tell_fate(stage, "xmpp delivery", "");
    stage_quiet(stage);
}
END_TEST

/* CHAT-32 */
START_TEST(chat_receipt_to_a_send_is_its_report_and_comes_when_the_reader_says_so)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes");
    tell_fate(stage, "xmpp delivery", "");
    ck_assert_uint_eq(stage_open_rows(stage), 0);
    stage_quiet(stage);
    juliet_says(stage, "delivered", "q1");
    stage_expect(stage, "sip report ref=2");
    juliet_says(stage, "delivered", "q1"); // another device
    stage_quiet(stage);
}
END_TEST

/* CHAT-32 */
START_TEST(chat_receipt_that_is_quicker_than_the_proof_is_reported_once)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes");
    juliet_says(stage, "delivered", "q1");
    stage_expect(stage, "sip report ref=2");
    tell_fate(stage, "xmpp delivery", "");
    stage_quiet(stage);
}
END_TEST

/* CHAT-21 CHAT-32 */
START_TEST(chat_receipt_to_what_was_sent_again_is_the_report_of_the_last_send)
{
    g_autoptr(Stage) stage = stage_new();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes");
    tell_fate(stage, "xmpp delivery", "");
    stage_tell(stage, "sip message ref=3 leg=$leg from=romeo@sip.test/d to=juliet@xmpp.test "
                      "type=chat body=x id=q1 receipt=yes");
    stage_expect(stage, "sip accept ref=3");
    stage_quiet(stage);
    juliet_says(stage, "delivered", "q1");
    stage_expect(stage, "sip report ref=3");
    stage_tell(stage, "sip message ref=4 leg=$leg from=romeo@sip.test/d to=juliet@xmpp.test "
                      "type=chat body=x id=q1 receipt=yes");
    stage_expect(stage, "sip accept ref=4");
    stage_expect(stage, "sip report ref=4");
    stage_quiet(stage);
}
END_TEST

/* CHAT-32 */
START_TEST(chat_receipt_to_a_send_that_did_not_ask_is_reported_with_the_proof)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1");
    tell_fate(stage, "xmpp delivery", "");
    stage_expect(stage, "sip report ref=2");
}
END_TEST

/* CHAT-32 */
START_TEST(chat_receipt_after_its_time_or_after_the_session_is_not_reported)
{
    g_autoptr(Stage) late = stage_new();
    session_opens(late);
    romeo_sends(late, "id=q1 receipt=yes");
    tell_fate(late, "xmpp delivery", "");
    stage_advance(late, 60001);
    juliet_says(late, "delivered", "q1");
    stage_quiet(late);

    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes");
    tell_fate(stage, "xmpp delivery", "");
    stage_tell(stage, "sip leg-down leg=$leg how=ended");
    stage_expect(stage, "xmpp gone ...");
    juliet_says(stage, "delivered", "q1");
    stage_quiet(stage);
}
END_TEST

/* EXT-03 CHAT-01 */
START_TEST(chat_receipt_to_a_send_with_an_envelope_goes_by_the_leg_and_after_it_by_page)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes markable=yes notify=yes");
    tell_fate(stage, "xmpp delivery", "");
    juliet_says(stage, "delivered", "q1");
    stage_expect(stage, "sip report ref=2");
    stage_expect(stage, "sip receipt leg=$leg from=juliet@xmpp.test to=romeo@sip.test/d id=q1 "
                        "how=delivered");
    stage_tell(stage, "sip leg-down leg=$leg how=ended");
    stage_expect(stage, "xmpp gone ...");
    juliet_says(stage, "displayed", "q1");
    expect_notified(stage, "displayed", "q1");
    stage_quiet(stage);
}
END_TEST

/* IM-29 */
START_TEST(chat_receipt_of_a_late_failure_is_told_to_who_asked_for_it)
{
    g_autoptr(Stage) stage = page_stage();
    romeo_pages(stage, "m7", "negative=yes notify=yes");
    tell_fate(stage, "xmpp delivery", "failure=item-not-found how=late");
    expect_notified(stage, "refused", "m7");
    romeo_pages(stage, "m8", "receipt=yes notify=yes");
    tell_fate(stage, "xmpp delivery", "failure=item-not-found how=late");
    stage_quiet(stage);
    juliet_says(stage, "delivered", "m8"); // never both
    stage_quiet(stage);
}
END_TEST

/* CHAT-25 */
START_TEST(chat_receipt_of_a_late_failure_in_a_session_is_a_failure_report)
{
    g_autoptr(Stage) stage = page_stage();
    session_opens(stage);
    romeo_sends(stage, "id=q1 receipt=yes");
    tell_fate(stage, "xmpp delivery", "");
    tell_fate(stage, "xmpp delivery", "failure=item-not-found how=late");
    stage_expect(stage, "sip report ref=2 failure=item-not-found");
    juliet_says(stage, "delivered", "q1");
    stage_quiet(stage);
}
END_TEST

/* IM-29 */
START_TEST(chat_receipt_of_what_was_refused_at_once_is_not_sent)
{
    g_autoptr(Stage) stage = page_stage();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test/d to=juliet@xmpp.test id=m7 body=x "
                      "receipt=yes negative=yes notify=yes");
    expect_line(stage, "xmpp message");
    tell_fate(stage, "xmpp delivery", "failure=item-not-found how=refused");
    stage_expect(stage, "sip refuse ref=1 ...");
    stage_quiet(stage);
}
END_TEST

/* IM-31 */
START_TEST(chat_receipt_of_what_came_too_late_is_a_failure_for_who_asked)
{
    g_autoptr(Stage) stage = page_stage();
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test/d to=juliet@xmpp.test id=m7 body=x "
                      "how=timeout");
    stage_expect(stage, "sip accept ref=1");
    stage_quiet(stage);
    stage_tell(stage, "sip message ref=1 from=romeo@sip.test/d to=juliet@xmpp.test id=m8 body=x "
                      "how=timeout negative=yes notify=yes");
    stage_expect(stage, "sip accept ref=1");
    expect_notified(stage, "refused", "m8");
    stage_quiet(stage);
}
END_TEST

int main(void)
{
    return suite_run(
        "chat_receipt",
        (const TTest *const[]){
            chat_receipt_is_told_to_the_device_that_asked_once,
            chat_receipt_displayed_means_delivered_and_says_so_first,
            chat_receipt_that_nobody_asked_for_is_dropped,
            chat_receipt_of_failure_is_an_error_of_the_message_unless_it_was_delivered,
            chat_receipt_of_a_message_that_failed_is_not_told,
            chat_receipt_comes_from_a_200_only_where_the_operator_wants_it,
            chat_receipt_by_report_is_told_under_the_id_of_the_stanza,
            chat_receipt_failure_report_after_the_200_is_an_error_asked_for_or_not,
            chat_receipt_to_a_page_is_a_notification_once_for_each_kind,
            chat_receipt_marker_to_who_did_not_ask_for_it_is_dropped,
            chat_receipt_marker_means_up_to_here,
            chat_receipt_waits_behind_a_message_to_the_same_target,
            chat_receipt_that_is_quicker_than_the_proof_is_one_itself,
            chat_receipt_to_a_send_is_its_report_and_comes_when_the_reader_says_so,
            chat_receipt_that_is_quicker_than_the_proof_is_reported_once,
            chat_receipt_to_what_was_sent_again_is_the_report_of_the_last_send,
            chat_receipt_to_a_send_that_did_not_ask_is_reported_with_the_proof,
            chat_receipt_after_its_time_or_after_the_session_is_not_reported,
            chat_receipt_to_a_send_with_an_envelope_goes_by_the_leg_and_after_it_by_page,
            chat_receipt_of_a_late_failure_is_told_to_who_asked_for_it,
            chat_receipt_of_a_late_failure_in_a_session_is_a_failure_report,
            chat_receipt_of_what_was_refused_at_once_is_not_sent,
            chat_receipt_of_what_came_too_late_is_a_failure_for_who_asked, NULL});
}
