// SPDX-License-Identifier: MIT
#include "xmpp/proof.h"

#include "tests/support/suite.h"
#include "tests/support/xmpp_stage.h"

#define IN "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

static XmppStage *stage;

static void set_up(void)
{
    stage = xmpp_stage_new();
}

static void tear_down(void)
{
    g_clear_pointer(&stage, xmpp_stage_free);
}

// A line from romeo to this address leaves; what follows it is the test's.
static void send_line(int row, const char *to)
{
    g_autofree char *command = g_strdup_printf(
        "xmpp message row=%d from=romeo@sip.test to=%s id=m%d body=x", row, to, row);
    g_autofree char *stanza =
        g_strdup_printf("<message from='romeo@sip.test' to='%s' id='m%d'><body>x</body>"
                        "<origin-id xmlns='urn:xmpp:sid:0' id='m%d'/></message>",
                        to, row, row);
    xmpp_stage_tell(stage, command);
    xmpp_stage_expect_stanza(stage, stanza);
}

/* IM-28 */
START_TEST(any_answer_to_the_ping_behind_a_line_is_its_proof)
{
    send_line(1, "juliet@xmpp.test");
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage,
                    "<iq type='error' from='xmpp.test' to='sip.test' id='%s'><error "
                    "type='cancel'><service-unavailable " IN "/></error></iq>",
                    id);
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(the_answer_of_another_proves_nothing)
{
    send_line(1, "juliet@xmpp.test");
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_hear(stage, "<iq type='result' from='evil.test' to='sip.test' id='%s'/>", id);
    xmpp_stage_hear(stage, "<iq type='result' from='xmpp.test' to='sip.test' id='x%s'/>", id);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(one_ping_is_under_way_and_proves_what_was_sent_before_it)
{
    send_line(1, "juliet@xmpp.test");
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    send_line(2, "juliet@xmpp.test");
    send_line(3, "nurse@xmpp.test/x");
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<iq type='result' from='xmpp.test' to='sip.test' id='%s'/>", id);
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_quiet(stage); // the next ping not before 2 ms
    xmpp_stage_pass(stage, 2);
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
    xmpp_stage_expect_event(stage, "xmpp delivery row=3");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(pings_to_one_host_are_two_milliseconds_apart)
{
    send_line(1, "juliet@xmpp.test");
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    send_line(2, "juliet@xmpp.test");
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
}
END_TEST

/* IM-13 IM-28 ERR-06 */
START_TEST(an_error_stanza_fails_its_line_and_no_other)
{
    send_line(1, "nobody@xmpp.test");
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    send_line(2, "juliet@xmpp.test");
    xmpp_stage_hear(stage, "<message type='error' from='nobody@xmpp.test' to='romeo@sip.test' "
                           "id='m1'><error type='cancel'><item-not-found " IN "/><text " IN ">"
                           "unknown</text></error></message>");
    xmpp_stage_expect_event(stage,
                            "xmpp delivery how=refused failure=item-not-found row=1 text=unknown");
    xmpp_stage_hear(stage, "<iq type='result' from='xmpp.test' to='sip.test' id='%s'/>", id);
    xmpp_stage_pass(stage, 2);
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(an_error_is_known_by_its_id_and_by_whom_the_line_went_to)
{
    send_line(1, "juliet@xmpp.test/balcony");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_hear(stage, "<message type='error' from='nurse@xmpp.test' to='romeo@sip.test' "
                           "id='m1'/>");
    xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test' "
                           "id='m2'/>");
    xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test'/>");
    xmpp_stage_quiet(stage);
    xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test' "
                           "id='m1'><error type='auth'><forbidden " IN "/></error></message>");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=forbidden row=1");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(the_new_address_of_one_who_moved_is_told)
{
    send_line(1, "juliet@xmpp.test");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test' "
                           "id='m1'><error type='cancel'><gone " IN ">xmpp:j@far.test</gone>"
                           "</error></message>");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=gone row=1 real=j@far.test");
}
END_TEST

/* IM-29 */
START_TEST(an_error_after_the_proof_is_told_as_late_once)
{
    send_line(1, "juliet@xmpp.test");
    xmpp_stage_expect_ping(stage, "xmpp.test");
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    for (int i = 0; i < 2; i++)
        xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test' "
                               "id='m1'><error type='wait'><recipient-unavailable " IN "/></error>"
                               "</message>");
    xmpp_stage_expect_event(stage, "xmpp delivery how=late failure=recipient-unavailable row=1");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(of_lines_long_proven_a_late_error_is_no_longer_known)
{
    enum { REMEMBERED = 4096 };
    for (int row = 1; row <= REMEMBERED + 1; row++) {
        send_line(row, "u@far.test");
        xmpp_stage_pass(stage, 400);
        g_autofree char *event = g_strdup_printf("xmpp delivery row=%d", row);
        xmpp_stage_expect_event(stage, event);
    }
    for (int row = 1; row <= 2; row++)
        xmpp_stage_hear(stage,
                        "<message type='error' from='u@far.test' to='romeo@sip.test' "
                        "id='m%d'/>",
                        row);
    xmpp_stage_expect_event(stage, "xmpp delivery how=late failure=bad-request row=2");
    xmpp_stage_quiet(stage);
}
END_TEST

/* IM-28 */
START_TEST(a_host_not_ours_and_a_room_are_held_and_then_good)
{
    send_line(1, "u@far.test");
    send_line(2, "verona@rooms.xmpp.test/Nina");
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 399);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_expect_event(stage, "xmpp delivery row=2");
}
END_TEST

/* IM-28 */
START_TEST(an_error_within_the_hold_fails_the_line)
{
    xmpp_stage_settings(stage)->message_hold_ms = 1000;
    send_line(1, "u@far.test");
    xmpp_stage_pass(stage, 999);
    xmpp_stage_hear(stage, "<message type='error' from='u@far.test' to='romeo@sip.test' id='m1'>"
                           "<error type='cancel'><remote-server-not-found " IN "/></error>"
                           "</message>");
    xmpp_stage_expect_event(stage,
                            "xmpp delivery how=refused failure=remote-server-not-found row=1");
    xmpp_stage_pass(stage, 100);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(without_answer_each_line_fails_after_its_own_time)
{
    xmpp_stage_settings(stage)->T_proof = 5000;
    send_line(1, "juliet@xmpp.test");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 3000);
    send_line(2, "juliet@xmpp.test");
    xmpp_stage_pass(stage, 1999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage, "xmpp delivery how=timeout failure=remote-server-timeout row=1 "
                                   "text=\"the XMPP server does not answer\"");
    g_free(xmpp_stage_take_id(stage, "iq")); // asked anew for the line behind
    xmpp_stage_pass(stage, 2999);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1);
    xmpp_stage_expect_event(stage,
                            "xmpp delivery how=timeout failure=remote-server-timeout row=2 *");
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(while_nobody_reads_no_line_times_out)
{
    xmpp_stage_settings(stage)->T_proof = 5000;
    send_line(1, "juliet@xmpp.test");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_pass(stage, 2000);
    xmpp_stage_pause(stage, true);
    xmpp_stage_pass(stage, 1000);
    send_line(2, "juliet@xmpp.test");
    xmpp_stage_pass(stage, 1000);
    xmpp_stage_pause(stage, true);
    xmpp_stage_pass(stage, 18000);
    for (int pings = 0; pings < 4; pings++) // the ping is asked anew meanwhile
        g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_quiet(stage);
    xmpp_stage_pause(stage, false);
    xmpp_stage_pass(stage, 2900);
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 1000);
    xmpp_stage_expect_event(stage, "xmpp delivery how=timeout * row=1 *");
    g_free(xmpp_stage_take_id(stage, "iq"));
    xmpp_stage_quiet(stage);
    xmpp_stage_pass(stage, 2000);
    xmpp_stage_expect_event(stage, "xmpp delivery how=timeout * row=2 *");
}
END_TEST

/* GEN-06 */
START_TEST(what_is_not_proven_is_lost_with_the_link)
{
    send_line(1, "juliet@xmpp.test");
    g_free(xmpp_stage_take_id(stage, "iq"));
    send_line(2, "juliet@xmpp.test");
    send_line(3, "u@far.test");
    xmpp_stage_link(stage, false);
    for (int row = 1; row <= 3; row++) {
        g_autofree char *event =
            g_strdup_printf("xmpp delivery how=lost failure=recipient-unavailable row=%d *", row);
        xmpp_stage_expect_event(stage, event);
    }
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

/* GEN-06 */
START_TEST(without_a_link_or_room_in_the_queue_the_answer_comes_at_once)
{
    xmpp_stage_link(stage, false);
    xmpp_stage_expect_event(stage, "xmpp link how=down from=sip.test");
    xmpp_stage_tell(stage, "xmpp message row=1 from=romeo@sip.test to=juliet@xmpp.test body=x");
    xmpp_stage_expect_event(stage, "xmpp delivery how=lost failure=recipient-unavailable row=1 *");
    xmpp_stage_link(stage, true);
    xmpp_stage_expect_event(stage, "xmpp link how=up from=sip.test");
    xmpp_stage_fill(stage, true);
    xmpp_stage_tell(stage, "xmpp message row=2 from=romeo@sip.test to=juliet@xmpp.test body=x");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=resource-constraint row=2 *");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(a_line_sent_again_under_its_id_is_the_one_that_an_error_means)
{
    send_line(1, "juliet@xmpp.test");
    g_autofree char *id = xmpp_stage_take_id(stage, "iq");
    xmpp_stage_tell(stage,
                    "xmpp message row=9 from=romeo@sip.test to=juliet@xmpp.test id=m1 body=x");
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_hear(stage, "<message type='error' from='juliet@xmpp.test' to='romeo@sip.test' "
                           "id='m1'/>");
    xmpp_stage_expect_event(stage, "xmpp delivery how=refused failure=bad-request row=9");
    xmpp_stage_hear(stage, "<iq type='result' from='xmpp.test' to='sip.test' id='%s'/>", id);
    xmpp_stage_expect_event(stage, "xmpp delivery row=1");
    xmpp_stage_quiet(stage);
}
END_TEST

START_TEST(who_wants_no_word_gets_none)
{
    xmpp_stage_tell(stage, "xmpp gone from=romeo@sip.test to=juliet@xmpp.test");
    g_free(xmpp_stage_take_id(stage, "message"));
    xmpp_stage_pass(stage, 60000);
    xmpp_stage_quiet(stage);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        any_answer_to_the_ping_behind_a_line_is_its_proof,
        the_answer_of_another_proves_nothing,
        one_ping_is_under_way_and_proves_what_was_sent_before_it,
        pings_to_one_host_are_two_milliseconds_apart,
        an_error_stanza_fails_its_line_and_no_other,
        an_error_is_known_by_its_id_and_by_whom_the_line_went_to,
        the_new_address_of_one_who_moved_is_told,
        an_error_after_the_proof_is_told_as_late_once,
        of_lines_long_proven_a_late_error_is_no_longer_known,
        a_host_not_ours_and_a_room_are_held_and_then_good,
        an_error_within_the_hold_fails_the_line,
        without_answer_each_line_fails_after_its_own_time,
        while_nobody_reads_no_line_times_out,
        what_is_not_proven_is_lost_with_the_link,
        without_a_link_or_room_in_the_queue_the_answer_comes_at_once,
        a_line_sent_again_under_its_id_is_the_one_that_an_error_means,
        who_wants_no_word_gets_none,
        NULL,
    };
    return suite_run_fixture("proof", tests, set_up, tear_down);
}
