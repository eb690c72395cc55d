// SPDX-License-Identifier: MIT
// The words of a notice: which message is meant, and what became of it, in bounds.
#include "mapping/notice.h"

#include <string.h>

#include "tests/support/suite.h"

static const Refusal NOBODY = {.reason = FAILURE_ITEM_NOT_FOUND};
static const Refusal UNKNOWN = {.reason = FAILURE_REMOTE_SERVER_TIMEOUT};

START_TEST(notice_tells_unknown_from_failed)
{
    g_autofree char *unknown = notice_text("One\ntwo\n", &UNKNOWN);
    ck_assert_str_eq(unknown, "It is not known whether your message \"One two\" has arrived.");
    g_autofree char *failed = notice_text(NULL, &NOBODY);
    ck_assert_str_eq(failed, "Your message was not delivered: item-not-found.");
}
END_TEST

START_TEST(notice_quotes_the_beginning_of_a_long_text)
{
    GString *body = g_string_new(NULL);
    for (int i = 0; i < 1000; i++)
        g_string_append(body, "\u00fc");
    g_autofree char *text = notice_text(body->str, &UNKNOWN);
    g_string_truncate(body, 2 * 60);
    g_string_append(body, "...\"");
    ck_assert_ptr_nonnull(strstr(text, body->str));
    ck_assert_uint_lt(strlen(text), 250);
    g_string_free(body, TRUE);
}
END_TEST

int main(void)
{
    return suite_run("notice", (const TTest *const[]){notice_tells_unknown_from_failed,
                                                      notice_quotes_the_beginning_of_a_long_text,
                                                      NULL});
}
