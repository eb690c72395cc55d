// SPDX-License-Identifier: MIT
// Lines of a room in their envelopes: octets out, fields or the status of the refusal in.
#include "sip/room_cpim.h"

#include <string.h>

#include "mapping/notation.h"
#include "sip/msrp/msrp_frame.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#define TO_ROOM "To: <sip:talk@rooms.sip.test>\r\n"
#define FROM_S  "From: \"Romeo\" <sip:romeo@sip.test>\r\n"
#define TEXT    "\r\nContent-Type: text/plain;charset=utf-8\r\n\r\n"

// 2026-03-04T05:06:07.890Z
#define NOW_MS INT64_C(1772600767890)

static Route *route;
static ConferenceRoster *roster;
static Address *party;
static RoomCpim place;

static void enter(const char *jid)
{
    g_autoptr(Address) room = address_from_jid(jid);
    conference_roster_free(roster);
    roster = conference_roster_new(route, room, true);
    place = (RoomCpim){route, roster, party};
}

static void set_up(void)
{
    route = route_new();
    ck_assert(route_add_xmpp_domain(route, "rooms.xmpp.test", ROUTE_ROOMS, "rooms.sip.test"));
    ck_assert(
        route_add_xmpp_domain(route, "muc.verona.example", ROUTE_ROOMS, "rooms.verona.example"));
    ck_assert(route_add_xmpp_domain(route, "xmpp.test", ROUTE_USERS, "xmpp.test"));
    ck_assert(route_add_component(route, "sip.xmpp.test", ROUTE_USERS, "sip.test"));
    party = address_from_jid("romeo@sip.xmpp.test/phone");
    enter("talk@rooms.xmpp.test");
    const char *const nicks[] = {"Nina", "Zo\xc3\xab B"};
    for (size_t i = 0; i < G_N_ELEMENTS(nicks); i++) {
        g_autoptr(Command) joined = command_new(COMMAND_ROOM_ROSTER, SIDE_SIP);
        joined->f.how = HOW_JOINED;
        fields_set_text(&joined->f.nick, nicks[i]);
        conference_roster_apply(roster, joined);
    }
}

static void tear_down(void)
{
    g_clear_pointer(&roster, conference_roster_free);
    address_unref(party);
    route_free(route);
}

// --- out -----------------------------------------------------------------------------------------

static void expect_octets(const char *line, const char *wanted)
{
    g_autofree char *why = NULL;
    g_autoptr(Command) command = notation_parse_command(line, &why);
    ck_assert_msg(command != NULL, "%s: %s", line, why);
    g_autoptr(GBytes) bytes = room_cpim_write(&place, &command->f, NOW_MS);
    g_autofree char *got = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_str_eq(got, wanted);
}

/* MUC-B04 MSRP-020 MSRP-021 */
START_TEST(public_line_goes_to_the_room_from_the_occupant_at_the_time_it_came)
{
    expect_octets(
        "sip room-message leg=7 row=1 nick=\"Zo\xc3\xab \\\"B\\\"\" body=hello lang=nl",
        "To: <sip:talk@rooms.sip.test>\r\n"
        "From: \"Zo\xc3\xab \\\"B\\\"\" <sip:talk@rooms.sip.test;gr=Zo%C3%AB%20%22B%22>\r\n"
        "DateTime: 2026-03-04T05:06:07Z\r\n\r\n"
        "Content-Type: text/plain;charset=utf-8\r\nContent-Language: nl\r\n\r\nhello");
}
END_TEST

/* MUC-B04 */
START_TEST(line_with_a_time_of_its_own_keeps_it_and_one_with_a_broken_time_gets_ours)
{
    expect_octets("sip room-message leg=7 nick=Nina body=old stamp=2025-12-31T23:59:59Z",
                  "To: <sip:talk@rooms.sip.test>\r\n"
                  "From: \"Nina\" <sip:talk@rooms.sip.test;gr=Nina>\r\n"
                  "DateTime: 2025-12-31T23:59:59Z\r\n" TEXT "old");
    expect_octets("sip room-message leg=7 nick=Nina body=old stamp=yesterday",
                  "To: <sip:talk@rooms.sip.test>\r\n"
                  "From: \"Nina\" <sip:talk@rooms.sip.test;gr=Nina>\r\n"
                  "DateTime: 2026-03-04T05:06:07Z\r\n" TEXT "old");
}
END_TEST

/* MUC-B04 */
START_TEST(line_of_the_room_itself_and_its_subject)
{
    expect_octets("sip room-message leg=7 body=closing subject=\"At ten\"",
                  "To: <sip:talk@rooms.sip.test>\r\nFrom: <sip:talk@rooms.sip.test>\r\n"
                  "DateTime: 2026-03-04T05:06:07Z\r\nSubject: At ten\r\n" TEXT "closing");
}
END_TEST

/* MUC-B09 */
START_TEST(private_line_goes_to_the_address_of_record_of_the_party)
{
    expect_octets("sip room-message leg=7 nick=Nina body=psst private=yes",
                  "To: <sip:romeo@sip.test>\r\n"
                  "From: \"Nina\" <sip:talk@rooms.sip.test;gr=Nina>\r\n"
                  "DateTime: 2026-03-04T05:06:07Z\r\n" TEXT "psst");
}
END_TEST

static GBytes *line_of_vector(JsonObject *in)
{
    Fields line = {0};
    fields_set_text(&line.nick, vectors_text(in, "nick"));
    fields_set_text(&line.stamp, vectors_text(in, "stamp"));
    fields_set_text(&line.body, vectors_text(in, "text"));
    GBytes *octets = room_cpim_write(&place, &line, NOW_MS);
    fields_clear(&line);
    return octets;
}

static void expect_frame(JsonNode *in_node, JsonNode *out_node)
{
    JsonObject *in = json_node_get_object(in_node);
    const char *tid = vectors_text(in, "tid");
    g_autoptr(GBytes) body = line_of_vector(in);
    size_t octets = g_bytes_get_size(body);
    g_autofree char *range = g_strdup_printf("1-%zu/%zu", octets, octets);
    g_autoptr(GString) frame = g_string_new(NULL);
    msrp_frame_write_request(
        frame, tid, "SEND",
        json_array_get_string_element(json_object_get_array_member(in, "to_path"), 0),
        vectors_text(in, "from_path"));
    msrp_frame_write_header(frame, "Message-ID", vectors_text(in, "mid"));
    msrp_frame_write_header(frame, "Byte-Range", range);
    msrp_frame_write_header(frame, "Content-Type", ROOM_CPIM_TYPE);
    g_string_append(frame, "\r\n");
    g_string_append_len(frame, g_bytes_get_data(body, NULL), (gssize)octets);
    msrp_frame_write_end(frame, tid, '$', true);
    ck_assert_str_eq(frame->str, json_node_get_string(out_node));
}

/* MUC-B04 MSRP-020 */
START_TEST(vector_gv_002_octet_by_octet)
{
    enter("talk@muc.verona.example");
    ck_assert_int_eq(vectors_each_case("GV-002", expect_frame), 1);
}
END_TEST

// --- in ------------------------------------------------------------------------------------------

static int read_text(const char *type, const char *text, Fields *fields)
{
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    return room_cpim_read(&place, type, content, fields);
}

static void expect_line(const char *text, const char *wanted)
{
    Fields fields = {0};
    g_autoptr(GString) got = g_string_new(NULL);
    ck_assert_int_eq(read_text("message/cpim", text, &fields), 0);
    fields_print(&fields, true, got);
    ck_assert_str_eq(got->str, wanted);
    fields_clear(&fields);
}

// A status, and nothing in the fields.
static void expect_status_of(const char *type, const char *text, int status)
{
    Fields fields = {0};
    g_autoptr(GString) got = g_string_new(NULL);
    ck_assert_int_eq(read_text(type, text, &fields), status);
    fields_print(&fields, true, got);
    ck_assert_str_eq(got->str, "");
}

static void expect_status(const char *text, int status)
{
    expect_status_of("message/cpim", text, status);
}

/* MUC-B06 MSRP-020 */
START_TEST(line_for_the_room_is_read_as_utf8)
{
    expect_line(TO_ROOM FROM_S "DateTime: 2026-03-04T05:06:07Z\r\nX-Odd:unknown\r\n\r\n"
                               "Content-Type: text/plain;charset=iso-8859-1\r\n"
                               "Content-Language: fr\r\n\r\ncaf\xe9\r\nnoir",
                " lang=fr body=\"caf\xc3\xa9\\nnoir\"");
    expect_line("From: <sip:romeo@sip.test>\r\nTo: <sip:talk@rooms.sip.test>\r\n\r\n"
                "Content-Type: text/html\r\n\r\n<p>a <b>b</b></p>",
                " body=\"a b\"");
}
END_TEST

/* MUC-B06 MSRP-030 */
START_TEST(author_is_the_party_however_its_uri_is_spelled)
{
    expect_line(TO_ROOM "From: <sip:%72omeo@SIP.test;gr=phone>\r\n" TEXT "x", " body=x");
    expect_line(TO_ROOM "From: <sip:romeo@sip.test>;gr=phone\r\n" TEXT "x", " body=x");
    expect_line(TO_ROOM "From: <sips:romeo@sip.test>\r\n" TEXT "x", " body=x");
    expect_line(TO_ROOM "From: <im:romeo@sip.test>\r\n" TEXT "x", " body=x");
}
END_TEST

/* MUC-B06 MSRP-030 */
START_TEST(author_who_is_not_the_party_is_403)
{
    expect_status(TO_ROOM "From: <sip:juliet@sip.test>\r\n" TEXT "x", 403);
    expect_status(TO_ROOM "From: <sip:romeo@elsewhere.test>\r\n" TEXT "x", 403);
    expect_status(TO_ROOM "From: <sip:anonymous@anonymous.invalid>\r\n" TEXT "x", 403);
    expect_status(TO_ROOM "From: <sip:talk@rooms.sip.test;gr=Nina>\r\n" TEXT "x", 403);
    expect_status(TO_ROOM TEXT "x", 403);
}
END_TEST

START_TEST(author_of_content_teaches_the_route_no_spelling)
{
    g_autoptr(Address) juliet = address_from_jid("juliet@sip.xmpp.test");
    expect_status(TO_ROOM "From: <sip:JULIET@sip.test>\r\n" TEXT "x", 403);
    g_autofree char *uri = route_to_uri(route, juliet);
    ck_assert_str_eq(uri, "sip:juliet@sip.test");
}
END_TEST

/* MUC-B06 MSRP-030 */
START_TEST(several_recipients_are_403_and_none_is_400)
{
    expect_status(TO_ROOM TO_ROOM FROM_S TEXT "x", 403);
    expect_status(TO_ROOM "To: <sip:talk@rooms.sip.test;gr=Nina>\r\n" FROM_S TEXT "x", 403);
    expect_status(FROM_S TEXT "x", 400);
}
END_TEST

/* MUC-B08 MSRP-021 */
START_TEST(line_for_an_occupant_is_private_also_with_gr_outside_the_brackets)
{
    expect_line("To: <sip:talk@rooms.sip.test;gr=Nina>\r\n" FROM_S TEXT "psst",
                " nick=Nina body=psst private=yes");
    expect_line("To: <sip:talk@rooms.sip.test>;gr=Nina\r\n" FROM_S TEXT "psst",
                " nick=Nina body=psst private=yes");
    expect_line("To: <sip:talk@rooms.sip.test;gr=Zo%C3%AB%20B>\r\n" FROM_S TEXT "psst",
                " nick=\"Zo\xc3\xab B\" body=psst private=yes");
}
END_TEST

/* MUC-B08 MSRP-030 */
START_TEST(recipient_who_is_not_in_this_room_is_404)
{
    const char *const uris[] = {"sip:talk@rooms.sip.test;gr=Nobody",
                                "sip:talk@rooms.sip.test;gr=nina",
                                "sip:other@rooms.sip.test",
                                "sip:other@rooms.sip.test;gr=Nina",
                                "sip:juliet@xmpp.test",
                                "sip:talk@elsewhere.test",
                                "urn:x:y"};
    for (size_t i = 0; i < G_N_ELEMENTS(uris); i++) {
        g_autofree char *text = g_strdup_printf("To: <%s>\r\n" FROM_S TEXT "x", uris[i]);
        expect_status(text, 404);
    }
}
END_TEST

/* MUC-B24 */
START_TEST(subject_goes_with_its_text_and_never_alone)
{
    expect_line(TO_ROOM FROM_S "Subject: Act two\r\n" TEXT "x", " subject=\"Act two\" body=x");
    expect_status(TO_ROOM FROM_S "Subject: Act two\r\n" TEXT, 200);
}
END_TEST

/* MUC-B06 MSRP-030 */
START_TEST(content_without_envelope_is_415)
{
    expect_status_of("text/plain", "x", 415);
    expect_status_of(NULL, "x", 415);
    expect_status_of("multipart/mixed;boundary=b",
                     "--b\r\nContent-Type: message/cpim\r\n\r\n" TO_ROOM FROM_S TEXT "x\r\n--b--",
                     415);
}
END_TEST

/* MUC-B06 MSRP-020 */
START_TEST(envelope_round_something_not_understood_is_415)
{
    expect_status(TO_ROOM FROM_S "\r\nContent-Type: image/png\r\n\r\nx", 415);
    expect_status(TO_ROOM FROM_S "\r\nContent-Type: application/pkcs7-mime\r\n\r\nx", 415);
    expect_status(TO_ROOM FROM_S "\r\nContent-Type: text/plain;charset=x-nobody\r\n\r\nx", 415);
    expect_status(TO_ROOM FROM_S "Require: x.y\r\n" TEXT "x", 415);
}
END_TEST

/* MSRP-018 */
START_TEST(multipart_is_taken_inside_the_envelope)
{
    expect_line(TO_ROOM FROM_S "\r\nContent-Type: multipart/alternative;boundary=b\r\n\r\n"
                               "--b\r\nContent-Type: text/plain\r\n\r\none\r\n"
                               "--b\r\nContent-Type: image/png\r\n\r\ntwo\r\n--b--",
                " body=one");
}
END_TEST

/* MSRP-020 */
START_TEST(malformed_content_is_400_and_what_is_beyond_our_bounds_413)
{
    GString *deep = g_string_new("x");
    expect_status("no header", 400);
    expect_status(TO_ROOM "From: nobody\r\n" TEXT "x", 400);
    expect_status(TO_ROOM FROM_S TEXT "\xff", 400);
    expect_status_of("message/", "x", 400);
    for (int i = 0; i < 20; i++) {
        g_string_prepend(deep, TO_ROOM FROM_S "\r\nContent-Type: message/cpim\r\n\r\n");
    }
    expect_status(deep->str, 413);
    g_string_free(deep, TRUE);
}
END_TEST

#define COMPOSING                                                                                  \
    "\r\nContent-Type: application/im-iscomposing+xml\r\n\r\n"                                       \
    "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'><state>active</state>"             \
    "</isComposing>"

/* MUC-B23 */
START_TEST(composing_for_the_room_is_told_and_that_for_one_is_not)
{
    Fields fields = {0};
    ck_assert_int_eq(read_text("message/cpim", TO_ROOM FROM_S COMPOSING, &fields), 200);
    ck_assert_int_eq(fields.how, HOW_COMPOSING);
    expect_status("To: <sip:talk@rooms.sip.test;gr=Nina>\r\n" FROM_S COMPOSING, 200);
}
END_TEST

/* MUC-B23 */
START_TEST(composing_of_an_occupant_goes_to_the_room_in_his_name)
{
    Fields state = {.how = HOW_COMPOSING, .ms = 60000};
    fields_set_text(&state.nick, "Nina");
    g_autoptr(GBytes) bytes = room_cpim_write_state(&place, &state, NOW_MS);
    g_autofree char *got = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    fields_clear(&state);
    ck_assert_str_eq(got, "To: <sip:talk@rooms.sip.test>\r\n"
                          "From: \"Nina\" <sip:talk@rooms.sip.test;gr=Nina>\r\n"
                          "DateTime: 2026-03-04T05:06:07Z\r\n\r\n"
                          "Content-Type: application/im-iscomposing+xml\r\n\r\n"
                          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                          "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
                          "<state>active</state><contenttype>text/plain</contenttype>"
                          "<refresh>60</refresh></isComposing>");
}
END_TEST

START_TEST(empty_lines_are_taken_and_go_nowhere)
{
    expect_status(TO_ROOM FROM_S TEXT, 200);
    expect_status("To: <sip:talk@rooms.sip.test;gr=Nobody>\r\n" FROM_S TEXT, 404);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        public_line_goes_to_the_room_from_the_occupant_at_the_time_it_came,
        line_with_a_time_of_its_own_keeps_it_and_one_with_a_broken_time_gets_ours,
        line_of_the_room_itself_and_its_subject,
        private_line_goes_to_the_address_of_record_of_the_party,
        vector_gv_002_octet_by_octet,
        line_for_the_room_is_read_as_utf8,
        author_is_the_party_however_its_uri_is_spelled,
        author_who_is_not_the_party_is_403,
        author_of_content_teaches_the_route_no_spelling,
        several_recipients_are_403_and_none_is_400,
        line_for_an_occupant_is_private_also_with_gr_outside_the_brackets,
        recipient_who_is_not_in_this_room_is_404,
        subject_goes_with_its_text_and_never_alone,
        content_without_envelope_is_415,
        envelope_round_something_not_understood_is_415,
        multipart_is_taken_inside_the_envelope,
        malformed_content_is_400_and_what_is_beyond_our_bounds_413,
        composing_for_the_room_is_told_and_that_for_one_is_not,
        composing_of_an_occupant_goes_to_the_room_in_his_name,
        empty_lines_are_taken_and_go_nowhere,
        NULL};
    return suite_run_fixture("room_cpim", tests, set_up, tear_down);
}
