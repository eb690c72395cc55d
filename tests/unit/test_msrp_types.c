// SPDX-License-Identifier: MIT
// Which media types a peer takes (RFC 4975 8.6); the cases of GV-011 are in test_msrp_vectors.c.
#include "sip/msrp/msrp_types.h"
#include "tests/support/suite.h"

/* MSRP-017 */
START_TEST(types_ignore_parameters_and_case_on_both_sides)
{
    g_autoptr(MsrpTypes) types =
        msrp_types_new("Text/Plain;charset=\"a b\\\" c\"  message/cpim;x=y", NULL);
    ck_assert(msrp_types_allow(types, "text/PLAIN; charset=utf-8", NULL));
    ck_assert(msrp_types_allow(types, "message/cpim", "text/plain"));
    ck_assert(!msrp_types_allow(types, "c\"", NULL));
    ck_assert(!msrp_types_allow(types, "text/plainer", NULL));
    ck_assert(!msrp_types_allow(types, "text/plai", NULL));
}
END_TEST

/* MSRP-017 */
START_TEST(types_allow_nothing_when_nothing_was_said)
{
    g_autoptr(MsrpTypes) none = msrp_types_new(NULL, NULL);
    g_autoptr(MsrpTypes) empty = msrp_types_new("", "*");
    g_autoptr(MsrpTypes) group = msrp_types_new("text/*", NULL);
    ck_assert(!msrp_types_allow(none, "text/plain", NULL));
    ck_assert(!msrp_types_allow(empty, "text/plain", NULL));
    ck_assert(msrp_types_allow(group, "text/html", NULL));
    ck_assert(!msrp_types_allow(group, "textual/html", NULL));
    ck_assert(!msrp_types_allow(group, "text/", "message/cpim"));
}
END_TEST

/* MSRP-017 */
START_TEST(types_of_who_takes_envelopes_and_says_no_more_are_plain_text)
{
    g_autoptr(MsrpTypes) alone = msrp_types_new("message/cpim", NULL);
    g_autoptr(MsrpTypes) empty = msrp_types_new("message/cpim", "");
    g_autoptr(MsrpTypes) narrow = msrp_types_new("message/cpim", "text/html");
    g_autoptr(MsrpTypes) other = msrp_types_new("multipart/mixed", NULL);
    ck_assert(msrp_types_allow(alone, "message/cpim", "text/plain;charset=utf-8"));
    ck_assert(!msrp_types_allow(alone, "message/cpim", "text/html"));
    ck_assert(!msrp_types_allow(alone, "text/plain", NULL));
    ck_assert(!msrp_types_allow(empty, "message/cpim", "text/plain"));
    ck_assert(!msrp_types_allow(narrow, "message/cpim", "text/plain"));
    ck_assert(!msrp_types_allow(other, "multipart/mixed", "text/plain"));
}
END_TEST

START_TEST(types_beyond_the_limit_are_not_used)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (int i = 0; i < 70; i++)
        g_string_append_printf(list, "a/t%d ", i);
    g_autoptr(MsrpTypes) types = msrp_types_new(list->str, NULL);
    ck_assert(msrp_types_allow(types, "a/t63", NULL));
    ck_assert(!msrp_types_allow(types, "a/t64", NULL));
}
END_TEST

int main(void)
{
    return suite_run("msrp_types", (const TTest *const[]){
        types_ignore_parameters_and_case_on_both_sides,
        types_allow_nothing_when_nothing_was_said,
        types_of_who_takes_envelopes_and_says_no_more_are_plain_text,
        types_beyond_the_limit_are_not_used,
        NULL,
    });
}
