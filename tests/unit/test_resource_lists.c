// SPDX-License-Identifier: MIT
#include "sip/body/resource_lists.h"

#include "sip/body/body_error.h"
#include "tests/support/suite.h"
#include "tests/support/vectors.h"

#include <string.h>

static GPtrArray *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    return resource_lists_read(bytes, error);
}

static void expect_texts(JsonArray *wanted, const GPtrArray *got, bool are_entries)
{
    ck_assert_uint_eq(json_array_get_length(wanted), got->len);
    for (guint i = 0; i < got->len; i++) {
        const char *text = are_entries ? ((const ResourceListsEntry *)got->pdata[i])->uri
                                       : (const char *)got->pdata[i];
        ck_assert_str_eq(text, json_array_get_string_element(wanted, i));
    }
}

static void expect_case(JsonNode *in, JsonNode *out)
{
    JsonObject *wanted = json_node_get_object(out);
    g_autoptr(GPtrArray) entries = read_text(json_node_get_string(in), NULL);
    ck_assert_ptr_nonnull(entries);
    g_autoptr(GPtrArray) history = resource_lists_history(entries);
    expect_texts(json_object_get_array_member(wanted, "invite"), entries, true);
    expect_texts(json_object_get_array_member(wanted, "history"), history, false);
}

/* CONF-009 */
START_TEST(vectors_of_lists_hold)
{
    ck_assert_int_eq(vectors_each_case("GV-028", expect_case), 1);
}
END_TEST

#define OPEN "<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'>"

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
                         what_is_no_list_is_refused, list_without_end_is_too_much, NULL});
}
