// SPDX-License-Identifier: MIT
// Writes an XML document piece by piece: escapes what must be escaped, removes what XML 1.0
// forbids.
#pragma once
#include <glib.h>

typedef struct XmlWriter XmlWriter;

// What: starts a document in UTF-8 with its declaration.
// Shape: owned by the caller until xml_writer_finish.
XmlWriter *xml_writer_new(void);

// What: opens an element; it stays open until the matching xml_writer_close.
// Shape: `name` is written as it stands, prefix included, and borrowed until the element is closed.
void xml_writer_open(XmlWriter *self, const char *name);

// What: an attribute of the element just opened.
// Shape: only directly after xml_writer_open; a `value` of NULL writes nothing.
void xml_writer_attribute(XmlWriter *self, const char *name, const char *value);

// What: character data of the open element.
void xml_writer_text(XmlWriter *self, const char *text);

// What: an element with text and nothing else.
// Shape: a `text` of NULL writes nothing.
void xml_writer_element(XmlWriter *self, const char *name, const char *text);

// What: closes the element opened last; without content it becomes an empty-element tag.
void xml_writer_close(XmlWriter *self);

// What: ends the document and frees the writer.
// Shape: returned bytes are owned by the caller; every element must be closed.
GBytes *xml_writer_finish(XmlWriter *self);
