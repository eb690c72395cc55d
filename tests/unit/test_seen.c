// SPDX-License-Identifier: MIT
// Ids seen lately: 1000 of them, for an hour.
#include "mapping/seen.h"

#include "tests/support/suite.h"

enum { HOUR_MS = 3600 * 1000 };

/* ESC-017 CHAT-21 */
START_TEST(seen_knows_an_id_for_an_hour)
{
    g_autoptr(Seen) seen = seen_new();
    ck_assert(!seen_has(seen, "q1", 0));
    seen_note(seen, "q1", 0);
    seen_note(seen, "q2", 10);
    ck_assert(seen_has(seen, "q1", HOUR_MS));
    ck_assert(!seen_has(seen, "q1", HOUR_MS + 1));
    ck_assert(seen_has(seen, "q2", HOUR_MS + 1));
    seen_note(seen, "q1", HOUR_MS + 1);
    ck_assert(seen_has(seen, "q1", 2 * HOUR_MS));
}
END_TEST

static char *id_of(int number)
{
    return g_strdup_printf("id-%d", number);
}

/* ESC-017 */
START_TEST(seen_knows_the_last_thousand)
{
    g_autoptr(Seen) seen = seen_new();
    for (int i = 0; i < 2500; i++) {
        g_autofree char *id = id_of(i);
        seen_note(seen, id, i);
    }
    for (int i = 0; i < 2500; i++) {
        g_autofree char *id = id_of(i);
        ck_assert_int_eq(seen_has(seen, id, 2500), i >= 1500);
    }
}
END_TEST

START_TEST(seen_noted_twice_takes_one_place)
{
    g_autoptr(Seen) seen = seen_new();
    seen_note(seen, "first", 0);
    for (int i = 0; i < 5000; i++)
        seen_note(seen, "again", i);
    ck_assert(seen_has(seen, "first", 5000));
}
END_TEST

START_TEST(seen_forgets_what_failed)
{
    g_autoptr(Seen) seen = seen_new();
    seen_note(seen, "q1", 0);
    seen_note(seen, "q2", 0);
    seen_forget(seen, "q1");
    seen_forget(seen, "never");
    ck_assert(!seen_has(seen, "q1", 1));
    ck_assert(seen_has(seen, "q2", 1));
    seen_note(seen, "q1", 2);
    ck_assert(seen_has(seen, "q1", 3));
}
END_TEST

START_TEST(seen_never_saw_what_has_no_id)
{
    g_autoptr(Seen) seen = seen_new();
    seen_note(seen, NULL, 0);
    ck_assert(!seen_has(seen, NULL, 0));
    ck_assert(!seen_has(NULL, "q1", 0));
    seen_forget(NULL, "q1");
    seen_forget(seen, NULL);
}
END_TEST

int main(void)
{
    return suite_run(
        "seen", (const TTest *const[]){seen_knows_an_id_for_an_hour, seen_knows_the_last_thousand,
                                       seen_noted_twice_takes_one_place, seen_forgets_what_failed,
                                       seen_never_saw_what_has_no_id, NULL});
}
