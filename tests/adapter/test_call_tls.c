// SPDX-License-Identifier: MIT
// MSRP under TLS as SIP sets it up: offered, taken, refused, insisted on; and which end connects
// (RFC 4975 5.4, 8, 14.4; RFC 6135 4.2; RFC 8122 5).
#include "sip/call.h"

#include <string.h>

#include "tests/support/leg_stage.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

static LegStage leg;
static GateStage *const stage = &leg.stage;
static TlsCert *our_cert, *peer_cert;

static void set_up(void)
{
    static const SipGateRealm realms[] = {{"sip.test", "gateway", "secret"}};
    our_cert = tls_cert_new(&(TlsCertWish){0});
    peer_cert = tls_cert_new(&(TlsCertWish){0});
    leg_stage_init(&leg);
    stage->tls = (SipGateTls){.cert = our_cert->file, .key = our_cert->key_file};
    stage->realms = realms;
    stage->realm_count = G_N_ELEMENTS(realms);
    leg_stage_start(&leg);
}

static void tear_down(void)
{
    leg_stage_clear(&leg);
    tls_cert_free(our_cert);
    tls_cert_free(peer_cert);
}

static void expect_line(const char *sdp, const char *line)
{
    g_autofree char *whole = g_strdup_printf("\r\n%s", line);
    ck_assert_msg(strstr(sdp, whole) != NULL, "no %s in: %s", line, sdp);
}

// Our description is one under TLS, with our fingerprint.
static void expect_secure(const char *sdp)
{
    g_autofree char *ours = tls_cert_fingerprint(our_cert, "sha-256");
    g_autofree char *line = g_strdup_printf("a=fingerprint:%s\r\n", ours);
    ck_assert_ptr_nonnull(strstr(sdp, " TCP/TLS/MSRP *\r\n"));
    expect_line(sdp, "a=path:msrps://127.0.0.1:");
    expect_line(sdp, line);
}

static void expect_plain(const char *sdp)
{
    ck_assert_ptr_nonnull(strstr(sdp, " TCP/MSRP *\r\n"));
    expect_line(sdp, "a=path:msrp://127.0.0.1:");
    ck_assert_ptr_null(strstr(sdp, "a=fingerprint"));
}

static void expect_our_certificate(void)
{
    g_autofree char *ours = tls_cert_fingerprint(our_cert, "sha-256");
    g_autofree char *seen = msrp_peer_seen_fingerprint(leg.msrp);
    ck_assert_str_eq(seen, ours);
}

/* MSRP-015 MSRP-027 MSRP-028 SEC-02 */
START_TEST(offer_under_tls_is_answered_by_tls_and_lines_travel)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    msrp_peer_use_tls(leg.msrp, peer_cert);
    const char *invite = leg_stage_dialled(&leg);
    expect_secure(sip_peer_body(invite));
    expect_our_certificate();
    gate_stage_tell(stage, "sip message leg=7 row=3 id=a786hjs2 body=hither");
    const char *send = msrp_peer_await(leg.msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(body, "hither");
    msrp_peer_respond(leg.msrp, send, 200);
    gate_stage_expect(stage, "sip delivery leg=7 row=3");
}
END_TEST

/* MSRP-015 MSRP-027 MSRP-028 SEC-02 */
START_TEST(peer_that_offers_tls_gets_it_and_lines_travel)
{
    msrp_peer_use_tls(leg.msrp, peer_cert);
    const char *answer = leg_stage_taken(&leg);
    expect_secure(sip_peer_body(answer));
    expect_our_certificate();
    msrp_peer_say(leg.msrp, "m1234", "text/plain", "Hi");
    gate_stage_expect(stage, "sip message leg=8 * body=Hi*");
}
END_TEST

/* SEC-02 */
START_TEST(peer_that_offers_none_gets_none)
{
    expect_plain(sip_peer_body(leg_stage_taken(&leg)));
}
END_TEST

static const char *refused_offer(const char *sdp)
{
    g_free(sip_peer_request_outside(
        stage->peer, "INVITE", "sip:juliet@xmpp.test",
        "Contact: <sip:romeo@127.0.0.1:1>\nContent-Type: application/sdp\n", sdp));
    sip_peer_await(stage->peer, "SIP/2.0 100 ");
    return sip_peer_await(stage->peer, "SIP/2.0 488 ");
}

static void expect_warning(const char *answer, const char *words)
{
    g_autofree char *warning = sip_peer_header(answer, "Warning");
    ck_assert_msg(warning != NULL && strstr(warning, words) != NULL, "%s", warning);
}

/* SEC-02 SEC-11 CHAT-07 */
START_TEST(peer_that_offers_none_is_refused_where_tls_is_required)
{
    stage->settings.msrp_tls = MSRP_TLS_REQUIRE;
    g_autofree char *sdp = leg_stage_sdp(&leg, "actpass", NULL);
    expect_warning(refused_offer(sdp), "only MSRP over TLS is served");
}
END_TEST

/* MSRP-027 MSRP-028 */
START_TEST(peer_that_announces_what_cannot_be_compared_is_refused)
{
    msrp_peer_use_tls(leg.msrp, peer_cert);
    g_autofree char *sdp = leg_stage_sdp(&leg, "actpass", NULL);
    g_auto(GStrv) parts = g_strsplit(sdp, "sha-256 ", 2);
    g_autofree char *weak = g_strjoinv("md5 ", parts);
    expect_warning(refused_offer(weak), "no fingerprint with a hash in use");
    g_auto(GStrv) halves = g_strsplit(sdp, "msrps:", 2);
    g_autofree char *crooked = g_strjoinv("msrp:", halves);
    expect_warning(refused_offer(crooked), "do not fit together");
}
END_TEST

static void refuse(const char *invite, int status)
{
    sip_peer_answer(stage->peer, invite, status, NULL, NULL);
    sip_peer_await(stage->peer, "ACK ");
}

// What a request is known by: Call-ID, From, CSeq.
static char **name_of(const char *request)
{
    char **name = g_new0(char *, 4);
    name[0] = sip_peer_header(request, "Call-ID");
    name[1] = sip_peer_header(request, "From");
    name[2] = sip_peer_header(request, "CSeq");
    return name;
}

/* SEC-02 */
START_TEST(offer_under_tls_that_is_refused_is_made_again_without)
{
    static const int statuses[] = {415, 488, 606};
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
        gate_stage_tell(stage, LEG_STAGE_OPEN);
        const char *invite = sip_peer_await(stage->peer, "INVITE ");
        g_auto(GStrv) first = name_of(invite);
        refuse(invite, statuses[i]);
        const char *again = sip_peer_await(stage->peer, "INVITE ");
        g_auto(GStrv) second = name_of(again);
        expect_plain(sip_peer_body(again));
        ck_assert_str_eq(first[0], second[0]);
        ck_assert_str_eq(first[1], second[1]);
        ck_assert_uint_eq(g_ascii_strtoull(first[2], NULL, 10) + 1,
                          g_ascii_strtoull(second[2], NULL, 10));
        refuse(again, 486);
        gate_stage_expect(stage, "sip leg-down how=refused * leg=7 status=486*");
    }
}
END_TEST

/* SEC-02 CHAT-04 */
START_TEST(offer_under_tls_whose_line_is_refused_is_made_again_without)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    leg_stage_answer(&leg, sip_peer_await(stage->peer, "INVITE "),
                     "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                     "m=message 0 TCP/TLS/MSRP *\r\n");
    sip_peer_await(stage->peer, "ACK ");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "BYE "), 200, NULL, NULL);
    const char *again = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *sdp = leg_stage_sdp(&leg, "passive", NULL);
    expect_plain(sip_peer_body(again));
    leg_stage_answer(&leg, again, sdp);
    sip_peer_await(stage->peer, "ACK ");
    msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    gate_stage_expect(stage, "sip leg-up leg=7");
}
END_TEST

// The INVITE that follows a challenge says who we are.
static const char *challenged(const char *invite)
{
    sip_peer_answer(stage->peer, invite, 407,
                    "Proxy-Authenticate: Digest realm=\"sip.test\", nonce=\"abc\", "
                    "algorithm=MD5, qop=\"auth\"\n",
                    NULL);
    sip_peer_await(stage->peer, "ACK ");
    const char *again = sip_peer_await(stage->peer, "INVITE ");
    g_autofree char *answer = sip_peer_header(again, "Proxy-Authorization");
    ck_assert_ptr_nonnull(answer);
    return again;
}

static const char *invited_anew(void)
{
    const char *plain = sip_peer_await(stage->peer, "INVITE ");
    expect_plain(sip_peer_body(plain));
    ck_assert_ptr_null(sip_peer_header(plain, "Proxy-Authorization"));
    return plain;
}

/* SEC-02 ERR-04 */
START_TEST(offer_made_again_without_tls_does_not_repeat_who_we_are)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    refuse(challenged(sip_peer_await(stage->peer, "INVITE ")), 488);
    const char *again = challenged(invited_anew());
    expect_plain(sip_peer_body(again));
    refuse(again, 486);
    gate_stage_expect(stage, "sip leg-down how=refused * leg=7 status=486*");
}
END_TEST

/* SEC-02 ERR-04 */
START_TEST(call_made_anew_without_tls_does_not_repeat_who_we_are)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    leg_stage_answer(&leg, challenged(sip_peer_await(stage->peer, "INVITE ")),
                     "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                     "m=message 0 TCP/TLS/MSRP *\r\n");
    sip_peer_await(stage->peer, "ACK ");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "BYE "), 200, NULL, NULL);
    const char *plain = invited_anew();
    refuse(challenged(plain), 486);
    gate_stage_expect(stage, "sip leg-down how=refused * leg=7 status=486*");
}
END_TEST

/* SEC-02 SEC-11 */
START_TEST(offer_under_tls_that_is_refused_is_the_last_where_tls_is_required)
{
    stage->settings.msrp_tls = MSRP_TLS_REQUIRE;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    expect_secure(sip_peer_body(invite));
    refuse(invite, 488);
    gate_stage_expect(stage, "sip leg-down how=refused * leg=7 status=488*");
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

/* SEC-02 ESC-406 */
START_TEST(offer_whose_line_is_refused_after_it_was_called_off_is_not_made_again)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    gate_stage_tell(stage, "sip invite-to-room leg=9 room=talk@rooms.xmpp.test "
                           "from=juliet@xmpp.test/balcony to=romeo@sip.test");
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    gate_stage_tell(stage, "sip withdraw-invite leg=9");
    leg_stage_answer(&leg, invite,
                     "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                     "m=message 0 TCP/TLS/MSRP *\r\n");
    sip_peer_await(stage->peer, "ACK ");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "BYE "), 200, NULL, NULL);
    gate_stage_expect(stage, "sip room-answer how=no * leg=9 status=488 *");
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

START_TEST(offer_that_is_called_off_is_not_made_again)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    sip_peer_answer(stage->peer, invite, 180, NULL, NULL);
    gate_stage_tell(stage, "sip close-leg leg=7");
    sip_peer_answer(stage->peer, sip_peer_await(stage->peer, "CANCEL "), 200, NULL, NULL);
    refuse(invite, 488);
    ck_assert(gate_stage_is_quiet(stage));
}
END_TEST

/* SEC-02 SEC-11 */
START_TEST(answer_without_tls_to_an_offer_under_it_is_none)
{
    stage->settings.msrp_tls = MSRP_TLS_REQUIRE;
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    g_autofree char *sdp = leg_stage_sdp(&leg, "passive", NULL);
    leg_stage_answer(&leg, sip_peer_await(stage->peer, "INVITE "), sdp);
    sip_peer_await(stage->peer, "ACK ");
    sip_peer_await(stage->peer, "BYE ");
    gate_stage_expect(stage, "sip leg-down how=refused * leg=7 status=488*");
}
END_TEST

static void expect_distrust(int number)
{
    const char *bye = sip_peer_await(stage->peer, "BYE ");
    g_autofree char *reason = sip_peer_header(bye, "Reason");
    ck_assert_msg(strstr(reason, "MSRP certificate not accepted") != NULL, "%s", reason);
    g_autofree char *event = g_strdup_printf("sip leg-down how=lost * leg=%d *", number);
    gate_stage_expect(stage, event);
}

/* MSRP-027 MSRP-028 SEC-11 */
START_TEST(peer_that_shows_another_certificate_than_announced_is_hung_up_on)
{
    stage->settings.msrp_tls = MSRP_TLS_OFFER;
    msrp_peer_use_tls(leg.msrp, peer_cert);
    msrp_peer_show(leg.msrp, our_cert);
    g_autofree char *sdp = leg_stage_sdp(&leg, "passive", NULL);
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    leg_stage_answer(&leg, sip_peer_await(stage->peer, "INVITE "), sdp);
    sip_peer_await(stage->peer, "ACK ");
    expect_distrust(7);
    ck_assert(msrp_peer_is_over(leg.msrp));
    ck_assert_uint_eq(msrp_peer_pending(leg.msrp), 0);
}
END_TEST

/* MSRP-027 MSRP-028 SEC-11 */
START_TEST(caller_that_shows_another_certificate_than_announced_is_hung_up_on)
{
    msrp_peer_use_tls(leg.msrp, peer_cert);
    msrp_peer_show(leg.msrp, our_cert);
    g_autofree char *sdp = leg_stage_sdp(&leg, "actpass", NULL);
    msrp_peer_meet(leg.msrp, sip_peer_body(leg_stage_call(&leg, sdp)));
    msrp_peer_connect(leg.msrp);
    msrp_peer_request(leg.msrp, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(leg.msrp, " 481");
    expect_distrust(8);
}
END_TEST

/* MSRP-028 CHAT-10 */
START_TEST(peer_that_announces_another_certificate_gets_a_session_of_its_own)
{
    msrp_peer_use_tls(leg.msrp, peer_cert);
    const char *first = sip_peer_body(leg_stage_taken(&leg));
    g_autofree char *same = leg_stage_sdp(&leg, "actpass", NULL);
    ck_assert_str_eq(sip_peer_body(leg_stage_offer(&leg, "INVITE", same)), first);
    g_autofree char *before = tls_cert_fingerprint(peer_cert, "sha-256");
    g_autofree char *after = tls_cert_fingerprint(our_cert, "sha-256");
    g_auto(GStrv) parts = g_strsplit(same, before, 2);
    g_autofree char *other = g_strjoinv(after, parts);
    ck_assert_str_ne(sip_peer_body(leg_stage_offer(&leg, "INVITE", other)), first);
}
END_TEST

// --- who connects

// Whether we connect to a peer that offers this; checks what we answer.
static void expect_answer(const char *offered, const char *answered, bool we_connect)
{
    g_autofree char *sdp = leg_stage_sdp(&leg, offered, NULL);
    g_autofree char *line = g_strdup_printf("a=setup:%s\r\n", answered);
    const char *answer = leg_stage_call(&leg, sdp);
    expect_line(sip_peer_body(answer), line);
    if (we_connect) {
        msrp_peer_meet(leg.msrp, sip_peer_body(answer));
        msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    } else {
        leg_stage_bind(leg.msrp, sip_peer_body(answer));
    }
    gate_stage_expect(stage, "sip leg-up leg=8");
}

// The same when we offer.
static void expect_after_offer(const char *offered, const char *answered, bool we_connect)
{
    g_autofree char *sdp = leg_stage_sdp(&leg, answered, NULL);
    g_autofree char *line = g_strdup_printf("a=setup:%s\r\n", offered);
    gate_stage_tell(stage, LEG_STAGE_OPEN);
    const char *invite = sip_peer_await(stage->peer, "INVITE ");
    expect_line(sip_peer_body(invite), line);
    leg_stage_answer(&leg, invite, sdp);
    sip_peer_await(stage->peer, "ACK ");
    if (we_connect) {
        msrp_peer_respond(leg.msrp, msrp_peer_await(leg.msrp, "SEND"), 200);
    } else {
        leg_stage_bind(leg.msrp, sip_peer_body(invite));
    }
    gate_stage_expect(stage, "sip leg-up leg=7");
}

typedef struct {
    bool secure, reachable;
    const char *said; // by the peer; NULL: nothing
    const char *ours;
    bool we_connect;
} SetupRow;

// RFC 6135 4.2 and, where the peer says nothing or holdconn, RFC 4975 5.4.
static const SetupRow offers_of_theirs[] = {
    {false, true, NULL, "passive", false},      {false, true, "holdconn", "passive", false},
    {false, true, "active", "passive", false},  {false, true, "actpass", "passive", false},
    {false, true, "passive", "active", true},   {false, false, NULL, "passive", false},
    {false, false, "active", "passive", false}, {false, false, "actpass", "active", true},
    {false, false, "passive", "active", true},  {true, true, "active", "passive", false},
    {true, true, "actpass", "passive", false},  {true, true, "passive", "active", true},
    {true, false, "actpass", "active", true},
};

static const SetupRow answers_of_theirs[] = {
    {false, true, NULL, "actpass", true},      {false, true, "holdconn", "actpass", true},
    {false, true, "passive", "actpass", true}, {false, true, "active", "actpass", false},
    {false, false, NULL, "active", true},      {false, false, "passive", "active", true},
    {true, true, "passive", "actpass", true},  {true, true, "active", "actpass", false},
    {true, false, "passive", "active", true},
};

static void prepare(const SetupRow *row)
{
    stage->settings.msrp_reachable = row->reachable;
    stage->settings.msrp_tls = row->secure ? MSRP_TLS_REQUIRE : MSRP_TLS_ACCEPT;
    if (row->secure) {
        msrp_peer_use_tls(leg.msrp, peer_cert);
    }
}

/* CHAT-06 MSRP-010 */
START_TEST(answer_says_who_connects_and_he_does)
{
    for (size_t i = 0; i < G_N_ELEMENTS(offers_of_theirs); i++) {
        const SetupRow *row = &offers_of_theirs[i];
        prepare(row);
        expect_answer(row->said, row->ours, row->we_connect);
        tear_down();
        set_up();
    }
}
END_TEST

/* CHAT-06 MSRP-010 */
START_TEST(offer_leaves_to_the_answer_who_connects_and_he_does)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers_of_theirs); i++) {
        const SetupRow *row = &answers_of_theirs[i];
        prepare(row);
        expect_after_offer(row->ours, row->said, row->we_connect);
        tear_down();
        set_up();
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {offer_under_tls_is_answered_by_tls_and_lines_travel,
                                  peer_that_offers_tls_gets_it_and_lines_travel,
                                  peer_that_offers_none_gets_none,
                                  peer_that_offers_none_is_refused_where_tls_is_required,
                                  peer_that_announces_what_cannot_be_compared_is_refused,
                                  offer_under_tls_that_is_refused_is_made_again_without,
                                  offer_under_tls_whose_line_is_refused_is_made_again_without,
                                  offer_made_again_without_tls_does_not_repeat_who_we_are,
                                  call_made_anew_without_tls_does_not_repeat_who_we_are,
                                  offer_under_tls_that_is_refused_is_the_last_where_tls_is_required,
                                  offer_that_is_called_off_is_not_made_again,
                                  offer_whose_line_is_refused_after_it_was_called_off_is_not_made_again,
                                  answer_without_tls_to_an_offer_under_it_is_none,
                                  peer_that_shows_another_certificate_than_announced_is_hung_up_on,
                                  caller_that_shows_another_certificate_than_announced_is_hung_up_on,
                                  peer_that_announces_another_certificate_gets_a_session_of_its_own,
                                  answer_says_who_connects_and_he_does,
                                  offer_leaves_to_the_answer_who_connects_and_he_does,
                                  NULL};
    return suite_run_fixture("call_tls", tests, set_up, tear_down);
}
