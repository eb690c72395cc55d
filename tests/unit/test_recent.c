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

static void write_key(const char *key, gpointer value, gpointer data)
{
    g_string_append(data, key);
}

START_TEST(what_is_removed_is_gone_and_the_rest_is_shown_youngest_first)
{
    g_autoptr(Recent) recent = recent_new(3, g_free);
    recent_put(recent, "a", g_strdup("1"));
    recent_put(recent, "b", g_strdup("2"));
    recent_put(recent, "c", g_strdup("3"));
    recent_remove(recent, "b");
    recent_remove(recent, "never there");
    ck_assert_ptr_null(recent_find(recent, "b"));
    GString *keys = g_string_new(NULL);
    recent_each(recent, write_key, keys);
    ck_assert_str_eq(keys->str, "ca");
    g_string_free(keys, TRUE);
}
END_TEST

int main(void)
{
    return suite_run("recent", (const TTest *const[]){
        the_longest_unused_is_forgotten_when_it_is_full,
        a_key_put_again_has_the_new_value_and_takes_no_more_room,
        it_never_grows_beyond_its_limit,
        what_is_removed_is_gone_and_the_rest_is_shown_youngest_first,
        NULL,
    });
}
