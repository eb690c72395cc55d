// SPDX-License-Identifier: MIT
// Octets that peers may make us hold, one amount below another.
#include "sip/msrp/msrp_budget.h"
#include "tests/support/suite.h"

/* SEC-11 */
START_TEST(budget_takes_from_all_or_from_none)
{
    MsrpBudget all = {NULL, 100, 0};
    MsrpBudget one = {&all, 60, 0};
    MsrpBudget two = {&all, 60, 0};
    ck_assert(msrp_budget_take(&one, 60));
    ck_assert(!msrp_budget_take(&one, 1));
    ck_assert(!msrp_budget_take(&two, 41));
    ck_assert(msrp_budget_take(&two, 40));
    ck_assert(!msrp_budget_take(&two, (size_t)-1));
    ck_assert(all.used == 100 && one.used == 60 && two.used == 40);
    msrp_budget_give(&one, 60);
    ck_assert(msrp_budget_take(&two, 20));
    ck_assert(all.used == 60 && one.used == 0 && two.used == 60);
}
END_TEST

int main(void)
{
    return suite_run("msrp_budget", (const TTest *const[]){
        budget_takes_from_all_or_from_none,
        NULL,
    });
}
