// SPDX-License-Identifier: MIT
// How a no is spelled on SIP and read from it.
#include "sip/sipcode.h"

#include "tests/support/suite.h"

static void expect(Fields fields, bool full, int status, const char *phrase)
{
    g_auto(Sipcode) got = sipcode_from_fields(&fields, full);
    ck_assert_int_eq(got.status, status);
    ck_assert_str_eq(got.phrase, phrase);
}

/* ERR-02 */
START_TEST(status_of_the_command_wins_over_the_table)
{
    expect((Fields){.failure = FAILURE_FORBIDDEN}, false, 603, "Decline");
    expect((Fields){.failure = FAILURE_FORBIDDEN}, true, 403, "Forbidden");
    expect((Fields){.failure = FAILURE_FORBIDDEN, .status = 488}, true, 488, "Not Acceptable Here");
    expect((Fields){.failure = FAILURE_NOT_AUTHORIZED}, true, 403, "Forbidden");
    expect((Fields){.failure = FAILURE_ITEM_NOT_FOUND, .text = "no\r\nEvil: 1"}, true, 404,
           "no Evil: 1");
}
END_TEST

/* ESC-016 */
START_TEST(cause_of_a_bye_is_its_status_or_its_failure_or_fine)
{
    ck_assert_int_eq(sipcode_cause(&(Fields){.status = 410, .failure = FAILURE_FORBIDDEN}), 410);
    ck_assert_int_eq(sipcode_cause(&(Fields){.failure = FAILURE_FORBIDDEN}), 403);
    ck_assert_int_eq(sipcode_cause(&(Fields){.how = HOW_NONE}), 200);
}
END_TEST

START_TEST(retry_after_is_carried)
{
    Fields fields = {.failure = FAILURE_RESOURCE_CONSTRAINT, .status = 503, .retry_s = 30};
    g_auto(Sipcode) got = sipcode_from_fields(&fields, false);
    ck_assert_uint_eq(got.retry_s, 30);
}
END_TEST

/* SEC-06 */
START_TEST(reason_is_quoted_and_cannot_forge_a_header)
{
    g_autofree char *bare = sipcode_reason(480, NULL);
    g_autofree char *plain = sipcode_reason(200, "moved to conference");
    g_autofree char *evil = sipcode_reason(480, "a\"\r\nVia: x\\");
    ck_assert_str_eq(bare, "SIP;cause=480");
    ck_assert_str_eq(plain, "SIP;cause=200;text=\"moved to conference\"");
    ck_assert_str_eq(evil, "SIP;cause=480;text=\"a\\\" Via: x\\\\\"");
    g_autofree char *back = sipcode_reason_text(evil);
    ck_assert_str_eq(back, "a\" Via: x\\");
}
END_TEST

START_TEST(reason_without_text_or_of_another_protocol_has_no_text)
{
    ck_assert_ptr_null(sipcode_reason_text(NULL));
    ck_assert_ptr_null(sipcode_reason_text("SIP;cause=480"));
    ck_assert_ptr_null(sipcode_reason_text("Q.850;cause=16;text=\"Terminated\""));
    ck_assert_ptr_null(sipcode_reason_text("SIP;text=\"\""));
}
END_TEST

/* ERR-01 ERR-03 ERR-05 */
START_TEST(final_response_becomes_failure_status_and_phrase)
{
    Fields fields = {0};
    sipcode_to_fields(&fields, 200, "OK", false);
    ck_assert_int_eq(fields.failure, FAILURE_NONE);
    ck_assert_uint_eq(fields.status, 0);
    sipcode_to_fields(&fields, 404, "No such user", false);
    ck_assert_int_eq(fields.failure, FAILURE_ITEM_NOT_FOUND);
    ck_assert_uint_eq(fields.status, 404);
    ck_assert_str_eq(fields.text, "No such user");
    sipcode_to_fields(&fields, 486, "", false);
    ck_assert_str_eq(fields.text, "Busy Here");
    sipcode_to_fields(&fields, 503, "DNS Error", false);
    ck_assert_int_eq(fields.failure, FAILURE_REMOTE_SERVER_NOT_FOUND);
    sipcode_to_fields(&fields, 503, "Service Unavailable", false);
    ck_assert_int_eq(fields.failure, FAILURE_INTERNAL_SERVER_ERROR);
    fields_clear(&fields);
}
END_TEST

/* SEC-06 */
START_TEST(clean_text_has_no_controls)
{
    g_autofree char *lines = sipcode_clean(" a\r\n\tb\x7f ");
    g_autofree char *broken = sipcode_clean("a\xff"
                                            "b");
    ck_assert_str_eq(lines, "a b");
    ck_assert_str_eq(broken, "a\xef\xbf\xbd"
                             "b");
    ck_assert_ptr_null(sipcode_clean(NULL));
    ck_assert_ptr_null(sipcode_clean("\r\n"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {status_of_the_command_wins_over_the_table,
                                  cause_of_a_bye_is_its_status_or_its_failure_or_fine,
                                  retry_after_is_carried,
                                  reason_is_quoted_and_cannot_forge_a_header,
                                  reason_without_text_or_of_another_protocol_has_no_text,
                                  final_response_becomes_failure_status_and_phrase,
                                  clean_text_has_no_controls,
                                  NULL};
    return suite_run("sipcode", tests);
}
