// SPDX-License-Identifier: MIT
// Answers to OPTIONS; see options.h.
#include "sip/options.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/message_body.h"
#include "sip/parties.h"

static void answer_user(const AgentEvent *event)
{
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_ACCEPT_STR("application/sdp, " MESSAGE_BODY_ACCEPT), TAG_END());
}

static void answer_room(GateCore *core, const AgentEvent *event, const Address *room)
{
    g_autofree char *uri = route_to_aor(core->route, room);
    g_autofree char *contact = g_strdup_printf("<%s>;isfocus", uri);
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                SIPTAG_CONTACT_STR(contact),
                SIPTAG_ACCEPT_STR("application/sdp, application/conference-info+xml"), TAG_END());
}

void options_on_request(GateCore *core, const AgentEvent *event,
                        bool (*is_focus)(void *focus_self, const Address *room), void *focus_self)
{
    g_auto(Parties) parties;
    // A URI without a user asks the gateway itself: proxies do so to see whether it lives.
    bool is_ping = event->sip->sip_request->rq_url->url_user == NULL;
    parties_read(&parties, core, event);
    if (is_ping || (parties.status == 0 && parties.kind == ROUTE_XMPP_USER)) {
        answer_user(event);
        agent_handle_drop(event->agent, event->handle);
        return;
    }
    if (parties.status == 0 && parties.kind == ROUTE_XMPP_ROOM &&
        is_focus(focus_self, parties.to)) {
        answer_room(core, event, parties.to);
        agent_handle_drop(event->agent, event->handle);
        return;
    }
    if (parties.status == 0) {
        parties.status = 404;
    }
    parties_refuse(&parties, event);
}
