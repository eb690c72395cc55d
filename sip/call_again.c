// SPDX-License-Identifier: MIT
// A request once more; see call_again.h.
#include "sip/call_again.h"

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

#include "sip/call_core.h"
#include "sip/call_sdp.h"
#include "sip/detour.h"

// LIMIT: addresses elsewhere that are tried one after another: a person's, a conference's (CONF-026).
#define REDIRECTS       1
#define REDIRECTS_GUEST 5
// LIMIT: a session timer longer than that is no timer.
#define SESSION_S_MAX (24 * 60 * 60)

// Whether the description was refused, perhaps for its TLS only, and there is one without.
bool call_again_may_fall_back(Call *call, int status)
{
    bool by_description = status == 415 || status == 488 || status == 606;
    bool is_called_off = call->state == CALL_CALLED_OFF || call->state == CALL_LATE;
    if (!by_description || call->invitation == NULL || is_called_off ||
        !call_sdp_fall_back(call->media)) {
        return false;
    }
    call_invitation_be_silent(call->invitation);
    call->is_authorized = false;
    return true;
}

// A challenge is answered once (ERR-04).
static bool may_authorize(Call *call, const AgentEvent *refusal)
{
    CallInvitation *invitation = call->invitation;
    if (invitation == NULL || call->state == CALL_CALLED_OFF || call->is_authorized) {
        return false;
    }
    // the password is that of whom we speak for (CONF-027)
    g_autofree char *value = credentials_answer(call->core, refusal, "INVITE", invitation->uri,
                                                invitation->user, invitation->password);
    if (value == NULL) {
        return false;
    }
    call_invitation_authorize(invitation, refusal->status == 407, value);
    call->is_authorized = true;
    return true;
}

bool call_again_may_go(Call *call, const AgentEvent *answer, const char *method)
{
    const CallInvitation *invitation = call->invitation;
    bool goes = call->target != NULL &&
                credentials_take(&call->credentials, call->core, answer, method, call->target,
                                 invitation != NULL ? invitation->user : NULL,
                                 invitation != NULL ? invitation->password : NULL);
    if (!goes && answer->status >= 200) {
        credentials_clear(&call->credentials);
    }
    return goes;
}

// Who wants longer sessions than we gets them, once (RFC 4028 7.3; CONF-030).
static bool may_lengthen(Call *call, const AgentEvent *refusal)
{
    const sip_min_se_t *least = sip_min_se(refusal->sip);
    if (call->state == CALL_CALLED_OFF || refusal->status != 422 || least == NULL ||
        call->invitation->session_s != 0 || least->min_delta > SESSION_S_MAX) {
        return false;
    }
    call->invitation->session_s = MAX((unsigned)least->min_delta, 1);
    return true;
}

// Who cannot take the description and a list gets it alone (RFC 3261 8.1.3.5, RFC 5364 7).
static bool may_be_plain(Call *call, const AgentEvent *refusal)
{
    if (call->state == CALL_CALLED_OFF || refusal->status != 415 ||
        call->invitation->history == NULL) {
        return false;
    }
    call_invitation_drop_history(call->invitation);
    call->is_authorized = false;
    return true;
}

// A new address is tried when it is one of ours to reach (ERR-04); a conference may move only within its
// domain, since who asks for the password there is the same (CONF-026).
static char *uri_elsewhere(const Call *call, const Address *elsewhere)
{
    return call->use == MSRP_SDP_GUEST
               ? detour_room_uri(call->core, elsewhere, call->invitation->uri)
               : detour_uri(call->core, elsewhere);
}

static bool may_redirect(Call *call, const AgentEvent *refusal)
{
    unsigned most = call->use == MSRP_SDP_GUEST ? REDIRECTS_GUEST : REDIRECTS;
    if (call->state == CALL_CALLED_OFF || refusal->status / 100 != 3) {
        return false;
    }
    g_autoptr(Address) elsewhere = detour_address(call->core, refusal->sip);
    g_autofree char *uri = uri_elsewhere(call, elsewhere);
    if (uri == NULL || call->redirects >= most) {
        fields_set_address(&call->end.elsewhere, elsewhere);
        return false;
    }
    call_invitation_redirect(call->invitation, uri);
    call->redirects++;
    call->is_authorized = false;
    return true;
}

bool call_again_may_follow(Call *call, const AgentEvent *refusal)
{
    return may_authorize(call, refusal) || may_redirect(call, refusal) ||
           may_lengthen(call, refusal) || may_be_plain(call, refusal) ||
           call_again_may_fall_back(call, refusal->status);
}
