// SPDX-License-Identifier: MIT
// message/cpim: RFC 3862 as rows IM-30, MSRP-020, MSRP-021 and MUC-B08 want it.
#include "sip/body/cpim.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

#define CONTENT "\r\nContent-Type: text/plain\r\n\r\nhi"

static bool read_text(Cpim *cpim, const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_auto(MimePart) whole = {0};
    ck_assert(mime_part_init(&whole, "message/cpim", bytes, NULL));
    return cpim_read(cpim, &whole, error);
}

static void read_good(Cpim *cpim, const char *text)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(read_text(cpim, text, &error), "%s: %s", error != NULL ? error->message : "",
                  text);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    Cpim cpim;
    ck_assert_msg(!read_text(&cpim, text, &error), "accepted: %.80s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%.80s: %s", text, error->message);
    ck_assert_ptr_null(cpim.to);
}

static void assert_address(const CpimAddress *address, const char *name, const char *uri)
{
    ck_assert_pstr_eq(address->name, name);
    ck_assert_pstr_eq(address->uri, uri);
}

static void assert_content(const Cpim *cpim, const char *type, const char *expected)
{
    g_autofree char *written = content_type_write(&cpim->content.type);
    ck_assert_str_eq(written, type);
    size_t length;
    const char *content = g_bytes_get_data(cpim->content.content, &length);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert(length == 0 || memcmp(content, expected, length) == 0);
}

static void assert_subject(const Cpim *cpim, unsigned index, const char *language, const char *text)
{
    ck_assert_uint_gt(cpim->subjects->len, index);
    const CpimSubject *subject = cpim->subjects->pdata[index];
    ck_assert_pstr_eq(subject->language, language);
    ck_assert_str_eq(subject->text, text);
}

static char *write_text(const Cpim *cpim)
{
    g_autoptr(GBytes) bytes = cpim_write(cpim);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void fill(Cpim *cpim, const char *name, const char *uri)
{
    cpim_init(cpim);
    cpim->from = (CpimAddress){.name = g_strdup(name), .uri = g_strdup(uri)};
    g_autoptr(GBytes) content = g_bytes_new_static("hi", 2);
    ck_assert(mime_part_init(&cpim->content, "text/plain", content, NULL));
}

// its part of IM-30
/* MSRP-020 */
START_TEST(the_example_of_the_rfc_is_read_but_its_requirement_is_not_met)
{
    static const char head[] = "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"
                               "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
                               "DateTime: 2000-12-13T13:40:00-08:00\r\n"
                               "Subject: the weather will be fine today\r\n"
                               "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
                               "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n";
    static const char require[] = "Require: MyFeatures.VitalMessageOption\r\n";
    static const char tail[] = "MyFeatures.VitalMessageOption: Confirmation-requested\r\n"
                               "MyFeatures.WackyMessageOption: Use-silly-font\r\n\r\n"
                               "Content-type: text/xml; charset=utf-8\r\n"
                               "Content-ID: <1234567890@foo.com>\r\n\r\n"
                               "<body>\r\nHere is the text of my message.\r\n</body>";
    g_autofree char *whole = g_strconcat(head, require, tail, NULL);
    assert_refused(whole, BODY_ERROR_UNSUPPORTED);
    g_autofree char *text = g_strconcat(head, tail, NULL);
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, text);
    assert_address(&cpim.from, "MR SANDERS", "im:piglet@100akerwood.com");
    ck_assert_uint_eq(cpim.to->len, 1);
    assert_address(cpim.to->pdata[0], "Depressed Donkey", "im:eeyore@100akerwood.com");
    ck_assert_int_eq(g_date_time_to_unix(cpim.sent), 976743600);
    assert_subject(&cpim, 0, NULL, "the weather will be fine today");
    assert_subject(&cpim, 1, "fr", "beau temps prevu pour aujourd'hui");
    ck_assert_str_eq(cpim.content.id, "1234567890@foo.com");
    assert_content(&cpim, "text/xml;charset=utf-8",
                   "<body>\r\nHere is the text of my message.\r\n</body>");
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(what_linphone_sends_is_read)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim,
              "From: <sip:alice@lp.test;gr=urn:uuid:eca76e20-8f20-0047-98c8-61926eb192b2>\r\n"
              "To: <sip:chatroom-10101@lp.test;gr=urn:uuid:1111>\r\n"
              "DateTime: 2026-11-22T06:15:11Z\r\n"
              "NS: imdn <urn:ietf:params:imdn>\r\n"
              "imdn.Message-ID: aNMVzpZ~RAj4\r\n"
              "imdn.Disposition-Notification: positive-delivery, negative-delivery, display\r\n"
              "\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello group");
    assert_address(&cpim.from, NULL,
                   "sip:alice@lp.test;gr=urn:uuid:eca76e20-8f20-0047-98c8-61926eb192b2");
    ck_assert_str_eq(cpim.message_id, "aNMVzpZ~RAj4");
    ck_assert_str_eq(cpim.disposition_notification,
                     "positive-delivery, negative-delivery, display");
    assert_content(&cpim, "text/plain", "hello group");
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(what_sylk_sends_is_read)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "From: Conference Room <sip:room@127.0.0.1>\r\n"
                     "To: Conference Room <sip:room@127.0.0.1>\r\n"
                     "DateTime: 2026-11-22T06:20:34.263066+00:00\r\n\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=\"utf8\"\r\n\r\nWelcome!");
    assert_address(&cpim.from, "Conference Room", "sip:room@127.0.0.1");
    ck_assert_int_eq(g_date_time_get_microsecond(cpim.sent), 263066);
    assert_content(&cpim, "text/plain;charset=utf8", "Welcome!");
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(prefixes_are_resolved_and_never_taken_literally)
{
    g_auto(Cpim) other = {0};
    read_good(&other, "NS: x <urn:ietf:params:imdn>\r\nx.Message-ID: 1\r\n" CONTENT);
    ck_assert_str_eq(other.message_id, "1");
    g_auto(Cpim) literal = {0};
    read_good(&literal,
              "imdn.Message-ID: 1\r\nNS: imdn <urn:other>\r\nimdn.Message-ID: 2\r\n" CONTENT);
    ck_assert_ptr_null(literal.message_id);
    g_auto(Cpim) fallback = {0};
    read_good(&fallback, "NS: c <urn:ietf:params:cpim-headers:>\r\nNS: <urn:ietf:params:imdn>\r\n"
                         "Message-ID: 3\r\nFrom: not looked at\r\nc.From: <sip:a@b>\r\n" CONTENT);
    ck_assert_str_eq(fallback.message_id, "3");
    ck_assert_str_eq(fallback.from.uri, "sip:a@b");
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(names_are_case_sensitive_and_unknown_headers_ignored)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "from: <sip:wrong@b>\r\nX-Unknown: ;;<>\"\\\r\nFROM: nonsense\r\n"
                     "From: <sip:a@b>\r\nto: <sip:wrong@b>\r\n" CONTENT);
    assert_address(&cpim.from, NULL, "sip:a@b");
    ck_assert_uint_eq(cpim.to->len, 0);
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(requirements_we_know_are_met_and_all_others_named)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim,
              "NS: i <urn:ietf:params:imdn>\r\nRequire: From,i.Message-ID, Subject\r\n" CONTENT);
    assert_refused("Require: From,Vital\r\n" CONTENT, BODY_ERROR_UNSUPPORTED);
    assert_refused("Require: imdn.Message-ID\r\n" CONTENT, BODY_ERROR_UNSUPPORTED);
    assert_refused("Require: cc\r\n" CONTENT, BODY_ERROR_UNSUPPORTED);
    g_autoptr(GError) error = NULL;
    Cpim refused;
    ck_assert(!read_text(&refused, "Subject: s\r\nRequire: Vital\r\n" CONTENT, &error));
    ck_assert_str_eq(error->message, "offset 12: CPIM requires Vital");
}
END_TEST

/* MSRP-020 */
START_TEST(a_missing_space_after_the_colon_is_tolerated)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "From:<sip:a@b>\r\nSubject:close\r\nSubject:;lang=de weit\r\n"
                     "Subject:  spaced\r\n" CONTENT);
    ck_assert_str_eq(cpim.from.uri, "sip:a@b");
    assert_subject(&cpim, 0, NULL, "close");
    assert_subject(&cpim, 1, "de", "weit");
    assert_subject(&cpim, 2, NULL, " spaced");
}
END_TEST

// its part of IM-30
/* MSRP-020 */
START_TEST(escapes_are_undone_everywhere_in_a_value)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim,
              "From: \"a \\\"b\\\" \\\\ \\u00e9\" <sip:a@b>\r\n"
              "To: Caf\\u00E9 <sip:c@d>\r\n"
              "Subject: \\b\\t\\n\\r\\'\\\"\\\\\\x\\uzz\\ud83d\\ude00\\ud83d\\u0000\\\r\n" CONTENT);
    assert_address(&cpim.from, "a \"b\" \\ \xc3\xa9", "sip:a@b");
    assert_address(cpim.to->pdata[0], "Caf\xc3\xa9", "sip:c@d");
    assert_subject(&cpim, 0, NULL, "\b\t\n\r'\"\\xuzz\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

// its part of MUC-B08
/* MSRP-021 */
START_TEST(an_instance_outside_the_brackets_belongs_to_the_uri)
{
    static const struct {
        const char *value;
        const char *uri;
    } cases[] = {
        {"<sip:a@b>;gr=x", "sip:a@b;gr=x"},
        {"<sip:a@b;gr=x>", "sip:a@b;gr=x"},
        {"<sip:a@b> ;tag=1;GR=x%20y ;z", "sip:a@b;GR=x%20y"},
        {"<sip:a@b?subject=s>;gr=x", "sip:a@b;gr=x?subject=s"},
        {"<sip:a@b;gr=in>;gr=out", "sip:a@b;gr=in"},
        {"<sip:a@b;gr>;gr=out", "sip:a@b;gr"},
        {"<sip:a@b;green=1>;gr=x", "sip:a@b;green=1;gr=x"},
        {"<sip:a@b>;gr=", "sip:a@b"},
        {"\"Nina\" <sip:a@b>;gr=x", "sip:a@b;gr=x"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("To: %s\r\n" CONTENT, cases[i].value);
        g_auto(Cpim) cpim = {0};
        read_good(&cpim, text);
        const CpimAddress *to = cpim.to->pdata[0];
        ck_assert_str_eq(to->uri, cases[i].uri);
    }
}
END_TEST

/* MSRP-021 */
START_TEST(display_names_come_bare_quoted_empty_or_not_at_all)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "To: Ni Na <sip:1@b>\r\nTo: \"Ni, <Na>\" <sip:2@b>\r\nTo: \"\"<sip:3@b>\r\n"
                     "To:   <sip:4@b>\r\n" CONTENT);
    ck_assert_uint_eq(cpim.to->len, 4);
    assert_address(cpim.to->pdata[0], "Ni Na", "sip:1@b");
    assert_address(cpim.to->pdata[1], "Ni, <Na>", "sip:2@b");
    assert_address(cpim.to->pdata[2], "", "sip:3@b");
    assert_address(cpim.to->pdata[3], NULL, "sip:4@b");
}
END_TEST

// its part of IM-30
START_TEST(malformed_envelopes_are_refused)
{
    static const char *const wrong[] = {
        "",
        "From: <sip:a@b>",
        "From: <sip:a@b>\r\n",
        "From: <sip:a@b>\n\nContent-Type: a/b\n\nx",
        "From <sip:a@b>\r\n" CONTENT,
        " From: <sip:a@b>\r\n" CONTENT,
        ": x\r\n" CONTENT,
        "Fr om: x\r\n" CONTENT,
        "From: sip:a@b\r\n" CONTENT,
        "From: <sip:a@b\r\n" CONTENT,
        "From: <>\r\n" CONTENT,
        "From: <a@b>\r\n" CONTENT,
        "From: <sip:>\r\n" CONTENT,
        "From: <sip:a b@c>\r\n" CONTENT,
        "From: \"open <sip:a@b>\r\n" CONTENT,
        "From: \"x\" y <sip:a@b>\r\n" CONTENT,
        "From: \"x\\",
        "From: <sip:a@b>\r\nFrom: <sip:c@d>\r\n" CONTENT,
        "DateTime: yesterday\r\n" CONTENT,
        "DateTime: 2026-01-02T03:04:05\r\n" CONTENT,
        "DateTime: 2026-01-02T03:04:05Z\r\nDateTime: 2026-01-02T03:04:05Z\r\n" CONTENT,
        "NS: imdn\r\n" CONTENT,
        "Subject: \x01\r\n" CONTENT,
        "Subject: \x7f\r\n" CONTENT,
        "Subject: \xff\r\n" CONTENT,
        "Subject: s\r\n\r\n",
        "Subject: s\r\n\r\n\r\nno type",
        "Subject: s\r\n\r\nContent-Type: nonsense\r\n\r\nx",
        "NS: i <urn:ietf:params:imdn>\r\ni.Message-ID: 1\r\ni.Message-ID: 2\r\n" CONTENT,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_refused(wrong[i], BODY_ERROR_WIRE);
}
END_TEST

START_TEST(number_and_size_of_headers_are_bounded)
{
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 64; i++)
        g_string_append(many, "To: <sip:a@b>\r\n");
    g_autofree char *good = g_strconcat(many->str, CONTENT, NULL);
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, good);
    ck_assert_uint_eq(cpim.to->len, 64);
    g_string_append(many, "X: y\r\n" CONTENT);
    assert_refused(many->str, BODY_ERROR_LIMIT);
    g_autofree char *filler = g_strnfill(16 * 1024, 'x');
    g_autofree char *large = g_strconcat("Subject: ", filler, "\r\n" CONTENT, NULL);
    assert_refused(large, BODY_ERROR_LIMIT);
}
END_TEST

// its part of EXT-21
START_TEST(an_envelope_counts_as_one_wrapper)
{
    static const char text[] = "From: <sip:a@b>\r\n" CONTENT;
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_auto(MimePart) whole = {0};
    ck_assert(mime_part_init(&whole, "message/cpim", bytes, NULL));
    whole.depth = 3;
    g_auto(Cpim) cpim = {0};
    ck_assert(cpim_read(&cpim, &whole, NULL));
    ck_assert_uint_eq(cpim.content.depth, 4);
    whole.depth = 4;
    g_autoptr(GError) error = NULL;
    Cpim deeper;
    ck_assert(!cpim_read(&deeper, &whole, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
}
END_TEST

static JsonObject *find_case(JsonParser *parser, const char *id)
{
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *vectors = json_object_get_array_member(root, "vectors");
    for (guint i = 0; i < json_array_get_length(vectors); i++) {
        JsonObject *vector = json_array_get_object_element(vectors, i);
        if (strcmp(json_object_get_string_member(vector, "id"), id) == 0)
            return json_array_get_object_element(json_object_get_array_member(vector, "cases"), 0);
    }
    ck_abort_msg("no vector %s", id);
    return NULL;
}

// its part of MUC-B04
/* MSRP-020 MSRP-021 */
START_TEST(octets_of_a_room_line_are_those_of_gv_002)
{
    g_autoptr(JsonParser) parser = vectors_load("tests/vectors/vectors-groupchat.json");
    JsonObject *vector = find_case(parser, "GV-002");
    JsonObject *in = json_object_get_object_member(vector, "in");
    const char *frame = json_object_get_string_member(vector, "out");
    const char *expected = strstr(frame, "\r\n\r\n") + 4;
    size_t length = (size_t)json_object_get_int_member(vector, "out_body_octets");

    const char *room = vectors_text(in, "room");
    const char *text = vectors_text(in, "text");
    g_auto(Cpim) cpim = {0};
    cpim_init(&cpim);
    cpim_add_to(&cpim, NULL, room);
    cpim.from.name = g_strdup(vectors_text(in, "nick"));
    cpim.from.uri = g_strdup_printf("%s;gr=%s", room, cpim.from.name);
    cpim.sent = g_date_time_new_from_iso8601(vectors_text(in, "stamp"), NULL);
    g_autoptr(GBytes) content = g_bytes_new(text, strlen(text));
    ck_assert(mime_part_init(&cpim.content, "text/plain;charset=utf-8", content, NULL));
    g_autoptr(GBytes) bytes = cpim_write(&cpim);
    ck_assert_uint_eq(g_bytes_get_size(bytes), length);
    ck_assert_mem_eq(g_bytes_get_data(bytes, NULL), expected, length);
}
END_TEST

/* EXT-01 */
START_TEST(what_notifications_need_is_read_under_any_prefix)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "NS: i <urn:ietf:params:imdn>\r\nDateTime: 2006-04-04T12:16:49-05:00\r\n"
                     "i.Original-To: Rob <im:rob@b>\r\ni.IMDN-Record-Route: <im:one@b>\r\n"
                     "i.IMDN-Record-Route: Two <im:two@b>\r\n" CONTENT);
    ck_assert_str_eq(cpim.date_time, "2006-04-04T12:16:49-05:00");
    assert_address(&cpim.original_to, "Rob", "im:rob@b");
    ck_assert_uint_eq(cpim.record_route->len, 2);
    assert_address(cpim.record_route->pdata[0], NULL, "im:one@b");
    assert_address(cpim.record_route->pdata[1], "Two", "im:two@b");
    assert_refused("NS: i <urn:ietf:params:imdn>\r\ni.Original-To: <im:a@b>\r\n"
                   "i.Original-To: <im:c@d>\r\n" CONTENT,
                   BODY_ERROR_WIRE);
}
END_TEST

/* EXT-01 */
START_TEST(the_way_back_of_a_notification_is_written_and_its_way_there_is_not)
{
    g_auto(Cpim) read = {0};
    read_good(&read, "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Original-To: <im:c@d>\r\n"
                     "imdn.IMDN-Record-Route: <im:one@b>\r\n" CONTENT);
    g_autofree char *dropped = write_text(&read);
    ck_assert_str_eq(dropped, CONTENT);
    read.route = g_steal_pointer(&read.record_route);
    g_autofree char *text = write_text(&read);
    ck_assert_str_eq(text, "NS: imdn <urn:ietf:params:imdn>\r\n"
                           "imdn.IMDN-Route: <im:one@b>\r\n" CONTENT);
}
END_TEST

// its part of EXT-08
/* MSRP-020 */
START_TEST(everything_is_written_in_order_and_read_back)
{
    g_auto(Cpim) cpim = {0};
    fill(&cpim, "a \"b\" \\", "sip:a@b;gr=x");
    cpim_add_to(&cpim, NULL, "sip:c@d");
    cpim_add_to(&cpim, "", "sip:e@f");
    cpim.sent = g_date_time_new_from_iso8601("2026-01-02T03:04:05.9-05:00", NULL);
    cpim_add_subject(&cpim, "fr", "deux\nlignes");
    cpim_add_subject(&cpim, "not a tag", "one");
    cpim.message_id = g_strdup("m7");
    cpim.disposition_notification = g_strdup("positive-delivery, display");
    g_autofree char *text = write_text(&cpim);
    ck_assert_str_eq(text, "To: <sip:c@d>\r\nTo: <sip:e@f>\r\n"
                           "From: \"a \\\"b\\\" \\\\\" <sip:a@b;gr=x>\r\n"
                           "DateTime: 2026-01-02T08:04:05Z\r\n"
                           "Subject:;lang=fr deux\\nlignes\r\nSubject: one\r\n"
                           "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m7\r\n"
                           "imdn.Disposition-Notification: positive-delivery, display\r\n"
                           "\r\nContent-Type: text/plain\r\n\r\nhi");
    g_auto(Cpim) again = {0};
    read_good(&again, text);
    assert_address(&again.from, "a \"b\" \\", "sip:a@b;gr=x");
    assert_subject(&again, 0, "fr", "deux\nlignes");
    ck_assert_str_eq(again.message_id, "m7");
    g_autofree char *rewritten = write_text(&again);
    ck_assert_str_eq(rewritten, text);
}
END_TEST

/* MSRP-020 */
START_TEST(times_at_the_ends_of_the_calendar_are_written_in_full_or_refused)
{
    g_auto(Cpim) cpim = {0};
    read_good(&cpim, "DateTime: 0026-11-22T06:20:34.2+00:00\r\n" CONTENT);
    g_autofree char *text = write_text(&cpim);
    ck_assert_str_eq(text, "DateTime: 0026-11-22T06:20:34Z\r\n" CONTENT);
    assert_refused("DateTime: 0001-01-01T00:00:00+14:00\r\n" CONTENT, BODY_ERROR_WIRE);
    assert_refused("DateTime: 9999-12-31T23:59:59-12:00\r\n" CONTENT, BODY_ERROR_WIRE);
}
END_TEST

// its part of SEC-06
/* MSRP-020 */
START_TEST(no_value_can_forge_a_header)
{
    g_auto(Cpim) cpim = {0};
    fill(&cpim, "x\"\r\nTo: <sip:evil@b>\x01\x7f", "sip:a>\r\n<\" \\@b");
    cpim_add_subject(&cpim, NULL, "s\r\nRequire: Vital");
    cpim.message_id = g_strdup("1\r\n\r\nbody");
    g_autofree char *text = write_text(&cpim);
    ck_assert_str_eq(text,
                     "From: \"x\\\"\\r\\nTo: <sip:evil@b>\\u0001\\u007f\" "
                     "<sip:a%3E%0D%0A%3C%22%20%5C@b>\r\n"
                     "Subject: s\\r\\nRequire: Vital\r\n"
                     "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 1\\r\\n\\r\\nbody\r\n"
                     "\r\nContent-Type: text/plain\r\n\r\nhi");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_example_of_the_rfc_is_read_but_its_requirement_is_not_met,
        what_linphone_sends_is_read,
        what_sylk_sends_is_read,
        prefixes_are_resolved_and_never_taken_literally,
        names_are_case_sensitive_and_unknown_headers_ignored,
        requirements_we_know_are_met_and_all_others_named,
        a_missing_space_after_the_colon_is_tolerated,
        escapes_are_undone_everywhere_in_a_value,
        an_instance_outside_the_brackets_belongs_to_the_uri,
        display_names_come_bare_quoted_empty_or_not_at_all,
        malformed_envelopes_are_refused,
        number_and_size_of_headers_are_bounded,
        an_envelope_counts_as_one_wrapper,
        octets_of_a_room_line_are_those_of_gv_002,
        what_notifications_need_is_read_under_any_prefix,
        the_way_back_of_a_notification_is_written_and_its_way_there_is_not,
        everything_is_written_in_order_and_read_back,
        times_at_the_ends_of_the_calendar_are_written_in_full_or_refused,
        no_value_can_forge_a_header,
        NULL,
    };
    return suite_run("cpim", tests);
}
