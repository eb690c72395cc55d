// SPDX-License-Identifier: MIT
// Pager mode against the real SIP library and a raw peer: what goes out is read off the wire, what
// comes in is told as events.
#include "sip/pager.h"

#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/loop.h"
#include "tests/support/suite.h"

#define FROM_JULIET "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define JULIET      "sip:juliet@xmpp.test"

static GateStage stage;

static void set_up(void)
{
    gate_stage_init(&stage);
    gate_stage_start(&stage, false);
}

static void tear_down(void)
{
    gate_stage_clear(&stage);
}

// Sends a line and answers it; the peer's request.
static const char *line_out(const char *fields)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " %s", fields);
    const char *request = sip_peer_await(stage.peer, "MESSAGE ");
    sip_peer_answer(stage.peer, request, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=1");
    return request;
}

// A MESSAGE of romeo's that is refused at the door with this status.
static const char *refused(int status, const char *more, const char *body)
{
    g_autofree char *start = g_strdup_printf("SIP/2.0 %d ", status);
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, more, body));
    return sip_peer_await(stage.peer, start);
}

static void taken_in(const char *more, const char *body, const char *event)
{
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, more, body));
    gate_stage_expect(&stage, event);
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
}

#define PLAIN "Content-Type: text/plain\n"

/* IM-01 IM-02 IM-03 IM-04 IM-05 IM-06 IM-09 IM-10 IM-12 */
START_TEST(line_goes_out_as_one_message)
{
    const char *request = line_out("id=m1 thread=t-100 subject=Topic lang=en body=\"a\\nb\"");
    ck_assert(g_str_has_prefix(request, "MESSAGE sip:romeo@sip.test SIP/2.0\r\n"));
    sip_peer_expect_header(request, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(request, "From", "<sip:juliet@xmpp.test;gr=balcony>;tag=?*");
    sip_peer_expect_header(request, "Contact", NULL);
    sip_peer_expect_header(request, "Max-Forwards", "70");
    sip_peer_expect_header(request, "Call-ID", "t-100");
    sip_peer_expect_header(request, "Subject", "Topic");
    sip_peer_expect_header(request, "Content-Language", "en");
    sip_peer_expect_header(request, "Content-Type", "text/plain;charset=UTF-8");
    ck_assert_str_eq(sip_peer_body(request), "a\r\nb");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* IM-08 */
START_TEST(answers_find_their_lines_in_any_order)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " id=first-line body=1");
    const char *first = sip_peer_await(stage.peer, "MESSAGE ");
    gate_stage_tell(&stage, "sip message row=2 from=juliet@xmpp.test/balcony to=tybalt@sip.test "
                            "id=m2 body=2");
    const char *second = sip_peer_await(stage.peer, "MESSAGE ");
    g_autofree char *branch = sip_peer_header(first, "Via");
    ck_assert_ptr_null(strstr(branch, "first-line"));
    sip_peer_answer(stage.peer, second, 404, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery * row=2 status=404 *");
    sip_peer_answer(stage.peer, first, 486, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery * row=1 status=486 *");
}
END_TEST

/* GEN-08 */
START_TEST(domain_without_a_next_hop_is_looked_up)
{
    ck_assert(route_add_component(stage.route, "direct.test", ROUTE_USERS, "127.0.0.2"));
    gate_stage_tell(&stage, "sip message row=1 from=juliet@xmpp.test to=romeo@direct.test body=x");
    gate_stage_expect(&stage, "sip delivery * row=1 status=503 *"); // nobody listens there
    ck_assert_uint_eq(sip_peer_pending(stage.peer), 0);
    gate_stage_tell(&stage, "sip message row=2 from=juliet@xmpp.test to=romeo@sip.test body=x");
    sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test SIP/2.0");
}
END_TEST

/* IM-02 */
START_TEST(device_is_in_the_request_uri_and_not_in_to)
{
    gate_stage_tell(&stage,
                    "sip message row=1 from=juliet@xmpp.test to=romeo@sip.test/orchard body=x");
    const char *request =
        sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test;gr=orchard SIP/2.0");
    sip_peer_expect_header(request, "To", "<sip:romeo@sip.test>");
    sip_peer_expect_header(request, "From", "<sip:juliet@xmpp.test>;tag=?*");
}
END_TEST

/* IM-05 IM-09 SEC-06 */
START_TEST(header_values_cannot_forge_headers)
{
    const char *request = line_out("lang=\"en\\r\\nEvil: 2\" subject=\"a\\r\\nEvil: 1\" body=x");
    sip_peer_expect_header(request, "Subject", "a Evil: 1");
    sip_peer_expect_header(request, "Evil", NULL);
    sip_peer_expect_header(request, "Content-Language", NULL);
}
END_TEST

/* IM-05 */
START_TEST(subject_without_body_has_an_empty_text)
{
    const char *request = line_out("subject=Topic");
    sip_peer_expect_header(request, "Content-Type", "text/plain;charset=UTF-8");
    sip_peer_expect_header(request, "Content-Length", "0");
}
END_TEST

/* IM-06 IM-07 */
START_TEST(one_thread_is_one_call_id_and_tag_with_rising_numbers)
{
    const char *const first = line_out("thread=\"has space\" body=1");
    const char *const second = line_out("thread=\"has space\" body=2");
    const char *const third = line_out("body=3");
    g_autofree char *call_id = sip_peer_header(first, "Call-ID");
    g_autofree char *tag = sip_peer_header(first, "From");
    sip_peer_expect_header(second, "Call-ID", call_id);
    sip_peer_expect_header(second, "From", tag);
    sip_peer_expect_header(first, "CSeq", "1 MESSAGE");
    sip_peer_expect_header(second, "CSeq", "2 MESSAGE");
    g_autofree char *other = sip_peer_header(third, "Call-ID");
    ck_assert_str_ne(other, call_id);
    ck_assert_ptr_null(strchr(call_id, ' '));
}
END_TEST

/* EXT-08 */
START_TEST(time_of_origin_goes_out_as_date)
{
    sip_peer_expect_header(line_out("stamp=2026-03-04T05:06:07Z body=x"), "Date",
                  "Wed, 04 Mar 2026 05:06:07 GMT");
}
END_TEST

static char *line_of(size_t octets)
{
    g_autofree char *body = g_strnfill(octets, 'x');
    return g_strdup_printf("thread=t body=%s", body);
}

/* IM-14 */
START_TEST(exactly_the_limit_goes_and_one_octet_more_does_not)
{
    g_autofree char *probe = line_of(500);
    size_t rest = 1300 - strlen(line_out(probe));
    g_autofree char *fits = line_of(500 + rest), *exceeds = line_of(500 + rest + 1);
    ck_assert_uint_eq(strlen(line_out(fits)), 1300);
    gate_stage_tell(&stage, "sip message row=2 " FROM_JULIET " %s", exceeds);
    gate_stage_expect(&stage, "sip delivery how=too-large failure=policy-violation row=2");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* IM-14 */
START_TEST(the_limit_is_measured_with_all_headers)
{
    const char *const extra = "subject=Topic lang=en stamp=2026-03-04T05:06:07Z";
    g_autofree char *body = g_strnfill(400, 'x');
    g_autofree char *probe = g_strdup_printf("%s thread=t body=%s", extra, body);
    size_t rest = 1300 - strlen(line_out(probe));
    g_autofree char *longest = g_strnfill(400 + rest, 'x');
    g_autofree char *fits = g_strdup_printf("%s thread=t body=%s", extra, longest);
    ck_assert_uint_eq(strlen(line_out(fits)), 1300);
    gate_stage_tell(&stage, "sip message row=2 " FROM_JULIET " %sx", fits);
    gate_stage_expect(&stage, "sip delivery how=too-large *");
}
END_TEST

/* IM-13 ERR-03 */
START_TEST(refusal_is_told_with_status_and_reason)
{
    gate_stage_tell(&stage, "sip message row=4 " FROM_JULIET " body=x");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE"), 100, NULL, NULL);
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip message row=5 " FROM_JULIET " body=y");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE"), 404, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery how=refused failure=item-not-found row=5 status=404 "
                              "text=\"Answer 404\"");
}
END_TEST

/* ERR-03 */
START_TEST(redirect_and_retry_after_are_told)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=x");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE"), 301,
                    "Contact: <sip:nurse@xmpp.test>\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused failure=gone row=1 status=301 "
                              "real=nurse@xmpp.test *");
    gate_stage_tell(&stage, "sip message row=2 " FROM_JULIET " body=x");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE"), 503, "Retry-After: 7\n",
                    NULL);
    gate_stage_expect(&stage,
                      "sip delivery how=refused failure=internal-server-error row=2 status=503 "
                      "retry_s=7 *");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(address_that_cannot_be_spelled_is_told_at_once)
{
    gate_stage_tell(&stage, "sip message row=1 from=juliet@xmpp.test to=x@nowhere.test body=x");
    gate_stage_expect(&stage, "sip delivery failure=remote-server-not-found row=1");
}
END_TEST

START_TEST(more_open_lines_than_the_cap_are_told_and_keep_the_gate_busy)
{
    stage.settings.sip_pending = 4;
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=1");
    ck_assert(!sipgate_is_busy(stage.gate));
    gate_stage_tell(&stage, "sip message row=2 " FROM_JULIET " body=2");
    ck_assert(sipgate_is_busy(stage.gate));
    gate_stage_tell(&stage, "sip message row=3 " FROM_JULIET " body=3");
    gate_stage_tell(&stage, "sip message row=4 " FROM_JULIET " body=4");
    gate_stage_tell(&stage, "sip message row=5 " FROM_JULIET " body=5");
    gate_stage_expect(&stage, "sip delivery failure=resource-constraint row=5");
}
END_TEST

static bool is_at_ease(void *self)
{
    return !sipgate_is_busy(stage.gate);
}

START_TEST(a_silent_peer_does_not_keep_the_gate_busy)
{
    stage.settings.sip_pending = 4;
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " body=1");
    gate_stage_tell(&stage, "sip message row=2 " FROM_JULIET " body=2");
    ck_assert(sipgate_is_busy(stage.gate));
    loop_until(is_at_ease, NULL, "a gate at ease");
    ck_assert_uint_eq(sipgate_counters(stage.gate).pages_out, 2);
}
END_TEST

/* IM-20 IM-21 IM-22 IM-23 IM-24 */
START_TEST(message_comes_in_and_waits_for_accept)
{
    g_autofree char *request = sip_peer_request_outside(
        stage.peer, "MESSAGE", JULIET,
        PLAIN "From: \"Romeo M\" <sip:Romeo@sip.test;gr=desk7>;tag=a1\nCall-ID: c-1@h\nSubject: S\n"
              "Content-Language: cs, en\n",
        "Hi\r\nyou");
    gate_stage_expect(&stage, "sip message ref=? from=romeo@sip.test/desk7 to=juliet@xmpp.test "
                              "nick=\"Romeo M\" request=* id=peer*-1 thread=c-1@h subject=S lang=cs "
                              "body=\"Hi\\nyou\"");
    sip_peer_send(stage.peer, request); // a retransmission
    ck_assert(gate_stage_is_quiet(&stage));
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    const char *answer = sip_peer_await(stage.peer, "SIP/2.0 200 OK");
    sip_peer_expect_header(answer, "Contact", NULL);
    sip_peer_send(stage.peer, request);
    ck_assert(gate_stage_is_quiet(&stage));
    ck_assert_uint_ge(sip_peer_heard(stage.peer, "SIP/2.0 200 OK"), 2);
}
END_TEST

/* EXT-08 */
START_TEST(date_of_long_ago_is_told_as_time_of_origin)
{
    taken_in(PLAIN "Date: Wed, 04 Mar 2020 05:06:07 GMT\n", "x",
             "sip message * body=x stamp=2020-03-04T05:06:07Z");
}
END_TEST

/* IM-22 */
START_TEST(answer_in_a_made_up_call_id_is_in_its_thread)
{
    g_autofree char *call_id = sip_peer_header(line_out("thread=\"has space\" body=x"), "Call-ID");
    g_autofree char *more = g_strdup_printf(PLAIN "Call-ID: %s\n", call_id);
    taken_in(more, "x", "sip message * thread=\"has space\" body=x");
}
END_TEST

/* ERR-02 */
// The library holds a 408 back (RFC 4320 4.2); decision 0005.
START_TEST(refusal_for_a_timeout_is_a_504)
{
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "x"));
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage,
                    "sip refuse ref=%" G_GUINT64_FORMAT
                    " failure=remote-server-timeout status=408 text=\"outcome unknown\"",
                    stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 504 outcome unknown");
}
END_TEST

START_TEST(refusal_has_status_phrase_and_retry_after)
{
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "x"));
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage,
                    "sip refuse ref=%" G_GUINT64_FORMAT
                    " failure=resource-constraint status=503 retry_s=30 text=\"try\\nlater\"",
                    stage.last_ref);
    sip_peer_expect_header(sip_peer_await(stage.peer, "SIP/2.0 503 try later"), "Retry-After", "30");
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "y"));
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(&stage, "sip refuse ref=%" G_GUINT64_FORMAT " failure=item-not-found",
                    stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 604 ");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    ck_assert_uint_eq(sipgate_counters(stage.gate).unknown_commands, 1);
}
END_TEST

/* ERR-02 */
START_TEST(new_address_goes_out_as_contact)
{
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "x"));
    gate_stage_expect(&stage, "sip message *");
    gate_stage_tell(
        &stage, "sip refuse ref=%" G_GUINT64_FORMAT " failure=gone status=301 real=new@xmpp.test",
        stage.last_ref);
    sip_peer_expect_header(sip_peer_await(stage.peer, "SIP/2.0 301 "), "Contact", "<sip:new@xmpp.test>");
}
END_TEST

/* IM-25 IM-26 */
START_TEST(bodies_nobody_understands_are_refused_at_the_door)
{
    sip_peer_expect_header(refused(415, "Content-Type: image/png\n", "x"), "Accept", "text/plain, *");
    sip_peer_expect_header(refused(415, PLAIN "Content-Encoding: gzip\n", "x"), "Accept-Encoding",
                  "deflate, identity");
    refused(415, PLAIN "Content-Encoding: deflate, gzip\n", "x");
    refused(400, PLAIN "Content-Encoding: deflate\n", "not deflated");
    refused(415, "Content-Type: application/vnd.gsma.rcs-ft-http+xml\n",
            "<file xmlns='urn:gsma:params:xml:ns:rcs:rcs:fthttp'><file-info type='file'>"
            "<data url='http://f.test/a'/></file-info></file>");
    refused(400, NULL, "x");
    refused(400, PLAIN, "\xff");
    refused(493, "Content-Type: application/pkcs7-mime\n", "x");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(body_larger_than_a_stanza_is_refused)
{
    g_autofree char *body = g_strnfill(5000, 'x');
    stage.settings.max_stanza = 4999;
    refused(413, PLAIN, body);
}
END_TEST

/* IM-26 */
START_TEST(deflated_text_is_read)
{
    static const char hello[] = "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15";
    g_autoptr(GString) request = g_string_new(NULL);
    g_string_printf(request,
                    "MESSAGE " JULIET " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKd1\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:romeo@sip.test>;tag=1\r\nTo: <" JULIET ">\r\n"
                    "Call-ID: d1\r\nCSeq: 1 MESSAGE\r\n"
                    "Content-Type: text/plain\r\nContent-Encoding: deflate\r\n"
                    "Content-Length: 13\r\n\r\n",
                    sip_peer_port(stage.peer));
    g_string_append_len(request, hello, 13);
    sip_peer_send_octets(stage.peer, request->str, request->len);
    gate_stage_expect(&stage, "sip message * id=d1 * body=hello");
}
END_TEST

/* SEC-08 */
START_TEST(hops_left_are_told_where_that_is_set)
{
    stage.settings.shim = true;
    taken_in(PLAIN "Max-Forwards: 5\n", "x", "sip message * hops=5 * body=x");
}
END_TEST

/* IM-07 */
START_TEST(call_id_is_kept_for_lines_without_thread_where_that_is_set)
{
    gate_stage_clear(&stage);
    gate_stage_init(&stage);
    stage.settings.sticky_call_id = true;
    gate_stage_start(&stage, false);
    g_autofree char *first = sip_peer_header(line_out("body=1"), "Call-ID");
    const char *second = line_out("body=2");
    sip_peer_expect_header(second, "Call-ID", first);
    sip_peer_expect_header(second, "CSeq", "2 MESSAGE");
}
END_TEST

/* IM-25 */
START_TEST(what_is_nothing_for_a_reader_is_accepted_in_silence)
{
    refused(200, NULL, NULL);
    refused(200, "Subject: S\n", NULL);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* IM-31 */
START_TEST(what_comes_after_its_time_is_told_to_be_too_late)
{
    static const char late[] = "sip message how=timeout * body=x*";
    taken_in(PLAIN "Expires: 0\n", "x", late);
    taken_in(PLAIN "Date: Wed, 04 Mar 2020 05:06:07 GMT\nExpires: 60\n", "x", late);
    taken_in(PLAIN "Expires: 60\n", "x", "sip message ref=* body=x");
}
END_TEST

#define CPIM "Content-Type: message/cpim\n"
#define ASKING                                                                                     \
    "From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n"                                   \
    "DateTime: 2026-01-02T03:04:05-05:00\r\nNS: imdn <urn:ietf:params:imdn>\r\n"                  \
    "imdn.Message-ID: m7\r\n"                                                                      \
    "imdn.Disposition-Notification: positive-delivery, negative-delivery, display\r\n"             \
    "\r\nContent-Type: text/plain\r\n\r\nx"
#define NOTICE(id, inside)                                                                         \
    "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>" id "</message-id>" inside "</imdn>"
#define DELIVERED "<delivery-notification><status><delivered/></status></delivery-notification>"
#define DISPLAYED "<display-notification><status><displayed/></status></display-notification>"

/* EXT-01 EXT-03 SEC-12 */
START_TEST(a_notification_goes_out_in_an_envelope_and_its_answer_is_told)
{
    taken_in(CPIM, ASKING, "sip message * id=m7 * receipt=yes markable=yes negative=yes notify=yes");
    gate_stage_tell(&stage, "sip receipt row=2 how=displayed from=juliet@xmpp.test "
                            "to=romeo@sip.test id=m7");
    const char *request = sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test ");
    const char *body = sip_peer_body(request);
    sip_peer_expect_header(request, "Content-Type", "message/cpim");
    ck_assert(g_pattern_match_simple(
        "To: <im:romeo@sip.test>\r\nFrom: <sip:juliet@xmpp.test>\r\nDateTime: *\r\n"
        "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: *\r\n\r\n"
        "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
        "*<message-id>m7</message-id><datetime>2026-01-02T03:04:05-05:00</datetime>"
        "<recipient-uri>im:juliet@xmpp.test</recipient-uri>"
        "<display-notification><status><displayed/></status></display-notification></imdn>",
        body));
    ck_assert_ptr_null(strstr(body, "Disposition-Notification"));
    sip_peer_answer(stage.peer, request, 200, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=2");
}
END_TEST

/* EXT-01 */
START_TEST(a_notification_that_nobody_asked_for_is_not_sent)
{
    taken_in(PLAIN, "x", "sip message *");
    gate_stage_tell(&stage, "sip receipt row=2 how=delivered from=juliet@xmpp.test "
                            "to=romeo@sip.test id=m7");
    gate_stage_expect(&stage, "sip delivery * row=2");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

// What an envelope of ours asks for, and the id under which it does. Owned by the caller.
static char *asked_under(const char *body, const char *wishes)
{
    static const char before[] = "\r\nimdn.Message-ID: ";
    g_autofree char *wanted = g_strdup_printf("\r\nimdn.Disposition-Notification: %s\r\n", wishes);
    ck_assert_msg(strstr(body, wanted) != NULL, "%s", body);
    ck_assert(strstr(body, "\r\nDateTime: ") != NULL);
    const char *id = strstr(body, before) + strlen(before);
    return g_strndup(id, strcspn(id, "\r"));
}

static void hears_notice(const char *id, const char *inside)
{
    g_autofree char *body = g_strdup_printf(
        "From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n\r\n"
        "Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n"
        "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>%s</message-id>%s</imdn>",
        id, inside);
    refused(200, CPIM, body);
}

/* EXT-01 EXT-02 EXT-03 SEC-11 */
START_TEST(an_envelope_asks_and_the_answer_is_about_the_stanza)
{
    const char *request = line_out("id=m1 body=x wrapped=yes receipt=yes markable=yes");
    g_autofree char *id = asked_under(sip_peer_body(request),
                                      "positive-delivery, negative-delivery, display");
    ck_assert_uint_eq(strlen(id), 32);
    hears_notice(id, DELIVERED);
    gate_stage_expect(&stage, "sip receipt how=delivered from=romeo@sip.test to=juliet@xmpp.test "
                              "id=m1 *");
    hears_notice(id, DISPLAYED);
    gate_stage_expect(&stage, "sip receipt how=displayed * id=m1 *");
    hears_notice("m1", DELIVERED);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* EXT-01 */
START_TEST(an_envelope_asks_for_nothing_that_nobody_wishes)
{
    const char *request = line_out("id=m1 body=x wrapped=yes stamp=2026-01-02T03:04:05Z");
    ck_assert_ptr_null(strstr(sip_peer_body(request), "imdn."));
}
END_TEST

/* EXT-02 */
START_TEST(a_bundle_of_notifications_is_several_receipts)
{
    g_autofree char *one = asked_under(
        sip_peer_body(line_out("id=m1 body=x wrapped=yes receipt=yes")),
        "positive-delivery, negative-delivery");
    g_autofree char *two =
        asked_under(sip_peer_body(line_out("id=m2 body=x wrapped=yes markable=yes")), "display");
    g_autofree char *body = g_strdup_printf(
        "--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("%s", DELIVERED)
        "\r\n--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("unknown", DELIVERED)
        "\r\n--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("%s", DISPLAYED)
        "\r\n--x--\r\n",
        one, two);
    refused(200, "Content-Type: multipart/mixed;boundary=x\n", body);
    gate_stage_expect(&stage, "sip receipt how=delivered * id=m1 *");
    gate_stage_expect(&stage, "sip receipt how=displayed * id=m2 *");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* EXT-02 */
START_TEST(a_phone_names_the_call_id_of_what_came_without_an_envelope)
{
    g_autofree char *call = sip_peer_header(line_out("id=m1 body=x receipt=yes"), "Call-ID");
    g_autofree char *body = g_strdup_printf(NOTICE("%s", DELIVERED), call);
    refused(200, "Content-Type: message/imdn+xml\n", body);
    gate_stage_expect(&stage, "sip receipt how=delivered * id=m1 *");
    g_autofree char *other = sip_peer_header(line_out("id=m2 body=x"), "Call-ID");
    g_autofree char *unasked = g_strdup_printf(NOTICE("%s", DELIVERED), other);
    refused(200, "Content-Type: message/imdn+xml\n", unasked);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* EXT-05 */
START_TEST(an_answer_that_promises_only_to_keep_the_message_says_so)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " id=m1 body=x");
    sip_peer_answer(stage.peer, sip_peer_await(stage.peer, "MESSAGE "), 202, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery row=1 status=202");
}
END_TEST

#define ISCOMPOSING "Content-Type: application/im-iscomposing+xml\n"
#define DOCUMENT(inside)                                                                           \
    "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>" inside "</isComposing>"
#define TOLD "from=romeo@sip.test to=juliet@xmpp.test"

/* CHAT-41 */
START_TEST(who_writes_is_told_and_answered_at_once)
{
    refused(200, ISCOMPOSING "Expires: 0\n", DOCUMENT("<state>active</state><refresh>60</refresh>"));
    gate_stage_expect(&stage, "sip chat-state how=composing ms=60000 " TOLD);
    refused(200, ISCOMPOSING, DOCUMENT("<state>idle</state><refresh>60</refresh>"));
    gate_stage_expect(&stage, "sip chat-state how=active ms=60000 " TOLD);
    refused(200, ISCOMPOSING, DOCUMENT("<state>active</state>"));
    gate_stage_expect(&stage, "sip chat-state how=composing " TOLD);
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-41 EXT-21 */
START_TEST(who_writes_may_be_told_in_an_envelope)
{
    refused(200, "Content-Type: message/cpim\n",
            "From: <im:romeo@sip.test>\r\nTo: <im:juliet@xmpp.test>\r\n\r\n"
            "Content-Type: application/im-iscomposing+xml\r\n\r\n" DOCUMENT(
                "<state>active</state>"));
    gate_stage_expect(&stage, "sip chat-state how=composing " TOLD);
}
END_TEST

/* CHAT-41 */
START_TEST(who_wrote_long_ago_or_in_a_way_nobody_reads_is_not_told)
{
    refused(200, ISCOMPOSING "Date: Wed, 04 Mar 2020 05:06:07 GMT\n",
            DOCUMENT("<state>active</state>"));
    refused(400, ISCOMPOSING, "<isComposing/>");
    refused(400, ISCOMPOSING, "active");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

/* CHAT-42 CHAT-43 */
START_TEST(composing_goes_out_as_a_page_and_its_answer_is_told)
{
    gate_stage_tell(&stage, "sip chat-state row=4 how=composing ms=90000 thread=t-100 " FROM_JULIET);
    const char *request = sip_peer_await(stage.peer, "MESSAGE sip:romeo@sip.test SIP/2.0\r\n");
    sip_peer_expect_header(request, "Content-Type", "application/im-iscomposing+xml");
    sip_peer_expect_header(request, "From", "<sip:juliet@xmpp.test;gr=balcony>;tag=?*");
    sip_peer_expect_header(request, "Call-ID", "t-100");
    ck_assert_str_eq(sip_peer_body(request),
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                     "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                     "<state>active</state><contenttype>text/plain</contenttype>"
                     "<refresh>90</refresh></isComposing>");
    sip_peer_answer(stage.peer, request, 415, "Accept: text/plain\n", NULL);
    gate_stage_expect(&stage, "sip delivery * row=4 status=415 *");
}
END_TEST

/* IM-26 IM-27 IM-30 */
START_TEST(html_and_envelopes_are_opened)
{
    taken_in("Content-Type: text/html\n", "<b>x</b>",
             "sip message * body=x html=<p><strong>x</strong></p>");
    taken_in("Content-Type: message/cpim\n",
             "From: <sip:romeo@sip.test>\r\nSubject: T\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
             "imdn.Message-ID: m7\r\n\r\nContent-Type: text/plain\r\n\r\nx",
             "sip message * id=m7 * subject=T body=x takes=cpim");
}
END_TEST

/* ADDR-25 ADDR-30 SEC-01 SEC-08 */
START_TEST(targets_that_are_nobody_are_refused)
{
    static const struct {
        const char *uri, *more, *answer;
    } cases[] = {
        {"sip:%20lead@xmpp.test", NULL, "SIP/2.0 404 "},
        {"sip:juliet@nowhere.test", NULL, "SIP/2.0 404 "},
        {"sip:mercutio@sip.test", NULL, "SIP/2.0 404 "},
        {"sip:xmpp.test", NULL, "SIP/2.0 404 "},
        {"sips:juliet@xmpp.test", NULL, "SIP/2.0 480 "},
        {"http:juliet@xmpp.test", NULL, "SIP/2.0 416 "},
        {JULIET, "Max-Forwards: 0\n", "SIP/2.0 483 "},
        {JULIET, "From: <sip:a@anonymous.invalid>;tag=x\n", "SIP/2.0 433 "},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *more =
            g_strdup_printf(PLAIN "%s", cases[i].more != NULL ? cases[i].more : "");
        g_free(sip_peer_request_outside(stage.peer, "MESSAGE", cases[i].uri, more, "x"));
        const char *answer = sip_peer_await(stage.peer, cases[i].answer);
        if (g_str_has_prefix(cases[i].uri, "sips")) {
            sip_peer_expect_header(answer, "Warning", "380 *\"SIPS Not Allowed\"");
        }
    }
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

// what the room lets in is not for the pager to say
START_TEST(room_or_an_occupant_is_written_to_as_the_middle_says)
{
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", "sip:talk@rooms.xmpp.test", PLAIN, "/join"));
    gate_stage_expect(&stage, "sip message * to=talk@rooms.xmpp.test * body=/join*");
    gate_stage_tell(&stage, "sip accept ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 200 ");
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", "sip:talk@rooms.xmpp.test;gr=Nurse", PLAIN, "psst"));
    gate_stage_expect(&stage, "sip message * to=talk@rooms.xmpp.test/Nurse * body=psst*");
    gate_stage_tell(&stage, "sip refuse failure=item-not-found status=404 ref=%" G_GUINT64_FORMAT, stage.last_ref);
    sip_peer_await(stage.peer, "SIP/2.0 404 ");
}
END_TEST

/* SEC-09 */
START_TEST(request_that_came_through_here_before_is_a_loop)
{
    g_autofree char *ours =
        g_strdup_printf("Via: SIP/2.0/UDP 127.0.0.1:%u;branch=z9hG4bKx\n" PLAIN, stage.port);
    refused(482, ours, "x");
    ck_assert_uint_eq(stage.events->len, 0);
    stage.settings.allow_hairpin = true;
    taken_in(ours, "x", "sip message * body=x");
}
END_TEST

/* ADDR-27 */
START_TEST(target_is_the_request_uri_and_sender_is_from)
{
    g_autofree char *request = sip_peer_request_outside(
        stage.peer, "OPTIONS", JULIET, "P-Asserted-Identity: <sip:tybalt@sip.test>\n" PLAIN, "x");
    sip_peer_await(stage.peer, "SIP/2.0 200");
    g_auto(GStrv) parts = g_strsplit(request, "To: <" JULIET ">", 2);
    g_autofree char *other = g_strjoinv("To: <sip:nurse@xmpp.test>", parts);
    g_auto(GStrv) words = g_strsplit(other, "OPTIONS", -1);
    g_autofree char *message = g_strjoinv("MESSAGE", words);
    sip_peer_send(stage.peer, message);
    gate_stage_expect(&stage, "sip message * from=romeo@sip.test to=juliet@xmpp.test *");
}
END_TEST

/* ADDR-27 SEC-03 */
START_TEST(identity_a_trusted_peer_asserts_is_the_sender)
{
    static const char *const trusted[] = {"127.0.0.1", NULL};
    gate_stage_clear(&stage);
    gate_stage_init(&stage);
    stage.trusted = trusted;
    gate_stage_start(&stage, false);
    taken_in(PLAIN "P-Asserted-Identity: <tel:+15551234>\n"
                   "P-Asserted-Identity: \"Tybalt C.\" <sip:tybalt@sip.test>\n",
             "x", "sip message * from=tybalt@sip.test to=juliet@xmpp.test nick=\"Tybalt C.\" *");
    taken_in(PLAIN "P-Asserted-Identity: <tel:+1>, <sip:tybalt@sip.test>\n", "x",
             "sip message * from=tybalt@sip.test *");
    taken_in(PLAIN "P-Asserted-Identity: nonsense\n", "x", "sip message * from=romeo@sip.test *");
    taken_in(PLAIN, "x", "sip message * from=romeo@sip.test *");
}
END_TEST

/* IM-32 */
START_TEST(message_in_an_unknown_dialog_is_481)
{
    g_autofree char *request = sip_peer_request_outside(stage.peer, "OPTIONS", JULIET, PLAIN, "x");
    sip_peer_await(stage.peer, "SIP/2.0 200");
    g_auto(GStrv) parts = g_strsplit(request, "To: <" JULIET ">", 2);
    g_autofree char *tagged =
        g_strdup_printf("%sTo: <" JULIET ">;tag=nobody%s", parts[0], parts[1]);
    g_auto(GStrv) words = g_strsplit(tagged, "OPTIONS", -1);
    g_autofree char *message = g_strjoinv("MESSAGE", words);
    sip_peer_send(stage.peer, message);
    sip_peer_await(stage.peer, "SIP/2.0 481 ");
    ck_assert(gate_stage_is_quiet(&stage));
}
END_TEST

START_TEST(more_open_requests_than_the_cap_get_503)
{
    stage.settings.sip_pending = 1;
    g_free(sip_peer_request_outside(stage.peer, "MESSAGE", JULIET, PLAIN, "1"));
    gate_stage_expect(&stage, "sip message *");
    sip_peer_expect_header(refused(503, PLAIN, "2"), "Retry-After", "?*");
    ck_assert_uint_eq(sipgate_counters(stage.gate).overloads, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {line_goes_out_as_one_message,
                                  answers_find_their_lines_in_any_order,
                                  domain_without_a_next_hop_is_looked_up,
                                  device_is_in_the_request_uri_and_not_in_to,
                                  header_values_cannot_forge_headers,
                                  subject_without_body_has_an_empty_text,
                                  one_thread_is_one_call_id_and_tag_with_rising_numbers,
                                  time_of_origin_goes_out_as_date,
                                  exactly_the_limit_goes_and_one_octet_more_does_not,
                                  the_limit_is_measured_with_all_headers,
                                  refusal_is_told_with_status_and_reason,
                                  redirect_and_retry_after_are_told,
                                  address_that_cannot_be_spelled_is_told_at_once,
                                  more_open_lines_than_the_cap_are_told_and_keep_the_gate_busy,
                                  a_silent_peer_does_not_keep_the_gate_busy,
                                  message_comes_in_and_waits_for_accept,
                                  date_of_long_ago_is_told_as_time_of_origin,
                                  answer_in_a_made_up_call_id_is_in_its_thread,
                                  refusal_for_a_timeout_is_a_504,
                                  refusal_has_status_phrase_and_retry_after,
                                  new_address_goes_out_as_contact,
                                  bodies_nobody_understands_are_refused_at_the_door,
                                  body_larger_than_a_stanza_is_refused,
                                  deflated_text_is_read,
                                  hops_left_are_told_where_that_is_set,
                                  call_id_is_kept_for_lines_without_thread_where_that_is_set,
                                  what_is_nothing_for_a_reader_is_accepted_in_silence,
                                  what_comes_after_its_time_is_told_to_be_too_late,
                                  a_notification_goes_out_in_an_envelope_and_its_answer_is_told,
                                  a_notification_that_nobody_asked_for_is_not_sent,
                                  an_envelope_asks_and_the_answer_is_about_the_stanza,
                                  an_envelope_asks_for_nothing_that_nobody_wishes,
                                  a_bundle_of_notifications_is_several_receipts,
                                  a_phone_names_the_call_id_of_what_came_without_an_envelope,
                                  an_answer_that_promises_only_to_keep_the_message_says_so,
                                  who_writes_is_told_and_answered_at_once,
                                  who_writes_may_be_told_in_an_envelope,
                                  who_wrote_long_ago_or_in_a_way_nobody_reads_is_not_told,
                                  composing_goes_out_as_a_page_and_its_answer_is_told,
                                  html_and_envelopes_are_opened,
                                  targets_that_are_nobody_are_refused,
                                  room_or_an_occupant_is_written_to_as_the_middle_says,
                                  request_that_came_through_here_before_is_a_loop,
                                  target_is_the_request_uri_and_sender_is_from,
                                  identity_a_trusted_peer_asserts_is_the_sender,
                                  message_in_an_unknown_dialog_is_481,
                                  more_open_requests_than_the_cap_get_503,
                                  NULL};
    return suite_run_fixture("pager", tests, set_up, tear_down);
}
