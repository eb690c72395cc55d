// SPDX-License-Identifier: MIT
// The one way body errors are made.
#include "sip/body/body_error.h"
#include "tests/support/suite.h"

START_TEST(an_error_has_domain_code_offset_and_text)
{
    g_autoptr(GError) error = NULL;
    body_error_set(&error, BODY_ERROR_LIMIT, 17, "more than %d", 4);
    ck_assert(g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT));
    ck_assert_str_eq(error->message, "offset 17: more than 4");
}
END_TEST

START_TEST(nobody_has_to_want_the_error)
{
    body_error_set(NULL, BODY_ERROR_WIRE, 0, "unheard");
    ck_assert_uint_ne(BODY_ERROR, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_error_has_domain_code_offset_and_text,
        nobody_has_to_want_the_error,
        NULL,
    };
    return suite_run("body_error", tests);
}
