// SPDX-License-Identifier: MIT
// Identifiers: length, alphabet, no repetition.
#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_random.h"
#include "tests/support/suite.h"

#include <string.h>

/* MSRP-001 MSRP-014 CHAT-12 */
START_TEST(random_identifiers_have_enough_digits_and_never_repeat)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ck_assert_uint_ge(MSRP_RANDOM_TRANSACTION_DIGITS * 4, 64);
    ck_assert_uint_ge(MSRP_RANDOM_SESSION_DIGITS * 4, 128);
    for (int i = 0; i < 1000; i++) {
        char tid[MSRP_RANDOM_TRANSACTION_DIGITS + 1];
        msrp_random_hex(tid, MSRP_RANDOM_TRANSACTION_DIGITS);
        ck_assert(msrp_frame_is_ident(tid));
        ck_assert_uint_eq(strlen(tid), MSRP_RANDOM_TRANSACTION_DIGITS);
        ck_assert_uint_eq(strspn(tid, "0123456789abcdef"), MSRP_RANDOM_TRANSACTION_DIGITS);
        ck_assert(g_hash_table_add(seen, g_strdup(tid)));
    }
}
END_TEST

int main(void)
{
    return suite_run("msrp_random", (const TTest *const[]){
        random_identifiers_have_enough_digits_and_never_repeat,
        NULL,
    });
}
