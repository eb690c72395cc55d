// SPDX-License-Identifier: MIT
// HTML to plain text and to XHTML-IM: row IM-27.
#include "sip/body/html_text.h"
#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static int vectors_run;

static void assert_well_formed(const char *xhtml)
{
    g_autofree char *text = g_strdup_printf("<body>%s</body>", xhtml);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    g_autoptr(XmlDocument) document = xml_read(bytes, 1024 * 1024, &error);
    ck_assert_msg(document != NULL, "%s: %s", error != NULL ? error->message : "", xhtml);
}

static void assert_both(const char *html, const char *plain, const char *xhtml)
{
    g_autoptr(GBytes) bytes = g_bytes_new(html, strlen(html));
    g_auto(HtmlText) text = {0};
    ck_assert(html_text_read(&text, bytes, NULL, NULL));
    ck_assert_str_eq(text.plain, plain);
    ck_assert_pstr_eq(text.xhtml, xhtml);
    if (xhtml != NULL)
        assert_well_formed(text.xhtml);
}

static char *repeat(const char *unit, unsigned count, const char *tail)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++)
        g_string_append(text, unit);
    g_string_append(text, tail);
    return g_string_free(text, FALSE);
}

static void read_vector(const char *id, JsonObject *in, JsonObject *out)
{
    if (g_strcmp0(vectors_text(in, "ctype"), "text/html") != 0)
        return;
    assert_both(vectors_text(in, "body"), vectors_text(out, "body"), vectors_text(out, "xhtml_im"));
    vectors_run++;
}

/* IM-27 */
START_TEST(vectors_in_html_hold)
{
    vectors_each("vectors-one-to-one.json", "message_s2x", read_vector);
    ck_assert_int_eq(vectors_run, 1);
}
END_TEST

/* IM-27 */
START_TEST(bare_text_is_wrapped_in_a_paragraph)
{
    assert_both("hello", "hello", "<p>hello</p>");
    assert_both("", "", "");
    assert_both(" \r\n<p> </p>", "", "");
}
END_TEST

/* IM-27 */
START_TEST(elements_are_mapped_or_unwrapped)
{
    assert_both("<b>a</b><i>b</i><strong>c</strong><em>d</em><cite>e</cite>", "abcde",
                "<p><strong>a</strong><em>b</em><strong>c</strong><em>d</em><cite>e</cite></p>");
    assert_both("<div>a</div><div>b</div>", "a\nb", "<p>a</p><p>b</p>");
    assert_both("<html><body><font color='red'>a</font><u>b</u><o:p>c</o:p></body></html>", "abc",
                "<p>abc</p>");
    assert_both("<p style='color:red' onclick='x()'>a</p>", "a", "<p>a</p>");
}
END_TEST

/* IM-27 */
START_TEST(entities_are_decoded_and_escaped_again_where_needed)
{
    assert_both("&lt;b&gt; &amp; caf&eacute; it's &#1; \"",
                "<b> & caf\xc3\xa9 it's \xef\xbf\xbd \"",
                "<p>&lt;b&gt; &amp; caf\xc3\xa9 it&#39;s \xef\xbf\xbd \"</p>");
}
END_TEST

/* IM-27 */
START_TEST(script_style_title_and_comments_are_dropped_with_content)
{
    assert_both("<title>t</title><style>s</style>a<!--c--><script>x</script>b", "ab", "<p>ab</p>");
}
END_TEST

/* IM-27 */
START_TEST(links_survive_with_four_schemes_only)
{
    assert_both("<a href='https://x/?a=1&amp;b=\"2\"'>a</a>", "a",
                "<p><a href='https://x/?a=1&amp;b=\"2\"'>a</a></p>");
    assert_both("<a href=' HTTP://x '>a</a>", "a", "<p><a href='HTTP://x'>a</a></p>");
    assert_both("<a href='xmpp:a@b'>a</a><a href='mailto:a@b'>b</a>", "ab",
                "<p><a href='xmpp:a@b'>a</a><a href='mailto:a@b'>b</a></p>");
    assert_both("<a href='javascript:x()'>a</a><a href='data:text/html,x'>b</a><a href='/x'>c</a>"
                "<a name='x'>d</a><a href='http://x y'>e</a>",
                "abcde", "<p>abcde</p>");
    assert_both("<a href='http://1'>a<a href='http://2'>b</a>c", "abc",
                "<p><a href='http://1'>a</a><a href='http://2'>b</a>c</p>");
    assert_both("<a href=\"http://x'onclick='y\">a</a>", "a",
                "<p><a href='http://x&#39;onclick=&#39;y'>a</a></p>");
}
END_TEST

START_TEST(a_link_longer_than_its_bound_is_text)
{
    g_autofree char *longest = g_strnfill(2048 - 7, 'x');
    g_autofree char *good = g_strdup_printf("<a href=http://%s>a</a>", longest);
    g_autofree char *xhtml = g_strdup_printf("<p><a href='http://%s'>a</a></p>", longest);
    assert_both(good, "a", xhtml);
    g_autofree char *wrong = g_strdup_printf("<a href=http://%sx>a</a>", longest);
    assert_both(wrong, "a", "<p>a</p>");
}
END_TEST

// A quarter of a million blocks inside one long link: minutes, if each wrote the link again.
START_TEST(a_link_through_many_blocks_costs_no_more_than_the_bound_of_the_output)
{
    g_autofree char *target = g_strnfill(2000, 'x');
    g_autofree char *blocks = repeat("x<p>", 250000, "");
    g_autofree char *lines = repeat("x\n", 249999, "x");
    g_autofree char *html = g_strdup_printf("<a href=http://%s>%s", target, blocks);
    assert_both(html, lines, NULL);
}
END_TEST

/* IM-27 */
START_TEST(images_leave_their_alternative_text)
{
    assert_both("a <img src='http://evil/track.png' alt=':-)'> b<img src=x>", "a :-) b",
                "<p>a :-) b</p>");
}
END_TEST

START_TEST(white_space_collapses_and_breaks_stay)
{
    assert_both("  a \n\t b  <b> c </b> d ", "a b c d", "<p>a b <strong>c</strong> d</p>");
    assert_both("a<br>b<br/><br />c", "a\nb\n\nc", "<p>a<br/>b<br/><br/>c</p>");
    assert_both("<div>a</div><div><br></div><div>b<br></div><div>c</div>", "a\n\nb\nc",
                "<p>a</p><p><br/></p><p>b<br/></p><p>c</p>");
    assert_both("a\xc2\xa0&nbsp;b",
                "a\xc2\xa0\xc2\xa0"
                "b",
                "<p>a\xc2\xa0\xc2\xa0"
                "b</p>");
}
END_TEST

START_TEST(preformatted_text_keeps_its_lines)
{
    assert_both("<pre>\nint  x;\n  y\n</pre> z  z", "int  x;\n  y\nz z",
                "<p>int  x;<br/>  y<br/></p><p>z z</p>");
}
END_TEST

START_TEST(lists_and_quotes_are_kept_and_repaired)
{
    assert_both("<ul><li>a<li><p>b</p><p>c</p></ul>d", "a\nb\nc\nd",
                "<ul><li>a</li><li>b<br/>c</li></ul><p>d</p>");
    assert_both("<ol>a<ul><li>b</ul>c</ol>", "a\nb\nc", "<ol><li>a<ul><li>b</li></ul>c</li></ol>");
    assert_both("<blockquote>a<p>b</blockquote>c", "a\nb\nc",
                "<blockquote><p>a</p><p>b</p></blockquote><p>c</p>");
    assert_both("<li>a</li></ul></li>b", "a\nb", "<p>a</p><p>b</p>");
    assert_both("<ul></ul><blockquote><ol><li></li></ol></blockquote>a", "a", "<p>a</p>");
}
END_TEST

START_TEST(wrong_nesting_comes_out_well_formed)
{
    assert_both("<b>a<i>b</b>c</i>d", "abcd", "<p><strong>a<em>b</em></strong><em>c</em>d</p>");
    assert_both("<b>a<p>b</b>c", "a\nbc", "<p><strong>a</strong></p><p><strong>b</strong>c</p>");
    assert_both("</p></b>a</i></ul><b><b>b</b>c", "a\nbc",
                "<p>a</p><p><strong><strong>b</strong>c</strong></p>");
    assert_both("<b></b><i> </i>a<b>", "a", "<p>a</p>");
}
END_TEST

/* IM-27 */
START_TEST(markup_beyond_our_bounds_is_plain_only)
{
    g_autofree char *good = repeat("<b><blockquote>", 12, "x");
    g_autoptr(GBytes) bytes = g_bytes_new(good, strlen(good));
    g_auto(HtmlText) text = {0};
    ck_assert(html_text_read(&text, bytes, NULL, NULL));
    assert_well_formed(text.xhtml);
    g_autofree char *inlines = repeat("<b>", 13, "x");
    assert_both(inlines, "x", NULL);
    g_autofree char *containers = repeat("<blockquote>", 13, "x");
    assert_both(containers, "x", NULL);
    g_autofree char *large = repeat("x", 64 * 1024 + 16, "");
    assert_both(large, large, NULL);
}
END_TEST

// its part of IM-25
/* IM-27 */
START_TEST(charset_is_that_of_the_body)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("<b>\xe9</b>", 8);
    g_auto(HtmlText) text = {0};
    ck_assert(html_text_read(&text, bytes, "iso-8859-1", NULL));
    ck_assert_str_eq(text.plain, "\xc3\xa9");
    g_autoptr(GError) error = NULL;
    HtmlText refused;
    ck_assert(!html_text_read(&refused, bytes, "klingon", &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_CHARSET));
    g_clear_error(&error);
    ck_assert(!html_text_read(&refused, bytes, NULL, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE));
    ck_assert_ptr_null(refused.plain);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        vectors_in_html_hold,
        bare_text_is_wrapped_in_a_paragraph,
        elements_are_mapped_or_unwrapped,
        entities_are_decoded_and_escaped_again_where_needed,
        script_style_title_and_comments_are_dropped_with_content,
        links_survive_with_four_schemes_only,
        a_link_longer_than_its_bound_is_text,
        a_link_through_many_blocks_costs_no_more_than_the_bound_of_the_output,
        images_leave_their_alternative_text,
        white_space_collapses_and_breaks_stay,
        preformatted_text_keeps_its_lines,
        lists_and_quotes_are_kept_and_repaired,
        wrong_nesting_comes_out_well_formed,
        markup_beyond_our_bounds_is_plain_only,
        charset_is_that_of_the_body,
        NULL,
    };
    return suite_run("html_text", tests);
}
