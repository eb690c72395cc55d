// SPDX-License-Identifier: MIT
// The writer keeps one string and the names that are open; a start tag is closed when something
// follows.
#include "sip/body/xml_writer.h"

#include "sip/body/xml.h"

#include <string.h>

struct XmlWriter {
    GString *out;    // owned
    GPtrArray *open; // owned, of borrowed names
    bool in_tag;     // ">" of the start tag is not written yet
};

XmlWriter *xml_writer_new(void)
{
    XmlWriter *self = g_new0(XmlWriter, 1);
    self->out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    self->open = g_ptr_array_new();
    return self;
}

static void end_tag(XmlWriter *self)
{
    if (self->in_tag)
        g_string_append_c(self->out, '>');
    self->in_tag = false;
}

// XML 1.0 2.11 and 3.3.3: a reader turns raw line ends and tabs into something else, so they go as
// references where that would happen.
static void append_char(GString *out, gunichar c, bool in_attribute)
{
    if (c == '&')
        g_string_append(out, "&amp;");
    else if (c == '<')
        g_string_append(out, "&lt;");
    else if (c == '>')
        g_string_append(out, "&gt;");
    else if (c == '"' && in_attribute)
        g_string_append(out, "&quot;");
    else if (c == '\r' || (in_attribute && (c == '\n' || c == '\t')))
        g_string_append_printf(out, "&#%u;", c);
    else if (xml_is_char(c))
        g_string_append_unichar(out, c);
}

static void append_escaped(GString *out, const char *text, bool in_attribute)
{
    const char *end = text + strlen(text);
    for (const char *at = text; at < end;) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            at++; // an octet that is no UTF-8
            continue;
        }
        append_char(out, c, in_attribute);
        at = g_utf8_next_char(at);
    }
}

void xml_writer_open(XmlWriter *self, const char *name)
{
    end_tag(self);
    g_string_append_printf(self->out, "<%s", name);
    g_ptr_array_add(self->open, (void *)name);
    self->in_tag = true;
}

void xml_writer_attribute(XmlWriter *self, const char *name, const char *value)
{
    g_assert(self->in_tag);
    if (value == NULL)
        return;
    g_string_append_printf(self->out, " %s=\"", name);
    append_escaped(self->out, value, true);
    g_string_append_c(self->out, '"');
}

void xml_writer_text(XmlWriter *self, const char *text)
{
    end_tag(self);
    append_escaped(self->out, text, false);
}

void xml_writer_element(XmlWriter *self, const char *name, const char *text)
{
    if (text == NULL)
        return;
    xml_writer_open(self, name);
    xml_writer_text(self, text);
    xml_writer_close(self);
}

void xml_writer_close(XmlWriter *self)
{
    g_assert(self->open->len > 0);
    const char *name = g_ptr_array_steal_index(self->open, self->open->len - 1);
    if (self->in_tag)
        g_string_append(self->out, "/>");
    else
        g_string_append_printf(self->out, "</%s>", name);
    self->in_tag = false;
}

GBytes *xml_writer_finish(XmlWriter *self)
{
    g_assert(self->open->len == 0);
    GBytes *bytes = g_string_free_to_bytes(self->out);
    g_ptr_array_unref(self->open);
    g_free(self);
    return bytes;
}
