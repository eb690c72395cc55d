// SPDX-License-Identifier: MIT
// Octets of memory that peers may make us hold: one amount over all, one per session below it
// (SEC-11: reassembly is bounded).
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct MsrpBudget MsrpBudget;

struct MsrpBudget {
    MsrpBudget *parent; // borrowed, NULL for the top; outlives this one
    size_t limit;
    size_t used;
};

// What: takes `octets` from this budget and all above it.
// Errors: false, and nothing is taken, when one of them does not have them.
bool msrp_budget_take(MsrpBudget *budget, size_t octets);

// What: gives back what was taken.
void msrp_budget_give(MsrpBudget *budget, size_t octets);
