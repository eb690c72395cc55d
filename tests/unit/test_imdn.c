// SPDX-License-Identifier: MIT
// Disposition notifications, read and written. The documents are those of RFC 5438 and of a phone.
#include "sip/body/imdn.h"

#include <string.h>

#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define OPEN "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">"
#define ID   "<message-id>34jk324j</message-id>"

static bool read_text(Imdn *imdn, const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    return imdn_read(imdn, bytes, error);
}

static void expect_outcome(const char *inside, ImdnOutcome outcome)
{
    g_auto(Imdn) imdn = {0};
    g_autofree char *text = g_strdup_printf(OPEN ID "%s</imdn>", inside);
    ck_assert_msg(read_text(&imdn, text, NULL), "%s", text);
    ck_assert_msg(imdn.outcome == outcome, "%s", text);
}

static void expect_error(const char *text, BodyErrorCode code)
{
    Imdn imdn = {.message_id = (char *)"rubbish"};
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!read_text(&imdn, text, &error), "%s", text);
    ck_assert_msg(g_error_matches(error, BODY_ERROR, (int)code), "%s", error->message);
    ck_assert_ptr_null(imdn.message_id);
}

/* EXT-02 */
START_TEST(the_document_of_the_rfc_is_read)
{
    g_auto(Imdn) imdn = {0};
    ck_assert(read_text(&imdn,
                   HEAD OPEN "\n  " ID "\n"
                             "  <datetime>2008-04-04T12:16:49-05:00</datetime>\n"
                             "  <recipient-uri>im:bob@example.com</recipient-uri>\n"
                             "  <original-recipient-uri\n>im:rob@example.com"
                             "</original-recipient-uri>\n"
                             "  <delivery-notification>\n<status>\n<delivered/>\n</status>\n"
                             "  </delivery-notification>\n</imdn>\n",
                   NULL));
    ck_assert_int_eq(imdn.outcome, IMDN_DELIVERED);
    ck_assert_str_eq(imdn.message_id, "34jk324j");
    ck_assert_str_eq(imdn.datetime, "2008-04-04T12:16:49-05:00");
    ck_assert_str_eq(imdn.recipient_uri, "im:bob@example.com");
    ck_assert_str_eq(imdn.original_recipient_uri, "im:rob@example.com");
}
END_TEST

/* EXT-02 EXT-04 */
START_TEST(only_delivered_failed_and_displayed_say_something)
{
    expect_outcome("<delivery-notification><status><delivered/></status></delivery-notification>",
                   IMDN_DELIVERED);
    expect_outcome("<delivery-notification><status><failed/></status></delivery-notification>",
                   IMDN_FAILED);
    expect_outcome("<display-notification><status><displayed/></status></display-notification>",
                   IMDN_DISPLAYED);
    expect_outcome("<delivery-notification><status><forbidden/></status></delivery-notification>",
                   IMDN_OTHER);
    expect_outcome("<display-notification><status><error/></status></display-notification>",
                   IMDN_OTHER);
    expect_outcome("<processing-notification><status><stored/></status></processing-notification>",
                   IMDN_OTHER);
    expect_outcome("<display-notification><status><delivered/></status></display-notification>",
                   IMDN_OTHER);
    expect_outcome("<delivery-notification/>", IMDN_OTHER);
}
END_TEST

/* EXT-02 */
START_TEST(elements_of_others_are_skipped)
{
    expect_outcome("<x:more xmlns:x=\"urn:x\"><delivered/></x:more>"
                   "<delivery-notification><status><failed/><reason "
                   "xmlns=\"http://www.linphone.org/xsds/imdn.xsd\" code=\"415\">Unsupported"
                   "</reason></status></delivery-notification>",
                   IMDN_FAILED);
    expect_outcome("<delivery-notification><status><x:delivered xmlns:x=\"urn:x\"/></status>"
                   "</delivery-notification>",
                   IMDN_OTHER);
}
END_TEST

/* EXT-02 SEC-07 */
START_TEST(what_is_no_notification_is_refused)
{
    g_autofree char *wide = g_strnfill(1024, 'x');
    g_autofree char *long_id = g_strdup_printf(
        OPEN "<message-id>%s</message-id><delivery-notification/></imdn>", wide);
    g_autofree char *much = g_strnfill(16 * 1024, ' ');
    g_autofree char *large = g_strdup_printf(OPEN ID "<delivery-notification/>%s</imdn>", much);
    expect_error("", BODY_ERROR_WIRE);
    expect_error("delivered", BODY_ERROR_WIRE);
    expect_error("<imdn>" ID "<delivery-notification/></imdn>", BODY_ERROR_WIRE);
    expect_error(OPEN ID "</imdn>", BODY_ERROR_WIRE);
    expect_error(OPEN "<delivery-notification/></imdn>", BODY_ERROR_WIRE);
    expect_error(OPEN "<message-id> </message-id><delivery-notification/></imdn>",
                 BODY_ERROR_WIRE);
    expect_error("<!DOCTYPE imdn>" OPEN ID "<delivery-notification/></imdn>", BODY_ERROR_WIRE);
    expect_error(long_id, BODY_ERROR_LIMIT);
    expect_error(large, BODY_ERROR_LIMIT);
}
END_TEST

static void expect_written(const Imdn *imdn, const char *inside)
{
    g_autoptr(GBytes) bytes = imdn_write(imdn);
    g_autofree char *text =
        g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_msg(strstr(text, inside) != NULL, "%s", text);
    g_auto(Imdn) again = {0};
    ck_assert(imdn_read(&again, bytes, NULL));
    ck_assert_int_eq(again.outcome, imdn->outcome);
    ck_assert_str_eq(again.message_id, imdn->message_id);
    ck_assert_int_eq(g_strcmp0(again.datetime, imdn->datetime), 0);
    ck_assert_int_eq(g_strcmp0(again.recipient_uri, imdn->recipient_uri), 0);
    ck_assert_int_eq(g_strcmp0(again.original_recipient_uri, imdn->original_recipient_uri), 0);
}

/* EXT-01 EXT-03 */
START_TEST(a_notification_is_written_and_read_again)
{
    Imdn imdn = {.outcome = IMDN_DELIVERED,
                 .message_id = (char *)"<m&7>",
                 .datetime = (char *)"2026-01-02T03:04:05Z",
                 .recipient_uri = (char *)"sip:juliet@xmpp.test",
                 .original_recipient_uri = (char *)"sip:jule@xmpp.test"};
    expect_written(&imdn, "<message-id>&lt;m&amp;7&gt;</message-id>"
                          "<datetime>2026-01-02T03:04:05Z</datetime>"
                          "<recipient-uri>sip:juliet@xmpp.test</recipient-uri>"
                          "<original-recipient-uri>sip:jule@xmpp.test</original-recipient-uri>"
                          "<delivery-notification><status><delivered/></status>"
                          "</delivery-notification></imdn>");
    imdn.outcome = IMDN_FAILED;
    expect_written(&imdn, "<delivery-notification><status><failed/></status>");
    imdn = (Imdn){.outcome = IMDN_DISPLAYED, .message_id = (char *)"m7"};
    expect_written(&imdn, OPEN "<message-id>m7</message-id><display-notification><status>"
                               "<displayed/></status></display-notification></imdn>");
}
END_TEST

int main(void)
{
    return suite_run("imdn", (const TTest *const[]){
                                 the_document_of_the_rfc_is_read,
                                 only_delivered_failed_and_displayed_say_something,
                                 elements_of_others_are_skipped,
                                 what_is_no_notification_is_refused,
                                 a_notification_is_written_and_read_again, NULL});
}
