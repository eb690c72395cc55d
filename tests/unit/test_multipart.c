// SPDX-License-Identifier: MIT
// Splitting multipart bodies: RFC 2046 5.1, its padding and empty corners, and the bounds.
#include "sip/body/multipart.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#include <string.h>

static GPtrArray *split(const char *type, const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_auto(MimePart) whole = {0};
    ck_assert(mime_part_init(&whole, type, bytes, NULL));
    GPtrArray *parts = NULL;
    bool done = multipart_read(&parts, &whole, error);
    ck_assert(done == (parts != NULL));
    return parts;
}

static void assert_part(const GPtrArray *parts, unsigned index, const char *type,
                        const char *content)
{
    const MimePart *part = parts->pdata[index];
    g_autofree char *written = content_type_write(&part->type);
    ck_assert_str_eq(written, type);
    g_autofree char *text =
        g_strndup(g_bytes_get_size(part->content) > 0 ? g_bytes_get_data(part->content, NULL) : "",
                  g_bytes_get_size(part->content));
    ck_assert_str_eq(text, content);
}

static void assert_refused(const char *type, const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(split(type, text, &error) == NULL, "accepted: %.80s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%.80s: %s", text, error->message);
}

// its part of IM-26
START_TEST(parts_are_split_and_preamble_and_epilogue_dropped)
{
    g_autoptr(GPtrArray) parts =
        split("multipart/mixed;boundary=\"simple boundary\"",
              "preamble\r\n--simple boundary\r\n\r\nimplicit, no line break at its end\r\n"
              "--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\nwith line "
              "break\r\n\r\n"
              "--simple boundary--\r\nepilogue\r\n--simple boundary\r\n\r\nnot me",
              NULL);
    ck_assert_uint_eq(parts->len, 2);
    assert_part(parts, 0, "text/plain", "implicit, no line break at its end");
    assert_part(parts, 1, "text/plain;charset=us-ascii", "with line break\r\n");
}
END_TEST

// its part of IM-26, MSRP-018
START_TEST(alternative_signed_and_related_are_split_alike)
{
    static const char *const types[] = {"alternative", "signed", "related", "mixed"};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *type = g_strdup_printf("multipart/%s;boundary=b", types[i]);
        g_autoptr(GPtrArray) parts = split(type,
                                           "--b\r\nContent-Type: text/plain\r\n\r\none\r\n"
                                           "--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--",
                                           NULL);
        ck_assert_uint_eq(parts->len, 2);
        assert_part(parts, 0, "text/plain", "one");
        assert_part(parts, 1, "text/html", "two");
    }
}
END_TEST

START_TEST(padding_after_a_boundary_and_longer_boundaries_are_told_apart)
{
    g_autoptr(GPtrArray) parts = split("multipart/mixed;boundary=b",
                                       "--b \t\r\n\r\n--bc\r\nx --b\r\n--b\r\n\r\n--b--", NULL);
    ck_assert_uint_eq(parts->len, 2);
    assert_part(parts, 0, "text/plain", "--bc\r\nx --b");
    assert_part(parts, 1, "text/plain", "");
}
END_TEST

START_TEST(a_part_may_be_empty_down_to_its_line_end)
{
    g_autoptr(GPtrArray) parts = split("multipart/mixed;boundary=b", "--b\r\n--b--", NULL);
    ck_assert_uint_eq(parts->len, 1);
    assert_part(parts, 0, "text/plain", "");
}
END_TEST

// its part of EXT-21
START_TEST(parts_nest_four_deep_and_no_deeper)
{
    g_autofree char *type = g_strdup("multipart/mixed;boundary=b1");
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 1; i <= 5; i++)
        g_string_append_printf(text, "--b%d\r\nContent-Type: multipart/mixed;boundary=b%d\r\n\r\n",
                               i, i + 1);
    for (int i = 5; i >= 1; i--)
        g_string_append_printf(text, "\r\n--b%d--", i);
    g_autoptr(GPtrArray) parts = split(type, text->str, NULL);
    for (unsigned depth = 1; depth <= 4; depth++) {
        const MimePart *part = parts->pdata[0];
        ck_assert_uint_eq(part->depth, depth);
        g_autoptr(GError) error = NULL;
        GPtrArray *deeper = NULL;
        ck_assert(multipart_read(&deeper, part, &error) == (depth < 4));
        if (deeper == NULL) {
            ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
            break;
        }
        g_ptr_array_unref(parts);
        parts = deeper;
    }
}
END_TEST

START_TEST(bodies_without_usable_boundary_or_end_are_refused)
{
    assert_refused("text/plain;boundary=b", "--b\r\n\r\nx\r\n--b--", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed", "--b\r\n\r\nx\r\n--b--", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=\"\"", "--\r\n\r\nx\r\n----", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "--b--", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "x--b\r\n\r\nx--b--", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "--b\r\n\r\ntruncated", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "--b\r\n\r\nx\r\n--b", BODY_ERROR_WIRE);
    assert_refused("multipart/mixed;boundary=b", "--b\r\nno header\r\n--b--", BODY_ERROR_WIRE);
    g_autofree char *name = g_strnfill(71, 'b');
    g_autofree char *type = g_strdup_printf("multipart/mixed;boundary=%s", name);
    g_autofree char *text = g_strdup_printf("--%s\r\n\r\nx\r\n--%s--", name, name);
    assert_refused(type, text, BODY_ERROR_WIRE);
}
END_TEST

START_TEST(the_number_of_parts_is_bounded)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 64; i++)
        g_string_append(text, "--b\r\n\r\nx\r\n");
    g_autofree char *good = g_strconcat(text->str, "--b--", NULL);
    g_autoptr(GPtrArray) parts = split("multipart/mixed;boundary=b", good, NULL);
    ck_assert_uint_eq(parts->len, 64);
    g_string_append(text, "--b\r\n\r\nx\r\n--b--");
    assert_refused("multipart/mixed;boundary=b", text->str, BODY_ERROR_LIMIT);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        parts_are_split_and_preamble_and_epilogue_dropped,
        alternative_signed_and_related_are_split_alike,
        padding_after_a_boundary_and_longer_boundaries_are_told_apart,
        a_part_may_be_empty_down_to_its_line_end,
        parts_nest_four_deep_and_no_deeper,
        bodies_without_usable_boundary_or_end_are_refused,
        the_number_of_parts_is_bounded,
        NULL,
    };
    return suite_run("multipart", tests);
}
