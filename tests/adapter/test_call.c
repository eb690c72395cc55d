// SPDX-License-Identifier: MIT
// The dialog of a call after it stands: what is offered again, by whom, and what becomes of a session
// that is lost.
#include "sip/call.h"

#include <string.h>

#include "tests/support/leg_stage.h"
#include "tests/support/loopback.h"
#include "tests/support/suite.h"

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
    loopback_set_six(false);
}

static char *path_of(const char *sdp)
{
    const char *path = strstr(sdp, "a=path:");
    ck_assert_ptr_nonnull(path);
    return g_strndup(path, strcspn(path, "\r"));
}

// 200 to a re-INVITE of ours, with the description of this MSRP peer; its ACK.
static void answer_again(const char *invite, MsrpPeer *peer, const char *setup)
{
    g_autofree char *sdp = msrp_peer_sdp(peer, "text/plain", setup, NULL);
    msrp_peer_meet(peer, sip_peer_body(invite));
    g_autofree char *headers =
        g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u>\nContent-Type: application/sdp\n",
                        sip_peer_port(stage->peer));
    sip_peer_answer(stage->peer, invite, 200, headers, sdp);
}

/* CHAT-52 MSRP-024 */
START_TEST(lost_session_is_made_anew_and_its_unanswered_lines_go_again)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *first = path_of(sip_peer_body(leg_stage_dialled(&leg)));
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    g_autofree char *id = msrp_peer_header(msrp_peer_await(leg.msrp, "SEND"), "Message-ID");
    msrp_peer_hang_up(leg.msrp);
    const char *invite = sip_peer_await(stage->peer, "INVITE sip:romeo@127.0.0.1");
    g_autofree char *other = path_of(sip_peer_body(invite));
    ck_assert_str_ne(first, other);
    gate_stage_tell(stage, "sip message leg=7 row=4 body=two");
    answer_again(invite, second, "passive");
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    const char *again = msrp_peer_await(second, "SEND");
    g_autofree char *same = msrp_peer_header(again, "Message-ID");
    ck_assert_str_eq(id, same);
    msrp_peer_respond(second, again, 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=4");
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

/* CHAT-52 */
START_TEST(session_lost_again_within_a_minute_is_given_up)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    leg_stage_dialled(&leg);
    msrp_peer_hang_up(leg.msrp);
    answer_again(sip_peer_await(stage->peer, "INVITE "), second, "passive");
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    msrp_peer_await(second, "SEND");
    msrp_peer_hang_up(second);
    sip_peer_await(stage->peer, "BYE ");
    gate_stage_expect(stage, "sip delivery how=lost failure=recipient-unavailable leg=7 row=3");
    gate_stage_expect(stage, "sip leg-down how=lost * leg=7 *");
}
END_TEST

/* CHAT-52 */
START_TEST(session_the_peer_does_not_know_any_more_is_made_anew)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    leg_stage_dialled(&leg);
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 481);
    answer_again(sip_peer_await(stage->peer, "INVITE "), second, "passive");
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
}
END_TEST

/* CHAT-52 */
START_TEST(peer_that_wants_no_other_session_ends_the_leg)
{
    leg_stage_dialled(&leg);
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    msrp_peer_await(leg.msrp, "SEND");
    msrp_peer_hang_up(leg.msrp);
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "INVITE "), 488, NULL, NULL);
    sip_peer_await(stage->peer, "ACK ");
    sip_peer_await(stage->peer, "BYE ");
    gate_stage_expect(stage, "sip delivery how=lost failure=recipient-unavailable leg=7 row=3");
    gate_stage_expect(stage, "sip leg-down how=lost * leg=7 status=488 *");
}
END_TEST

/* CHAT-50 */
START_TEST(bye_behind_a_closed_connection_is_an_end_and_no_loss)
{
    leg_stage_dialled(&leg);
    gate_stage_tell(stage, "sip message leg=7 row=3 body=one");
    msrp_peer_await(leg.msrp, "SEND");
    msrp_peer_hang_up(leg.msrp);
    ck_assert(gate_stage_is_quiet(stage));
    sip_peer_request(stage->peer, &leg.dialog, "BYE", NULL, NULL);
    sip_peer_await(stage->peer, "SIP/2.0 200 ");
    gate_stage_expect(stage, "sip delivery how=lost failure=recipient-unavailable leg=7 row=3");
    gate_stage_expect(stage, "sip leg-down how=ended leg=7 *");
}
END_TEST

/* CHAT-10 CHAT-52 */
START_TEST(peer_may_be_first_to_offer_another_session)
{
    leg_stage_taken(&leg);
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *sdp = msrp_peer_sdp(second, "text/plain", "actpass", NULL);
    gate_stage_tell(stage, "sip message leg=8 row=3 body=one");
    msrp_peer_await(leg.msrp, "SEND");
    msrp_peer_hang_up(leg.msrp);
    ck_assert(gate_stage_is_quiet(stage));
    leg_stage_bind(second, sip_peer_body(leg_stage_offer(&leg, "INVITE", sdp)));
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=8 row=3");
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

/* CHAT-10 */
START_TEST(offers_that_cross_are_made_again)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    leg_stage_taken(&leg);
    msrp_peer_hang_up(leg.msrp);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *sdp = msrp_peer_sdp(second, "text/plain", "actpass", NULL);
    const char *answer = leg_stage_offer(&leg, "UPDATE", sdp);
    ck_assert(g_str_has_prefix(answer, "SIP/2.0 491 "));
    sip_peer_answer(stage->peer, invite, 491, NULL, NULL);
    sip_peer_await(stage->peer, "ACK ");
    answer_again(sip_peer_await(stage->peer, "INVITE "), second, "passive");
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

/* CHAT-07 CHAT-10 */
START_TEST(new_path_in_an_ack_is_met_by_an_offer_of_ours)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *first = path_of(sip_peer_body(leg_stage_taken(&leg)));
    g_autofree char *same = path_of(sip_peer_body(leg_stage_offer(&leg, "INVITE", NULL)));
    g_autofree char *sdp = msrp_peer_sdp(second, "text/plain", "passive", NULL);
    ck_assert_str_eq(first, same);
    sip_peer_request(stage->peer, &leg.dialog, "ACK", "Content-Type: application/sdp\n", sdp);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *other = path_of(sip_peer_body(invite));
    ck_assert_str_ne(first, other);
    answer_again(invite, second, "passive");
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_tell(stage, "sip message leg=8 row=3 body=one");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=8 row=3");
}
END_TEST

START_TEST(altered_address_in_an_answer_of_old_is_offered_to_again)
{
    g_autofree char *plain = leg_stage_sdp(&leg, "active", NULL);
    g_auto(GStrv) parts = g_strsplit(plain, "c=IN IP4 127.0.0.1", 2);
    g_autofree char *altered = g_strjoinv("c=IN IP4 127.0.0.2", parts);
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(invite), "\r\na=msrp-cema\r\n"));
    leg_stage_answer(&leg, invite, altered);
    sip_peer_await(stage->peer, "ACK ");
    const char *again = sip_peer_await(stage->peer, "INVITE ");
    ck_assert_ptr_null(strstr(sip_peer_body(again), "a=msrp-cema"));
    answer_again(again, leg.msrp, "active");
    sip_peer_await(stage->peer, "ACK ");
    leg_stage_bind(leg.msrp, sip_peer_body(again));
    gate_stage_expect(stage, "sip leg-up leg=7");
}
END_TEST

static void allow_two_seconds(void)
{
    tear_down();
    static const SipGateRealm realms[] = {{"sip.test", "gateway", "pass:word"}};
    leg_stage_init(&leg);
    stage->realms = realms;
    stage->realm_count = G_N_ELEMENTS(realms);
    stage->settings.T_min_se = 2000;
    leg_stage_start(&leg);
}

// An INVITE of romeo's whose session lasts two seconds without a refresh: a leg that is up.
static void taken_for_two_seconds(const char *refresher)
{
    allow_two_seconds();
    g_autofree char *sdp = leg_stage_sdp(&leg, "actpass", NULL);
    g_autofree char *headers = g_strdup_printf(
        "Contact: <sip:romeo@127.0.0.1:%u>\nSupported: timer\nSession-Expires: 2;refresher=%s\n"
        "Allow: INVITE, UPDATE\nContent-Type: application/sdp\n",
        sip_peer_port(stage->peer), refresher);
    g_free(sip_peer_request_outside(stage->peer, "INVITE", "sip:juliet@xmpp.test", headers, sdp));
    sip_peer_await(stage->peer, "SIP/2.0 100 ");
    gate_stage_expect(stage, "sip leg-offered *");
    gate_stage_tell(stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage->last_ref);
    const char *answer = sip_peer_await(stage->peer, "SIP/2.0 200 ");
    leg.dialog = sip_peer_dialog_of_response(answer);
    sip_peer_request(stage->peer, &leg.dialog, "ACK", NULL, NULL);
    leg_stage_bind(leg.msrp, sip_peer_body(answer));
    gate_stage_expect(stage, "sip leg-up leg=8");
}

/* CHAT-10 CONF-030 */
START_TEST(dialog_ends_when_the_peer_refreshes_no_more)
{
    taken_for_two_seconds("uac");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "BYE "), 200, NULL, NULL);
    gate_stage_expect(stage, "sip leg-down how=lost * leg=8 *");
}
END_TEST

/* CHAT-10 */
START_TEST(refresh_is_ours_where_the_peer_wishes_so)
{
    taken_for_two_seconds("uas");
    const char *update = sip_peer_await(stage->peer, "UPDATE ");
    g_autofree char *timer = sip_peer_header(update, "Session-Expires");
    ck_assert_msg(timer != NULL && g_str_has_prefix(timer, "2"), "%s", timer);
    ck_assert_str_eq(sip_peer_body(update), "");
}
END_TEST

#define CHALLENGE "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"abc\"\n"

/* CHAT-10 ERR-04 */
START_TEST(refresh_that_is_challenged_says_who_we_are)
{
    taken_for_two_seconds("uas");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "UPDATE "), 407, CHALLENGE, NULL);
    const char *again = sip_peer_await(stage->peer, "UPDATE ");
    sip_peer_expect_header(again, "Proxy-Authorization", "Digest username=\"gateway\"*");
    sip_peer_expect_header(again, "Session-Expires", "2*");
    ck_assert_str_eq(sip_peer_body(again), "");
}
END_TEST

/* CHAT-10 */
START_TEST(no_session_timer_is_asked_for)
{
    const char *invite = leg_stage_dialled(&leg);
    g_autofree char *timer = sip_peer_header(invite, "Session-Expires");
    g_autofree char *supported = sip_peer_header(invite, "Supported");
    ck_assert_ptr_null(timer);
    ck_assert_str_eq(supported, "timer");
}
END_TEST

// A 200 that lets the session live for two seconds without a refresh of ours.
static void answer_for_two_seconds(const char *invite, MsrpPeer *peer)
{
    g_autofree char *sdp = msrp_peer_sdp(peer, "text/plain", "passive", NULL);
    g_autofree char *headers = g_strdup_printf(
        "Contact: <sip:romeo@127.0.0.1:%u>\nRequire: timer\nSession-Expires: 2;refresher=uac\n"
        "Content-Type: application/sdp\n",
        sip_peer_port(stage->peer));
    msrp_peer_meet(peer, sip_peer_body(invite));
    sip_peer_answer(stage->peer, invite, 200, headers, sdp);
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(peer, msrp_peer_await(peer, "SEND"), 200);
}

/* CHAT-10 ERR-04 */
START_TEST(refresh_by_invite_that_is_challenged_says_who_we_are)
{
    allow_two_seconds();
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    answer_for_two_seconds(sip_peer_await(stage->peer, "INVITE "), leg.msrp);
    gate_stage_expect(stage, "sip leg-up leg=7");
    const char *refresh = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *first = path_of(sip_peer_body(refresh));
    sip_peer_answer(stage->peer, refresh, 407, CHALLENGE, NULL);
    sip_peer_await(stage->peer, "ACK ");
    const char *again = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *same = path_of(sip_peer_body(again));
    sip_peer_expect_header(again, "Proxy-Authorization", "Digest username=\"gateway\"*");
    sip_peer_expect_header(again, "Session-Expires", "2*");
    ck_assert_str_eq(first, same);
}
END_TEST

/* CHAT-10 CHAT-52 */
START_TEST(refresh_by_invite_repeats_the_description_in_force)
{
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    allow_two_seconds();
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    answer_for_two_seconds(sip_peer_await(stage->peer, "INVITE "), leg.msrp);
    gate_stage_expect(stage, "sip leg-up leg=7");
    const char *refresh = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *first = path_of(sip_peer_body(refresh));
    g_autofree char *sdp = leg_stage_sdp(&leg, "passive", NULL);
    leg_stage_answer(&leg, refresh, sdp);
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_hang_up(leg.msrp);
    const char *other = sip_peer_await(stage->peer, "INVITE ");
    answer_for_two_seconds(other, second);
    const char *again = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *renewed = path_of(sip_peer_body(other));
    g_autofree char *repeated = path_of(sip_peer_body(again));
    ck_assert_str_ne(first, renewed);
    ck_assert_str_eq(renewed, repeated);
}
END_TEST

// The same stage on ::1.
static void move_to_six(void)
{
    tear_down();
    loopback_set_six(true);
    set_up();
}

/* MSRP-013 MSRP-015 CHAT-05 */
START_TEST(leg_over_ipv6_is_dialled)
{
    move_to_six();
    const char *sdp = sip_peer_body(leg_stage_dialled(&leg));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\nc=IN IP6 ::1\r\n"));
    ck_assert_ptr_nonnull(strstr(sdp, "\r\na=path:msrp://[::1]:"));
    gate_stage_tell(stage, "sip message leg=7 row=3 body=hither");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
}
END_TEST

/* MSRP-013 MSRP-015 CHAT-07 */
START_TEST(leg_over_ipv6_is_taken)
{
    move_to_six();
    const char *answer = leg_stage_taken(&leg);
    g_autofree char *contact = sip_peer_header(answer, "Contact");
    ck_assert_msg(g_str_has_prefix(contact, "<sip:juliet@[::1]:"), "%s", contact);
    msrp_peer_say(leg.msrp, "m1234", "text/plain", "Hi");
    gate_stage_expect(stage, "sip message leg=8 * body=Hi");
    gate_stage_tell(stage, "sip close-leg leg=8 status=200");
    sip_peer_await(stage->peer, "BYE sip:romeo@[::1]:");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lost_session_is_made_anew_and_its_unanswered_lines_go_again,
                                  session_lost_again_within_a_minute_is_given_up,
                                  session_the_peer_does_not_know_any_more_is_made_anew,
                                  peer_that_wants_no_other_session_ends_the_leg,
                                  bye_behind_a_closed_connection_is_an_end_and_no_loss,
                                  peer_may_be_first_to_offer_another_session,
                                  offers_that_cross_are_made_again,
                                  new_path_in_an_ack_is_met_by_an_offer_of_ours,
                                  altered_address_in_an_answer_of_old_is_offered_to_again,
                                  dialog_ends_when_the_peer_refreshes_no_more,
                                  refresh_is_ours_where_the_peer_wishes_so,
                                  refresh_that_is_challenged_says_who_we_are,
                                  refresh_by_invite_that_is_challenged_says_who_we_are,
                                  no_session_timer_is_asked_for,
                                  refresh_by_invite_repeats_the_description_in_force,
                                  leg_over_ipv6_is_dialled,
                                  leg_over_ipv6_is_taken,
                                  NULL};
    return suite_run_fixture("call", tests, set_up, tear_down);
}
