// SPDX-License-Identifier: MIT
// The tree is built in expat's callbacks. A bound that is passed stops the parser on the spot, so
// no document costs more than its limits allow. Names and namespaces are stored once per document.
#include "sip/body/xml.h"

#include "sip/body/body_error.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

// LIMIT: one-to-one row SEC-07; also the depth of our recursion.
#define DEPTH_MAX 32
// LIMIT: a conference of a thousand users has about fifteen thousand elements.
#define ELEMENT_COUNT_MAX 32768
// LIMIT: attributes of one element; look-up is a linear search.
#define ATTRIBUTE_COUNT_MAX 32
// LIMIT: namespace and name together; expat repeats the namespace with every name it reports.
#define NAME_OCTETS_MAX 512

#define NS_SEPARATOR '\n'

struct XmlDocument {
    XmlElement *root;      // owned
    GStringChunk *strings; // owned; names and namespaces
};

typedef struct Builder {
    XML_Parser parser;     // borrowed
    XmlDocument *document; // borrowed
    GPtrArray *open;       // owned, of borrowed XmlElement: from the root to the one being read
    unsigned element_count;
    GError *error; // owned; the reason why the parser was stopped
} Builder;

static void element_free(XmlElement *element)
{
    while (element != NULL) {
        XmlElement *next = element->next;
        for (unsigned i = 0; element->attributes != NULL && i < element->attributes->len; i++)
            g_free(g_array_index(element->attributes, XmlAttribute, i).value);
        g_clear_pointer(&element->attributes, g_array_unref);
        g_string_free(element->text, TRUE);
        element_free(element->first);
        g_free(element);
        element = next;
    }
}

void xml_free(XmlDocument *self)
{
    if (self == NULL)
        return;
    element_free(self->root);
    g_string_chunk_free(self->strings);
    g_free(self);
}

// The first problem is the one that is reported.
static void note(Builder *builder, BodyErrorCode code, const char *problem)
{
    size_t offset = (size_t)MAX(XML_GetCurrentByteIndex(builder->parser), 0);
    if (builder->error == NULL)
        body_error_set(&builder->error, code, offset, "XML: %s", problem);
}

static void stop(Builder *builder, BodyErrorCode code, const char *problem)
{
    note(builder, code, problem);
    XML_StopParser(builder->parser, XML_FALSE);
}

// Splits "namespace\nname", as expat reports it, or a bare name.
static void store_name(Builder *builder, const char *full, const char **ns, const char **name)
{
    GStringChunk *strings = builder->document->strings;
    const char *separator = strchr(full, NS_SEPARATOR);
    *ns = NULL;
    if (separator != NULL) {
        g_autofree char *uri = g_strndup(full, (size_t)(separator - full));
        *ns = g_string_chunk_insert_const(strings, uri);
    }
    *name = g_string_chunk_insert_const(strings, separator != NULL ? separator + 1 : full);
}

static bool check_names(Builder *builder, const char *name, const char **attributes)
{
    unsigned count = 0;
    size_t longest = strlen(name);
    for (; attributes[2 * count] != NULL; count++)
        longest = MAX(longest, strlen(attributes[2 * count]));
    if (longest > NAME_OCTETS_MAX)
        stop(builder, BODY_ERROR_LIMIT, "name too long");
    else if (count > ATTRIBUTE_COUNT_MAX)
        stop(builder, BODY_ERROR_LIMIT, "too many attributes");
    return longest <= NAME_OCTETS_MAX && count <= ATTRIBUTE_COUNT_MAX;
}

static void store_attributes(Builder *builder, XmlElement *element, const char **attributes)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (element->attributes == NULL)
            element->attributes = g_array_new(FALSE, FALSE, sizeof(XmlAttribute));
        XmlAttribute attribute = {.value = g_strdup(attributes[1])};
        store_name(builder, attributes[0], &attribute.ns, &attribute.name);
        g_array_append_val(element->attributes, attribute);
    }
}

static void attach(Builder *builder, XmlElement *element)
{
    if (builder->open->len == 0) {
        builder->document->root = element;
    } else {
        XmlElement *parent = builder->open->pdata[builder->open->len - 1];
        if (parent->last != NULL)
            parent->last->next = element;
        else
            parent->first = element;
        parent->last = element;
    }
    g_ptr_array_add(builder->open, element);
}

static void XMLCALL on_start(void *data, const char *name, const char **attributes)
{
    Builder *builder = data;
    if (builder->open->len == DEPTH_MAX) {
        stop(builder, BODY_ERROR_LIMIT, "too deep");
        return;
    }
    if (builder->element_count++ == ELEMENT_COUNT_MAX) {
        stop(builder, BODY_ERROR_LIMIT, "too many elements");
        return;
    }
    if (!check_names(builder, name, attributes))
        return;
    XmlElement *element = g_new0(XmlElement, 1);
    element->text = g_string_new(NULL);
    store_name(builder, name, &element->ns, &element->name);
    store_attributes(builder, element, attributes);
    attach(builder, element);
}

static void XMLCALL on_end(void *data, const char *name)
{
    Builder *builder = data;
    // expat still reports the end of an empty element whose start stopped the parser
    if (builder->error == NULL)
        g_ptr_array_remove_index(builder->open, builder->open->len - 1);
}

static void XMLCALL on_text(void *data, const char *text, int length)
{
    Builder *builder = data;
    if (builder->error != NULL)
        return;
    XmlElement *element = builder->open->pdata[builder->open->len - 1];
    g_string_append_len(element->text, text, length);
}

static void XMLCALL on_doctype(void *data, const char *name, const char *system_id,
                               const char *public_id, int has_internal_subset)
{
    stop(data, BODY_ERROR_WIRE, "DOCTYPE is not accepted");
}

static bool parse(Builder *builder, GBytes *bytes, GError **error)
{
    size_t length;
    const char *start = g_bytes_get_data(bytes, &length);
    XML_SetUserData(builder->parser, builder);
    XML_SetElementHandler(builder->parser, on_start, on_end);
    XML_SetCharacterDataHandler(builder->parser, on_text);
    XML_SetStartDoctypeDeclHandler(builder->parser, on_doctype);
    if (XML_Parse(builder->parser, start, (int)length, XML_TRUE) == XML_STATUS_OK)
        return true;
    note(builder, BODY_ERROR_WIRE, XML_ErrorString(XML_GetErrorCode(builder->parser)));
    g_propagate_error(error, builder->error);
    return false;
}

XmlDocument *xml_read(GBytes *bytes, size_t octets_max, GError **error)
{
    if (g_bytes_get_size(bytes) > MIN(octets_max, INT_MAX)) {
        body_error_set(error, BODY_ERROR_LIMIT, octets_max, "XML: document too large");
        return NULL;
    }
    g_autoptr(XmlDocument) document = g_new0(XmlDocument, 1);
    document->strings = g_string_chunk_new(1024);
    Builder builder = {
        .parser = XML_ParserCreateNS(NULL, NS_SEPARATOR),
        .document = document,
        .open = g_ptr_array_new(),
    };
    bool done = parse(&builder, bytes, error);
    XML_ParserFree(builder.parser);
    g_ptr_array_unref(builder.open);
    return done ? g_steal_pointer(&document) : NULL;
}

const XmlElement *xml_root(const XmlDocument *self)
{
    return self->root;
}

bool xml_is(const XmlElement *self, const char *ns, const char *name)
{
    return g_strcmp0(self->ns, ns) == 0 && strcmp(self->name, name) == 0;
}

static const XmlElement *first_of(const XmlElement *element, const char *ns, const char *name)
{
    while (element != NULL && !xml_is(element, ns, name))
        element = element->next;
    return element;
}

const XmlElement *xml_find_child(const XmlElement *self, const char *ns, const char *name)
{
    return first_of(self->first, ns, name);
}

const XmlElement *xml_find_next(const XmlElement *self)
{
    return first_of(self->next, self->ns, self->name);
}

char *xml_dup_child_text(const XmlElement *self, const char *ns, const char *name)
{
    const XmlElement *child = xml_find_child(self, ns, name);
    return child != NULL ? g_strstrip(g_strdup(child->text->str)) : NULL;
}

const char *xml_find_attribute(const XmlElement *self, const char *ns, const char *name)
{
    for (unsigned i = 0; self->attributes != NULL && i < self->attributes->len; i++) {
        const XmlAttribute *attribute = &g_array_index(self->attributes, XmlAttribute, i);
        if (g_strcmp0(attribute->ns, ns) == 0 && strcmp(attribute->name, name) == 0)
            return attribute->value;
    }
    return NULL;
}

bool xml_is_char(gunichar c)
{
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}
