// SPDX-License-Identifier: MIT
// Handles that were left; see agent_left.h.
#include "sip/agent_left.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_status.h>

static void on_invite_answered(void *owner, const AgentEvent *event)
{
    if (event->status >= 300) {
        agent_handle_drop(event->agent, event->handle);
    } else if (event->status >= 200) {
        // The library has sent the ACK; nobody wants the session any more (RFC 3261 15).
        nua_bye(event->handle, TAG_END());
    }
}

static void on_final(void *owner, const AgentEvent *event)
{
    if (event->status >= 200) {
        agent_handle_drop(event->agent, event->handle);
    }
}

static void on_over(void *owner, const AgentEvent *event)
{
    agent_handle_drop(event->agent, event->handle);
}

static void on_request(void *owner, const AgentEvent *event)
{
    agent_answer(event, SIP_481_NO_TRANSACTION, NULL);
}

static const AgentHandler calls[] = {
    {nua_r_invite, on_invite_answered},
    {nua_r_bye, on_final},
    {nua_i_bye, on_over},
    {nua_i_terminated, on_over},
    {nua_i_invite, on_request},
    {nua_i_update, on_request},
    {nua_i_message, on_request},
    {nua_i_subscribe, on_request},
    {0, NULL},
};

static const AgentHandler subscriptions[] = {
    {nua_r_notify, on_final},
    {nua_i_subscribe, on_request},
    {0, NULL},
};

static void on_refused(void *owner, const AgentEvent *event)
{
    if (event->status >= 300) {
        agent_handle_drop(event->agent, event->handle);
    }
}

// The library tells of a last NOTIFY that did not come as well.
static void on_notify(void *owner, const AgentEvent *event)
{
    if (event->substate == nua_substate_terminated) {
        agent_handle_drop(event->agent, event->handle);
    }
}

static const AgentHandler watches[] = {
    {nua_r_subscribe, on_refused},
    {nua_r_unsubscribe, on_refused},
    {nua_i_notify, on_notify},
    {0, NULL},
};

const AgentHandler *agent_left_handlers(AgentLeave leave)
{
    static const AgentHandler *const left[] = {[AGENT_LEAVE_CALL] = calls,
                                               [AGENT_LEAVE_SUBSCRIPTION] = subscriptions,
                                               [AGENT_LEAVE_WATCH] = watches};
    return left[leave];
}
