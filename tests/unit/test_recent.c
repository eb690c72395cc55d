// SPDX-License-Identifier: MIT
// The bounded memory.
#include "mapping/recent.h"

#include "tests/support/suite.h"

START_TEST(the_longest_unused_is_forgotten_when_it_is_full)
{
    g_autoptr(Recent) recent = recent_new(3, g_free);
    recent_put(recent, "a", g_strdup("1"));
    recent_put(recent, "b", g_strdup("2"));
    recent_put(recent, "c", g_strdup("3"));
    ck_assert_str_eq(recent_find(recent, "a"), "1");
    recent_put(recent, "d", g_strdup("4"));
    ck_assert_ptr_null(recent_find(recent, "b"));
    ck_assert_str_eq(recent_find(recent, "a"), "1");
    ck_assert_str_eq(recent_find(recent, "d"), "4");
    ck_assert_uint_eq(recent_count(recent), 3);
}
END_TEST

START_TEST(a_key_put_again_has_the_new_value_and_takes_no_more_room)
{
    g_autoptr(Recent) recent = recent_new(2, g_free);
    recent_put(recent, "a", g_strdup("1"));
    recent_put(recent, "a", g_strdup("2"));
    ck_assert_str_eq(recent_find(recent, "a"), "2");
    ck_assert_uint_eq(recent_count(recent), 1);
}
END_TEST

START_TEST(it_never_grows_beyond_its_limit)
{
    g_autoptr(Recent) recent = recent_new(10, g_free);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *key = g_strdup_printf("%d", i);
        recent_put(recent, key, g_strdup(key));
    }
    ck_assert_uint_eq(recent_count(recent), 10);
    ck_assert_str_eq(recent_find(recent, "990"), "990");
    ck_assert_ptr_null(recent_find(recent, "989"));
}
END_TEST

int main(void)
{
    return suite_run("recent", (const TTest *const[]){
        the_longest_unused_is_forgotten_when_it_is_full,
        a_key_put_again_has_the_new_value_and_takes_no_more_room,
        it_never_grows_beyond_its_limit,
        NULL,
    });
}
