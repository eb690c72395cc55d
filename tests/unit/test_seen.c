// SPDX-License-Identifier: MIT
// Ids seen lately: 1000 of them, for an hour.
#include "mapping/seen.h"

#include "tests/support/suite.h"

/* ESC-017 CHAT-21 */
START_TEST(seen_knows_an_id_for_an_hour)
{
    g_autoptr(Seen) seen = seen_new();
    ck_assert(!seen_before(seen, "q1", 0));
    ck_assert(!seen_before(seen, "q2", 10));
    ck_assert(seen_before(seen, "q1", 3600 * 1000));
    ck_assert(!seen_before(seen, "q1", 3600 * 1000 + 11));
}
END_TEST

static bool asked(Seen *seen, int number)
{
    g_autofree char *id = g_strdup_printf("id-%d", number);
    return seen_before(seen, id, number);
}

/* ESC-017 */
START_TEST(seen_knows_the_last_thousand)
{
    g_autoptr(Seen) seen = seen_new();
    for (int i = 0; i < 2500; i++)
        ck_assert(!asked(seen, i));
    for (int i = 1500; i < 2500; i++)
        ck_assert(asked(seen, i));
    ck_assert(!asked(seen, 1499));
}
END_TEST

START_TEST(seen_never_saw_what_has_no_id)
{
    g_autoptr(Seen) seen = seen_new();
    ck_assert(!seen_before(seen, NULL, 0));
    ck_assert(!seen_before(seen, NULL, 0));
}
END_TEST

int main(void)
{
    return suite_run("seen", (const TTest *const[]){seen_knows_an_id_for_an_hour,
                                                    seen_knows_the_last_thousand,
                                                    seen_never_saw_what_has_no_id, NULL});
}
