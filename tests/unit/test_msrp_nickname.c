// SPDX-License-Identifier: MIT
// Use-Nickname (RFC 7701 7.1); the cases of GV-010 are in test_msrp_vectors.c.
#include "sip/msrp/msrp_nickname.h"
#include "tests/support/suite.h"

#include <glib.h>

static void reads_as(const char *value, const char *expected)
{
    g_autofree char *nick = msrp_nickname_read(value);
    ck_assert_msg(g_strcmp0(nick, expected) == 0, "%s: %s", value, nick != NULL ? nick : "-");
}

/* MSRP-022 */
START_TEST(nickname_is_one_quoted_string_and_nothing_else)
{
    reads_as("\"d\xc3\xa9j\xc3\xa0\tvu\"", "d\xc3\xa9j\xc3\xa0\tvu");
    reads_as("\"\\\"\\\\\"", "\"\\");
    reads_as("\"", NULL);
    reads_as("", NULL);
    reads_as("\"a\" ", NULL);
    reads_as("\"a\"b\"", NULL);
    reads_as("\"a\\\"", NULL);
    reads_as("\"a\x01\"", NULL);
    reads_as("\"\xff\"", NULL);
}
END_TEST

/* MSRP-022 */
START_TEST(nickname_length_counts_what_is_meant_not_what_is_escaped)
{
    g_autoptr(GString) escaped = g_string_new("\"");
    for (int i = 0; i < 1023; i++)
        g_string_append(escaped, "\\\\");
    g_string_append(escaped, "\"");
    g_autofree char *nick = msrp_nickname_read(escaped->str);
    ck_assert_uint_eq(strlen(nick), 1023);
    g_string_insert(escaped, 1, "a");
    ck_assert_ptr_null(msrp_nickname_read(escaped->str));
}
END_TEST

int main(void)
{
    return suite_run("msrp_nickname", (const TTest *const[]){
        nickname_is_one_quoted_string_and_nothing_else,
        nickname_length_counts_what_is_meant_not_what_is_escaped,
        NULL,
    });
}
