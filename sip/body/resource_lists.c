// SPDX-License-Identifier: MIT
// Lists of recipients; see resource_lists.h.
#include "sip/body/resource_lists.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "sip/body/xml_writer.h"

#include <string.h>

#define NS           "urn:ietf:params:xml:ns:resource-lists"
#define NS_COPY      "urn:ietf:params:xml:ns:copycontrol"
#define NS_COPY_TYPO "urn:ietf:params:xml:ns:copyControl" // as in the examples of RFC 5366
#define ANONYMOUS    "sip:anonymous@anonymous.invalid"

// LIMIT: entries read, equal ones included; far more than anybody may invite at once.
#define ENTRIES_MAX 1000
// LIMIT: octets of one URI.
#define URI_OCTETS_MAX 4096
// LIMIT: octets of a history: one request makes as many of them as it names people.
#define HISTORY_OCTETS_MAX (16 * 1024)

static void entry_free(void *data)
{
    ResourceListsEntry *entry = data;
    g_free(entry->uri);
    g_free(entry);
}

static const char *find_copy_attribute(const XmlElement *element, const char *name)
{
    const char *value = xml_find_attribute(element, NS_COPY, name);
    return value != NULL ? value : xml_find_attribute(element, NS_COPY_TYPO, name);
}

static ResourceListsCopy copy_of(const XmlElement *element)
{
    const char *value = find_copy_attribute(element, "copyControl");
    if (g_strcmp0(value, "to") == 0)
        return RESOURCE_LISTS_TO;
    return g_strcmp0(value, "cc") == 0 ? RESOURCE_LISTS_CC : RESOURCE_LISTS_BCC;
}

static bool is_anonymous(const XmlElement *element)
{
    const char *value = find_copy_attribute(element, "anonymize");
    return g_strcmp0(value, "true") == 0 || g_strcmp0(value, "1") == 0;
}

typedef struct {
    GPtrArray *entries; // owned, of ResourceListsEntry
    GHashTable *by_uri; // owned; URI (borrowed from the entry) -> entry
    unsigned seen;
} Reading;

// Of two equal ones the more open copy control holds, and anonymity where either wants it.
static void take_entry(Reading *reading, const char *uri, const XmlElement *element)
{
    ResourceListsCopy copy = copy_of(element);
    ResourceListsEntry *known = g_hash_table_lookup(reading->by_uri, uri);
    if (known != NULL) {
        known->copy = MIN(known->copy, copy);
        known->is_anonymous = known->is_anonymous || is_anonymous(element);
        return;
    }
    ResourceListsEntry *entry = g_new0(ResourceListsEntry, 1);
    *entry = (ResourceListsEntry){
        .uri = g_strdup(uri), .copy = copy, .is_anonymous = is_anonymous(element)};
    g_ptr_array_add(reading->entries, entry);
    g_hash_table_insert(reading->by_uri, entry->uri, entry);
}

static bool take_list(Reading *reading, const XmlElement *list)
{
    const XmlElement *each = xml_find_child(list, NS, "entry");
    for (; each != NULL; each = xml_find_next(each)) {
        const char *uri = xml_find_attribute(each, NULL, "uri");
        if (++reading->seen > ENTRIES_MAX)
            return false;
        if (uri != NULL && *uri != '\0' && strlen(uri) <= URI_OCTETS_MAX)
            take_entry(reading, uri, each);
    }
    return true;
}

GPtrArray *resource_lists_read(GBytes *bytes, GError **error)
{
    g_autoptr(XmlDocument) document = xml_read(bytes, XML_OCTETS_MAX, error);
    if (document == NULL)
        return NULL;
    if (!xml_is(xml_root(document), NS, "resource-lists")) {
        body_error_set(error, BODY_ERROR_WIRE, 0, "resource-lists: another document");
        return NULL;
    }
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    g_autoptr(GHashTable) by_uri = g_hash_table_new(g_str_hash, g_str_equal);
    Reading reading = {.entries = entries, .by_uri = by_uri};
    const XmlElement *list = xml_find_child(xml_root(document), NS, "list");
    for (; list != NULL; list = xml_find_next(list)) {
        if (!take_list(&reading, list)) {
            body_error_set(error, BODY_ERROR_LIMIT, 0, "resource-lists: too many entries");
            return NULL;
        }
    }
    return g_steal_pointer(&entries);
}

static const char *copy_name(ResourceListsCopy copy)
{
    return copy == RESOURCE_LISTS_TO ? "to" : "cc";
}

// `count` 0: not counted.
static void write_entry(XmlWriter *out, const char *uri, ResourceListsCopy copy, unsigned count)
{
    g_autofree char *number = count > 0 ? g_strdup_printf("%u", count) : NULL;
    xml_writer_open(out, "entry");
    xml_writer_attribute(out, "uri", uri);
    xml_writer_attribute(out, "cp:copyControl", copy_name(copy));
    xml_writer_attribute(out, "cp:count", number);
    xml_writer_close(out);
}

static void write_anonymous(XmlWriter *out, const GPtrArray *entries, ResourceListsCopy copy)
{
    unsigned count = 0;
    for (guint i = 0; i < entries->len; i++) {
        const ResourceListsEntry *entry = entries->pdata[i];
        count += entry->is_anonymous && entry->copy == copy;
    }
    if (count > 0)
        write_entry(out, ANONYMOUS, copy, count);
}

static void write_list(XmlWriter *out, const GPtrArray *entries)
{
    xml_writer_open(out, "list");
    for (guint i = 0; i < entries->len; i++) {
        const ResourceListsEntry *entry = entries->pdata[i];
        if (entry->copy != RESOURCE_LISTS_BCC && !entry->is_anonymous)
            write_entry(out, entry->uri, entry->copy, 0);
    }
    write_anonymous(out, entries, RESOURCE_LISTS_TO);
    write_anonymous(out, entries, RESOURCE_LISTS_CC);
    xml_writer_close(out);
}

static bool has_visible(const GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        if (((const ResourceListsEntry *)entries->pdata[i])->copy != RESOURCE_LISTS_BCC)
            return true;
    }
    return false;
}

GBytes *resource_lists_write_history(const GPtrArray *entries)
{
    if (entries->len < 2 || !has_visible(entries))
        return NULL;
    XmlWriter *out = xml_writer_new();
    xml_writer_open(out, "resource-lists");
    xml_writer_attribute(out, "xmlns", NS);
    xml_writer_attribute(out, "xmlns:cp", NS_COPY);
    write_list(out, entries);
    xml_writer_close(out);
    g_autoptr(GBytes) document = xml_writer_finish(out);
    return g_bytes_get_size(document) <= HISTORY_OCTETS_MAX ? g_steal_pointer(&document) : NULL;
}
