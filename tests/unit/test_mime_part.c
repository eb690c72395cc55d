// SPDX-License-Identifier: MIT
// MIME entities: headers, codings we do not undo, and the depth of wrapping.
#include "sip/body/mime_part.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#include <string.h>

// A wrapper of type x/y at the given depth around `text`.
static void wrap(MimePart *wrapper, const char *text, unsigned depth)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    ck_assert(mime_part_init(wrapper, "x/y", bytes, NULL));
    wrapper->depth = depth;
}

static bool read_text(MimePart *part, const char *text, GError **error)
{
    g_auto(MimePart) wrapper = {0};
    wrap(&wrapper, text, 0);
    return mime_part_read_inside(part, &wrapper, 0, strlen(text), error);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    MimePart part;
    ck_assert_msg(!read_text(&part, text, &error), "accepted: %.60s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%.60s: %s", text, error->message);
    ck_assert_ptr_null(part.content);
}

static void assert_content(const MimePart *part, const char *expected)
{
    size_t length;
    const char *content = g_bytes_get_data(part->content, &length);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert(length == 0 || memcmp(content, expected, length) == 0);
}

static void assert_type(const MimePart *part, const char *expected)
{
    g_autofree char *type = content_type_write(&part->type);
    ck_assert_str_eq(type, expected);
}

START_TEST(headers_are_read_whatever_their_case_and_the_rest_is_content)
{
    g_auto(MimePart) part = {0};
    ck_assert(
        read_text(&part,
                  "content-TYPE: text/plain; charset=utf-8\r\nContent-Disposition: notification\r\n"
                  "Content-ID: <1@x>\r\nContent-Language:fr\r\nMIME-Version: 1.0\r\n"
                  "Content-Transfer-Encoding: 8bit\r\n\r\nbody\r\n\r\nend",
                  NULL));
    assert_type(&part, "text/plain;charset=utf-8");
    ck_assert_str_eq(part.disposition, "notification");
    ck_assert_str_eq(part.id, "1@x");
    ck_assert_str_eq(part.language, "fr");
    ck_assert_uint_eq(part.depth, 1);
    assert_content(&part, "body\r\n\r\nend");
}
END_TEST

START_TEST(folded_headers_are_joined)
{
    g_auto(MimePart) part = {0};
    ck_assert(read_text(&part, "Content-Type: multipart/mixed;\r\n\tboundary=b\r\n\r\nx", NULL));
    assert_type(&part, "multipart/mixed;boundary=b");
}
END_TEST

START_TEST(a_part_may_have_no_headers_or_nothing_else)
{
    g_auto(MimePart) bare = {0};
    ck_assert(read_text(&bare, "\r\nbody", NULL));
    ck_assert_ptr_null(bare.type.type);
    assert_content(&bare, "body");
    g_auto(MimePart) headers = {0};
    ck_assert(read_text(&headers, "Content-Type: a/b\r\n", NULL));
    assert_content(&headers, "");
}
END_TEST

START_TEST(the_first_of_two_equal_headers_counts)
{
    g_auto(MimePart) part = {0};
    ck_assert(read_text(&part, "Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", NULL));
    assert_type(&part, "a/b");
}
END_TEST

START_TEST(content_in_a_coding_we_do_not_undo_is_an_octet_stream)
{
    static const char *const coded[] = {
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\neA==",
        "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=20",
        "Content-Type: text/plain\r\nContent-Encoding: deflate\r\n\r\nx",
        "Content-Transfer-Encoding: base64\r\n\r\neA==",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(coded); i++) {
        g_auto(MimePart) part = {0};
        ck_assert(read_text(&part, coded[i], NULL));
        assert_type(&part, "application/octet-stream");
    }
    static const char *const plain[] = {"7bit", "8BIT", "binary", "identity"};
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        g_autofree char *text =
            g_strdup_printf("Content-Type: a/b\r\nContent-Encoding: identity\r\n"
                            "Content-Transfer-Encoding: %s\r\n\r\nx",
                            plain[i]);
        g_auto(MimePart) part = {0};
        ck_assert(read_text(&part, text, NULL));
        assert_type(&part, "a/b");
    }
}
END_TEST

START_TEST(what_is_no_header_is_refused)
{
    assert_refused("Content-Type text/plain\r\n\r\n", BODY_ERROR_WIRE);
    assert_refused(": x\r\n\r\n", BODY_ERROR_WIRE);
    assert_refused("Content-Type: text/plain", BODY_ERROR_WIRE);
    assert_refused("Content-Type: text/plain\rbody", BODY_ERROR_WIRE);
    assert_refused("Content-Type: nonsense\r\n\r\n", BODY_ERROR_WIRE);
    assert_refused("X: \xff\r\n\r\n", BODY_ERROR_WIRE);
}
END_TEST

START_TEST(a_control_character_in_a_header_is_refused)
{
    assert_refused("X: a\x0e"
                   "b\r\n\r\n",
                   BODY_ERROR_WIRE);
    assert_refused("X: a\nb\r\n\r\n", BODY_ERROR_WIRE);
    g_auto(MimePart) tab = {0};
    ck_assert(read_text(&tab, "Content-Disposition:\ta\tb\r\n\r\n", NULL));
    ck_assert_str_eq(tab.disposition, "a\tb");
    g_autoptr(GBytes) bytes = g_bytes_new_static("X: a\0b\r\n\r\n", 10);
    g_auto(MimePart) wrapper = {0};
    ck_assert(mime_part_init(&wrapper, "x/y", bytes, NULL));
    MimePart part;
    ck_assert(!mime_part_read_inside(&part, &wrapper, 0, 10, NULL));
}
END_TEST

START_TEST(size_and_number_of_headers_are_bounded)
{
    g_autofree char *filler = g_strnfill(8192, 'x');
    g_autofree char *large = g_strdup_printf("X: %s\r\n\r\n", filler);
    assert_refused(large, BODY_ERROR_LIMIT);
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 32; i++)
        g_string_append(many, "X: y\r\n");
    g_autofree char *good = g_strconcat(many->str, "\r\nx", NULL);
    g_auto(MimePart) part = {0};
    ck_assert(read_text(&part, good, NULL));
    g_string_append(many, "X: y\r\n\r\n");
    assert_refused(many->str, BODY_ERROR_LIMIT);
}
END_TEST

// its part of EXT-21
START_TEST(content_is_wrapped_four_times_at_most)
{
    g_auto(MimePart) wrapper = {0};
    wrap(&wrapper, "\r\nx", 3);
    g_auto(MimePart) part = {0};
    ck_assert(mime_part_read_inside(&part, &wrapper, 0, 3, NULL));
    ck_assert_uint_eq(part.depth, 4);
    wrapper.depth = 4;
    g_autoptr(GError) error = NULL;
    MimePart deeper;
    ck_assert(!mime_part_read_inside(&deeper, &wrapper, 0, 3, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
}
END_TEST

START_TEST(a_part_is_written_with_its_headers_and_nothing_forged)
{
    g_auto(MimePart) part = {0};
    wrap(&part, "body", 0);
    part.disposition = g_strdup("notification\r\nX-Evil: yes");
    part.id = g_strdup("1@x");
    part.language = g_strdup("fr");
    g_autoptr(GByteArray) out = g_byte_array_new();
    mime_part_write(&part, out);
    g_byte_array_append(out, (const guint8 *)"", 1);
    ck_assert_str_eq((char *)out->data,
                     "Content-Type: x/y\r\nContent-Disposition: notification  X-Evil: yes\r\n"
                     "Content-ID: <1@x>\r\nContent-Language: fr\r\n\r\nbody");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        headers_are_read_whatever_their_case_and_the_rest_is_content,
        folded_headers_are_joined,
        a_part_may_have_no_headers_or_nothing_else,
        the_first_of_two_equal_headers_counts,
        content_in_a_coding_we_do_not_undo_is_an_octet_stream,
        what_is_no_header_is_refused,
        a_control_character_in_a_header_is_refused,
        size_and_number_of_headers_are_bounded,
        content_is_wrapped_four_times_at_most,
        a_part_is_written_with_its_headers_and_nothing_forged,
        NULL,
    };
    return suite_run("mime_part", tests);
}
