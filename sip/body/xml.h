// SPDX-License-Identifier: MIT
// XML documents of SIP bodies as a small tree. Namespace-aware, without DTD and entities, bounded
// in size, depth and number. Built on expat (ruling R-02); one-to-one row SEC-07.
#pragma once
#include <glib.h>
#include <stdbool.h>

// LIMIT: one-to-one row SEC-07; a document of more octets is not even handed to the parser.
#define XML_OCTETS_MAX (64 * 1024)

typedef struct XmlAttribute {
    const char *ns;   // shared within the document; NULL: none
    const char *name; // shared within the document
    char *value;      // owned
} XmlAttribute;

typedef struct XmlElement XmlElement;
struct XmlElement {
    const char *ns;     // shared within the document; NULL: none
    const char *name;   // shared within the document
    GArray *attributes; // owned, of XmlAttribute; NULL: none
    GString *text;      // owned; its own character data in one piece, never NULL
    XmlElement *first;  // owned; first child
    XmlElement *next;   // owned; next sibling
    XmlElement *last;   // borrowed; last child
};

typedef struct XmlDocument XmlDocument;

// What: reads a whole document.
// Shape: `octets_max` is XML_OCTETS_MAX unless the format is known to be larger; returned document
//        is owned by the caller; NULL on failure. Comments and processing instructions are skipped.
// Errors: WIRE (not well formed, DOCTYPE), LIMIT (size, depth, elements, attributes, length of
//         names).
// Source: one-to-one row SEC-07
XmlDocument *xml_read(GBytes *bytes, size_t octets_max, GError **error);

// What: the root element.
// Shape: borrowed from the document; never NULL.
const XmlElement *xml_root(const XmlDocument *self);

// What: frees a document with all its elements.
// Shape: NULL is allowed.
void xml_free(XmlDocument *self);

// What: whether the element has this namespace and name.
// Shape: `ns` NULL: no namespace.
bool xml_is(const XmlElement *self, const char *ns, const char *name);

// What: the first child of that name, or NULL.
// Shape: borrowed from the document; `ns` NULL: no namespace.
const XmlElement *xml_find_child(const XmlElement *self, const char *ns, const char *name);

// What: the next sibling of the same name, or NULL.
// Shape: borrowed from the document.
const XmlElement *xml_find_next(const XmlElement *self);

// What: the text of the first child of that name without white space at its ends, or NULL.
// Shape: owned by the caller.
char *xml_dup_child_text(const XmlElement *self, const char *ns, const char *name);

// What: the value of an attribute, or NULL.
// Shape: borrowed from the document; `ns` NULL: no namespace.
const char *xml_find_attribute(const XmlElement *self, const char *ns, const char *name);

// What: whether a code point may stand in an XML 1.0 document.
// Source: XML 1.0 2.2 (production Char)
bool xml_is_char(gunichar c);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlDocument, xml_free)
