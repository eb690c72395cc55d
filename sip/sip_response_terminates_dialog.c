// SPDX-License-Identifier: MIT
// After a 503 to a NOTIFY the SIP library ends the subscription by itself with a NOTIFY "terminated", though RFC 6665 4.2.2 keeps
// it where Retry-After says so, and though nobody has answered at all when the 503 is its own. It asks this function of its own
// what an answer ends; defined here, it is this one that the library calls (the program's symbols come first), and what follows is
// decided in sip/conference_subscription.c (ROSTER-018; docs/library-facts.md K). All other answers end what they ended.
#include <dlfcn.h>
#include <stddef.h>

#include <sofia-sip/sip_util.h>

typedef int (*Judge)(int status, sip_method_t method, int *graceful);

static Judge judge_of_library(void)
{
    static Judge judge;
    if (judge == NULL) {
        *(void **)&judge = dlsym(RTLD_NEXT, "sip_response_terminates_dialog"); // as POSIX has it
    }
    return judge;
}

int sip_response_terminates_dialog(int status, sip_method_t method, int *graceful)
{
    int ends = judge_of_library()(status, method, graceful);
    if (method == sip_method_notify && status == 503 && graceful != NULL) {
        *graceful = 0;
    }
    return ends;
}
