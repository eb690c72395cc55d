// SPDX-License-Identifier: MIT
// What every unit test shares: one suite, one case, run, exit code.
#pragma once
#include <check.h>

// What: runs the given test functions as one suite under the name `name`; the body of main().
// Shape: `tests` is a NULL-terminated array of pointers made by START_TEST.
// Errors: returns EXIT_FAILURE when any test failed.
int suite_run(const char *name, const TTest *const tests[]);

// What: the same with functions that run before and after each test.
// Shape: both may be NULL.
// Errors: as suite_run().
int suite_run_fixture(const char *name, const TTest *const tests[], SFun set_up, SFun tear_down);
