// SPDX-License-Identifier: MIT
// Runs a list of check tests as one suite; output is TAP when the build says so.
#include "tests/support/suite.h"

#include <stdlib.h>

int suite_run_fixture(const char *name, const TTest *const tests[], SFun set_up, SFun tear_down)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    for (size_t i = 0; tests[i] != NULL; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int suite_run(const char *name, const TTest *const tests[])
{
    return suite_run_fixture(name, tests, NULL, NULL);
}
