// SPDX-License-Identifier: MIT
// Children of messages to fields and back; see the header.
#include "xmpp/chat_extras.h"

#include <string.h>

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

// XEP-0308: SIP knows no corrections; a new line says that it is one (EXT-06).
static void mark_correction(Wire *wire, xmpp_stanza_t *stanza, Fields *fields)
{
    if (fields->body == NULL || stanza_child(stanza, "replace", NS_CORRECTION) == NULL)
        return;
    g_autofree char *marked =
        g_strdup_printf("%s %s", wire_settings(wire)->correction_prefix, fields->body);
    fields_set_text(&fields->body, marked);
}

static void read_file(xmpp_stanza_t *stanza, Fields *fields)
{
    xmpp_stanza_t *sharing = stanza_child(stanza, "file-sharing", NS_FILE_SHARING);
    xmpp_stanza_t *file = stanza_child(sharing, "file", NS_FILE_METADATA);
    xmpp_stanza_t *source =
        stanza_child(stanza_child(sharing, "sources", NULL), "url-data", NS_URL_DATA);
    const char *target = stanza_attribute(source, "target", STANZA_LINE_MAX);
    if (file == NULL)
        return;
    if (fields->url == NULL)
        fields_set_text(&fields->url, target);
    g_autofree char *size = stanza_text(stanza_child(file, "size", NULL), STANZA_WORD_MAX);
    guint64 octets = 0;
    if (size != NULL && g_ascii_string_to_unsigned(size, 10, 0, G_MAXINT64, &octets, NULL))
        fields->file_size = octets;
    g_autofree char *name = stanza_text(stanza_child(file, "name", NULL), STANZA_WORD_MAX);
    g_autofree char *type = stanza_text(stanza_child(file, "media-type", NULL), STANZA_WORD_MAX);
    fields_set_text(&fields->file_name, name);
    fields_set_text(&fields->file_type, type);
}

static void read_link(xmpp_stanza_t *stanza, Fields *fields)
{
    xmpp_stanza_t *oob = stanza_child(stanza, "x", NS_OOB);
    g_autofree char *url = stanza_text(stanza_child(oob, "url", NULL), STANZA_LINE_MAX);
    if (url != NULL)
        fields_set_text(&fields->url, g_strstrip(url));
}

// Whoever reads only the text finds the link in it (EXT-15).
static void put_link_into_body(Fields *fields)
{
    if (fields->url == NULL || (fields->body != NULL && strstr(fields->body, fields->url) != NULL))
        return;
    g_autofree char *longer = fields->body != NULL
                                  ? g_strdup_printf("%s\n%s", fields->body, fields->url)
                                  : g_strdup(fields->url);
    fields_set_text(&fields->body, longer);
}

// What is inside the body of the XHTML-IM form; the gate towards SIP makes it safe.
static void read_html(Wire *wire, xmpp_stanza_t *stanza, Fields *fields)
{
    xmpp_stanza_t *html = stanza_child(stanza, "html", NS_XHTML_IM);
    xmpp_stanza_t *body = stanza_child(html, "body", NS_XHTML);
    size_t octets = 0;
    if (body == NULL || fields->body == NULL || !wire_settings(wire)->send_html)
        return;
    g_autofree char *text = stanza_to_text(body, &octets);
    if (octets <= (size_t)wire_settings(wire)->max_stanza)
        fields_set_text(&fields->html, text);
}

typedef struct {
    Wire *wire;
    xmpp_stanza_t *stanza;
    const Fields *fields;
    GString *bodies;
} OtherBodies;

// A body in a language, neither the one chosen nor one without.
static bool note_body(void *self, xmpp_stanza_t *child)
{
    OtherBodies *others = self;
    const char *lang = stanza_lang(child);
    if (!stanza_is(child, "body", NULL, others->stanza) || lang == NULL ||
        g_strcmp0(lang, others->fields->lang) == 0)
        return true;
    g_autofree char *text = stanza_text(child, (size_t)wire_settings(others->wire)->max_stanza);
    if (text != NULL)
        g_string_append_printf(others->bodies, "%s%s\037%s", others->bodies->len > 0 ? "\036" : "",
                               lang, text);
    return true;
}

static void read_bodies(Wire *wire, xmpp_stanza_t *stanza, Fields *fields)
{
    if (wire_settings(wire)->multi_body != MULTI_BODY_ALTERNATIVE || fields->body == NULL)
        return;
    g_autoptr(GString) bodies = g_string_new(NULL);
    OtherBodies others = {wire, stanza, fields, bodies};
    stanza_each_child(stanza, note_body, &others);
    if (bodies->len <= (size_t)wire_settings(wire)->max_stanza)
        fields_set_text(&fields->bodies, bodies->str);
}

static bool find_hops(void *self, xmpp_stanza_t *child)
{
    char **value = self;
    const char *name = stanza_attribute(child, "name", STANZA_WORD_MAX);
    if (name == NULL || g_ascii_strcasecmp(name, "Max-Forwards") != 0)
        return true;
    *value = stanza_text(child, STANZA_WORD_MAX);
    return false;
}

bool chat_extras_read_hops(xmpp_stanza_t *stanza, Fields *fields)
{
    char *value = NULL;
    guint64 hops = 0;
    stanza_each_child(stanza_child(stanza, "headers", NS_SHIM), find_hops, &value);
    g_autofree char *owned = value;
    if (owned == NULL || !g_ascii_string_to_unsigned(owned, 10, 0, G_MAXUINT32, &hops, NULL))
        return true;
    fields->hops = hops > 0 ? hops - 1 : 0;
    return fields->hops > 0;
}

void chat_extras_read(Wire *wire, xmpp_stanza_t *stanza, Fields *fields)
{
    read_link(stanza, fields);
    read_file(stanza, fields);
    put_link_into_body(fields);
    read_bodies(wire, stanza, fields);
    mark_correction(wire, stanza, fields);
    read_html(wire, stanza, fields);
}

static void write_file(xmpp_stanza_t *stanza, const Fields *fields)
{
    g_autofree char *size = fields->file_size > 0
                                ? g_strdup_printf("%" G_GUINT64_FORMAT, fields->file_size)
                                : NULL;
    xmpp_stanza_t *sharing = stanza_add(stanza, "file-sharing", NS_FILE_SHARING);
    xmpp_stanza_t *file = stanza_add(sharing, "file", NS_FILE_METADATA);
    stanza_add_text(file, "media-type", NULL, fields->file_type);
    stanza_add_text(file, "name", NULL, fields->file_name);
    stanza_add_text(file, "size", NULL, size);
    xmpp_stanza_t *source =
        stanza_add(stanza_add(sharing, "sources", NULL), "url-data", NS_URL_DATA);
    stanza_set(source, "target", fields->url);
}

static void write_hops(xmpp_stanza_t *stanza, uint64_t left)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, left);
    xmpp_stanza_t *header =
        stanza_add_text(stanza_add(stanza, "headers", NS_SHIM), "header", NULL, text);
    stanza_set(header, "name", "Max-Forwards");
}

void chat_extras_write(Wire *wire, xmpp_stanza_t *stanza, const Fields *fields)
{
    if (wire_settings(wire)->shim && fields->hops > 0)
        write_hops(stanza, fields->hops - 1);
    if (fields->url == NULL)
        return;
    stanza_add_text(stanza_add(stanza, "x", NS_OOB), "url", NULL, fields->url);
    if (wire_settings(wire)->sfs)
        write_file(stanza, fields);
}
