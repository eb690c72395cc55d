// SPDX-License-Identifier: MIT
// Making a call; see call_dialling.h.
#include "sip/call_dialling.h"

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call_again.h"
#include "sip/call_core.h"
#include "sip/call_message.h"
#include "sip/call_sdp.h"
#include "sip/detour.h"

// RFC 4538 7: the tags as the one who is told sees them.
static char *target_dialog_of(const sip_t *sip)
{
    const char *theirs = sip->sip_to->a_tag, *ours = sip->sip_from->a_tag;
    if (theirs == NULL || ours == NULL || !sip_has_feature(sip->sip_supported, "tdialog")) {
        return NULL;
    }
    return g_strdup_printf("%s;local-tag=%s;remote-tag=%s", sip->sip_call_id->i_id, theirs, ours);
}

static gboolean on_timer(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    call_core_say_cancel(call);
    call_core_finish(call, HOW_TIMEOUT, 408, "no answer");
    return G_SOURCE_REMOVE;
}

static void set_timer(Call *call, unsigned ms)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    if (ms > 0) {
        call->timer = g_timeout_add(ms, on_timer, call);
    }
}

static void on_ringing(Call *call)
{
    if (call->state == CALL_DIALLING) {
        call->state = CALL_RINGING;
        set_timer(call, call->invitation->setup_ms);
        if (call->funcs->on_ringing != NULL) {
            call->funcs->on_ringing(call->owner);
        }
    }
}

// The library counts on from the CSeq it is given.
void call_dialling_invite(Call *call)
{
    const CallInvitation *invitation = call->invitation;
    Agent *agent = call->core->agent;
    const char *route = agent_route(agent, invitation->uri, NULL);
    g_autofree char *hops = g_strdup_printf("%u", detour_hops(invitation->hops)), *type = NULL;
    g_autofree char *body =
        call_invitation_write_body(invitation, call_sdp_offer(call->media), &type);
    call->state = CALL_DIALLING;
    call->handle = agent_handle_new(agent, call->handlers, call, invitation->to,
                                    invitation->from);
    nua_invite(
        call->handle, NUTAG_URL(invitation->uri),
        TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
        SIPTAG_MAX_FORWARDS_STR(hops), SIPTAG_CALL_ID_STR(invitation->call_id),
        SIPTAG_CONTACT_STR(invitation->contact),
        TAG_IF(invitation->cseq != NULL, SIPTAG_CSEQ_STR(invitation->cseq)),
        TAG_IF(invitation->authorization != NULL,
               SIPTAG_AUTHORIZATION_STR(invitation->authorization)),
        TAG_IF(invitation->proxy_authorization != NULL,
               SIPTAG_PROXY_AUTHORIZATION_STR(invitation->proxy_authorization)),
        TAG_IF(invitation->subject != NULL, SIPTAG_SUBJECT_STR(invitation->subject)),
        TAG_IF(invitation->referred_by != NULL, SIPTAG_REFERRED_BY_STR(invitation->referred_by)),
        TAG_IF(invitation->session_s > 0, NUTAG_SESSION_TIMER(invitation->session_s)),
        TAG_IF(invitation->session_s > 0, NUTAG_MIN_SE(invitation->session_s)),
        CALL_CORE_SUPPORTED(call), SIPTAG_CONTENT_TYPE_STR(type), SIPTAG_PAYLOAD_STR(body),
        TAG_END());
    set_timer(call, invitation->first_ms);
    agent_kick(agent);
}

static bool invite_again(Call *call, const AgentEvent *refusal)
{
    const sip_t *sip = refusal->sip;
    if (sip == NULL || sip->sip_from->a_tag == NULL ||
        !call_again_may_follow(call, refusal)) {
        return false;
    }
    call_invitation_repeat(call->invitation, sip->sip_from->a_tag, sip->sip_cseq->cs_seq);
    call_dialling_invite(call);
    return true;
}

// The line was refused in a 200: its dialog is ended already.
static bool invite_anew(Call *call)
{
    if (!call_again_may_fall_back(call, 488)) {
        return false;
    }
    call->is_confirmed = false;
    call_invitation_renew(call->invitation);
    call_dialling_invite(call);
    return true;
}

// The answer in a message to an offer of ours. One we cannot use ends a dialog that stands (CHAT-04).
bool call_dialling_take_answer(Call *call, const sip_t *sip, How how)
{
    const char *why = "no answer to our offer";
    g_autoptr(GBytes) sdp = NULL;
    size_t length = 0;
    if (sip != NULL) {
        call_message_sdp(sip, &sdp);
    }
    const char *text = sdp != NULL ? g_bytes_get_data(sdp, &length) : NULL;
    switch (call_sdp_take_answer(call->media, text, length, &why)) {
    case CALL_SDP_TAKEN: return true;
    case CALL_SDP_AGAIN: call_core_send_offer(call); return true;
    case CALL_SDP_REFUSED: break;
    }
    call_core_say_bye(call, 488, why);
    if (!invite_anew(call)) {
        call_core_finish(call, how, 488, why);
    }
    return false;
}

// CONF-023
static bool is_what_was_called(Call *call, const sip_t *sip)
{
    if (!call->invitation->needs_focus || call_message_is_focus(sip)) {
        return true;
    }
    call_core_say_bye(call, 488, "not a conference");
    call_core_finish(call, HOW_REFUSED, 404, "not a conference");
    return false;
}

// The library has sent the ACK.
static void on_yes(Call *call, const sip_t *sip)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    call->state = call->state == CALL_CALLED_OFF ? CALL_LATE : CALL_BINDING;
    call->is_confirmed = true;
    call->target_dialog = target_dialog_of(sip);
    if (is_what_was_called(call, sip) && call_dialling_take_answer(call, sip, HOW_REFUSED)) {
        call_core_note_contact(call, sip);
        call_core_check_up(call);
        call_core_tell_late(call);
    }
}

static void on_no(Call *call, const AgentEvent *event)
{
    g_autofree char *phrase = sipcode_clean(event->phrase);
    bool timeout = event->is_local && event->status == 408;
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
    if (!invite_again(call, event)) {
        call->end.retry_s = detour_note_retry(call->core, call->invitation->uri, event->status,
                                              event->sip);
        call_core_finish(call, timeout ? HOW_TIMEOUT : HOW_REFUSED, event->status, phrase);
    }
}

void call_dialling_on_answer(Call *call, const AgentEvent *event)
{
    if (event->status <= 100) {
        return;
    }
    if (event->status < 200) {
        on_ringing(call);
    } else if (event->status < 300) {
        on_yes(call, event->sip);
    } else {
        on_no(call, event);
    }
}
