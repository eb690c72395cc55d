// SPDX-License-Identifier: MIT
// The writer: what it escapes, what it removes, and that the reader gets back what was put in.
#include "sip/body/xml_writer.h"
#include "sip/body/xml.h"
#include "tests/support/suite.h"

#include <string.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static void assert_finishes(XmlWriter *writer, const char *expected)
{
    g_autoptr(GBytes) bytes = xml_writer_finish(writer);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_str_eq(text, expected);
}

START_TEST(elements_nest_and_empty_ones_are_short)
{
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "a");
    xml_writer_attribute(writer, "x", "1");
    xml_writer_attribute(writer, "y", NULL);
    xml_writer_open(writer, "b");
    xml_writer_close(writer);
    xml_writer_element(writer, "c", "text");
    xml_writer_element(writer, "d", NULL);
    xml_writer_close(writer);
    assert_finishes(writer, DECLARATION "<a x=\"1\"><b/><c>text</c></a>");
}
END_TEST

START_TEST(markup_is_escaped_in_text_and_attributes)
{
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "a");
    xml_writer_attribute(writer, "x", "<\"&'>\n\t\r");
    xml_writer_text(writer, "<\"&'>\n\t\r");
    xml_writer_close(writer);
    assert_finishes(writer, DECLARATION "<a x=\"&lt;&quot;&amp;'&gt;&#10;&#9;&#13;\">"
                                        "&lt;\"&amp;'&gt;\n\t&#13;</a>");
}
END_TEST

/* SEC-07 */
START_TEST(characters_xml_forbids_and_octets_that_are_no_utf8_are_removed)
{
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "a");
    xml_writer_text(writer, "1\x01"
                            "2\x1f"
                            "3\xff"
                            "4\xef\xbf\xbf"
                            "5\xed\xa0\x80"
                            "6\xe2\x82");
    xml_writer_close(writer);
    assert_finishes(writer, DECLARATION "<a>123456</a>");
}
END_TEST

START_TEST(the_reader_gets_back_what_was_written)
{
    static const char text[] = " \r\n\t<&>\"' \xf0\x9f\x98\x80]]>";
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "a");
    xml_writer_attribute(writer, "x", text);
    xml_writer_text(writer, text);
    xml_writer_close(writer);
    g_autoptr(GBytes) bytes = xml_writer_finish(writer);
    g_autoptr(XmlDocument) document = xml_read(bytes, XML_OCTETS_MAX, NULL);
    ck_assert_ptr_nonnull(document);
    ck_assert_str_eq(xml_find_attribute(xml_root(document), NULL, "x"), text);
    ck_assert_str_eq(xml_root(document)->text->str, text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        elements_nest_and_empty_ones_are_short,
        markup_is_escaped_in_text_and_attributes,
        characters_xml_forbids_and_octets_that_are_no_utf8_are_removed,
        the_reader_gets_back_what_was_written,
        NULL,
    };
    return suite_run("xml_writer", tests);
}
