// SPDX-License-Identifier: MIT
// The status line of message/sipfrag.
#include "sip/body/sipfrag.h"
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

#include <string.h>

static void assert_reads(const char *text, unsigned status, const char *reason)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_auto(Sipfrag) fragment = {0};
    ck_assert_msg(sipfrag_read(&fragment, bytes, NULL), "refused: %s", text);
    ck_assert_uint_eq(fragment.status, status);
    ck_assert_str_eq(fragment.reason, reason);
}

static void assert_refused(const char *text, BodyErrorCode code)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    Sipfrag fragment;
    ck_assert_msg(!sipfrag_read(&fragment, bytes, &error), "accepted: %.40s", text);
    ck_assert(g_error_matches(error, BODY_ERROR, code));
}

static void assert_writes(unsigned status, const char *reason, const char *expected)
{
    g_autoptr(GBytes) bytes = sipfrag_write(status, reason);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    ck_assert_str_eq(text, expected);
}

START_TEST(the_status_line_is_read_and_the_rest_ignored)
{
    assert_reads("SIP/2.0 100 Trying\r\n", 100, "Trying");
    assert_reads("SIP/2.0 603 Declined", 603, "Declined");
    assert_reads("sip/2.0 200 \r\n", 200, "");
    assert_reads("SIP/2.0 200", 200, "");
    assert_reads("SIP/2.0 200 OK\r\nContact: <sip:a@b>\r\n\r\nbody", 200, "OK");
}
END_TEST

START_TEST(other_fragments_are_refused)
{
    assert_refused("", BODY_ERROR_WIRE);
    assert_refused("INVITE sip:alice@atlanta.example SIP/2.0\r\n", BODY_ERROR_WIRE);
    assert_refused("To: sip:alice@atlanta.example\r\n", BODY_ERROR_WIRE);
    assert_refused("SIP/2.0 099 No\r\n", BODY_ERROR_WIRE);
    assert_refused("SIP/2.0 700 No\r\n", BODY_ERROR_WIRE);
    assert_refused("SIP/2.0 20\r\n", BODY_ERROR_WIRE);
    assert_refused("SIP/2.0 2000\r\n", BODY_ERROR_WIRE);
    assert_refused("SIP/2.0 200 \xff\r\n", BODY_ERROR_WIRE);
    g_autofree char *filler = g_strnfill(512, 'x');
    g_autofree char *large = g_strconcat("SIP/2.0 200 ", filler, "\r\n", NULL);
    assert_refused(large, BODY_ERROR_LIMIT);
}
END_TEST

START_TEST(a_fragment_is_one_line_whatever_the_reason_holds)
{
    assert_writes(200, "OK", "SIP/2.0 200 OK\r\n");
    assert_writes(503, "a\r\nb", "SIP/2.0 503 a  b\r\n");
    g_autofree char *endless = g_strnfill(5000, 'x');
    g_autoptr(GBytes) cut = sipfrag_write(603, endless);
    g_auto(Sipfrag) again = {0};
    ck_assert(sipfrag_read(&again, cut, NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_status_line_is_read_and_the_rest_ignored,
        other_fragments_are_refused,
        a_fragment_is_one_line_whatever_the_reason_holds,
        NULL,
    };
    return suite_run("sipfrag", tests);
}
