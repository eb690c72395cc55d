// SPDX-License-Identifier: MIT
// text/plain between octets in any charset and UTF-8 with LF: row IM-25.
#include "sip/body/plain_text.h"
#include "sip/body/body_error.h"
#include "sip/body/content_type.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static int vectors_run;

static void assert_reads(const char *octets, size_t length, const char *charset,
                         const char *expected)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(octets, length);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(plain_text_read(&text, bytes, charset, &error), "%s",
                  error != NULL ? error->message : "");
    ck_assert_str_eq(text, expected);
}

static void assert_refused(const char *octets, const char *charset, BodyErrorCode code)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(octets, strlen(octets));
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!plain_text_read(&text, bytes, charset, &error), "accepted: %s", octets);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%s", error->message);
    ck_assert_ptr_null(text);
}

static void assert_writes(const char *text, const char *expected)
{
    g_autoptr(GBytes) bytes = plain_text_write(text);
    size_t length;
    const char *octets = g_bytes_get_data(bytes, &length);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert(length == 0 || memcmp(octets, expected, length) == 0);
}

// its part of IM-25
START_TEST(crlf_becomes_lf_and_the_last_one_stays)
{
    assert_reads("a\r\n\r\nb\r\n", 8, NULL, "a\n\nb\n");
    assert_reads("a\nb\rc", 5, "UTF-8", "a\nb\rc");
    assert_reads("", 0, NULL, "");
}
END_TEST

// its part of IM-25
START_TEST(charsets_are_converted_to_utf8)
{
    assert_reads("caf\xe9", 4, "iso-8859-1", "caf\xc3\xa9");
    assert_reads("caf\xe9", 4, "ISO-8859-15", "caf\xc3\xa9");
    assert_reads("plain", 5, "us-ascii", "plain");
    assert_reads("caf\xc3\xa9", 5, "utf8", "caf\xc3\xa9");
    assert_reads("caf\xc3\xa9", 5, NULL, "caf\xc3\xa9");
    assert_reads("\x20\xac", 2, "UTF-16BE", "\xe2\x82\xac");
}
END_TEST

static void read_vector(const char *id, JsonObject *in, JsonObject *out)
{
    const char *hex = vectors_text(in, "body_hex");
    if (hex == NULL)
        return;
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, vectors_text(in, "ctype"), NULL));
    ck_assert(content_type_is(&type, "text/plain"));
    char octets[64];
    size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++)
        octets[i] =
            (char)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
    const char *charset = content_type_find_parameter(&type, "charset");
    assert_reads(octets, length, charset, vectors_text(out, "body"));
    vectors_run++;
}

// its part of IM-25
START_TEST(vectors_given_as_octets_hold)
{
    vectors_each("vectors-one-to-one.json", "message_s2x", read_vector);
    ck_assert_int_eq(vectors_run, 1);
}
END_TEST

// its part of IM-25
/* SEC-07 */
START_TEST(characters_xml_forbids_become_replacement_characters)
{
    assert_reads("a\0b\x01"
                 "c\x7f",
                 6, NULL,
                 "a\xef\xbf\xbd"
                 "b\xef\xbf\xbd"
                 "c\x7f");
    assert_reads("\xef\xbf\xbe\xef\xbf\xbf", 6, NULL, "\xef\xbf\xbd\xef\xbf\xbd");
    assert_reads("\t\n", 2, NULL, "\t\n");
}
END_TEST

// its part of IM-25
START_TEST(an_unknown_charset_is_told_from_wrong_octets)
{
    assert_refused("abc", "klingon-1", BODY_ERROR_CHARSET);
    assert_refused("abc", "", BODY_ERROR_CHARSET);
    assert_refused("abc", "UTF-8//TRANSLIT", BODY_ERROR_CHARSET);
    assert_refused("abc", "../../evil", BODY_ERROR_CHARSET);
    assert_refused("caf\xe9", "us-ascii", BODY_ERROR_WIRE);
    assert_refused("caf\xe9", NULL, BODY_ERROR_WIRE);
    assert_refused("cut \xe2\x82", "utf-8", BODY_ERROR_WIRE);
    assert_refused("\xed\xa0\x80", "utf-8", BODY_ERROR_WIRE);
    assert_refused("\xf8\x88\x80\x80\x80", "utf-8", BODY_ERROR_WIRE);
}
END_TEST

START_TEST(the_error_names_the_offset_of_the_wrong_octet)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("caf\xe9!", 5);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(!plain_text_read(&text, bytes, "utf-8", &error));
    ck_assert_str_eq(error->message, "offset 3: octets not valid in charset utf-8");
}
END_TEST

START_TEST(size_is_bounded)
{
    g_autofree char *large = g_strnfill(1024 * 1024 + 1, 'a');
    assert_refused(large, NULL, BODY_ERROR_LIMIT);
    large[1024 * 1024] = '\0';
    assert_reads(large, 1024 * 1024, NULL, large);
}
END_TEST

// its part of IM-10
START_TEST(lf_becomes_crlf_once)
{
    assert_writes("a\nb\n", "a\r\nb\r\n");
    assert_writes("a\r\nb", "a\r\nb");
    assert_writes("\n\n", "\r\n\r\n");
    assert_writes("caf\xc3\xa9", "caf\xc3\xa9");
    assert_writes("", "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        crlf_becomes_lf_and_the_last_one_stays,
        charsets_are_converted_to_utf8,
        vectors_given_as_octets_hold,
        characters_xml_forbids_become_replacement_characters,
        an_unknown_charset_is_told_from_wrong_octets,
        the_error_names_the_offset_of_the_wrong_octet,
        size_is_bounded,
        lf_becomes_crlf_once,
        NULL,
    };
    return suite_run("plain_text", tests);
}
