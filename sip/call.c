// SPDX-License-Identifier: MIT
// INVITE with MSRP; see call.h.
#include "sip/call.h"

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call_core.h"
#include "sip/call_dialling.h"
#include "sip/call_message.h"
#include "sip/call_offer.h"
#include "sip/call_sdp.h"
#include "sip/call_session.h"

// --- what comes in the dialog

static void on_invite_answer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    call_core_note_target(call, event);
    if (call->is_offering && event->status >= 200) {
        call_offer_on_answer(call, event);
    } else if (call_core_is_dialling(call)) {
        call_dialling_on_answer(call, event);
    } else {
        call_offer_on_refreshed(call, event);
    }
}

static void on_invite(void *owner, const AgentEvent *event)
{
    call_core_note_target(owner, event);
    call_offer_on_offer(owner, event);
}

static void on_cancel(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (call->state == CALL_OFFERED) {
        g_clear_pointer(&call->request, agent_request_free);
        agent_handle_drop(call->core->agent, call->handle);
        call->handle = NULL;
        call_core_finish(call, HOW_ENDED, 487, NULL);
    }
}

static void on_bye(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    g_autofree char *text = call_message_reason(event->sip);
    call->end.cause = call_message_cause(event->sip);
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
    call_core_finish(call, HOW_ENDED, 0, text);
}

// The library gave the dialog up by itself, as when no ACK comes (RFC 3261 13.3.1.4).
static void on_terminated(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (!call_core_is_dialling(call)) {
        call_core_leave(call);
        call_core_finish(call, HOW_LOST, 408, "dialog lost");
    }
}

static void on_request(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    call->funcs->on_request(call->owner, event);
}

static void on_options(void *owner, const AgentEvent *event)
{
    agent_answer(event, SIP_200_OK, NULL);
}

static const AgentHandler handlers[] = {
    {nua_r_invite, on_invite_answer},  {nua_i_invite, on_invite},
    {nua_r_update, call_offer_on_updated}, {nua_i_update, on_invite},
    {nua_i_ack, call_offer_on_ack},
    {nua_i_cancel, on_cancel},         {nua_i_bye, on_bye},
    {nua_i_terminated, on_terminated}, {nua_i_message, on_request},
    {nua_i_subscribe, on_request},     {nua_r_notify, on_request},
    {nua_i_refer, on_request},
    {nua_i_options, on_options},       {0, NULL},
};

// --- doors

static Call *call_new(GateCore *core, const CallFuncs *funcs, void *owner, MsrpSdpUse use)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.core = core, .funcs = funcs, .owner = owner, .use = use};
    call->handlers = handlers;
    call->media = call_media_new(core, use, call_session_funcs(), call);
    return call;
}

Call *call_dial(GateCore *core, const CallFuncs *funcs, void *owner,
                const CallInvitation *invitation)
{
    Call *call = call_new(core, funcs, owner, invitation->use);
    call->invitation = call_invitation_copy(invitation);
    call->is_ours = true;
    call->contact = g_strdup(invitation->contact);
    call_dialling_invite(call);
    return call;
}

Call *call_take(GateCore *core, const CallFuncs *funcs, void *owner, const AgentEvent *event,
                MsrpSdpUse use)
{
    const char *why = NULL;
    size_t length = 0;
    g_autoptr(GBytes) offer = NULL;
    if (!call_message_sdp(event->sip, &offer)) {
        nua_respond(event->handle, SIP_415_UNSUPPORTED_MEDIA,
                    NUTAG_WITH_THIS(agent_nua(core->agent)), SIPTAG_ACCEPT_STR("application/sdp"),
                    TAG_END());
        agent_handle_drop(core->agent, event->handle);
        return NULL;
    }
    Call *call = call_new(core, funcs, owner, use);
    const char *text = offer != NULL ? g_bytes_get_data(offer, &length) : NULL;
    if (offer != NULL && !call_sdp_check_offer(call->media, text, length, &why)) {
        call_offer_refuse(event, why);
        call_core_free(call);
        return NULL;
    }
    call->state = CALL_OFFERED;
    call->handle = event->handle;
    call->offer = g_steal_pointer(&offer);
    agent_handle_bind(core->agent, call->handle, call->handlers, call);
    call->request = agent_request_new(core->agent, event);
    call_core_note_target(call, event);
    call_core_note_contact(call, event->sip);
    return call;
}

static void respond_final(Call *call, int status, const char *phrase, const char *retry,
                          const Sipcode *more)
{
    nua_respond(call->handle, status, agent_phrase(call->handle, phrase),
                NUTAG_WITH(agent_request_message(call->request)),
                TAG_IF(retry != NULL, SIPTAG_RETRY_AFTER_STR(retry)),
                TAG_IF(more->contact != NULL, SIPTAG_CONTACT_STR(more->contact)),
                TAG_IF(more->warning != NULL, SIPTAG_WARNING_STR(more->warning)), TAG_END());
    g_clear_pointer(&call->request, agent_request_free);
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
}

// A CANCEL may have come: the caller has his 487, and the end is told as soon as the media are over.
static bool is_called_off(const Call *call)
{
    return call->state == CALL_ENDING;
}

void call_ring(Call *call, const char *contact)
{
    if (is_called_off(call)) {
        return;
    }
    nua_respond(call->handle, SIP_180_RINGING, NUTAG_WITH(agent_request_message(call->request)),
                SIPTAG_CONTACT_STR(contact), TAG_END());
    agent_kick(call->core->agent);
}

void call_answer(Call *call, const char *contact)
{
    if (is_called_off(call)) {
        return;
    }
    const char *why = NULL, *sdp;
    size_t length = 0;
    const char *text = call->offer != NULL ? g_bytes_get_data(call->offer, &length) : NULL;
    sdp = call->offer != NULL ? call_sdp_answer(call->media, text, length, &why)
                              : call_sdp_offer(call->media);
    if (sdp == NULL) {
        g_autofree char *warning = agent_warning(call->core->agent, 399, why);
        respond_final(call, SIP_488_NOT_ACCEPTABLE, NULL, &(Sipcode){.warning = warning});
        call_core_finish(call, HOW_LOST, 488, why);
        return;
    }
    nua_respond(call->handle, SIP_200_OK, NUTAG_WITH(agent_request_message(call->request)),
                SIPTAG_CONTACT_STR(contact), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
                SIPTAG_PAYLOAD_STR(sdp), CALL_CORE_SUPPORTED(call), NUTAG_UPDATE_REFRESH(1),
                TAG_END());
    g_clear_pointer(&call->request, agent_request_free);
    call->contact = g_strdup(contact);
    call->owes_answer = call->offer == NULL;
    call->state = CALL_ANSWERED;
    agent_kick(call->core->agent);
}

void call_hand_over(Call *call, const CallFuncs *funcs, void *owner)
{
    call->funcs = funcs;
    call->owner = owner;
}

void call_hang_up(Call *call, int status, const char *text)
{
    if (call->state != CALL_ENDING) {
        call_core_say_bye(call, status, text);
        call_core_finish(call, HOW_ENDED, status, text);
    }
}

void call_refuse(Call *call, const Sipcode *answer)
{
    g_autofree char *retry = answer->retry_s > 0 ? g_strdup_printf("%u", answer->retry_s) : NULL;
    if (!is_called_off(call)) {
        respond_final(call, answer->status, answer->phrase, retry, answer);
    }
    call_core_free(call);
}

void call_withdraw(Call *call)
{
    if (call->state == CALL_DIALLING || call->state == CALL_RINGING) {
        call->state = CALL_CALLED_OFF;
        g_clear_handle_id(&call->timer, g_source_remove);
        nua_cancel(call->handle, TAG_END());
        agent_kick(call->core->agent);
    } else if (call->state == CALL_BINDING) {
        call->state = CALL_LATE;
        call_core_tell_late(call);
    }
}

void call_close(Call *call, int status, const char *text)
{
    switch (call->state) {
    case CALL_DIALLING:
    case CALL_RINGING: call_core_say_cancel(call); break;
    case CALL_CALLED_OFF: call_core_leave(call); break;
    case CALL_OFFERED:
        respond_final(call, SIP_480_TEMPORARILY_UNAVAILABLE, NULL, &(Sipcode){0});
        break;
    case CALL_BINDING:
    case CALL_LATE:
    case CALL_ANSWERED:
    case CALL_UP:
    case CALL_ALONE:
    case CALL_MENDING: call_core_say_bye(call, status, text); break;
    case CALL_ENDING: break;
    }
    call_core_free(call);
}

bool call_is_up(const Call *call)
{
    return call->is_told && call->state != CALL_ENDING;
}

CallMedia *call_get_media(const Call *call)
{
    return call->media;
}

struct nua_handle_s *call_get_handle(const Call *call)
{
    return call->handle;
}

const char *call_get_uri(const Call *call)
{
    return call->invitation != NULL ? call->invitation->uri : NULL;
}

const char *call_get_target_dialog(const Call *call)
{
    return call->target_dialog;
}

const char *call_get_instance(const Call *call)
{
    return call->instance;
}
