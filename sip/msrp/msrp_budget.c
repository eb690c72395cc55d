// SPDX-License-Identifier: MIT
// Octets of memory that peers may make us hold.
#include "sip/msrp/msrp_budget.h"

#include <glib.h>

bool msrp_budget_take(MsrpBudget *budget, size_t octets)
{
    for (const MsrpBudget *each = budget; each != NULL; each = each->parent) {
        if (octets > each->limit - each->used)
            return false;
    }
    for (; budget != NULL; budget = budget->parent)
        budget->used += octets;
    return true;
}

void msrp_budget_give(MsrpBudget *budget, size_t octets)
{
    for (; budget != NULL; budget = budget->parent) {
        g_assert(budget->used >= octets);
        budget->used -= octets;
    }
}
