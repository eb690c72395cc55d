// SPDX-License-Identifier: MIT
// Messages that wait to be judged: order, content, bounds.
#include "sip/early_lines.h"

#include <string.h>

#include "tests/support/suite.h"

static bool keep(EarlyLines *lines, uint32_t ref, const char *body)
{
    g_autofree char *own = g_strdup(body); // gone when the message is over
    return early_lines_keep(lines, &(MsrpSessionIncoming){.ref = ref,
                                                          .message_id = "m",
                                                          .content_type = "message/cpim",
                                                          .body = (const uint8_t *)own,
                                                          .length = strlen(own),
                                                          .wants_success_report = ref == 2});
}

static void write_down(void *owner, const MsrpSessionIncoming *message)
{
    g_string_append_printf(owner, "%u %s %s %.*s%s;", message->ref, message->message_id,
                           message->content_type, (int)message->length, (const char *)message->body,
                           message->wants_success_report ? " report" : "");
}

static char *released(EarlyLines *lines)
{
    GString *text = g_string_new(NULL);
    early_lines_release(lines, write_down, text);
    return g_string_free(text, FALSE);
}

/* MUC-B06 MUC-A04 */
START_TEST(messages_come_back_whole_and_in_their_order)
{
    EarlyLines *lines = early_lines_new(10, 100);
    ck_assert(keep(lines, 1, "one"));
    ck_assert(keep(lines, 2, "two"));
    g_autofree char *text = released(lines);
    ck_assert_str_eq(text, "1 m message/cpim one;2 m message/cpim two report;");
    g_autofree char *nothing = released(lines);
    ck_assert_str_eq(nothing, "");
    early_lines_free(lines);
}
END_TEST

START_TEST(more_messages_than_may_wait_are_not_kept)
{
    EarlyLines *lines = early_lines_new(2, 100);
    ck_assert(keep(lines, 1, ""));
    ck_assert(keep(lines, 2, ""));
    ck_assert(!keep(lines, 3, ""));
    g_free(released(lines));
    ck_assert(keep(lines, 4, ""));
    early_lines_free(lines);
}
END_TEST

START_TEST(more_octets_than_may_wait_are_not_kept)
{
    EarlyLines *lines = early_lines_new(10, 6);
    ck_assert(keep(lines, 1, "four"));
    ck_assert(!keep(lines, 2, "two"));
    ck_assert(keep(lines, 3, "up"));
    g_autofree char *text = released(lines);
    ck_assert_str_eq(text, "1 m message/cpim four;3 m message/cpim up;");
    ck_assert(keep(lines, 4, "sixsix"));
    early_lines_free(lines);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {messages_come_back_whole_and_in_their_order,
                                  more_messages_than_may_wait_are_not_kept,
                                  more_octets_than_may_wait_are_not_kept, NULL};
    return suite_run("early_lines", tests);
}
