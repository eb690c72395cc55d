// SPDX-License-Identifier: MIT
// The SIP library answers each NOTIFY of a subscription 200 before the application hears of it, whatever NUTAG_APPL_METHOD
// says. It sends what it answers through this function of its own; defined here, it is this one that the library calls (the
// program's symbols come first), and a NOTIFY that the watcher cannot use is told so (ROSTER-010; docs/library-facts.md K).
// All else that is answered goes on as it is.
#include <sofia-sip/nta.h>

#include <dlfcn.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/watcher.h"

typedef int (*Reply)(nta_incoming_t *request, msg_t *response);

static Reply reply_of_library(void)
{
    static Reply reply;
    if (reply == NULL) {
        *(void **)&reply = dlsym(RTLD_NEXT, "nta_incoming_mreply"); // as POSIX has it
    }
    return reply;
}

static void correct(nta_incoming_t *request, msg_t *response)
{
    sip_t *answer = sip_object(response);
    msg_t *message = nta_incoming_getrequest(request);
    int status = watcher_judge(sip_object(message));
    if (answer->sip_status->st_status / 100 == 2 && status != 200) {
        answer->sip_status->st_status = status;
        answer->sip_status->st_phrase = sip_status_phrase(status);
        sip_add_tl(response, answer, TAG_IF(status == 415, SIPTAG_ACCEPT_STR(CONFERENCE_INFO_TYPE)),
                   TAG_END());
    }
    msg_destroy(message);
}

int nta_incoming_mreply(nta_incoming_t *request, msg_t *response)
{
    if (nta_incoming_method(request) == sip_method_notify) {
        correct(request, response);
    }
    return reply_of_library()(request, response);
}
