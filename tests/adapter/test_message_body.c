// SPDX-License-Identifier: MIT
// Bodies of MESSAGE and SEND: octets and a type in, fields out.
#include "sip/message_body.h"

#include <string.h>

#include "sip/body/imdn.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

static int read_octets(MessageBody *body, const char *type, const void *octets, size_t length)
{
    g_auto(MimePart) part = {0};
    g_autoptr(GBytes) content = g_bytes_new(octets, length);
    ck_assert(mime_part_init(&part, type, content, NULL));
    return message_body_read(body, &part);
}

static int read_text(MessageBody *body, const char *type, const char *text)
{
    return read_octets(body, type, text, strlen(text));
}

// The fields as one line, time taken as 2026-03-04T05:10:00Z.
static char *fields_of(const char *type, const char *text)
{
    g_auto(MessageBody) body;
    Fields fields = {0};
    g_autoptr(GDateTime) now = g_date_time_new_utc(2026, 3, 4, 5, 10, 0);
    ck_assert_int_eq(read_text(&body, type, text), 0);
    message_body_to_fields(&body, &fields, true, now);
    GString *line = g_string_new(NULL);
    fields_print(&fields, true, line);
    fields_clear(&fields);
    return g_strstrip(g_string_free(line, FALSE));
}

static void expect_fields(const char *type, const char *text, const char *line)
{
    g_autofree char *got = fields_of(type, text);
    ck_assert_str_eq(got, line);
}

static void expect_status(const char *type, const char *text, int status)
{
    g_auto(MessageBody) body;
    ck_assert_int_eq(read_text(&body, type, text), status);
}

/* IM-25 */
START_TEST(plain_text_becomes_utf8_with_line_feeds)
{
    g_auto(MessageBody) body;
    expect_fields("text/plain", "a\r\nb", "body=\"a\\nb\"");
    ck_assert_int_eq(read_octets(&body, "text/plain;charset=iso-8859-1", "caf\xe9", 4), 0);
    ck_assert_str_eq(body.text, "caf\xc3\xa9");
    expect_status("text/plain;charset=x-nobody", "a", 415);
    expect_status("text/plain", "\xff", 400);
}
END_TEST

/* IM-26 */
START_TEST(types_nobody_understands_are_415_and_smime_is_493)
{
    expect_status("image/png", "x", 415);
    expect_status("application/pkcs7-mime", "x", 493);
    expect_status("multipart/mixed;boundary=b", "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--",
                  415);
}
END_TEST

/* IM-26 */
START_TEST(mixed_takes_the_first_part_understood_and_alternative_the_last)
{
    static const char parts[] =
        "--b\r\nContent-Type: image/png\r\n\r\nx\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\none\r\n"
        "--b\r\nContent-Type: text/plain\r\nContent-Language: cs, en\r\n\r\n"
        "two\r\n"
        "--b\r\nContent-Type: application/x-odd\r\n\r\ny\r\n--b--";
    expect_fields("multipart/mixed;boundary=b", parts, "body=one");
    expect_fields("multipart/alternative;boundary=b", parts, "lang=cs body=two");
    expect_fields("multipart/signed;boundary=b", parts, "body=one");
}
END_TEST

/* IM-27 */
START_TEST(html_comes_as_plain_text_and_as_xhtml)
{
    expect_fields("text/html", "<b>x</b><script>y</script>",
                  "body=x html=<p><strong>x</strong></p>");
}
END_TEST

/* IM-30 EXT-02 EXT-04 EXT-08 */
START_TEST(envelope_gives_subject_time_id_and_the_wishes_of_its_author)
{
    expect_fields("message/cpim",
                  "From: \"Romeo\" <sip:romeo@sip.test>\r\nTo: <sip:juliet@xmpp.test>\r\n"
                  "DateTime: 2026-03-04T05:06:07Z\r\nSubject: Balcony\r\n"
                  "NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m7\r\n"
                  "imdn.Disposition-Notification: positive-delivery, display\r\n\r\n"
                  "Content-Type: text/plain\r\n\r\nHi",
                  "id=m7 subject=Balcony body=Hi stamp=2026-03-04T05:06:07Z receipt=yes markable=yes "
                  "notify=yes");
    expect_fields("message/cpim",
                  "From: <sip:romeo@sip.test>\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
                  "imdn.Disposition-Notification: positive-delivery\r\n\r\n"
                  "Content-Type: text/plain\r\n\r\nWhich one?",
                  "body=\"Which one?\"");
}
END_TEST

/* EXT-08 */
START_TEST(a_time_that_is_now_or_far_ahead_is_no_stamp)
{
    const char *const times[] = {"2026-03-04T05:09:00Z", "2026-03-04T05:11:00Z",
                                 "2026-03-04T05:15:01Z"};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autofree char *text = g_strdup_printf(
            "From: <sip:a@b>\r\nDateTime: %s\r\n\r\nContent-Type: text/plain\r\n\r\nx", times[i]);
        expect_fields("message/cpim", text, "body=x");
    }
    expect_fields("message/cpim",
                  "From: <sip:a@b>\r\nDateTime: 2026-03-04T06:14:59+01:00\r\n\r\n"
                  "Content-Type: text/plain\r\n\r\nx",
                  "body=x stamp=2026-03-04T05:14:59Z");
    expect_fields("message/cpim",
                  "From: <sip:a@b>\r\nDateTime: 0870-01-01T00:00:00Z\r\n\r\n"
                  "Content-Type: text/plain\r\n\r\nx",
                  "body=x stamp=0870-01-01T00:00:00Z"); // XEP-0082 3.2: the year has four digits
}
END_TEST

/* IM-30 */
START_TEST(envelope_with_faults_is_refused)
{
    expect_status("message/cpim", "no header", 400);
    expect_status("message/cpim",
                  "From: <sip:a@b>\r\nRequire: x.y\r\n\r\nContent-Type: text/plain\r\n\r\nx", 415);
    expect_status("message/cpim", "From: <sip:a@b>\r\n\r\nContent-Type: image/png\r\n\r\nx", 415);
}
END_TEST

/* EXT-21 */
START_TEST(wrappers_do_not_nest_without_end)
{
    GString *text = g_string_new("x");
    for (int i = 0; i < 20; i++) {
        g_string_prepend(text, "From: <sip:a@b>\r\n\r\nContent-Type: message/cpim\r\n\r\n");
    }
    expect_status("message/cpim", text->str, 413);
    g_string_free(text, TRUE);
}
END_TEST

/* CHAT-41 */
START_TEST(automatic_documents_are_understood_and_silent)
{
    g_auto(MessageBody) body;
    ck_assert_int_eq(read_text(&body, "application/im-iscomposing+xml",
                               "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
                               "<state>active</state><refresh>60</refresh></isComposing>"),
                     0);
    ck_assert(body.silent);
    ck_assert_ptr_null(body.text);
    ck_assert_int_eq(body.state, HOW_COMPOSING);
    ck_assert_uint_eq(body.refresh_s, 60);
}
END_TEST

#define NOTICE(id, inside)                                                                         \
    "<imdn xmlns='urn:ietf:params:xml:ns:imdn'><message-id>" id "</message-id>" inside "</imdn>"
#define DELIVERED "<delivery-notification><status><delivered/></status></delivery-notification>"
#define DISPLAYED "<display-notification><status><displayed/></status></display-notification>"

static void expect_notices(const char *type, const char *text, const char *ids)
{
    g_auto(MessageBody) body;
    GString *found = g_string_new(NULL);
    ck_assert_int_eq(read_text(&body, type, text), 0);
    ck_assert(body.silent);
    ck_assert_ptr_null(body.text);
    for (guint i = 0; i < body.notices->len; i++) {
        const Imdn *notice = body.notices->pdata[i];
        g_string_append_printf(found, "%s:%d ", notice->message_id, (int)notice->outcome);
    }
    ck_assert_str_eq(found->str, ids);
    g_string_free(found, TRUE);
}

/* EXT-02 EXT-21 */
START_TEST(notifications_are_read_bare_wrapped_and_in_bundles)
{
    expect_notices("message/imdn+xml", NOTICE("a", DELIVERED), "a:1 ");
    expect_notices("message/cpim",
                   "From: <im:a@b>\r\n\r\nContent-Type: message/imdn+xml\r\n"
                   "Content-Disposition: notification\r\n\r\n" NOTICE("a", DISPLAYED),
                   "a:3 ");
    expect_notices("message/cpim",
                   "From: <im:a@b>\r\n\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n"
                   "--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("a", DELIVERED)
                   "\r\n--x\r\nContent-Type: message/cpim\r\n\r\nFrom: <im:a@b>\r\n\r\n"
                   "Content-Type: message/imdn+xml\r\n\r\n" NOTICE("b", DISPLAYED)
                   "\r\n--x\r\nContent-Type: text/plain\r\n\r\nnot for readers"
                   "\r\n--x\r\nContent-Type: message/cpim\r\n\r\nFrom: <im:a@b>\r\n\r\n"
                   "Content-Type: text/html\r\n\r\nnor this"
                   "\r\n--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("c", DELIVERED)
                   "\r\n--x--\r\n",
                   "a:1 b:3 c:1 ");
}
END_TEST

/* SEC-12 EXT-02 */
START_TEST(notification_with_a_wish_of_its_own_is_silent_all_the_same)
{
    expect_notices("message/cpim",
                   "From: <im:a@b>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: m9\r\n"
                   "imdn.Disposition-Notification: positive-delivery\r\n\r\n"
                   "Content-Type: message/imdn+xml\r\n\r\n" NOTICE("a", DELIVERED),
                   "a:1 ");
}
END_TEST

/* EXT-02 SEC-07 */
START_TEST(notification_that_is_none_is_refused)
{
    expect_status("message/imdn+xml", "delivered", 400);
    expect_status("message/imdn+xml", "<!DOCTYPE imdn>" NOTICE("a", DELIVERED), 400);
    expect_status("multipart/mixed;boundary=x",
                  "--x\r\nContent-Type: message/imdn+xml\r\n\r\n" NOTICE("a", DELIVERED)
                  "\r\n--x\r\nContent-Type: message/imdn+xml\r\n\r\nrubbish\r\n--x--\r\n",
                  400);
}
END_TEST

/* IM-23 */
START_TEST(language_is_the_first_tag_or_nothing)
{
    g_autofree char *first = message_body_language(" cs , en");
    ck_assert_str_eq(first, "cs");
    ck_assert_ptr_null(message_body_language(NULL));
    ck_assert_ptr_null(message_body_language(""));
    ck_assert_ptr_null(message_body_language("<evil>"));
}
END_TEST

static void expect_room_line(JsonNode *in_node, JsonNode *out_node)
{
    JsonObject *in = json_node_get_object(in_node);
    g_autofree char *from =
        g_strdup_printf("%s;gr=%s", vectors_text(in, "room"), vectors_text(in, "nick"));
    g_autoptr(GBytes) got =
        message_body_wrap(&(MessageBodyEnvelope){.to = vectors_text(in, "room"),
                                                 .from_name = vectors_text(in, "nick"),
                                                 .from = from,
                                                 .stamp = vectors_text(in, "stamp"),
                                                 .text = vectors_text(in, "text")});
    size_t octets;
    const char *text = g_bytes_get_data(got, &octets);
    g_autofree char *frame_part =
        g_strdup_printf("Content-Type: message/cpim\r\n\r\n%.*s\r\n-------", (int)octets, text);
    ck_assert_msg(strstr(json_node_get_string(out_node), frame_part) != NULL, "%s", frame_part);
}

/* MUC-B04 MSRP-020 MSRP-021 */
START_TEST(room_line_is_wrapped_octet_by_octet_as_the_vector_says)
{
    ck_assert_int_eq(vectors_each_case("GV-002", expect_room_line), 1);
}
END_TEST

#define FT_HTTP(inside)                                                                            \
    "<file xmlns='urn:gsma:params:xml:ns:rcs:rcs:fthttp'>" inside "</file>"
#define FT_FILE "<file-info type='file'><data url='https://f.test/a.png'/></file-info>"

static void check_oob(const char *id, JsonObject *in, JsonObject *out)
{
    g_autofree char *document = g_strdup_printf(
        FT_HTTP("<file-info type='thumbnail'><data url='%s'/></file-info>"
                "<file-info type='file'><data url='%s'/></file-info>"),
        vectors_text(in, "thumb_url"), vectors_text(in, "file_url"));
    g_autofree char *fields =
        g_strdup_printf("body=%s url=%s", vectors_text(out, "body"), vectors_text(out, "oob_url"));
    expect_fields(vectors_text(in, "ctype"), document, fields);
}

/* EXT-14 */
START_TEST(the_vector_of_a_file_holds)
{
    ck_assert_int_eq(vectors_each("vectors-one-to-one.json", "oob_s2x", check_oob), 1);
}
END_TEST

/* EXT-14 */
START_TEST(file_elsewhere_is_its_address)
{
    expect_fields("message/external-body; access-type=URL; URL=\"https://f.test/b c.pdf\"; size=77",
                  "Content-Type: application/pdf\r\nContent-ID: <x@y>\r\n\r\n",
                  "file_size=77 body=\"https://f.test/b c.pdf\" url=\"https://f.test/b c.pdf\" "
                  "file_type=application/pdf");
    expect_status("message/external-body; access-type=anon-ftp; site=x", "\r\n", 415);
    expect_status("message/external-body; access-type=URL", "\r\n", 415);
}
END_TEST

/* EXT-14 */
START_TEST(file_lies_on_a_safe_server_unless_that_is_set)
{
    Settings settings = settings_defaults();
    static const struct {
        const char *url;
        bool usually, set;
    } CASES[] = {
        {"https://f.test/a", true, true},
        {"HTTPS://f.test/a", true, true},
        {"http://f.test/a", false, true},
        {"javascript:alert(1)", false, false},
        {"file:///etc/passwd", false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(CASES); i++) {
        MessageBody body = {.file = {.url = (char *)CASES[i].url}};
        settings.allow_http_files = false;
        ck_assert(message_body_is_allowed(&body, &settings) == CASES[i].usually);
        settings.allow_http_files = true;
        ck_assert(message_body_is_allowed(&body, &settings) == CASES[i].set);
    }
}
END_TEST

/* EXT-14 IM-26 */
START_TEST(file_with_faults_is_refused)
{
    expect_status("application/vnd.gsma.rcs-ft-http+xml", FT_HTTP(""), 400);
    expect_status("application/vnd.gsma.rcs-ft-http+xml", "<!DOCTYPE a>" FT_HTTP(FT_FILE), 400);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {plain_text_becomes_utf8_with_line_feeds,
                                  types_nobody_understands_are_415_and_smime_is_493,
                                  mixed_takes_the_first_part_understood_and_alternative_the_last,
                                  html_comes_as_plain_text_and_as_xhtml,
                                  envelope_gives_subject_time_id_and_the_wishes_of_its_author,
                                  a_time_that_is_now_or_far_ahead_is_no_stamp,
                                  envelope_with_faults_is_refused,
                                  wrappers_do_not_nest_without_end,
                                  automatic_documents_are_understood_and_silent,
                                  notifications_are_read_bare_wrapped_and_in_bundles,
                                  notification_with_a_wish_of_its_own_is_silent_all_the_same,
                                  notification_that_is_none_is_refused,
                                  language_is_the_first_tag_or_nothing,
                                  room_line_is_wrapped_octet_by_octet_as_the_vector_says,
                                  the_vector_of_a_file_holds,
                                  file_elsewhere_is_its_address,
                                  file_lies_on_a_safe_server_unless_that_is_set,
                                  file_with_faults_is_refused,
                                  NULL};
    return suite_run("message_body", tests);
}
