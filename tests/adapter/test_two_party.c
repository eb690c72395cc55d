// SPDX-License-Identifier: MIT
// Two-party legs against the real SIP library, the real MSRP stack, and a raw peer for both.
#include "sip/two_party.h"

#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/loop.h"
#include "tests/support/msrp_peer.h"
#include "tests/support/suite.h"

#define OPEN    "sip open-leg leg=7 from=juliet@xmpp.test/balcony to=romeo@sip.test thread=t-1"
#define JULIET  "sip:juliet@xmpp.test"
#define SDP     "Content-Type: application/sdp\n"
#define CONTACT "Contact: <sip:romeo@127.0.0.1:1>\n"

static GateStage stage;
static MsrpPeer *msrp;
static SipPeerDialog dialog;

static void set_up(void)
{
    gate_stage_init(&stage);
    gate_stage_start(&stage, false);
    msrp = msrp_peer_new();
    dialog = (SipPeerDialog){0};
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
    msrp_peer_free(msrp);
    sip_peer_dialog_clear(&dialog);
}

static char *contact_line(void)
{
    return g_strdup_printf("Contact: <sip:romeo@127.0.0.1:%u>\n" SDP, sip_peer_port(stage.peer));
}

static void answer_yes(const char *invite, const char *types, const char *more)
{
    g_autofree char *headers = contact_line();
    g_autofree char *sdp = msrp_peer_sdp(msrp, types, "passive", more);
    msrp_peer_meet(msrp, sip_peer_body(invite));
    sip_peer_answer(stage.peer, invite, 200, headers, sdp);
    dialog = sip_peer_dialog_of_request(invite);
}

// A leg we began: up, with `types` taken by the peer; `told` stands behind LEG_UP. Returns the
// INVITE.
static const char *dialled_and_told(const char *types, const char *more, const char *told)
{
    g_autofree char *up = g_strdup_printf("sip leg-up leg=7%s", told);
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE ");
    answer_yes(invite, types, more);
    sip_peer_await(stage.peer, "ACK ");
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&stage, up);
    return invite;
}

static const char *dialled(const char *types, const char *more)
{
    return dialled_and_told(types, more, "");
}

// An INVITE of romeo's.
static char *invite_us(const char *uri, const char *more, const char *sdp)
{
    g_autofree char *contact = contact_line();
    g_autofree char *headers = g_strdup_printf("%s%s", contact, more != NULL ? more : "");
    return sip_peer_request_outside(stage.peer, "INVITE", uri, headers, sdp);
}

static void ack(const char *answer, const char *more, const char *body)
{
    sip_peer_dialog_clear(&dialog);
    dialog = sip_peer_dialog_of_response(answer);
    sip_peer_request(stage.peer, &dialog, "ACK", more, body);
}

static void bind_theirs(const char *sdp)
{
    msrp_peer_meet(msrp, sdp);
    msrp_peer_connect(msrp);
    msrp_peer_request(msrp, "SEND", "Message-ID: bind1\r\n", NULL);
    msrp_peer_await(msrp, " 200");
}

// A leg they began: up. Returns our 200.
static const char *taken(void)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    g_free(invite_us(JULIET, "Subject: Talk\nCall-ID: c-9@h\n", sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered ref=? from=romeo@sip.test to=juliet@xmpp.test "
                              "thread=c-9@h subject=Talk");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ack(answer, NULL, NULL);
    bind_theirs(sip_peer_body(answer));
    gate_stage_expect(&stage, "sip leg-up leg=8");
    return answer;
}

/* CHAT-02 CHAT-05 CHAT-06 */
START_TEST(invite_of_ours_is_complete_and_ack_repeats_its_number)
{
    gate_stage_tell(&stage, OPEN " subject=\"Art\"");
    const char *invite = sip_peer_await(stage.peer, "INVITE sip:romeo@sip.test SIP/2.0");
    g_autofree char *contact = g_strdup_printf("<sip:juliet@127.0.0.1:%u;gr=balcony>", stage.port);
    sip_peer_expect_header(invite, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(invite, "From", "<sip:juliet@xmpp.test>;tag=?*");
    sip_peer_expect_header(invite, "Contact", contact);
    sip_peer_expect_header(invite, "Call-ID", "t-1");
    sip_peer_expect_header(invite, "Subject", "Art");
    sip_peer_expect_header(invite, "Max-Forwards", "70");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(invite), "\r\na=setup:actpass\r\n"));
    answer_yes(invite, "text/plain", NULL);
    const char *ack_request = sip_peer_await(stage.peer, "ACK sip:romeo@127.0.0.1");
    g_autofree char *number = sip_peer_header(invite, "CSeq");
    g_autofree char *wanted = g_strdup_printf("%.*s ACK", (int)strcspn(number, " "), number);
    sip_peer_expect_header(ack_request, "CSeq", wanted);
    g_autofree char *first = sip_peer_header(invite, "Via");
    g_autofree char *second = sip_peer_header(ack_request, "Via");
    ck_assert_str_ne(first, second);
    const char *send = msrp_peer_await(msrp, "SEND");
    ck_assert_ptr_null(strstr(send, "Content-Type"));
    ck_assert_uint_eq(stage.events->len, 0);
    msrp_peer_respond(msrp, send, 200);
    gate_stage_expect(&stage, "sip leg-up leg=7");
}
END_TEST

/* CHAT-11 CHAT-12 CHAT-13 CHAT-14 CHAT-15 CHAT-30 */
START_TEST(line_goes_as_one_send_and_its_answer_is_the_delivery)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage,
                    "sip message leg=7 row=3 id=a786hjs2 lang=cs body=\"Art?\" receipt=yes");
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *id = msrp_peer_header(send, "Message-ID");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *lang = msrp_peer_header(send, "Content-Language");
    g_autofree char *success = msrp_peer_header(send, "Success-Report");
    g_autofree char *failure = msrp_peer_header(send, "Failure-Report");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(id, "a786hjs2");
    ck_assert_str_eq(type, "text/plain;charset=utf-8");
    ck_assert_str_eq(lang, "cs");
    ck_assert_str_eq(success, "yes");
    ck_assert_ptr_null(failure);
    ck_assert_str_eq(body, "Art?");
    msrp_peer_respond(msrp, send, 200);
    gate_stage_expect(&stage, "sip delivery leg=7 row=3");
}
END_TEST

/* ERR-07 */
START_TEST(refused_line_and_late_report_are_told)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip message leg=7 row=3 id=first1 body=x");
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 413);
    gate_stage_expect(&stage,
                      "sip delivery how=refused failure=policy-violation leg=7 row=3 status=413");
    gate_stage_tell(&stage, "sip message leg=7 row=4 id=second2 body=x");
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&stage, "sip delivery leg=7 row=4");
    msrp_peer_request(msrp, "REPORT",
                      "Message-ID: second2\r\nByte-Range: 1-1/1\r\nStatus: 000 403 x\r\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=late failure=forbidden leg=7 row=4 status=403");
}
END_TEST

/* CHAT-14 CHAT-15 */
START_TEST(peer_that_takes_envelopes_only_gets_one)
{
    dialled_and_told("message/cpim text/html", "a=accept-wrapped-types:*\r\n", " composing=yes");
    gate_stage_tell(&stage, "sip message leg=7 row=3 subject=Topic body=x");
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_ptr_nonnull(strstr(body, "To: <sip:romeo@sip.test>\r\n"));
    ck_assert_ptr_nonnull(strstr(body, "From: <sip:juliet@xmpp.test>\r\n"));
    ck_assert_ptr_nonnull(strstr(body, "Subject: Topic\r\n"));
    ck_assert(g_str_has_suffix(body, "\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nx"));
    gate_stage_tell(&stage, "sip message leg=7 row=4 body=\"nothing needs an envelope\"");
    g_autofree char *type = msrp_peer_header(msrp_peer_await(msrp, "SEND"), "Content-Type");
    ck_assert_str_eq(type, "message/cpim");
}
END_TEST

/* CHAT-14 CHAT-15 MSRP-017 */
START_TEST(peer_that_takes_plain_text_only_gets_no_envelope)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip message leg=7 row=3 subject=Lost body=x");
    g_autofree char *type = msrp_peer_header(msrp_peer_await(msrp, "SEND"), "Content-Type");
    ck_assert_str_eq(type, "text/plain;charset=utf-8");
}
END_TEST

#define ISCOMPOSING "application/im-iscomposing+xml"
#define STATE       "sip chat-state leg=7 row=5 how=composing ms=90000"
#define ACTIVE                                                                                     \
    "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state>"           \
    "<contenttype>text/plain</contenttype><refresh>90</refresh></isComposing>"

/* CHAT-40 CHAT-42 */
START_TEST(composing_is_one_send_and_a_refusal_of_its_type_is_told)
{
    dialled_and_told("text/plain " ISCOMPOSING, NULL, " composing=yes");
    gate_stage_tell(&stage, STATE);
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(type, ISCOMPOSING);
    ck_assert(g_str_has_suffix(body, ACTIVE));
    msrp_peer_respond(msrp, send, 415);
    gate_stage_expect(&stage, "sip delivery * leg=7 row=5 status=415*");
}
END_TEST

/* CHAT-40 CHAT-42 */
START_TEST(composing_goes_in_an_envelope_where_only_envelopes_are_taken)
{
    dialled_and_told("message/cpim", "a=accept-wrapped-types:text/plain " ISCOMPOSING "\r\n",
                     " composing=yes");
    gate_stage_tell(&stage, STATE);
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(type, "message/cpim");
    ck_assert_ptr_nonnull(strstr(body, "\r\n\r\nContent-Type: " ISCOMPOSING "\r\n\r\n"));
    ck_assert(g_str_has_suffix(body, ACTIVE));
}
END_TEST

/* CHAT-41 */
START_TEST(composing_of_theirs_is_told_and_answered_at_once)
{
    taken();
    msrp_peer_say(msrp, "c1", ISCOMPOSING, ACTIVE);
    msrp_peer_await(msrp, " 200");
    gate_stage_expect(&stage, "sip chat-state how=composing leg=8 ms=90000 from=romeo@sip.test "
                              "to=juliet@xmpp.test thread=c-9@h");
    msrp_peer_say(msrp, "c2", "message/cpim",
                  "From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n\r\n"
                  "Content-Type: " ISCOMPOSING "\r\n\r\n"
                  "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                  "<state>idle</state></isComposing>");
    msrp_peer_await(msrp, " 200");
    gate_stage_expect(&stage, "sip chat-state how=active leg=8 from=romeo@sip.test "
                              "to=juliet@xmpp.test thread=c-9@h");
}
END_TEST

/* CHAT-07 CHAT-08 */
START_TEST(invite_of_theirs_is_offered_answered_and_bound)
{
    const char *answer = taken();
    sip_peer_expect_header(answer, "Contact", "<sip:juliet@127.0.0.1:*>");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=setup:passive\r\n"));
}
END_TEST

/* CHAT-20 CHAT-32 */
START_TEST(content_waits_for_accept_and_report)
{
    taken();
    msrp_peer_request(msrp, "SEND",
                      "Message-ID: m1\r\nByte-Range: 1-2/2\r\nSuccess-Report: yes\r\n"
                      "Content-Language: cs\r\nContent-Type: text/plain\r\n",
                      "Hi");
    gate_stage_expect(&stage,
                      "sip message leg=8 ref=? from=romeo@sip.test to=juliet@xmpp.test id=m1 "
                      "thread=c-9@h type=chat lang=cs body=Hi receipt=yes");
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(msrp_peer_pending(msrp), 0);
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    msrp_peer_await(msrp, " 200");
    gate_stage_tell(&stage, "sip report ref=%" G_GUINT64_FORMAT, stage.last_ref);
    const char *report = msrp_peer_await(msrp, "REPORT");
    g_autofree char *status = msrp_peer_header(report, "Status");
    g_autofree char *range = msrp_peer_header(report, "Byte-Range");
    ck_assert_msg(g_str_has_prefix(status, "000 200"), "%s", status);
    ck_assert_str_eq(range, "1-2/2");
}
END_TEST

/* CHAT-31 */
START_TEST(success_reports_are_a_receipt_when_they_cover_all_of_the_line)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip message leg=7 row=3 id=a786hjs2 body=\"Art?\" receipt=yes");
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&stage, "sip delivery leg=7 row=3");
    msrp_peer_request(msrp, "REPORT",
                      "Message-ID: a786hjs2\r\nByte-Range: 1-2/4\r\nStatus: 000 200 OK\r\n", NULL);
    msrp_peer_request(msrp, "REPORT",
                      "Message-ID: unknown1\r\nByte-Range: 1-4/4\r\nStatus: 000 200 OK\r\n", NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    msrp_peer_request(msrp, "REPORT",
                      "Message-ID: a786hjs2\r\nByte-Range: 3-4/4\r\nStatus: 000 200 OK\r\n", NULL);
    gate_stage_expect(&stage, "sip receipt how=delivered leg=7 row=3");
}
END_TEST

#define ENVELOPES "text/plain message/cpim"
#define NOTIFIED  "a=accept-wrapped-types:text/plain message/imdn+xml\r\n"

static char *notification(const char *id, const char *inside)
{
    return g_strdup_printf("From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n\r\n"
                           "Content-Type: message/imdn+xml\r\n"
                           "Content-Disposition: notification\r\n\r\n"
                           "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>%s</message-id>"
                           "%s</imdn>",
                           id, inside);
}

/* EXT-03 EXT-04 CHAT-30 */
START_TEST(line_asks_for_display_by_an_envelope_where_the_peer_takes_notifications)
{
    static const char before[] = "\r\nimdn.Message-ID: ";
    dialled(ENVELOPES, NOTIFIED);
    gate_stage_tell(&stage, "sip message leg=7 row=3 from=juliet@xmpp.test to=romeo@sip.test "
                            "id=m1 body=x receipt=yes markable=yes");
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *success = msrp_peer_header(send, "Success-Report");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(type, "message/cpim");
    ck_assert_str_eq(success, "yes");
    ck_assert_ptr_nonnull(strstr(body, "\r\nimdn.Disposition-Notification: positive-delivery, "
                                       "negative-delivery, display\r\n"));
    const char *start = strstr(body, before) + strlen(before);
    g_autofree char *id = g_strndup(start, strcspn(start, "\r"));
    msrp_peer_respond(msrp, send, 200);
    gate_stage_expect(&stage, "sip delivery leg=7 row=3");
    g_autofree char *notice = notification(
        id, "<display-notification><status><displayed/></status></display-notification>");
    msrp_peer_say(msrp, "notice1", "message/cpim", notice);
    msrp_peer_await(msrp, " 200");
    gate_stage_expect(&stage, "sip receipt how=displayed leg=7 from=romeo@sip.test "
                              "to=juliet@xmpp.test/balcony id=m1");
}
END_TEST

/* EXT-03 */
START_TEST(line_asks_for_no_display_where_the_peer_takes_no_notifications)
{
    dialled(ENVELOPES, "a=accept-wrapped-types:text/plain\r\n");
    gate_stage_tell(&stage, "sip message leg=7 row=3 from=juliet@xmpp.test to=romeo@sip.test "
                            "id=m1 body=x receipt=yes markable=yes");
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    ck_assert_str_eq(type, "text/plain;charset=utf-8");
    msrp_peer_respond(msrp, send, 200);
    gate_stage_expect(&stage, "sip delivery leg=7 row=3");
    gate_stage_tell(&stage, "sip message leg=7 row=4 from=juliet@xmpp.test to=romeo@sip.test "
                            "id=m2 body=x subject=S markable=yes");
    send = msrp_peer_await(msrp, "SEND");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_ptr_null(strstr(body, "imdn."));
    gate_stage_tell(&stage, "sip receipt leg=7 how=displayed from=juliet@xmpp.test "
                            "to=romeo@sip.test id=m7");
    ck_assert_uint_eq(msrp_peer_pending(msrp), 0);
}
END_TEST

/* EXT-01 EXT-03 CHAT-32 SEC-12 */
START_TEST(content_in_an_envelope_is_answered_by_notifications_in_one)
{
    dialled(ENVELOPES, NOTIFIED);
    msrp_peer_say(msrp, "msrp1", "message/cpim",
                  "From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n"
                  "DateTime: 2026-01-02T03:04:05Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
                  "imdn.Message-ID: imdn1\r\n"
                  "imdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
                  "Content-Type: text/plain\r\n\r\nHi");
    gate_stage_expect(&stage, "sip message leg=7 ref=? from=romeo@sip.test * id=msrp1 * body=Hi * "
                              "receipt=yes markable=yes notify=yes*");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    msrp_peer_await(msrp, " 200");
    gate_stage_tell(&stage, "sip receipt leg=7 how=delivered from=juliet@xmpp.test "
                            "to=romeo@sip.test id=msrp1");
    const char *send = msrp_peer_await(msrp, "SEND");
    g_autofree char *type = msrp_peer_header(send, "Content-Type");
    g_autofree char *success = msrp_peer_header(send, "Success-Report");
    g_autofree char *body = msrp_peer_body(send);
    ck_assert_str_eq(type, "message/cpim");
    ck_assert_ptr_null(success);
    ck_assert_ptr_nonnull(strstr(body, "<message-id>imdn1</message-id>"));
    ck_assert_ptr_nonnull(strstr(body, "<delivered/>"));
    ck_assert_ptr_null(strstr(body, "Disposition-Notification"));
}
END_TEST

// Whoever never says that he has read a line must not make the gate remember it for ever.
START_TEST(reports_that_are_never_sent_are_forgotten_in_the_end)
{
    taken();
    uint64_t first = 0;
    for (int i = 0; i < 257; i++) {
        g_autofree char *id = g_strdup_printf("mess%d", i);
        msrp_peer_say(msrp, id, "text/plain", "Hi");
        gate_stage_expect(&stage, "sip message *");
        first = first != 0 ? first : stage.last_ref;
        gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
        msrp_peer_await(msrp, " 200");
    }
    uint64_t unknown = sipgate_counters(stage.gate).unknown_commands;
    gate_stage_tell(&stage, "sip report ref=%" G_GUINT64_FORMAT, first);
    ck_assert_uint_eq(sipgate_counters(stage.gate).unknown_commands, unknown + 1);
    gate_stage_tell(&stage, "sip report ref=%" G_GUINT64_FORMAT, first + 1);
    ck_assert_uint_eq(sipgate_counters(stage.gate).unknown_commands, unknown + 1);
}
END_TEST

START_TEST(content_is_refused_and_reported_as_failed)
{
    taken();
    msrp_peer_say(msrp, "m1", "text/plain", "Hi");
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage, "sip refuse ref=%" G_GUINT64_FORMAT " failure=forbidden",
                    stage.last_ref);
    msrp_peer_await(msrp, " 403");
    msrp_peer_say(msrp, "m2", "text/plain", "Hi");
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    msrp_peer_await(msrp, " 200");
    gate_stage_tell(&stage, "sip report ref=%" G_GUINT64_FORMAT " failure=item-not-found",
                    stage.last_ref);
    const char *report = msrp_peer_await(msrp, "REPORT");
    g_autofree char *status = msrp_peer_header(report, "Status");
    ck_assert_msg(g_str_has_prefix(status, "000 404"), "%s", status);
}
END_TEST

/* CHAT-20 CHAT-22 */
START_TEST(content_nobody_can_read_is_refused_at_the_door)
{
    stage.settings.max_stanza = 20000;
    taken();
    msrp_peer_say(msrp, "m1", "image/png", "x");
    msrp_peer_await(msrp, " 415");
    msrp_peer_say(msrp, "m2", "text/plain", "\xff");
    msrp_peer_await(msrp, " 400");
    g_autofree char *ampersands = g_strnfill(4001, '&');
    msrp_peer_say(msrp, "m3", "text/plain", ampersands);
    msrp_peer_await(msrp, " 413");
    msrp_peer_say(msrp, "m4", "application/im-iscomposing+xml", "<isComposing/>");
    msrp_peer_await(msrp, " 400");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

static void parts_are(bool there)
{
    gate_stage_expect(&stage, there ? "sip leg-partial how=yes leg=8" : "sip leg-partial how=no leg=8");
}

/* ESC-013 */
START_TEST(message_in_parts_is_told_until_it_is_whole)
{
    taken();
    msrp_peer_say_part(msrp, "m1", "1-*/6", "no", '+');
    parts_are(true);
    msrp_peer_await(msrp, " 200");
    msrp_peer_say_part(msrp, "m1", "3-*/6", "wh", '+');
    msrp_peer_await(msrp, " 200");
    msrp_peer_say_part(msrp, "m1", "5-*/6", "at", '$');
    gate_stage_expect(&stage, "sip message * id=m1 * body=nowhat");
    parts_are(false);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* ESC-013 */
START_TEST(parts_of_a_message_that_is_given_up_or_refused_are_waited_for_no_more)
{
    taken();
    msrp_peer_say_part(msrp, "m1", "1-*/6", "no", '+');
    parts_are(true);
    msrp_peer_say_part(msrp, "m2", "1-*/6", "no", '+');
    msrp_peer_say_part(msrp, "m1", "3-*/6", "w", '#');
    msrp_peer_await(msrp, " 200");
    msrp_peer_await(msrp, " 200");
    msrp_peer_await(msrp, " 200");
    ck_assert(gate_stage_is_quiet(&stage)); // m2 may still come
    msrp_peer_say_part(msrp, "m2", "3-*/99999999", "", '+');
    msrp_peer_await(msrp, " 413");
    parts_are(false);
}
END_TEST

/* ESC-013 */
START_TEST(parts_that_stop_coming_are_waited_for_no_more)
{
    g_clear_pointer(&stage.gate, sipgate_free);
    g_clear_pointer(&stage.peer, sip_peer_free);
    stage.settings.T_chunk = 100;
    gate_stage_start(&stage, false);
    taken();
    msrp_peer_say_part(msrp, "m1", "1-*/6", "no", '+');
    parts_are(true);
    parts_are(false);
}
END_TEST

/* CHAT-04 */
START_TEST(refusal_is_told_and_an_answer_without_messages_is_one)
{
    gate_stage_tell(&stage, OPEN);
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "INVITE"), 486, NULL, NULL);
    sip_peer_await(stage.peer, "ACK ");
    gate_stage_expect(&stage,
                      "sip leg-down how=refused failure=recipient-unavailable leg=7 status=486 "
                      "from=romeo@sip.test to=juliet@xmpp.test/balcony thread=t-1 *");
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    g_autofree char *headers = contact_line();
    sip_peer_answer(stage.peer, invite, 200, headers, "v=0\r\nm=message 0 TCP/MSRP *\r\n");
    sip_peer_await(stage.peer, "ACK ");
    const char *bye = sip_peer_await(stage.peer, "BYE ");
    sip_peer_expect_header(bye, "Reason", "SIP*cause=488*");
    sip_peer_answer(stage.peer, bye, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip leg-down how=refused failure=not-acceptable leg=7 status=488 *");
}
END_TEST

static bool is_timeout(void *self)
{
    return stage.events->len > 0;
}

/* CHAT-03 */
START_TEST(nothing_but_trying_is_a_timeout_and_a_late_yes_is_ended)
{
    stage.settings.T_fallback = 50;
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    sip_peer_answer(stage.peer, invite, 100, NULL, NULL);
    loop_until(is_timeout, NULL, "the time-out");
    gate_stage_expect(&stage, "sip leg-down how=timeout failure=remote-server-timeout leg=7 *");
    const char *cancel = sip_peer_await(stage.peer, "CANCEL ");
    sip_peer_answer(stage.peer, cancel, 200, NULL, NULL);
    g_autofree char *headers = contact_line();
    sip_peer_answer(stage.peer, invite, 200, headers, "v=0\r\n");
    sip_peer_await(stage.peer, "ACK ");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "BYE "), 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-03 */
START_TEST(ringing_gives_a_person_more_time)
{
    stage.settings.T_fallback = 500;
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    sip_peer_answer(stage.peer, invite, 180, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip open-leg leg=9 from=nurse@xmpp.test to=romeo@sip.test");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "INVITE"), 100, NULL, NULL);
    gate_stage_expect(&stage, "sip leg-down how=timeout * leg=9 *"); // the younger one, silent
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "CANCEL "), 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-03 */
START_TEST(ringing_does_not_last_for_ever)
{
    stage.settings.invite_timeout = 50;
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    sip_peer_answer(stage.peer, invite, 180, NULL, NULL);
    const char *cancel = sip_peer_await(stage.peer, "CANCEL ");
    gate_stage_expect(&stage, "sip leg-down how=timeout *");
    sip_peer_answer(stage.peer, cancel, 200, NULL, NULL);
    sip_peer_answer(stage.peer, invite, 487, NULL, NULL);
    sip_peer_await(stage.peer, "ACK ");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-04 */
START_TEST(second_yes_of_a_fork_is_ended)
{
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    answer_yes(invite, "text/plain", NULL);
    sip_peer_await(stage.peer, "ACK ");
    g_autofree char *headers = contact_line();
    sip_peer_answer_tagged(stage.peer, invite, 200, "other", headers, "v=0\r\n");
    const char *second = sip_peer_await(stage.peer, "ACK ");
    sip_peer_expect_header(second, "To", "*tag=other");
    const char *bye = sip_peer_await(stage.peer, "BYE ");
    sip_peer_expect_header(bye, "To", "*tag=other");
    sip_peer_answer(stage.peer, bye, 200, NULL, NULL);
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&stage, "sip leg-up leg=7");
}
END_TEST

START_TEST(closing_while_it_rings_cancels_and_ends_a_crossing_yes)
{
    gate_stage_tell(&stage, OPEN);
    const char *invite = sip_peer_await(stage.peer, "INVITE");
    sip_peer_answer(stage.peer, invite, 180, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip close-leg leg=7");
    g_autofree char *headers = contact_line();
    sip_peer_answer(stage.peer, invite, 200, headers, "v=0\r\n"); // crosses the CANCEL
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "CANCEL "), 481, NULL, NULL);
    sip_peer_await(stage.peer, "ACK ");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "BYE "), 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip close-leg leg=7");
    ck_assert_uint_eq(sipgate_counters(stage.gate).unknown_commands, 1);
}
END_TEST

/* ESC-016 */
START_TEST(closing_says_bye_with_the_reason_and_nothing_more)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip close-leg leg=7 status=200 text=\"moved to conference\"");
    const char *bye = sip_peer_await(stage.peer, "BYE sip:romeo@127.0.0.1");
    sip_peer_expect_header(bye, "Reason", "SIP*cause=200*text=\"moved to conference\"");
    sip_peer_answer(stage.peer, bye, 200, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sipgate_counters(stage.gate).calls, 0);
}
END_TEST

/* ESC-405 */
START_TEST(byes_that_cross_end_one_leg)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip close-leg leg=7 status=200");
    const char *bye = sip_peer_await(stage.peer, "BYE ");
    sip_peer_request(stage.peer, &dialog, "BYE", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    sip_peer_answer(stage.peer, bye, 481, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(sipgate_counters(stage.gate).calls, 0);
}
END_TEST

/* CHAT-50 */
START_TEST(their_bye_gives_open_lines_back_before_the_leg_is_down)
{
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip message leg=7 row=3 body=x");
    msrp_peer_await(msrp, "SEND");
    sip_peer_request(stage.peer, &dialog, "BYE", "Reason: SIP;cause=200;text=\"good night\"\n",
                     NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    msrp_peer_hang_up(msrp);
    gate_stage_expect(&stage, "sip delivery how=lost failure=recipient-unavailable leg=7 row=3");
    gate_stage_expect(&stage, "sip leg-down how=ended leg=7 from=romeo@sip.test "
                              "to=juliet@xmpp.test/balcony thread=t-1 text=\"good night\"");
    gate_stage_tell(&stage, "sip message leg=7 row=4 body=y");
    gate_stage_expect(&stage, "sip delivery how=lost failure=recipient-unavailable leg=7 row=4");
}
END_TEST

/* MSRP-011 */
START_TEST(session_that_is_never_bound_is_given_up)
{
    g_clear_pointer(&stage.gate, sipgate_free);
    g_clear_pointer(&stage.peer, sip_peer_free);
    stage.settings.T_msrp = 100;
    gate_stage_start(&stage, false);
    gate_stage_tell(&stage, OPEN);
    answer_yes(sip_peer_await(stage.peer, "INVITE "), "text/plain", NULL);
    sip_peer_await(stage.peer, "ACK ");
    gate_stage_expect(&stage,
                      "sip leg-down how=lost failure=remote-server-timeout leg=7 status=408 *");
    sip_peer_expect_header(sip_peer_await(stage.peer, "BYE "), "Reason", "SIP*cause=408*");
}
END_TEST

/* CHAT-10 */
START_TEST(refresh_is_answered_with_the_same_description)
{
    const char *first = sip_peer_body(taken());
    g_autofree char *headers = contact_line();
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    sip_peer_request(stage.peer, &dialog, "INVITE", headers, sdp);
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ck_assert_str_eq(sip_peer_body(answer), first);
    sip_peer_request(stage.peer, &dialog, "ACK", NULL, NULL);
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, sdp);
    ck_assert_str_eq(sip_peer_body(sip_peer_await(stage.peer, "SIP/2.0 200 ")), first);
    sip_peer_request(stage.peer, &dialog, "UPDATE", CONTACT, NULL);
    ck_assert_str_eq(sip_peer_body(sip_peer_await(stage.peer, "SIP/2.0 200 ")), "");
    sip_peer_request(stage.peer, &dialog, "INVITE", CONTACT, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    ck_assert_str_eq(sip_peer_body(sip_peer_await(stage.peer, "SIP/2.0 200 ")), first);
    sip_peer_request(stage.peer, &dialog, "ACK", SDP, sdp);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-10 CONF-030 */
START_TEST(session_timer_of_the_peer_is_taken_if_it_is_not_too_short)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    g_free(invite_us(JULIET, "Supported: timer\nSession-Expires: 30\n", sdp));
    sip_peer_expect_header(sip_peer_await(stage.peer, "SIP/2.0 422 "), "Min-SE", "90");
    g_free(invite_us(JULIET, "Supported: timer\nSession-Expires: 1800\n", sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    sip_peer_expect_header(answer, "Session-Expires", "1800;refresher=uac");
    sip_peer_expect_header(answer, "Require", "timer");
}
END_TEST

/* ESC-411 */
START_TEST(refresh_while_the_peer_is_invited_into_a_room_is_an_ordinary_one)
{
    const char *first = sip_peer_body(taken());
    g_autofree char *headers = contact_line();
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    gate_stage_tell(&stage, "sip invite-to-room leg=5 room=talk@rooms.xmpp.test "
                            "from=juliet@xmpp.test/balcony to=romeo@sip.test");
    sip_peer_await(stage.peer, "INVITE sip:romeo@");
    sip_peer_request(stage.peer, &dialog, "INVITE", headers, sdp);
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    g_autofree char *contact = sip_peer_header(answer, "Contact");
    ck_assert_msg(strstr(contact, "isfocus") == NULL, "%s", contact);
    ck_assert_str_eq(sip_peer_body(answer), first);
    sip_peer_request(stage.peer, &dialog, "ACK", NULL, NULL);
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

START_TEST(turning_the_session_into_a_conference_is_refused_and_it_stays)
{
    taken();
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    sip_peer_request(stage.peer, &dialog, "INVITE", "Contact: <sip:r@127.0.0.1>;isfocus\n" SDP,
                     sdp);
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    sip_peer_await(stage.peer, "SIP/2.0 488 ");
    sip_peer_request(stage.peer, &dialog, "ACK", NULL, NULL);
    msrp_peer_say(msrp, "m1", "text/plain", "still here");
    gate_stage_expect(&stage, "sip message * body=\"still here\"");
}
END_TEST

/* CHAT-10 MSRP-029 */
START_TEST(lines_wait_while_the_peer_holds)
{
    stage.settings.setup_queue = 1;
    taken();
    g_autofree char *headers = contact_line();
    g_autofree char *held = msrp_peer_sdp(msrp, "text/plain", "actpass", "a=inactive\r\n");
    g_autofree char *back = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, held);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=inactive\r\n"));
    gate_stage_tell(&stage, "sip message leg=8 row=3 body=later");
    gate_stage_tell(&stage, "sip message leg=8 row=4 body=\"too much\"");
    gate_stage_expect(&stage, "sip delivery failure=resource-constraint leg=8 row=4");
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_eq(msrp_peer_pending(msrp), 0);
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, back);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(msrp, "SEND"));
    ck_assert_str_eq(body, "later");
}
END_TEST

/* CHAT-10 CHAT-40 */
START_TEST(composing_does_not_wait_while_the_peer_holds)
{
    taken();
    g_autofree char *headers = contact_line();
    g_autofree char *held =
        msrp_peer_sdp(msrp, "text/plain " ISCOMPOSING, "actpass", "a=inactive\r\n");
    g_autofree char *back = msrp_peer_sdp(msrp, "text/plain " ISCOMPOSING, "actpass", NULL);
    stage.settings.setup_queue = 1;
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, held);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_tell(&stage, "sip chat-state leg=8 row=5 how=composing ms=90000");
    gate_stage_expect(&stage, "sip delivery how=lost failure=recipient-unavailable leg=8 row=5");
    gate_stage_tell(&stage, "sip message leg=8 row=6 body=later");
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, back);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    g_autofree char *body = msrp_peer_body(msrp_peer_await(msrp, "SEND"));
    ck_assert_str_eq(body, "later");
}
END_TEST

START_TEST(line_on_hold_is_given_back_when_the_leg_ends)
{
    taken();
    g_autofree char *headers = contact_line();
    g_autofree char *held = msrp_peer_sdp(msrp, "text/plain", "actpass", "a=inactive\r\n");
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, held);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_tell(&stage, "sip message leg=8 row=3 body=later");
    sip_peer_request(stage.peer, &dialog, "BYE", NULL, NULL);
    gate_stage_expect(&stage, "sip delivery how=lost leg=8 row=3");
    gate_stage_expect(&stage, "sip leg-down how=ended leg=8 *");
}
END_TEST

START_TEST(message_line_taken_away_is_an_end)
{
    taken();
    g_autofree char *headers = contact_line();
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers,
                     "v=0\r\nm=message 0 TCP/MSRP *\r\nm=audio 4000 RTP/AVP 0\r\n");
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ck_assert_ptr_nonnull(
        strstr(sip_peer_body(answer), "m=message 0 TCP/MSRP *\r\nm=audio 0 RTP/AVP 0\r\n"));
    sip_peer_await(stage.peer, "BYE ");
    gate_stage_expect(&stage, "sip leg-down how=ended leg=8 *");
}
END_TEST

/* CHAT-10 */
START_TEST(new_path_of_the_peer_gets_a_session_of_its_own)
{
    const char *first = sip_peer_body(taken());
    g_autoptr(MsrpPeer) second = msrp_peer_new();
    g_autofree char *headers = contact_line();
    g_autofree char *sdp = msrp_peer_sdp(second, "text/plain", "actpass", NULL);
    gate_stage_tell(&stage, "sip message leg=8 row=3 body=unanswered");
    msrp_peer_await(msrp, "SEND");
    sip_peer_request(stage.peer, &dialog, "UPDATE", headers, sdp);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ck_assert_str_ne(sip_peer_body(answer), first);
    msrp_peer_meet(second, sip_peer_body(answer));
    msrp_peer_connect(second);
    msrp_peer_request(second, "SEND", "Message-ID: bind2\r\n", NULL);
    msrp_peer_await(second, " 200");
    msrp_peer_hang_up(msrp);
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(&stage, "sip delivery leg=8 row=3");
    gate_stage_tell(&stage, "sip message leg=8 row=4 body=more");
    msrp_peer_respond(second, msrp_peer_await(second, "SEND"), 200);
    gate_stage_expect(&stage, "sip delivery leg=8 row=4");
}
END_TEST

/* CHAT-07 */
START_TEST(invite_without_offer_gets_ours_and_the_answer_comes_in_ack)
{
    g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET, CONTACT, NULL));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ck_assert_ptr_nonnull(strstr(sip_peer_body(answer), "\r\na=setup:actpass\r\n"));
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "passive", NULL);
    ack(answer, SDP, sdp);
    msrp_peer_respond(msrp, msrp_peer_await(msrp, "SEND"), 200);
    gate_stage_expect(&stage, "sip leg-up leg=8");
}
END_TEST

/* SEC-08 */
START_TEST(hops_of_an_invite_are_what_the_other_side_had_left)
{
    gate_stage_tell(&stage, OPEN " hops=8");
    sip_peer_expect_header(sip_peer_await(stage.peer, "INVITE "), "Max-Forwards", "8");
}
END_TEST

// A leg they began with so many hops left, and a line in it.
static void line_in(const char *more, const char *event)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", "actpass", NULL);
    g_free(invite_us(JULIET, more, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ack(answer, NULL, NULL);
    bind_theirs(sip_peer_body(answer));
    gate_stage_expect(&stage, "sip leg-up leg=8");
    msrp_peer_request(msrp, "SEND", "Message-ID: m1\r\nContent-Type: text/plain\r\n", "hi");
    gate_stage_expect(&stage, event);
}

/* SEC-08 */
START_TEST(lines_of_a_session_have_the_hops_of_its_invite_where_that_is_set)
{
    stage.settings.shim = true;
    line_in("Max-Forwards: 5\n", "sip message * hops=5 * id=m1 * body=hi");
}
END_TEST

/* CHAT-07 */
START_TEST(ack_without_the_answer_owed_ends_the_leg)
{
    g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET, CONTACT, NULL));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    ack(sip_peer_await(stage.peer, "SIP/2.0 200 "), NULL, NULL);
    gate_stage_expect(&stage, "sip leg-down how=lost failure=not-acceptable leg=8 status=488 *");
}
END_TEST

/* CHAT-07 ESC-003 CONF-005 */
START_TEST(offers_we_cannot_take_are_refused_with_the_reason)
{
    g_autofree char *good = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_autofree char *file =
        msrp_peer_sdp(msrp, "text/plain", NULL, "a=file-selector:name:\"x\"\r\n");
    const struct {
        const char *more, *sdp, *answer, *warning;
    } cases[] = {
        {SDP, "v=0\r\nm=audio 4000 RTP/AVP 0\r\n", "SIP/2.0 488 ", "*no message session offered*"},
        {SDP, file, "SIP/2.0 488 ", "*files are not taken*"},
        {SDP, "nonsense", "SIP/2.0 488 ", "*not readable*"},
        {"Content-Type: text/plain\n", "hello", "SIP/2.0 415 ", NULL},
        {"Contact: <sip:c@127.0.0.1>;isfocus\n" SDP, good, "SIP/2.0 488 ", "*conference*"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool has_contact = strstr(cases[i].more, "Contact") != NULL;
        g_autofree char *more = g_strdup_printf("%s%s", has_contact ? "" : CONTACT, cases[i].more);
        g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET, more, cases[i].sdp));
        sip_peer_await(stage.peer, "SIP/2.0 100 ");
        const char *answer = sip_peer_await(stage.peer, cases[i].answer);
        sip_peer_expect_header(answer, "Warning", cases[i].warning);
        ack(answer, NULL, NULL);
    }
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(more_open_offers_than_the_cap_get_503)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    stage.settings.sip_pending = 1;
    g_free(invite_us(JULIET, NULL, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    g_free(invite_us(JULIET, NULL, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    sip_peer_expect_header(sip_peer_await(stage.peer, "SIP/2.0 503 "), "Retry-After", "5");
    ck_assert_uint_eq(sipgate_counters(stage.gate).overloads, 1);
}
END_TEST

START_TEST(caller_that_never_acknowledges_is_given_up)
{
    g_clear_pointer(&stage.gate, sipgate_free);
    g_clear_pointer(&stage.peer, sip_peer_free);
    stage.settings.T_sip = 1500;
    gate_stage_start(&stage, false);
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_free(invite_us(JULIET, NULL, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    gate_stage_expect(&stage, "sip leg-down how=lost failure=remote-server-timeout leg=8 *");
    ck_assert_uint_ge(sip_peer_heard(stage.peer, "SIP/2.0 200 "), 2);
}
END_TEST

START_TEST(multipart_with_a_description_is_an_offer)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_autofree char *body =
        g_strdup_printf("--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\nContent-Type: "
                        "application/sdp\r\n\r\n%s"
                        "\r\n--b--\r\n",
                        sdp);
    g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET,
                                    CONTACT "Content-Type: multipart/mixed;boundary=b\n", body));
    gate_stage_expect(&stage, "sip leg-offered *");
}
END_TEST

/* ADDR-25 */
START_TEST(invite_to_nobody_is_refused)
{
    const char *const cases[][2] = {{"sip:x@nowhere.test", "SIP/2.0 404 "},
                                    {"sip:mercutio@sip.test", "SIP/2.0 404 "},
                                    {"sips:juliet@xmpp.test", "SIP/2.0 480 "}};
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_free(invite_us(cases[i][0], NULL, sdp));
        sip_peer_await(stage.peer, "SIP/2.0 100 ");
        ack(sip_peer_await(stage.peer, cases[i][1]), NULL, NULL);
    }
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(offer_is_refused_by_the_middle)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_free(invite_us(JULIET, NULL, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage,
                    "sip refuse ref=%" G_GUINT64_FORMAT " failure=service-unavailable "
                    "status=503 retry_s=30 text=\"not now\"",
                    stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 503 not now");
    sip_peer_expect_header(answer, "Retry-After", "30");
    ack(answer, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-08 */
START_TEST(device_that_answers_stands_in_the_contact)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_free(invite_us(JULIET, NULL, sdp));
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    gate_stage_tell(&stage,
                    "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8 from=juliet@xmpp.test/balcony",
                    stage.last_ref);
    sip_peer_expect_header(sip_peer_await(stage.peer, "SIP/2.0 200 "), "Contact",
                  "<sip:juliet@127.0.0.1:*;gr=balcony>");
}
END_TEST

START_TEST(offer_taken_back_leaves_nothing_but_a_late_number)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_autofree char *invite = invite_us(JULIET, NULL, sdp);
    sip_peer_await(stage.peer, "SIP/2.0 100 ");
    gate_stage_expect(&stage, "sip leg-offered *");
    g_auto(GStrv) words = g_strsplit(invite, "INVITE", -1);
    g_autofree char *whole = g_strjoinv("CANCEL", words);
    g_autofree char *cancel = g_strndup(whole, (gsize)(strstr(whole, "Contact:") - whole));
    sip_peer_send(stage.peer, cancel);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    ack(sip_peer_await(stage.peer, "SIP/2.0 487 "), NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip answer-leg ref=%" G_GUINT64_FORMAT " leg=8", stage.last_ref);
    gate_stage_expect(&stage, "sip leg-down how=ended leg=8");
}
END_TEST

/* IM-32 CHAT-20 */
START_TEST(message_in_the_dialog_belongs_to_the_leg)
{
    taken();
    sip_peer_request(stage.peer, &dialog, "MESSAGE", "Content-Type: text/plain\n", "aside");
    gate_stage_expect(&stage,
                      "sip message leg=8 ref=? from=romeo@sip.test to=juliet@xmpp.test id=* "
                      "type=chat body=aside");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    sip_peer_request(stage.peer, &dialog, "MESSAGE", "Content-Type: image/png\n", "aside");
    sip_peer_await(stage.peer, "SIP/2.0 415 ");
    sip_peer_request(stage.peer, &dialog, "OPTIONS", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    sip_peer_request(stage.peer, &dialog, "SUBSCRIBE", "Event: conference\n" CONTACT, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 489 ");
    sip_peer_request(stage.peer, &dialog, "INFO", NULL, NULL);
    sip_peer_await(stage.peer, "SIP/2.0 405 ");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-20 ADDR-29 */
START_TEST(device_of_the_peer_is_read_from_its_contact)
{
    g_autofree char *sdp = msrp_peer_sdp(msrp, "text/plain", NULL, NULL);
    g_free(sip_peer_request_outside(stage.peer, "INVITE", JULIET,
                                    "Contact: <sip:romeo@127.0.0.1;gr=desk7>\n" SDP, sdp));
    gate_stage_expect(&stage, "sip leg-offered ref=? from=romeo@sip.test/desk7 *");
    g_free(sip_peer_request_outside(
        stage.peer, "INVITE", JULIET,
        "Contact: <sip:romeo@127.0.0.1>;+sip.instance=\"<urn:x:1>\"\n" SDP, sdp));
    gate_stage_expect(&stage, "sip leg-offered ref=? from=romeo@sip.test/urn:x:1 *");
}
END_TEST

START_TEST(number_of_a_dead_run_is_down_at_once)
{
    gate_stage_tell(&stage, OPEN " how=renew");
    gate_stage_expect(&stage, "sip leg-down how=ended leg=7 from=romeo@sip.test *");
    gate_stage_tell(&stage, "sip open-leg leg=9 from=juliet@xmpp.test to=x@nowhere.test");
    gate_stage_expect(&stage, "sip leg-down how=refused failure=remote-server-not-found leg=9 *");
}
END_TEST

static void note_done(void *self)
{
    *(bool *)self = true;
}

static bool is_set(void *self)
{
    return *(bool *)self;
}

/* CHAT-54 */
START_TEST(shutdown_ends_every_leg_and_waits_for_the_answers)
{
    bool done = false;
    dialled("text/plain", NULL);
    gate_stage_tell(&stage, "sip open-leg leg=9 from=nurse@xmpp.test to=romeo@sip.test");
    const char *invite = sip_peer_await(stage.peer, "INVITE ");
    sip_peer_answer(stage.peer, invite, 180, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    sipgate_shutdown(stage.gate, note_done, &done);
    for (int i = 0; i < 2; i++) {
        const char *request = sip_peer_await(stage.peer, "");
        ck_assert(g_str_has_prefix(request, "BYE ") || g_str_has_prefix(request, "CANCEL "));
        sip_peer_answer(stage.peer, request, 200, NULL, NULL);
    }
    sip_peer_answer(stage.peer, invite, 487, NULL, NULL);
    sip_peer_await(stage.peer, "ACK ");
    loop_until(is_set, &done, "the end");
    ck_assert_uint_eq(stage.events->len, 0);
}
END_TEST

START_TEST(shutdown_does_not_wait_for_a_peer_that_is_gone)
{
    bool done = false;
    dialled("text/plain", NULL);
    sipgate_shutdown(stage.gate, note_done, &done);
    sip_peer_await(stage.peer, "BYE "); // and no answer
    loop_until(is_set, &done, "the end");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {invite_of_ours_is_complete_and_ack_repeats_its_number,
                                  line_goes_as_one_send_and_its_answer_is_the_delivery,
                                  refused_line_and_late_report_are_told,
                                  peer_that_takes_envelopes_only_gets_one,
                                  peer_that_takes_plain_text_only_gets_no_envelope,
        composing_is_one_send_and_a_refusal_of_its_type_is_told,
        composing_goes_in_an_envelope_where_only_envelopes_are_taken,
        composing_of_theirs_is_told_and_answered_at_once,
                                  invite_of_theirs_is_offered_answered_and_bound,
                                  content_waits_for_accept_and_report,
                                  success_reports_are_a_receipt_when_they_cover_all_of_the_line,
                                  reports_that_are_never_sent_are_forgotten_in_the_end,
                                  line_asks_for_display_by_an_envelope_where_the_peer_takes_notifications,
                                  line_asks_for_no_display_where_the_peer_takes_no_notifications,
                                  content_in_an_envelope_is_answered_by_notifications_in_one,
        success_reports_are_a_receipt_when_they_cover_all_of_the_line,
        reports_that_are_never_sent_are_forgotten_in_the_end,
                                  content_is_refused_and_reported_as_failed,
                                  content_nobody_can_read_is_refused_at_the_door,
                                  message_in_parts_is_told_until_it_is_whole,
                                  parts_of_a_message_that_is_given_up_or_refused_are_waited_for_no_more,
                                  parts_that_stop_coming_are_waited_for_no_more,
                                  refusal_is_told_and_an_answer_without_messages_is_one,
                                  nothing_but_trying_is_a_timeout_and_a_late_yes_is_ended,
                                  ringing_gives_a_person_more_time,
                                  ringing_does_not_last_for_ever,
                                  second_yes_of_a_fork_is_ended,
                                  closing_while_it_rings_cancels_and_ends_a_crossing_yes,
                                  closing_says_bye_with_the_reason_and_nothing_more,
                                  byes_that_cross_end_one_leg,
                                  their_bye_gives_open_lines_back_before_the_leg_is_down,
                                  session_that_is_never_bound_is_given_up,
                                  refresh_is_answered_with_the_same_description,
                                  session_timer_of_the_peer_is_taken_if_it_is_not_too_short,
                                  refresh_while_the_peer_is_invited_into_a_room_is_an_ordinary_one,
                                  turning_the_session_into_a_conference_is_refused_and_it_stays,
                                  lines_wait_while_the_peer_holds,
        composing_does_not_wait_while_the_peer_holds,
                                  line_on_hold_is_given_back_when_the_leg_ends,
                                  message_line_taken_away_is_an_end,
                                  new_path_of_the_peer_gets_a_session_of_its_own,
                                  invite_without_offer_gets_ours_and_the_answer_comes_in_ack,
                                  hops_of_an_invite_are_what_the_other_side_had_left,
                                  lines_of_a_session_have_the_hops_of_its_invite_where_that_is_set,
                                  ack_without_the_answer_owed_ends_the_leg,
                                  offers_we_cannot_take_are_refused_with_the_reason,
                                  more_open_offers_than_the_cap_get_503,
                                  caller_that_never_acknowledges_is_given_up,
                                  multipart_with_a_description_is_an_offer,
                                  invite_to_nobody_is_refused,
                                  offer_is_refused_by_the_middle,
                                  device_that_answers_stands_in_the_contact,
                                  offer_taken_back_leaves_nothing_but_a_late_number,
                                  message_in_the_dialog_belongs_to_the_leg,
                                  device_of_the_peer_is_read_from_its_contact,
                                  number_of_a_dead_run_is_down_at_once,
                                  shutdown_ends_every_leg_and_waits_for_the_answers,
                                  shutdown_does_not_wait_for_a_peer_that_is_gone,
                                  NULL};
    return suite_run_fixture("two_party", tests, set_up, tear_down);
}
