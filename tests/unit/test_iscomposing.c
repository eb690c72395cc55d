// SPDX-License-Identifier: MIT
// isComposing documents, read and written.
#include "sip/body/iscomposing.h"

#include <string.h>

#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#define OPEN "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
#define END  "</isComposing>"

static Iscomposing reads(const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    Iscomposing document;
    ck_assert_msg(iscomposing_read(&document, bytes, NULL), "refused: %s", text);
    return document;
}

static void assert_reads(const char *text, bool is_active, unsigned refresh_s)
{
    Iscomposing document = reads(text);
    ck_assert_msg(document.is_active == is_active, "%s", text);
    ck_assert_uint_eq(document.refresh_s, refresh_s);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    Iscomposing document = {.is_active = true, .refresh_s = 9};
    ck_assert_msg(!iscomposing_read(&document, bytes, &error), "accepted: %.60s", text);
    ck_assert(g_error_matches(error, BODY_ERROR, code));
    ck_assert(!document.is_active && document.refresh_s == 0);
}

static void assert_writes(bool is_active, uint32_t refresh_s, const char *expected)
{
    g_autoptr(GBytes) bytes =
        iscomposing_write(&(Iscomposing){.is_active = is_active, .refresh_s = refresh_s});
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_str_eq(text, expected);
}

/* CHAT-41 */
START_TEST(both_states_are_read_with_all_that_may_stand_beside_them)
{
    assert_reads("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"\n"
                 " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n"
                 " xsi:schemaLocation=\"urn:ietf:params:xml:ns:im-composing iscomposing.xsd\">\n"
                 "  <state>active</state>\n  <contenttype>text/plain</contenttype>\n"
                 "  <refresh>90</refresh>\n</isComposing>\n",
                 true, 90);
    assert_reads(OPEN "<state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive>"
                      "<contenttype>audio</contenttype>" END,
                 false, 0);
    assert_reads(OPEN "<state> active\n</state>" END, true, 0);
    assert_reads("<c:isComposing xmlns:c='urn:ietf:params:xml:ns:im-iscomposing'>"
                 "<c:state>active</c:state><x:mood xmlns:x='x:y'>sad</x:mood></c:isComposing>",
                 true, 0);
}
END_TEST

/* CHAT-41 */
START_TEST(every_state_that_is_not_known_is_idle)
{
    assert_reads(OPEN "<state>recording</state>" END, false, 0);
    assert_reads(OPEN "<state>Active</state>" END, false, 0);
    assert_reads(OPEN "<state/>" END, false, 0);
}
END_TEST

/* CHAT-41 */
START_TEST(a_refresh_that_is_no_number_is_none_and_one_without_end_has_one)
{
    assert_reads(OPEN "<state>active</state><refresh>1</refresh>" END, true, 1);
    assert_reads(OPEN "<state>active</state><refresh>3601</refresh>" END, true, 3600);
    assert_reads(OPEN "<state>active</state><refresh>99999999999999999999999</refresh>" END, true,
                 3600);
    assert_reads(OPEN "<state>active</state><refresh>0</refresh>" END, true, 0);
    assert_reads(OPEN "<state>active</state><refresh>00</refresh>" END, true, 0);
    assert_reads(OPEN "<state>active</state><refresh>-5</refresh>" END, true, 0);
    assert_reads(OPEN "<state>active</state><refresh>soon</refresh>" END, true, 0);
    assert_reads(OPEN "<state>active</state><refresh/>" END, true, 0);
}
END_TEST

/* SEC-07 */
START_TEST(other_documents_are_refused)
{
    assert_refused("", BODY_ERROR_WIRE);
    assert_refused("typing", BODY_ERROR_WIRE);
    assert_refused("<isComposing><state>active</state></isComposing>", BODY_ERROR_WIRE);
    assert_refused(OPEN "<refresh>90</refresh>" END, BODY_ERROR_WIRE);
    assert_refused("<imdn xmlns='urn:ietf:params:xml:ns:imdn'/>", BODY_ERROR_WIRE);
    assert_refused("<!DOCTYPE a [<!ENTITY e 'active'>]>" OPEN "<state>&e;</state>" END,
                   BODY_ERROR_WIRE);
    g_autofree char *filler = g_strnfill(8192, ' ');
    g_autofree char *large = g_strconcat(OPEN, filler, "<state>idle</state>" END, NULL);
    assert_refused(large, BODY_ERROR_LIMIT);
}
END_TEST

/* CHAT-42 */
START_TEST(the_document_says_for_how_long_somebody_is_writing)
{
#define HEAD                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"                                                   \
    "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">"
    assert_writes(true, 90,
                  HEAD "<state>active</state><contenttype>text/plain</contenttype>"
                       "<refresh>90</refresh>" END);
    assert_writes(true, 0,
                  HEAD "<state>active</state><contenttype>text/plain</contenttype>" END);
    assert_writes(false, 90,
                  HEAD "<state>idle</state><contenttype>text/plain</contenttype>" END);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        both_states_are_read_with_all_that_may_stand_beside_them,
        every_state_that_is_not_known_is_idle,
        a_refresh_that_is_no_number_is_none_and_one_without_end_has_one,
        other_documents_are_refused,
        the_document_says_for_how_long_somebody_is_writing,
        NULL,
    };
    return suite_run("iscomposing", tests);
}
