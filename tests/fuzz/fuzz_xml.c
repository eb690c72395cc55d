// SPDX-License-Identifier: MIT
// Any octets as a document: no crash, and the tree keeps its depth. Any octets as text: what the writer
// makes of them is a document whose text the reader gives back.
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const XmlElement *element, unsigned depth)
{
    g_assert_cmpuint(depth, <=, 32);
    g_assert_cmpuint(strlen(element->text->str), ==, element->text->len);
    for (unsigned i = 0; element->attributes != NULL && i < element->attributes->len; i++) {
        const XmlAttribute *attribute = &g_array_index(element->attributes, XmlAttribute, i);
        g_assert_nonnull(xml_find_attribute(element, attribute->ns, attribute->name));
    }
    for (const XmlElement *child = element->first; child != NULL; child = child->next) {
        g_assert_nonnull(xml_find_child(element, child->ns, child->name));
        walk(child, depth + 1);
    }
}

static void try_document(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(XmlDocument) document = xml_read(bytes, XML_OCTETS_MAX, &error);
    g_assert_true((document == NULL) == (error != NULL));
    if (document != NULL)
        walk(xml_root(document), 1);
}

static void try_text(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "a");
    xml_writer_attribute(writer, "b", text);
    xml_writer_text(writer, text);
    xml_writer_close(writer);
    g_autoptr(GBytes) bytes = xml_writer_finish(writer);
    g_autoptr(XmlDocument) document = xml_read(bytes, G_MAXINT, NULL);
    g_assert_nonnull(document);
    const XmlElement *root = xml_root(document);
    g_assert_cmpstr(root->text->str, ==, xml_find_attribute(root, NULL, "b"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_document(data, size);
    try_text(data, size);
    return 0;
}
