// SPDX-License-Identifier: MIT
// The last 1000 complete messages of a session (MSRP-024).
#include "sip/msrp/msrp_seen.h"
#include "tests/support/suite.h"

static void add(MsrpSeen *seen, uint32_t number)
{
    g_autofree char *id = g_strdup_printf("id-%u", number);
    msrp_seen_add(seen, id, number);
}

static const MsrpSeenEntry *find(MsrpSeen *seen, uint32_t number)
{
    g_autofree char *id = g_strdup_printf("id-%u", number);
    return msrp_seen_find(seen, id);
}

/* MSRP-024 */
START_TEST(seen_remembers_the_last_thousand)
{
    g_autoptr(MsrpSeen) seen = msrp_seen_new();
    for (uint32_t i = 1; i <= 2500; i++)
        add(seen, i);
    ck_assert_ptr_null(find(seen, 1500));
    for (uint32_t i = 1501; i <= 2500; i++)
        ck_assert_uint_eq(find(seen, i)->ref, i);
}
END_TEST

START_TEST(seen_forgets_what_was_refused_and_keeps_what_was_noted)
{
    g_autoptr(MsrpSeen) seen = msrp_seen_new();
    add(seen, 1);
    add(seen, 2);
    msrp_seen_find(seen, "id-2")->accepted = true;
    msrp_seen_remove(seen, "id-1");
    msrp_seen_remove(seen, "id-9");
    ck_assert_ptr_null(find(seen, 1));
    ck_assert(find(seen, 2)->accepted);
}
END_TEST

int main(void)
{
    return suite_run("msrp_seen", (const TTest *const[]){
        seen_remembers_the_last_thousand,
        seen_forgets_what_was_refused_and_keeps_what_was_noted,
        NULL,
    });
}
