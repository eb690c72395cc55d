// SPDX-License-Identifier: MIT
// What the files of a call share; see call_core.h.
#include "sip/call_core.h"

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call_message.h"
#include "sip/call_sdp.h"

bool call_core_is_dialling(const Call *call)
{
    return call->state == CALL_DIALLING || call->state == CALL_RINGING ||
           call->state == CALL_CALLED_OFF;
}

void call_core_free(Call *call)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    g_clear_pointer(&call->request, agent_request_free);
    agent_handle_drop(call->core->agent, call->handle);
    call_media_free(call->media);
    call_invitation_free(call->invitation);
    g_clear_pointer(&call->offer, g_bytes_unref);
    g_free(call->instance);
    g_free(call->target);
    credentials_clear(&call->credentials);
    g_free(call->contact);
    g_free(call->end_text);
    g_free(call->target_dialog);
    address_unref(call->end.elsewhere);
    g_free(call);
}

// The dialog goes on without us until its last answer.
void call_core_leave(Call *call)
{
    agent_handle_leave(call->core->agent, call->handle, AGENT_LEAVE_CALL);
    call->handle = NULL;
    agent_kick(call->core->agent);
}

void call_core_say_bye(Call *call, int status, const char *text)
{
    g_autofree char *reason = sipcode_reason(status, text);
    nua_bye(call->handle, SIPTAG_REASON_STR(reason), TAG_END());
    call_core_leave(call);
}

void call_core_say_cancel(Call *call)
{
    nua_cancel(call->handle, TAG_END());
    call_core_leave(call);
}

void call_core_tell_down(Call *call)
{
    call->funcs->on_down(call->owner, &call->end);
    call_core_free(call);
}

// The dialog is over; the end is told when the media are, too.
void call_core_finish(Call *call, How how, int status, const char *text)
{
    bool media_are_over = !call_media_has_session(call->media);
    g_clear_handle_id(&call->timer, g_source_remove);
    call->state = CALL_ENDING;
    call->end_text = g_strdup(text);
    call->end.how = how;
    call->end.status = status;
    call->end.text = call->end_text;
    call_media_close(call->media);
    if (media_are_over) {
        call_core_tell_down(call);
    }
}

void call_core_check_up(Call *call)
{
    bool is_settled = call->state == CALL_UP || call->state == CALL_ENDING;
    if (!call->is_confirmed || !call->is_bound || is_settled) {
        return;
    }
    call->state = CALL_UP;
    if (!call->is_told) {
        call->is_told = true;
        call->funcs->on_up(call->owner);
    }
}

void call_core_tell_late(Call *call)
{
    if (call->state == CALL_LATE && call->funcs->on_late != NULL) {
        call->funcs->on_late(call->owner);
    }
}

void call_core_give_up(Call *call, int status, const char *text)
{
    call_core_say_bye(call, status, text);
    call_core_finish(call, HOW_LOST, status, text);
}

void call_core_send_offer(Call *call)
{
    call->is_offering = true;
    call_core_send_refresh(call);
}

void call_core_send_refresh(Call *call)
{
    nua_invite(call->handle, SIPTAG_CONTACT_STR(call->contact), CALL_CORE_SUPPORTED(call),
               CREDENTIALS_TAGS_INSIDE(&call->credentials), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
               SIPTAG_PAYLOAD_STR(call_sdp_offer(call->media)), TAG_END());
    agent_kick(call->core->agent);
}

void call_core_note_target(Call *call, const AgentEvent *event)
{
    bool says_so = event->status < 300 && event->sip != NULL;
    char *target = says_so ? call_message_target(event->sip) : NULL;
    if (target != NULL) {
        g_free(call->target);
        call->target = target;
    }
}

void call_core_note_contact(Call *call, const sip_t *sip)
{
    if (call->instance == NULL) {
        call->instance = call_message_instance(sip);
    }
}
