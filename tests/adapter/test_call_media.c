// SPDX-License-Identifier: MIT
// The media of a call as the peer sees them: which address is connected to, what is offered again.
#include "sip/call_media.h"

#include <string.h>

#include "tests/support/leg_stage.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

#define CEMA "a=msrp-cema\r\n"

static LegStage leg;
static GateStage *const stage = &leg.stage;

static void set_up(void)
{
    leg_stage_init(&leg);
    leg_stage_start(&leg);
}

static void tear_down(void)
{
    leg_stage_clear(&leg);
}

// The description of somebody behind a middlebox: m-line and c-line name `middle`, the path names
// an address nobody can reach.
static char *anchored(const MsrpPeer *middle, const char *setup, const char *more)
{
    g_autofree char *sdp = msrp_peer_sdp(middle, "text/plain", setup, more);
    g_auto(GStrv) parts = g_strsplit(sdp, "a=path:msrp://127.0.0.1:", 2);
    const char *rest = strchr(parts[1], '/');
    return g_strdup_printf("%sa=path:msrp://192.0.2.1:2855%s", parts[0], rest);
}

static void expect_warning(const char *answer, const char *words)
{
    g_autofree char *warning = sip_peer_header(answer, "Warning");
    ck_assert_msg(warning != NULL && strstr(warning, words) != NULL, "%s", warning);
}

START_TEST(answer_through_a_middlebox_is_connected_to_where_it_leads)
{
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(invite), "\r\n" CEMA));
    g_autofree char *sdp = anchored(leg.msrp, "passive", CEMA);
    leg_stage_answer(&leg, invite, sdp);
    sip_peer_await(stage->peer, "ACK ");
    const char *send = msrp_peer_await(leg.msrp, "SEND");
    g_autofree char *to = msrp_peer_header(send, "To-Path");
    ck_assert_str_eq(to, "msrp://192.0.2.1:2855/peer;tcp");
    msrp_peer_respond(leg.msrp, send, 200);
    gate_stage_expect(stage, "sip leg-up leg=7*");
}
END_TEST

START_TEST(offer_through_a_middlebox_is_answered_in_kind)
{
    g_autofree char *sdp = anchored(leg.msrp, "passive", CEMA);
    const char *answer = leg_stage_call(&leg, sdp);
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\n" CEMA));
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=setup:active\r\n"));
    msrp_peer_meet(leg.msrp, sip_peer_body(answer));
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip leg-up leg=8");
}
END_TEST

START_TEST(offer_without_a_word_of_middleboxes_is_answered_without_one)
{
    const char *answer = leg_stage_taken(&leg);
    ck_assert_ptr_null(strstr(sip_peer_body(answer), CEMA));
}
END_TEST

START_TEST(address_altered_for_somebody_who_goes_by_the_path_is_refused)
{
    g_autofree char *sdp = anchored(leg.msrp, "actpass", NULL);
    g_free(sip_peer_request_outside(
        stage->peer, "INVITE", "sip:juliet@xmpp.test",
        "Contact: <sip:romeo@127.0.0.1:1>\nContent-Type: application/sdp\n", sdp));
    sip_peer_await(stage->peer, "SIP/2.0 100 ");
    expect_warning(sip_peer_await(stage->peer, "SIP/2.0 488 "), "not in the path");
}
END_TEST

START_TEST(middlebox_that_moves_gets_a_session_of_its_own)
{
    g_autoptr(MsrpPeer) moved = msrp_peer_new();
    g_autofree char *first = anchored(leg.msrp, "passive", CEMA);
    g_autofree char *second = anchored(moved, "passive", CEMA);
    const char *answer = leg_stage_call(&leg, first);
    msrp_peer_meet(leg.msrp, sip_peer_body(answer));
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip leg-up leg=8");
    const char *again = leg_stage_offer(&leg, "UPDATE", first);
    ck_assert_str_eq(sip_peer_body(again), sip_peer_body(answer));
    const char *other = leg_stage_offer(&leg, "UPDATE", second);
    ck_assert_str_ne(sip_peer_body(other), sip_peer_body(answer));
    msrp_peer_meet(moved, sip_peer_body(other));
    msrp_peer_respond(moved, msrp_peer_await(moved, "SEND"), 200);
    gate_stage_tell(stage, "sip message leg=8 row=3 body=hither");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(moved, "SEND"));
    ck_assert_str_eq(body, "hither");
}
END_TEST

START_TEST(cema_off_says_nothing_and_goes_by_the_path)
{
    stage->settings.cema = false;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    ck_assert_ptr_null(strstr(sip_peer_body(sip_peer_await(stage->peer, "INVITE ")), CEMA));
    g_autofree char *sdp = anchored(leg.msrp, "actpass", CEMA);
    const char *answer = leg_stage_call(&leg, sdp);
    ck_assert_ptr_null(strstr(sip_peer_body(answer), CEMA));
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=setup:passive\r\n"));
}
END_TEST

#define BEHIND "msrps://192.0.2.1:7000/behind;tcp"

/* MSRP-025 CHAT-05 */
START_TEST(relay_of_the_peer_is_connected_to_and_the_whole_path_addressed)
{
    msrp_peer_relay(leg.msrp, BEHIND);
    leg_stage_dialled(&leg);
    gate_stage_tell(stage, "sip message leg=7 row=3 id=a786hjs2 body=hither receipt=yes");
    const char *send = msrp_peer_await(leg.msrp, "SEND");
    g_autofree char *to = msrp_peer_header(send, "To-Path");
    ck_assert_str_eq(to, msrp_peer_path(leg.msrp));
    ck_assert(g_str_has_suffix(to, " " BEHIND));
    msrp_peer_respond(leg.msrp, send, 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
}
END_TEST

/* MSRP-025 CHAT-24 */
START_TEST(relay_gets_the_answer_and_the_peer_behind_it_the_report)
{
    msrp_peer_relay(leg.msrp, BEHIND);
    leg_stage_taken(&leg);
    msrp_peer_request(leg.msrp, "SEND",
                      "Message-ID: m1234\r\nByte-Range: 1-2/2\r\nSuccess-Report: yes\r\n"
                      "Content-Type: text/plain\r\n",
                      "Hi");
    gate_stage_expect(stage, "sip message leg=8 * body=Hi receipt=yes");
    gate_stage_tell(stage, "sip accept ref=%" G_GUINT64_FORMAT, stage->last_ref);
    g_autofree char *hop = msrp_peer_header(msrp_peer_await(leg.msrp, " 200"), "To-Path");
    ck_assert(g_str_has_prefix(msrp_peer_path(leg.msrp), hop));
    ck_assert_ptr_null(strchr(hop, ' '));
    gate_stage_tell(stage, "sip report ref=%" G_GUINT64_FORMAT, stage->last_ref);
    g_autofree char *whole = msrp_peer_header(msrp_peer_await(leg.msrp, "REPORT"), "To-Path");
    ck_assert_str_eq(whole, msrp_peer_path(leg.msrp));
}
END_TEST

/* MSRP-025 ERR-07 */
START_TEST(relay_that_cannot_pass_a_line_on_reports_so_later)
{
    msrp_peer_relay(leg.msrp, BEHIND);
    leg_stage_dialled(&leg);
    gate_stage_tell(stage, "sip message leg=7 row=3 id=a786hjs2 body=hither");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
    msrp_peer_request(leg.msrp, "REPORT",
                      "Message-ID: a786hjs2\r\nByte-Range: 1-6/6\r\nStatus: 000 408 x\r\n", NULL);
    gate_stage_expect(stage, "sip delivery how=late failure=remote-server-timeout leg=7 row=3 *");
}
END_TEST

// A leg dialled to a peer with these accept-types and further lines.
static void dialled_to(const char *types, const char *more)
{
    g_autofree char *sdp = msrp_peer_sdp(leg.msrp, types, "passive", more);
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    leg_stage_answer(&leg, sip_peer_await(stage->peer, "INVITE "), sdp);
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip leg-up leg=7*");
}

/* CHAT-14 MSRP-017 MSRP-019 */
START_TEST(types_and_size_of_the_peer_decide_how_a_line_goes)
{
    static const struct {
        const char *types, *more, *line, *sent; // content type, NULL: refused
    } rows[] = {
        {"text/plain", NULL, "body=x", "text/plain;charset=utf-8"},
        {"text/*", NULL, "body=x", "text/plain;charset=utf-8"},
        {"*", NULL, "body=x subject=s", "message/cpim"},
        {"message/cpim text/plain", NULL, "body=x subject=s", "message/cpim"},
        {"message/cpim text/plain", NULL, "body=x", "text/plain;charset=utf-8"},
        {"message/cpim text/plain", "a=max-size:20\r\n", "body=x subject=s",
         "text/plain;charset=utf-8"},
        {"message/cpim", "a=accept-wrapped-types:text/plain\r\n", "body=x", "message/cpim"},
        {"message/cpim", "a=accept-wrapped-types:text/plain\r\na=max-size:20\r\n", "body=x", NULL},
        {"text/plain", "a=max-size:3\r\n", "body=four", NULL},
        {"text/plain", "a=max-size:4\r\n", "body=four", "text/plain;charset=utf-8"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        tear_down();
        set_up();
        dialled_to(rows[i].types, rows[i].more);
        gate_stage_tell(stage, "sip message leg=7 row=3 %s", rows[i].line);
        if (rows[i].sent == NULL) {
            gate_stage_expect(stage, "sip delivery how=too-large failure=policy-violation *");
            continue;
        }
        g_autofree char *type = msrp_peer_header(msrp_peer_await(leg.msrp, "SEND"), "Content-Type");
        ck_assert_msg(strcmp(type, rows[i].sent) == 0, "row %zu: %s", i, type);
    }
}
END_TEST

/* CHAT-14 */
START_TEST(type_that_was_refused_is_not_sent_again)
{
    dialled_to("message/cpim text/plain", "a=accept-wrapped-types:*\r\n");
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 415);
    gate_stage_expect(stage, "sip delivery how=refused failure=not-acceptable leg=7 row=3 *");
    gate_stage_tell(stage, "sip message leg=7 row=4 body=two");
    const char *send = msrp_peer_await(leg.msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    ck_assert_str_eq(type, "message/cpim");
    msrp_peer_respond(leg.msrp, send, 415);
    gate_stage_expect(stage, "sip delivery how=refused failure=not-acceptable leg=7 row=4 *");
    gate_stage_tell(stage, "sip message leg=7 row=5 body=three");
    gate_stage_expect(stage, "sip delivery how=refused failure=not-acceptable leg=7 row=5 *");
    ck_assert_uint_eq(msrp_peer_pending(leg.msrp), 0);
}
END_TEST

/* MSRP-005 MSRP-006 CHAT-21 */
START_TEST(messages_in_parts_may_alternate_and_one_may_be_given_up)
{
    leg_stage_taken(&leg);
    static const struct {
        const char *id, *range, *body;
        char flag;
    } parts[] = {
        {"first1", "6-10/10", "world", '$'}, {"second", "1-4/*", "gone", '+'},
        {"third3", "1-2/4", "by", '+'},      {"first1", "1-5/10", "hello", '+'},
        {"second", "5-8/*", "soon", '#'},    {"third3", "3-4/4", "e!", '$'},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        msrp_peer_say_part(leg.msrp, parts[i].id, parts[i].range, parts[i].body, parts[i].flag);
    }
    gate_stage_expect(stage, "sip leg-partial how=yes *");
    gate_stage_expect(stage, "sip message leg=8 * id=first1 * body=helloworld");
    gate_stage_expect(stage, "sip message leg=8 * id=third3 * body=bye!");
    gate_stage_expect(stage, "sip leg-partial how=no *");
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

static uint64_t takes(int number)
{
    g_autofree char *id = g_strdup_printf("number%d", number);
    msrp_peer_say(leg.msrp, id, "text/plain", "Hi");
    gate_stage_expect(stage, "sip message leg=8 * body=Hi*");
    gate_stage_tell(stage, "sip accept ref=%" G_GUINT64_FORMAT, stage->last_ref);
    msrp_peer_await(leg.msrp, " 200");
    return stage->last_ref;
}

static void expect_over(uint64_t ref)
{
    g_autofree char *over = g_strdup_printf("sip ref-over leg=8 ref=%" G_GUINT64_FORMAT, ref);
    gate_stage_expect(stage, over);
}

/* ESC-004 CHAT-52 */
START_TEST(content_of_a_lost_session_has_no_report_and_that_is_told)
{
    leg_stage_taken(&leg);
    uint64_t ref = takes(1);
    msrp_peer_hang_up(leg.msrp);
    expect_over(ref);
    sip_peer_await(stage->peer, "INVITE ");
}
END_TEST

/* ESC-004 MSRP-009 */
START_TEST(oldest_of_too_many_has_no_report_and_that_is_told)
{
    leg_stage_taken(&leg);
    uint64_t oldest = takes(0);
    for (int i = 1; i < 256; i++) {
        takes(i);
    }
    ck_assert(gate_stage_is_quiet(stage));
    takes(256);
    expect_over(oldest);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {answer_through_a_middlebox_is_connected_to_where_it_leads,
                                  offer_through_a_middlebox_is_answered_in_kind,
                                  offer_without_a_word_of_middleboxes_is_answered_without_one,
                                  address_altered_for_somebody_who_goes_by_the_path_is_refused,
                                  middlebox_that_moves_gets_a_session_of_its_own,
                                  cema_off_says_nothing_and_goes_by_the_path,
                                  relay_of_the_peer_is_connected_to_and_the_whole_path_addressed,
                                  relay_gets_the_answer_and_the_peer_behind_it_the_report,
                                  relay_that_cannot_pass_a_line_on_reports_so_later,
                                  types_and_size_of_the_peer_decide_how_a_line_goes,
                                  type_that_was_refused_is_not_sent_again,
                                  messages_in_parts_may_alternate_and_one_may_be_given_up,
                                  content_of_a_lost_session_has_no_report_and_that_is_told,
                                  oldest_of_too_many_has_no_report_and_that_is_told,
                                  NULL};
    return suite_run_fixture("call_media", tests, set_up, tear_down);
}
