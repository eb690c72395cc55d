// SPDX-License-Identifier: MIT
// The tree reader: namespaces, look-up, and every bound of row SEC-07.
#include "sip/body/xml.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#include <string.h>

static XmlDocument *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    return xml_read(bytes, XML_OCTETS_MAX, error);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(XmlDocument) document = read_text(text, &error);
    ck_assert_msg(document == NULL, "accepted: %.80s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, code), "%.80s: %s", text, error->message);
}

// `count` times `unit` between `before` and `after`.
static char *repeat(const char *before, const char *unit, unsigned count, const char *after)
{
    GString *text = g_string_new(before);
    for (unsigned i = 0; i < count; i++)
        g_string_append(text, unit);
    g_string_append(text, after);
    return g_string_free(text, FALSE);
}

START_TEST(elements_and_attributes_are_found_by_namespace_and_name)
{
    g_autoptr(XmlDocument) document = read_text("<a xmlns='urn:1' xmlns:p='urn:2'><b n='no' "
                                                "p:n='yes'>one</b><p:b>two</p:b><b>three</b></a>",
                                                NULL);
    ck_assert_ptr_nonnull(document);
    const XmlElement *root = xml_root(document);
    ck_assert(xml_is(root, "urn:1", "a"));
    const XmlElement *b = xml_find_child(root, "urn:1", "b");
    ck_assert_str_eq(b->text->str, "one");
    ck_assert_str_eq(xml_find_attribute(b, NULL, "n"), "no");
    ck_assert_str_eq(xml_find_attribute(b, "urn:2", "n"), "yes");
    ck_assert_ptr_null(xml_find_attribute(b, "urn:1", "n"));
    ck_assert_str_eq(xml_find_next(b)->text->str, "three");
    ck_assert_ptr_null(xml_find_next(xml_find_next(b)));
    ck_assert_str_eq(xml_find_child(root, "urn:2", "b")->text->str, "two");
    ck_assert_ptr_null(xml_find_child(root, NULL, "b"));
}
END_TEST

START_TEST(text_is_the_own_text_of_an_element_without_space_around_it)
{
    g_autoptr(XmlDocument) document =
        read_text("<a><b> x<c>y</c>&amp;<![CDATA[<z>]]>\n</b><d/></a>", NULL);
    g_autofree char *text = xml_dup_child_text(xml_root(document), NULL, "b");
    ck_assert_str_eq(text, "x&<z>");
    g_autofree char *empty = xml_dup_child_text(xml_root(document), NULL, "d");
    ck_assert_str_eq(empty, "");
    ck_assert_ptr_null(xml_dup_child_text(xml_root(document), NULL, "e"));
}
END_TEST

START_TEST(documents_in_other_encodings_come_out_in_utf8)
{
    g_autoptr(XmlDocument) document =
        read_text("<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xe9'/>", NULL);
    ck_assert_str_eq(xml_find_attribute(xml_root(document), NULL, "b"), "\xc3\xa9");
}
END_TEST

START_TEST(comments_and_processing_instructions_are_skipped)
{
    g_autoptr(XmlDocument) document = read_text("<?x y?><!-- c --><a><!-- d --><?z?>t</a>", NULL);
    ck_assert_str_eq(xml_root(document)->text->str, "t");
    ck_assert_ptr_null(xml_root(document)->first);
}
END_TEST

/* SEC-07 */
START_TEST(a_doctype_is_refused_with_or_without_entities)
{
    assert_refused("<!DOCTYPE a><a/>", BODY_ERROR_WIRE);
    assert_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", BODY_ERROR_WIRE);
    assert_refused("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", BODY_ERROR_WIRE);
    assert_refused("<a>&unknown;</a>", BODY_ERROR_WIRE);
}
END_TEST

START_TEST(what_is_not_well_formed_is_refused_with_its_offset)
{
    static const char *const wrong[] = {
        "",
        " ",
        "text",
        "<a>",
        "<a></b>",
        "<a b=c/>",
        "<a/><b/>",
        "<p:a/>",
        "<a>\x01</a>",
        "<a>\xff</a>",
        "<a b='1' b='2'/>",
        "<?xml version='1.0' encoding='klingon'?><a/>",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_refused(wrong[i], BODY_ERROR_WIRE);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(read_text("<a>123</b>", &error));
    ck_assert_str_eq(error->message, "offset 8: XML: mismatched tag");
}
END_TEST

/* SEC-07 */
START_TEST(depth_is_bounded_at_32)
{
    g_autofree char *open = repeat("", "<a>", 32, "");
    g_autofree char *good = repeat(open, "</a>", 32, "");
    g_autoptr(XmlDocument) document = read_text(good, NULL);
    ck_assert_ptr_nonnull(document);
    g_autofree char *deep = repeat(open, "<a/>", 1, "");
    assert_refused(deep, BODY_ERROR_LIMIT);
}
END_TEST

/* SEC-07 */
START_TEST(size_is_bounded_by_the_reader_and_by_the_caller)
{
    g_autofree char *large = repeat("<a>", "x", XML_OCTETS_MAX - 7 + 1, "</a>");
    assert_refused(large, BODY_ERROR_LIMIT);
    g_autofree char *good = repeat("<a>", "x", XML_OCTETS_MAX - 7, "</a>");
    g_autoptr(XmlDocument) document = read_text(good, NULL);
    ck_assert_ptr_nonnull(document);
    g_autoptr(GBytes) bytes = g_bytes_new_static("<a/>", 4);
    ck_assert_ptr_null(xml_read(bytes, 3, NULL));
}
END_TEST

START_TEST(numbers_of_elements_and_attributes_are_bounded)
{
    g_autofree char *elements = repeat("<a>", "<b/>", 32768, "</a>");
    g_autoptr(GBytes) bytes = g_bytes_new_static(elements, strlen(elements));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(xml_read(bytes, 1024 * 1024, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
    g_autoptr(GString) attributes = g_string_new("<a");
    for (int i = 0; i < 33; i++)
        g_string_append_printf(attributes, " a%d=''", i);
    g_string_append(attributes, "/>");
    assert_refused(attributes->str, BODY_ERROR_LIMIT);
}
END_TEST

START_TEST(a_long_namespace_cannot_be_multiplied_by_many_elements)
{
    g_autofree char *declaration = repeat("<a xmlns='", "n", 600, "'>");
    g_autofree char *element = repeat(declaration, "<b/>", 1000, "</a>");
    assert_refused(element, BODY_ERROR_LIMIT);
    g_autofree char *prefixed = repeat("<a xmlns:p='", "n", 600, "' p:b=''/>");
    assert_refused(prefixed, BODY_ERROR_LIMIT);
}
END_TEST

START_TEST(characters_of_xml_are_told_from_others)
{
    static const gunichar good[] = {0x9,    0xA,    0xD,    0x20,    0x7F,
                                    0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x10FFFF};
    static const gunichar wrong[] = {0, 0x8, 0xB, 0x1F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x110000};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        ck_assert_msg(xml_is_char(good[i]), "%x", good[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        ck_assert_msg(!xml_is_char(wrong[i]), "%x", wrong[i]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        elements_and_attributes_are_found_by_namespace_and_name,
        text_is_the_own_text_of_an_element_without_space_around_it,
        documents_in_other_encodings_come_out_in_utf8,
        comments_and_processing_instructions_are_skipped,
        a_doctype_is_refused_with_or_without_entities,
        what_is_not_well_formed_is_refused_with_its_offset,
        depth_is_bounded_at_32,
        size_is_bounded_by_the_reader_and_by_the_caller,
        numbers_of_elements_and_attributes_are_bounded,
        a_long_namespace_cannot_be_multiplied_by_many_elements,
        characters_of_xml_are_told_from_others,
        NULL,
    };
    return suite_run("xml", tests);
}
