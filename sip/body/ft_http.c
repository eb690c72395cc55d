// SPDX-License-Identifier: MIT
// Documents about files on HTTP servers; see ft_http.h.
#include "sip/body/ft_http.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <string.h>

#define NS "urn:gsma:params:xml:ns:rcs:rcs:fthttp"

// LIMIT: real ones have about a thousand octets.
#define OCTETS_MAX 16384
// LIMIT: longer addresses are no addresses.
#define URL_OCTETS_MAX 4096

static const XmlElement *find_file(const XmlElement *root)
{
    const XmlElement *info = xml_is(root, NS, "file") ? xml_find_child(root, NS, "file-info") : NULL;
    while (info != NULL && g_strcmp0(xml_find_attribute(info, NULL, "type"), "file") != 0)
        info = xml_find_next(info);
    return info;
}

static char *url_of(const XmlElement *info)
{
    const XmlElement *data = info != NULL ? xml_find_child(info, NS, "data") : NULL;
    const char *value = data != NULL ? xml_find_attribute(data, NULL, "url") : NULL;
    char *url = value != NULL ? g_strstrip(g_strdup(value)) : NULL;
    if (url != NULL && (url[0] == '\0' || strlen(url) > URL_OCTETS_MAX))
        g_clear_pointer(&url, g_free);
    return url;
}

bool ft_http_read(FtHttp *self, GBytes *bytes, GError **error)
{
    *self = (FtHttp){0};
    g_autoptr(XmlDocument) document = xml_read(bytes, OCTETS_MAX, error);
    if (document == NULL)
        return false;
    const XmlElement *info = find_file(xml_root(document));
    self->url = url_of(info);
    if (self->url == NULL) {
        body_error_set(error, BODY_ERROR_WIRE, 0, "file transfer: no file with a URL");
        return false;
    }
    g_autofree char *size = xml_dup_child_text(info, NS, "file-size");
    guint64 octets = 0;
    if (size != NULL && g_ascii_string_to_unsigned(size, 10, 0, G_MAXINT64, &octets, NULL))
        self->size = octets;
    self->name = xml_dup_child_text(info, NS, "file-name");
    self->type = xml_dup_child_text(info, NS, "content-type");
    return true;
}

GBytes *ft_http_write(const FtHttp *self)
{
    g_autofree char *size =
        self->size > 0 ? g_strdup_printf("%" G_GUINT64_FORMAT, self->size) : NULL;
    XmlWriter *writer = xml_writer_new();
    xml_writer_open(writer, "file");
    xml_writer_attribute(writer, "xmlns", NS);
    xml_writer_open(writer, "file-info");
    xml_writer_attribute(writer, "type", "file");
    xml_writer_element(writer, "file-size", size);
    xml_writer_element(writer, "file-name", self->name);
    xml_writer_element(writer, "content-type", self->type);
    xml_writer_open(writer, "data");
    xml_writer_attribute(writer, "url", self->url);
    xml_writer_close(writer);
    xml_writer_close(writer);
    xml_writer_close(writer);
    return xml_writer_finish(writer);
}

void ft_http_clear(FtHttp *self)
{
    g_free(self->url);
    g_free(self->name);
    g_free(self->type);
    *self = (FtHttp){0};
}
