// SPDX-License-Identifier: MIT
// Media types: RFC 2045 5.1, and what SIP and MSRP peers make of it.
#include "sip/body/content_type.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#include <string.h>

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    ContentType type;
    ck_assert_msg(!content_type_read(&type, text, &error), "accepted: %.60s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%.60s: %s", text, error->message);
    ck_assert_ptr_null(type.type);
}

START_TEST(type_and_subtype_are_lowered_and_parameters_kept)
{
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, "Text/Plain; Charset=\"utf8\" ;msgr=WAAt", NULL));
    ck_assert_str_eq(type.type, "text");
    ck_assert_str_eq(type.subtype, "plain");
    ck_assert_str_eq(content_type_find_parameter(&type, "charset"), "utf8");
    ck_assert_str_eq(content_type_find_parameter(&type, "msgr"), "WAAt");
    ck_assert_ptr_null(content_type_find_parameter(&type, "boundary"));
}
END_TEST

START_TEST(quoted_values_lose_quotes_and_backslashes_and_get_them_back)
{
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, "multipart/mixed;boundary=\"a \\\"b\\\\c\";type=x", NULL));
    ck_assert_str_eq(content_type_find_parameter(&type, "boundary"), "a \"b\\c");
    g_autofree char *written = content_type_write(&type);
    ck_assert_str_eq(written, "multipart/mixed;boundary=\"a \\\"b\\\\c\";type=x");
}
END_TEST

START_TEST(white_space_around_separators_and_a_last_semicolon_are_tolerated)
{
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, " text/html ; charset = utf-8 ; ", NULL));
    g_autofree char *written = content_type_write(&type);
    ck_assert_str_eq(written, "text/html;charset=utf-8");
}
END_TEST

START_TEST(an_empty_value_is_written_in_quotes)
{
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, "text/plain;format=\"\"", NULL));
    g_autofree char *written = content_type_write(&type);
    ck_assert_str_eq(written, "text/plain;format=\"\"");
}
END_TEST

START_TEST(what_is_no_media_type_is_refused)
{
    static const char *const wrong[] = {
        "",
        "text",
        "text/",
        "/plain",
        "text/plain;x",
        "text/plain x",
        "text/plain;=x",
        "text/plain;x=",
        "text/plain;x=\"",
        "text/pl\xc3\xa4in",
        "text/plain;x=\"a\\",
        "text/plain;x=\"a\nb\"",
        "text/plain (comment)",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_refused(wrong[i], BODY_ERROR_WIRE);
}
END_TEST

START_TEST(the_error_names_the_offset)
{
    g_autoptr(GError) error = NULL;
    ContentType type;
    ck_assert(!content_type_read(&type, "text/plain;x", &error));
    ck_assert_str_eq(error->message, "offset 12: media type: '=' expected");
}
END_TEST

START_TEST(length_and_number_of_parameters_are_bounded)
{
    g_autoptr(GString) many = g_string_new("text/plain");
    for (int i = 0; i < 32; i++)
        g_string_append(many, ";a=b");
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, many->str, NULL));
    g_string_append(many, ";a=b");
    assert_refused(many->str, BODY_ERROR_LIMIT);
    g_autofree char *longest = g_strnfill(4096 + 1, 'a');
    memcpy(longest, "text/", 5);
    assert_refused(longest, BODY_ERROR_LIMIT);
}
END_TEST

START_TEST(types_are_compared_without_case_and_parameters)
{
    g_auto(ContentType) type = {0};
    ck_assert(content_type_read(&type, "message/CPIM;x=y", NULL));
    ck_assert(content_type_is(&type, "Message/cpim"));
    ck_assert(content_type_is(&type, "message/*"));
    ck_assert(!content_type_is(&type, "message/cpi"));
    ck_assert(!content_type_is(&type, "message/cpimx"));
    ck_assert(!content_type_is(&type, "mess/cpim"));
    ck_assert(!content_type_is(&type, "message"));
    ContentType nothing = {0};
    ck_assert(!content_type_is(&nothing, "message/*"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        type_and_subtype_are_lowered_and_parameters_kept,
        quoted_values_lose_quotes_and_backslashes_and_get_them_back,
        white_space_around_separators_and_a_last_semicolon_are_tolerated,
        an_empty_value_is_written_in_quotes,
        what_is_no_media_type_is_refused,
        the_error_names_the_offset,
        length_and_number_of_parameters_are_bounded,
        types_are_compared_without_case_and_parameters,
        NULL,
    };
    return suite_run("content_type", tests);
}
