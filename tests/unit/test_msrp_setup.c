// SPDX-License-Identifier: MIT
// Who connects: a=setup in offers and answers (RFC 6135 4.2, RFC 4975 5.4).
#include "sip/msrp/msrp_setup.h"
#include "tests/support/suite.h"

/* MSRP-010 CHAT-06 */
START_TEST(setup_values_are_read_and_written_and_strange_ones_ignored)
{
    ck_assert_int_eq(msrp_setup_read("active"), MSRP_SETUP_ACTIVE);
    ck_assert_int_eq(msrp_setup_read("Passive"), MSRP_SETUP_PASSIVE);
    ck_assert_int_eq(msrp_setup_read("actpass"), MSRP_SETUP_ACTPASS);
    ck_assert_int_eq(msrp_setup_read("holdconn"), MSRP_SETUP_ABSENT);
    ck_assert_int_eq(msrp_setup_read(""), MSRP_SETUP_ABSENT);
    ck_assert_int_eq(msrp_setup_read(NULL), MSRP_SETUP_ABSENT);
    ck_assert_str_eq(msrp_setup_token(MSRP_SETUP_ACTPASS), "actpass");
    ck_assert_ptr_null(msrp_setup_token(MSRP_SETUP_ABSENT));
}
END_TEST

/* MSRP-010 CHAT-06 */
START_TEST(setup_answer_lets_the_offerer_connect_whenever_it_can)
{
    ck_assert_int_eq(msrp_setup_answer(MSRP_SETUP_ACTPASS, true), MSRP_SETUP_PASSIVE);
    ck_assert_int_eq(msrp_setup_answer(MSRP_SETUP_ACTIVE, true), MSRP_SETUP_PASSIVE);
    ck_assert_int_eq(msrp_setup_answer(MSRP_SETUP_ABSENT, true), MSRP_SETUP_PASSIVE);
    ck_assert_int_eq(msrp_setup_answer(MSRP_SETUP_PASSIVE, true), MSRP_SETUP_ACTIVE);
}
END_TEST

/* MSRP-010 CHAT-06 */
START_TEST(setup_offerer_connects_unless_the_answerer_says_active)
{
    ck_assert(msrp_setup_offerer_is_active(MSRP_SETUP_ABSENT, MSRP_SETUP_ABSENT));
    ck_assert(msrp_setup_offerer_is_active(MSRP_SETUP_ACTPASS, MSRP_SETUP_ABSENT));
    ck_assert(msrp_setup_offerer_is_active(MSRP_SETUP_ACTPASS, MSRP_SETUP_PASSIVE));
    ck_assert(!msrp_setup_offerer_is_active(MSRP_SETUP_ACTPASS, MSRP_SETUP_ACTIVE));
    ck_assert(msrp_setup_offerer_is_active(MSRP_SETUP_ACTIVE, MSRP_SETUP_PASSIVE));
    ck_assert(!msrp_setup_offerer_is_active(MSRP_SETUP_PASSIVE, MSRP_SETUP_ACTIVE));
}
END_TEST

int main(void)
{
    return suite_run("msrp_setup", (const TTest *const[]){
        setup_values_are_read_and_written_and_strange_ones_ignored,
        setup_answer_lets_the_offerer_connect_whenever_it_can,
        setup_offerer_connects_unless_the_answerer_says_active,
        NULL,
    });
}
