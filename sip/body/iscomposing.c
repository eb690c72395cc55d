// SPDX-License-Identifier: MIT
// isComposing documents; see iscomposing.h.
#include "sip/body/iscomposing.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <string.h>

#define NS "urn:ietf:params:xml:ns:im-iscomposing"

// LIMIT: real ones have about three hundred octets.
#define OCTETS_MAX 8192
// LIMIT: nobody is believed to write for longer without saying so again.
#define REFRESH_S_MAX 3600

// A value that is no positive number is as good as none (RFC 3994 6.1: positiveInteger).
static uint32_t refresh_of(const XmlElement *root)
{
    g_autofree char *text = xml_dup_child_text(root, NS, "refresh");
    guint64 seconds = 0;
    if (text == NULL || text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    if (!g_ascii_string_to_unsigned(text, 10, 1, REFRESH_S_MAX, &seconds, NULL))
        return text[strspn(text, "0")] != '\0' ? REFRESH_S_MAX : 0;
    return (uint32_t)seconds;
}

bool iscomposing_read(Iscomposing *self, GBytes *bytes, GError **error)
{
    *self = (Iscomposing){0};
    g_autoptr(XmlDocument) document = xml_read(bytes, OCTETS_MAX, error);
    if (document == NULL)
        return false;
    const XmlElement *root = xml_root(document);
    g_autofree char *state =
        xml_is(root, NS, "isComposing") ? xml_dup_child_text(root, NS, "state") : NULL;
    if (state == NULL) {
        body_error_set(error, BODY_ERROR_WIRE, 0, "isComposing: no state");
        return false;
    }
    self->is_active = strcmp(state, "active") == 0;
    self->refresh_s = refresh_of(root);
    return true;
}

GBytes *iscomposing_write(const Iscomposing *self)
{
    g_autofree char *refresh = self->is_active && self->refresh_s > 0
                                   ? g_strdup_printf("%u", (unsigned)self->refresh_s)
                                   : NULL;
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "isComposing");
    xml_writer_attribute(writer, "xmlns", NS);
    xml_writer_element(writer, "state", self->is_active ? "active" : "idle");
    xml_writer_element(writer, "contenttype", "text/plain");
    xml_writer_element(writer, "refresh", refresh);
    xml_writer_close(writer);
    return xml_writer_finish(writer);
}
