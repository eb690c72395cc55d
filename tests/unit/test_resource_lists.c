// SPDX-License-Identifier: MIT
#include "sip/body/resource_lists.h"

#include "sip/body/body_error.h"
#include "sip/body/xml.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static GPtrArray *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return resource_lists_read(bytes, error);
}

#define NS      "urn:ietf:params:xml:ns:resource-lists"
#define NS_COPY "urn:ietf:params:xml:ns:copycontrol"

static void expect_people(JsonArray *wanted, const GPtrArray *got)
{
    ck_assert_uint_eq(json_array_get_length(wanted), got->len);
    for (guint i = 0; i < got->len; i++) {
        ck_assert_str_eq(((const ResourceListsEntry *)got->pdata[i])->uri,
                         json_array_get_string_element(wanted, i));
    }
}

// "URI to", or "URI cc count=N".
static char *text_of(const XmlElement *entry)
{
    const char *count = xml_find_attribute(entry, NS_COPY, "count");
    return g_strconcat(xml_find_attribute(entry, NULL, "uri"), " ",
                       xml_find_attribute(entry, NS_COPY, "copyControl"),
                       count != NULL ? " count=" : "", count, NULL);
}

static void expect_history(JsonArray *wanted, GBytes *got)
{
    g_autoptr(XmlDocument) document = xml_read(got, XML_OCTETS_MAX, NULL);
    const XmlElement *list = xml_find_child(xml_root(document), NS, "list");
    const XmlElement *entry = xml_find_child(list, NS, "entry");
    for (guint i = 0; i < json_array_get_length(wanted); i++, entry = xml_find_next(entry)) {
        ck_assert_ptr_nonnull(entry);
        g_autofree char *text = text_of(entry);
        ck_assert_str_eq(text, json_array_get_string_element(wanted, i));
    }
    ck_assert_ptr_null(entry);
}

static void expect_case(JsonNode *in, JsonNode *out)
{
    JsonObject *wanted = json_node_get_object(out);
    g_autoptr(GPtrArray) entries = read_text(json_node_get_string(in), NULL);
    ck_assert_ptr_nonnull(entries);
    g_autoptr(GBytes) history = resource_lists_write_history(entries);
    expect_people(json_object_get_array_member(wanted, "invite"), entries);
    expect_history(json_object_get_array_member(wanted, "history"), history);
}

/* CONF-009 CONF-011 */
START_TEST(vectors_of_lists_hold)
{
    ck_assert_int_eq(vectors_each_case("GV-028", expect_case), 1);
}
END_TEST

#define OPEN "<resource-lists xmlns='" NS "'>"

/* CONF-009 */
START_TEST(namespace_of_the_examples_is_taken_and_lists_in_lists_are_not)
{
    g_autoptr(GPtrArray) entries =
        read_text(OPEN "<list xmlns:c='urn:ietf:params:xml:ns:copyControl'>"
                       "<entry uri='sip:a@b'/><entry uri='sip:a@b' c:copyControl='cc'/>"
                       "<list><entry uri='sip:inner@b'/></list><entry-ref ref='x'/><entry/>"
                       "</list><list><entry uri='sip:second@b'/></list></resource-lists>",
                  NULL);
    ck_assert_uint_eq(entries->len, 2);
    const ResourceListsEntry *first = entries->pdata[0], *second = entries->pdata[1];
    ck_assert_str_eq(first->uri, "sip:a@b");
    ck_assert_int_eq(first->copy, RESOURCE_LISTS_CC);
    ck_assert_str_eq(second->uri, "sip:second@b");
    ck_assert_int_eq(second->copy, RESOURCE_LISTS_BCC);
}
END_TEST

#define COPIED                                                                                     \
    "<resource-lists xmlns='" NS "' xmlns:c='" NS_COPY "'><list>"                                  \
    "<entry uri='sip:a@b' c:copyControl='%s'/><entry uri='sip:%s@b' c:copyControl='%s'/>"          \
    "</list></resource-lists>"

static GBytes *history_of(const char *first, const char *name, const char *second)
{
    g_autofree char *text = g_strdup_printf(COPIED, first, name, second);
    g_autoptr(GPtrArray) entries = read_text(text, NULL);
    return resource_lists_write_history(entries);
}

/* CONF-011 */
START_TEST(history_is_written_where_there_is_somebody_to_tell_of)
{
    g_autoptr(GBytes) two = history_of("to", "c", "cc"), one = history_of("bcc", "c", "to");
    g_autoptr(GBytes) hidden = history_of("bcc", "c", "bcc"), same = history_of("to", "a", "cc");
    ck_assert_ptr_nonnull(two);
    ck_assert_ptr_nonnull(one);
    ck_assert_ptr_null(hidden);
    ck_assert_ptr_null(same);
}
END_TEST

/* CONF-011 */
START_TEST(history_that_is_too_long_is_not_written)
{
    GString *text = g_string_new("<resource-lists xmlns='" NS "' xmlns:c='" NS_COPY "'><list>");
    for (int i = 0; i < 400; i++)
        g_string_append_printf(text, "<entry uri='sip:guest%03d@b' c:copyControl='to'/>", i);
    g_string_append(text, "</list></resource-lists>");
    g_autofree char *document = g_string_free(text, FALSE);
    g_autoptr(GPtrArray) entries = read_text(document, NULL);
    g_autoptr(GBytes) long_one = resource_lists_write_history(entries);
    ck_assert_ptr_null(long_one);
    g_ptr_array_set_size(entries, 300);
    g_autoptr(GBytes) shorter = resource_lists_write_history(entries);
    ck_assert_ptr_nonnull(shorter);
}
END_TEST

START_TEST(what_is_no_list_is_refused)
{
    static const char *const texts[] = {"", "x", "<list/>", "<resource-lists/>",
                                        OPEN "<list></resource-lists>"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(read_text(texts[i], &error));
        ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE));
    }
}
END_TEST

START_TEST(list_without_end_is_too_much)
{
    GString *text = g_string_new(OPEN "<list>");
    for (int i = 0; i < 1001; i++)
        g_string_append(text, "<entry uri='sip:a@b'/>");
    g_string_append(text, "</list></resource-lists>");
    g_autofree char *document = g_string_free(text, FALSE);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(read_text(document, &error));
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
}
END_TEST

int main(void)
{
    return suite_run("resource_lists",
                     (const TTest *const[]){
                         vectors_of_lists_hold,
                         namespace_of_the_examples_is_taken_and_lists_in_lists_are_not,
                         history_is_written_where_there_is_somebody_to_tell_of,
                         history_that_is_too_long_is_not_written,
                         what_is_no_list_is_refused, list_without_end_is_too_much, NULL});
}
