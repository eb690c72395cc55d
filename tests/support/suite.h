// SPDX-License-Identifier: MIT
// What every unit test shares: one suite, one case, run, exit code.
#pragma once
#include <check.h>

// What: runs the given test functions as one suite under the name `name`; the body of main().
// Shape: `tests` is a NULL-terminated array of pointers made by START_TEST.
// Errors: returns EXIT_FAILURE when any test failed.
int suite_run(const char *name, const TTest *const tests[]);
