// SPDX-License-Identifier: MIT
// Lines that go to a SIP peer as more than plain text: in an envelope, with HTML beside; and what a
// refusal of that teaches. Against the real SIP library and a raw peer.
#include "sip/line_body.h"

#include <string.h>

#include "tests/support/gate_stage.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define FROM_JULIET "from=juliet@xmpp.test/balcony to=romeo@sip.test"
#define STAMP       "stamp=2026-01-02T03:04:05Z"

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

static const char *line_goes(const char *fields)
{
    gate_stage_tell(&stage, "sip message row=1 " FROM_JULIET " %s", fields);
    return sip_peer_await(stage.peer, "MESSAGE ");
}

static void expect_type(const char *request, const char *wanted)
{
    g_autofree char *type = sip_peer_header(request, "Content-Type");
    ck_assert_str_eq(type, wanted);
}

static void expect_inside(const char *request, const char *text)
{
    ck_assert_msg(strstr(sip_peer_body(request), text) != NULL, "no '%s' in:\n%s", text, request);
}

/* ESC-004 */
START_TEST(line_of_a_room_comes_from_the_room_and_is_spoken_by_its_occupant)
{
    gate_stage_tell(&stage, "sip message row=1 from=verona@rooms.xmpp.test to=romeo@sip.test wrapped=yes "
                            "room=verona@rooms.xmpp.test nick=Nurse body=Anon");
    const char *request = sip_peer_await(stage.peer, "MESSAGE ");
    g_autofree char *from = sip_peer_header(request, "From");
    ck_assert_msg(strstr(from, "<sip:verona@rooms.xmpp.test>") != NULL, "%s", from);
    expect_inside(request, "<sip:verona@rooms.xmpp.test;gr=Nurse>\r\n");
}
END_TEST

/* EXT-01 EXT-08 IM-05 IM-09 */
START_TEST(wrapped_line_has_its_time_names_subject_and_language_in_the_envelope)
{
    const char *request = line_goes("wrapped=yes id=m1 subject=Topic lang=en nick=\"J C\" " STAMP
                                    " body=\"a\\nb\"");
    expect_type(request, "message/cpim");
    expect_inside(request, "From: \"J C\" <sip:juliet@xmpp.test>\r\n");
    expect_inside(request, "To: <sip:romeo@sip.test>\r\n");
    expect_inside(request, "DateTime: 2026-01-02T03:04:05Z\r\n");
    expect_inside(request, "Subject: Topic\r\n");
    expect_inside(request, "Content-Type: text/plain;charset=UTF-8\r\n");
    expect_inside(request, "Content-Language: en\r\n");
    expect_inside(request, "\r\n\r\na\r\nb");
    g_autofree char *subject = sip_peer_header(request, "Subject");
    ck_assert_str_eq(subject, "Topic");
    g_autofree char *date = sip_peer_header(request, "Date");
    ck_assert_str_eq(date, "Fri, 02 Jan 2026 03:04:05 GMT");
}
END_TEST

/* IM-13 EXT-13 */
START_TEST(refusal_of_an_envelope_asks_for_the_plain_line)
{
    sip_peer_answer(stage.peer, line_goes("wrapped=yes body=x"), 415,
                    "Accept: text/plain\nAllow: MESSAGE\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=too-rich failure=not-acceptable row=1 status=415 "
                              "from=romeo@sip.test * lacks=cpim");
    const char *again = line_goes("body=x");
    expect_type(again, LINE_BODY_PLAIN);
    sip_peer_answer(stage.peer, again, 415, "Accept: application/x-only, message/cpim\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * status=415 * takes=cpim "
                              "lacks=composing,html,multipart,ft-http,external-body");
}
END_TEST

/* EXT-13 */
START_TEST(wildcard_in_accept_leaves_open_what_it_does_not_list)
{
    sip_peer_answer(stage.peer, line_goes("body=x"), 415, "Accept: text/html, message/*\n", NULL);
    gate_stage_expect(&stage, "sip delivery how=refused * takes=html");
}
END_TEST

/* IM-14 */
START_TEST(envelope_is_left_away_where_only_the_text_fits)
{
    g_autofree char *body = g_strnfill(780, 'x');
    g_autofree char *fields = g_strdup_printf("wrapped=yes thread=t body=%s", body);
    expect_type(line_goes(fields), LINE_BODY_PLAIN);
}
END_TEST

/* IM-14 */
START_TEST(limit_is_lifted_for_a_peer_whose_way_is_safe)
{
    g_autofree char *body = g_strnfill(5000, 'x');
    g_autofree char *fields = g_strdup_printf("any_size=yes thread=t body=%s", body);
    const char *request = line_goes(fields);
    ck_assert_uint_eq(strlen(sip_peer_body(request)), 5000);
}
END_TEST

/* EXT-16 */
START_TEST(html_goes_beside_the_text_and_has_nothing_dangerous_in_it)
{
    const char *request = line_goes(
        "body=\"a b\" lang=en html=\"<p>a <strong>b</strong><script>c()</script></p>\"");
    expect_type(request, "multipart/alternative;boundary=next-part-1");
    ck_assert_str_eq(sip_peer_body(request),
                     "--next-part-1\r\n"
                     "Content-Type: text/plain;charset=UTF-8\r\nContent-Language: en\r\n\r\na b\r\n"
                     "--next-part-1\r\n"
                     "Content-Type: text/html;charset=UTF-8\r\nContent-Language: en\r\n\r\n"
                     "<html><body><p>a <strong>b</strong></p></body></html>\r\n"
                     "--next-part-1--\r\n");
    sip_peer_answer(stage.peer, request, 488, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery how=too-rich * lacks=multipart");
}
END_TEST

/* IM-11 */
START_TEST(other_languages_stand_before_the_one_that_was_chosen)
{
    const char *request =
        line_goes("body=Hi lang=en bodies=\"de\\037Hallo\\036cs\\037Ahoj\"");
    ck_assert_str_eq(sip_peer_body(request),
                     "--next-part-1\r\n"
                     "Content-Type: text/plain;charset=UTF-8\r\nContent-Language: de\r\n\r\nHallo\r\n"
                     "--next-part-1\r\n"
                     "Content-Type: text/plain;charset=UTF-8\r\nContent-Language: cs\r\n\r\nAhoj\r\n"
                     "--next-part-1\r\n"
                     "Content-Type: text/plain;charset=UTF-8\r\nContent-Language: en\r\n\r\nHi\r\n"
                     "--next-part-1--\r\n");
}
END_TEST

/* SEC-08 IM-04 */
START_TEST(hops_left_are_no_more_than_the_other_side_had)
{
    g_autofree char *few = sip_peer_header(line_goes("hops=8 body=x"), "Max-Forwards");
    ck_assert_str_eq(few, "8");
    g_autofree char *many = sip_peer_header(line_goes("hops=900 body=x"), "Max-Forwards");
    ck_assert_str_eq(many, "70");
}
END_TEST

#define FILE_FIELDS                                                                                \
    "body=https://f.test/a.png url=https://f.test/a.png file_name=a.png file_type=image/png "

/* EXT-15 */
START_TEST(file_that_is_known_in_whole_goes_as_a_document)
{
    const char *request = line_goes(FILE_FIELDS "file_size=1234");
    expect_type(request, "application/vnd.gsma.rcs-ft-http+xml");
    expect_inside(request, "<file-size>1234</file-size><file-name>a.png</file-name>"
                           "<content-type>image/png</content-type>"
                           "<data url=\"https://f.test/a.png\"/>");
    sip_peer_answer(stage.peer, request, 415, NULL, NULL);
    gate_stage_expect(&stage, "sip delivery how=too-rich * lacks=ft-http");
    const char *plain = line_goes(FILE_FIELDS);
    expect_type(plain, LINE_BODY_PLAIN);
    ck_assert_str_eq(sip_peer_body(plain), "https://f.test/a.png");
}
END_TEST

static int nicks;

static void check_nick(const char *id, JsonObject *in, JsonObject *out)
{
    g_autofree char *nick = g_strescape(vectors_text(in, "nick"), NULL);
    gate_stage_tell(&stage, "sip message row=1 from=%s to=romeo@sip.example nick=\"%s\" body=x",
                    vectors_text(in, "jid"), nick);
    const char *request = sip_peer_await(stage.peer, "MESSAGE ");
    g_autofree char *from = sip_peer_header(request, "From");
    ck_assert_msg(g_str_has_prefix(from, vectors_text(out, "From")), "%s: %s", id, from);
    nicks++;
}

/* EXT-10 SEC-06 */
START_TEST(the_vector_of_a_display_name_holds)
{
    nicks = 0;
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "nick_x2s", check_nick), 1);
    ck_assert_int_eq(nicks, 1);
    const char *request = line_goes("nick=\"a\\r\\nEvil: b\" body=x");
    g_autofree char *from = sip_peer_header(request, "From");
    ck_assert(g_str_has_prefix(from, "\"a Evil: b\" <sip:juliet@xmpp.test;gr=balcony>;tag="));
}
END_TEST

static void check_delay(const char *id, JsonObject *in, JsonObject *out)
{
    g_autofree char *fields =
        g_strdup_printf("wrapped=yes stamp=%s body=x", vectors_text(in, "delay_stamp"));
    g_autofree char *time = g_strdup_printf("DateTime: %s\r\n", vectors_text(out, "cpim_DateTime"));
    const char *request = line_goes(fields);
    g_autofree char *date = sip_peer_header(request, "Date");
    ck_assert_str_eq(date, vectors_text(out, "Date"));
    expect_inside(request, time);
}

/* EXT-08 */
START_TEST(the_vector_of_a_time_of_origin_holds)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "delay_x2s", check_delay), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wrapped_line_has_its_time_names_subject_and_language_in_the_envelope,
        line_of_a_room_comes_from_the_room_and_is_spoken_by_its_occupant,
        refusal_of_an_envelope_asks_for_the_plain_line,
        wildcard_in_accept_leaves_open_what_it_does_not_list,
        envelope_is_left_away_where_only_the_text_fits,
        limit_is_lifted_for_a_peer_whose_way_is_safe,
        html_goes_beside_the_text_and_has_nothing_dangerous_in_it,
        other_languages_stand_before_the_one_that_was_chosen,
        hops_left_are_no_more_than_the_other_side_had,
        file_that_is_known_in_whole_goes_as_a_document,
        the_vector_of_a_display_name_holds,
        the_vector_of_a_time_of_origin_holds,
        NULL,
    };
    return suite_run_fixture("line_body", tests, set_up, tear_down);
}
