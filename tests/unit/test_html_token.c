// SPDX-License-Identifier: MIT
// The tokens a text is cut into, written as one line: characters as they are, <name>, </name>.
#include "sip/body/html_token.h"
#include "tests/support/suite.h"

static void assert_tokens(const char *html, const char *expected)
{
    HtmlToken token;
    g_autoptr(GString) found = g_string_new(NULL);
    html_token_init(&token, html);
    while (html_token_next(&token)) {
        if (token.kind == HTML_TOKEN_CHAR)
            g_string_append_unichar(found, token.c);
        else
            g_string_append_printf(found, token.kind == HTML_TOKEN_OPEN ? "<%s>" : "</%s>",
                                   token.name);
    }
    ck_assert_str_eq(found->str, expected);
    ck_assert_int_eq(token.kind, HTML_TOKEN_END);
}

static void assert_attribute(const char *html, const char *name, const char *expected)
{
    HtmlToken token;
    html_token_init(&token, html);
    ck_assert(html_token_next(&token));
    g_autofree char *value = html_token_dup_attribute(&token, name);
    ck_assert_pstr_eq(value, expected);
}

START_TEST(tags_are_lowered_and_text_decoded)
{
    assert_tokens("<B>x&eacute;</B>&amp;&unknown;", "<b>x\xc3\xa9</b>&&unknown;");
    assert_tokens("<br/><p\nclass='x'>", "<br><p>");
    assert_tokens("", "");
}
END_TEST

START_TEST(what_only_looks_like_a_tag_is_text)
{
    assert_tokens("1 < 2 <3 a<", "1 < 2 <3 a<");
    assert_tokens("<<b>", "<<b>");
}
END_TEST

START_TEST(a_quoted_bracket_does_not_end_a_tag)
{
    assert_tokens("<a href=\"x>y\">z</a>", "<a>z</a>");
    assert_tokens("<a title='>' href=x/>z", "<a>z");
}
END_TEST

/* IM-27 */
START_TEST(content_of_script_and_style_never_comes_out)
{
    assert_tokens("a<script>b<b>c</b></script>d", "a<script></script>d");
    assert_tokens("<STYLE type=x>p > b {}</Style >d", "<style></style>d");
    assert_tokens("<script>a</scripting></script>b", "<script></script>b");
    assert_tokens("<title>t</title>", "<title></title>");
    assert_tokens("a<script>never closed <b>", "a<script>");
}
END_TEST

/* IM-27 */
START_TEST(comments_and_declarations_never_come_out)
{
    assert_tokens("a<!-- <b> -- > -->c", "ac");
    assert_tokens("<!DOCTYPE html><?xml version='1.0'?>a<![if x]>b<![endif]></>", "ab");
    assert_tokens("a<!-- never closed <b>c", "a");
    assert_tokens("a<!never closed", "a");
}
END_TEST

START_TEST(a_tag_the_text_ends_in_is_none)
{
    assert_tokens("a<b", "a");
    assert_tokens("a<b title=\"x>y", "a");
    assert_tokens("a</b ", "a");
}
END_TEST

START_TEST(a_name_too_long_to_be_known_is_empty)
{
    assert_tokens("<abcdefghijklmno>", "<abcdefghijklmno>");
    assert_tokens("<abcdefghijklmnop>", "<>");
}
END_TEST

START_TEST(attributes_are_found_however_they_are_written)
{
    assert_attribute("<a href='x y'>", "href", "x y");
    assert_attribute("<a HREF = \"x&amp;y\" >", "href", "x&y");
    assert_attribute("<a class=c/href=d href=x&lt;y>", "href", "x<y");
    assert_attribute("<a hrefx=1 href href=2>", "href", "");
    assert_attribute("<a =href='1' href=2>", "href", "2");
    assert_attribute("<a xhref=1>", "href", NULL);
    assert_attribute("<a>", "href", NULL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        tags_are_lowered_and_text_decoded,
        what_only_looks_like_a_tag_is_text,
        a_quoted_bracket_does_not_end_a_tag,
        content_of_script_and_style_never_comes_out,
        comments_and_declarations_never_come_out,
        a_tag_the_text_ends_in_is_none,
        a_name_too_long_to_be_known_is_empty,
        attributes_are_found_however_they_are_written,
        NULL,
    };
    return suite_run("html_token", tests);
}
