// SPDX-License-Identifier: MIT
// Offers in a dialog that stands; see call_offer.h.
#include "sip/call_offer.h"

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call_again.h"
#include "sip/call_core.h"
#include "sip/call_dialling.h"
#include "sip/call_message.h"
#include "sip/call_sdp.h"

// Both sides offered at once (RFC 3261 14.1): who made the Call-ID waits longer.
#define GLARE_OURS_MS   2100
#define GLARE_WINDOW_MS 1900

static gboolean on_glare_over(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    call_core_send_offer(call);
    return G_SOURCE_REMOVE;
}

static void offer_later(Call *call)
{
    guint ms = (call->is_ours ? GLARE_OURS_MS : 0) + g_random_int_range(0, GLARE_WINDOW_MS);
    call->is_again = true;
    g_clear_handle_id(&call->timer, g_source_remove);
    call->timer = g_timeout_add(ms, on_glare_over, call);
}

// A dialog whose new offer is refused has nothing left to talk on.
void call_offer_on_answer(Call *call, const AgentEvent *event)
{
    if (call_again_may_go(call, event, "INVITE")) {
        call_core_send_offer(call);
        return;
    }
    call->is_offering = false;
    if (event->status < 300) {
        call_dialling_take_answer(call, event->sip, call->is_told ? HOW_LOST : HOW_REFUSED);
    } else if (event->status == 491 && !call->is_again) {
        offer_later(call);
    } else {
        g_autofree char *phrase = sipcode_clean(event->phrase);
        call_core_give_up(call, event->status, phrase);
    }
}

void call_offer_on_refreshed(Call *call, const AgentEvent *event)
{
    if (call_again_may_go(call, event, "INVITE")) {
        call_core_send_refresh(call);
    }
}

void call_offer_on_updated(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (call_again_may_go(call, event, "UPDATE")) {
        nua_update(call->handle, SIPTAG_CONTACT_STR(call->contact), CALL_CORE_SUPPORTED(call),
                   CREDENTIALS_TAGS_INSIDE(&call->credentials), TAG_END());
        agent_kick(call->core->agent);
    }
}

static void answer_sdp(const AgentEvent *event, const char *sdp)
{
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                TAG_IF(sdp != NULL, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
                TAG_IF(sdp != NULL, SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
}

void call_offer_refuse(const AgentEvent *event, const char *why)
{
    g_autofree char *warning = agent_warning(event->agent, 399, why);
    agent_answer(event, SIP_488_NOT_ACCEPTABLE, warning);
}

// The peer was faster to offer another session than we; an offer of ours that waits is dropped.
static void note_mended(Call *call)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    if (call->state == CALL_ALONE) {
        call->state = CALL_MENDING;
    }
}

// Our description, when the peer asks for it: the one in force, if any is.
static void answer_with_offer(Call *call, const AgentEvent *event)
{
    if (event->event != nua_i_invite) {
        answer_sdp(event, NULL);
        return;
    }
    if (!call_media_has_session(call->media)) {
        call_media_restart(call->media);
        note_mended(call);
    }
    call->owes_answer = true;
    answer_sdp(event, call_sdp_offer(call->media));
}

static void take_offer(Call *call, const AgentEvent *event, GBytes *offer)
{
    const char *why = "session description not readable", *answer = NULL;
    size_t length = 0;
    const char *text = offer != NULL ? g_bytes_get_data(offer, &length) : NULL;
    answer = text != NULL ? call_sdp_answer(call->media, text, length, &why) : NULL;
    if (answer == NULL) {
        call_offer_refuse(event, why);
        return;
    }
    note_mended(call);
    answer_sdp(event, answer);
    if (call_sdp_is_refused(call->media)) {
        call_core_say_bye(call, 200, "the message session was taken away");
        call_core_finish(call, HOW_ENDED, 0, NULL);
    }
}

// A later offer, or a request for ours. Turning the session into a conference is refused: it stays
// what it was (RFC 3261 14.1; ESC-112 with mutate=refuse).
void call_offer_on_offer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    g_autoptr(GBytes) offer = NULL;
    if (call->use == MSRP_SDP_TWO_PARTY && call_message_is_focus(event->sip)) {
        call_offer_refuse(event, "the session stays two-party");
    } else if (call->is_offering || !call->is_confirmed) {
        agent_answer(event, SIP_491_REQUEST_PENDING, NULL);
    } else if (call_message_sdp(event->sip, &offer) && offer == NULL) {
        answer_with_offer(call, event);
    } else {
        take_offer(call, event, offer);
    }
}

// In the ACK stands the answer when the INVITE had no offer.
void call_offer_on_ack(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    bool owed = call->owes_answer;
    call->owes_answer = false;
    if (owed && !call_dialling_take_answer(call, event->sip, HOW_LOST)) {
        return;
    }
    call->is_confirmed = true;
    call_core_check_up(call);
}
