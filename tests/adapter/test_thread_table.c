// SPDX-License-Identifier: MIT
// Threads against Call-IDs.
#include "sip/thread_table.h"

#include "tests/support/suite.h"

#define J "juliet@xmpp.test"
#define R "sip:romeo@sip.test"

/* IM-06 */
START_TEST(thread_that_fits_is_the_call_id_and_others_are_not)
{
    g_autoptr(ThreadTable) table = thread_table_new(10, false);
    ck_assert_str_eq(thread_table_next(table, J, R, "t-100", 0).call_id, "t-100");
    ck_assert_str_eq(thread_table_next(table, J, R, "a@b", 0).call_id, "a@b");
    const char *const others[] = {"has space", "a@b@c", "@a", "a@", "t\xc3\xa4g", "a;b", "a,b"};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        const char *call_id = thread_table_next(table, J, R, others[i], 0).call_id;
        ck_assert_msg(thread_table_fits(call_id), "%s", call_id);
        ck_assert_str_ne(call_id, others[i]);
        ck_assert_str_eq(thread_table_thread(table, call_id), others[i]);
    }
    g_autofree char *longest = g_strnfill(255, 'x'), *longer = g_strnfill(256, 'x');
    ck_assert(thread_table_fits(longest));
    ck_assert(!thread_table_fits(longer));
    ck_assert(!thread_table_fits(""));
}
END_TEST

/* IM-07 */
START_TEST(one_thread_has_one_tag_and_rising_numbers)
{
    g_autoptr(ThreadTable) table = thread_table_new(10, false);
    ThreadTableLine line = thread_table_next(table, J, R, "t", 0);
    g_autofree char *tag = g_strdup(line.tag);
    uint32_t first = line.cseq;
    thread_table_next(table, J, R, "other", 0);
    line = thread_table_next(table, J, R, "t", 0);
    ck_assert_str_eq(line.tag, tag);
    ck_assert_uint_eq(line.cseq, first + 1);
    line = thread_table_next(table, "nurse@xmpp.test", R, "t", 0);
    ck_assert_str_ne(line.tag, tag);
}
END_TEST

/* IM-07 */
START_TEST(no_thread_is_a_new_call_id_each_time_unless_sticky)
{
    g_autoptr(ThreadTable) table = thread_table_new(10, false);
    g_autoptr(ThreadTable) sticky = thread_table_new(10, true);
    g_autofree char *first = g_strdup(thread_table_next(table, J, R, NULL, 0).call_id);
    ck_assert_str_ne(thread_table_next(table, J, R, NULL, 0).call_id, first);
    g_autofree char *kept = g_strdup(thread_table_next(sticky, J, R, NULL, 0).call_id);
    ck_assert_str_eq(thread_table_next(sticky, J, R, NULL, 1800000).call_id, kept);
    ck_assert_str_ne(thread_table_next(sticky, J, R, NULL, 3600001).call_id, kept);
}
END_TEST

/* CHAT-51 */
START_TEST(a_dialog_takes_the_thread_as_call_id_once_only)
{
    g_autoptr(ThreadTable) table = thread_table_new(10, false);
    g_autofree char *first = thread_table_open(table, J, R, "t", 0);
    g_autofree char *second = thread_table_open(table, J, R, "t", 0);
    g_autofree char *odd = thread_table_open(table, J, R, "has space", 0);
    ck_assert_str_eq(first, "t");
    ck_assert_str_ne(second, "t");
    ck_assert(thread_table_fits(odd));
}
END_TEST

/* IM-22 */
START_TEST(a_foreign_call_id_is_its_own_thread)
{
    g_autoptr(ThreadTable) table = thread_table_new(10, false);
    ck_assert_str_eq(thread_table_thread(table, "c-1@h"), "c-1@h");
}
END_TEST

START_TEST(the_least_recently_used_thread_is_forgotten)
{
    g_autoptr(ThreadTable) table = thread_table_new(2, false);
    thread_table_next(table, J, R, "a", 0);
    thread_table_next(table, J, R, "b", 0);
    thread_table_next(table, J, R, "a", 0);
    thread_table_next(table, J, R, "c", 0);
    ck_assert_uint_eq(thread_table_next(table, J, R, "a", 0).cseq, 3);
    ck_assert_uint_eq(thread_table_next(table, J, R, "b", 0).cseq, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {thread_that_fits_is_the_call_id_and_others_are_not,
                                  one_thread_has_one_tag_and_rising_numbers,
                                  no_thread_is_a_new_call_id_each_time_unless_sticky,
                                  a_dialog_takes_the_thread_as_call_id_once_only,
                                  a_foreign_call_id_is_its_own_thread,
                                  the_least_recently_used_thread_is_forgotten,
                                  NULL};
    return suite_run("thread_table", tests);
}
