// SPDX-License-Identifier: MIT
// INVITE with MSRP; see call.h.
#include "sip/call.h"

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "sip/call_message.h"
#include "sip/detour.h"
#include "sip/extensions.h"

// A peer that hangs up often closes its MSRP connection just before its BYE comes; without this
// pause our BYE would cross it, and a room would call lost who has left.
#define BYE_GRACE_MS 1000
// A session that is lost again so soon after it was made anew is given up (CHAT-52).
#define MEND_AGAIN_MS 60000
// Both sides offered at once (RFC 3261 14.1): who made the Call-ID waits longer.
#define GLARE_OURS_MS   2100
#define GLARE_WINDOW_MS 1900
// LIMIT: addresses elsewhere that are tried one after another: a person's, a conference's (CONF-026).
#define REDIRECTS       1
#define REDIRECTS_GUEST 5
// LIMIT: a session timer longer than that is no timer.
#define SESSION_S_MAX (24 * 60 * 60)

// Session timers (RFC 4028): taken when the peer wants them, not asked for. The library refreshes when that
// is ours to do, by our INVITE as it was or, where the INVITE was the peer's, by an UPDATE without
// description; it ends the session when a refresh stays away.
//
// What else is understood in a dialog depends on what it is for.
#define SUPPORTED(call)                                                                            \
    SIPTAG_SUPPORTED_STR((call)->use == MSRP_SDP_ROOM ? EXTENSIONS_ROOM : EXTENSIONS_CALL)

// LATE: answered after it was called off; nothing of it is tried again.
// ALONE: was UP, the MSRP session is gone, the peer's BYE is waited for. MENDING: another session is
// agreed upon; the owner does not hear of it.
typedef enum {
    DIALLING,
    RINGING,
    CALLED_OFF,
    BINDING,
    LATE,
    OFFERED,
    ANSWERED,
    UP,
    ALONE,
    MENDING,
    ENDING
} CallState;

struct Call {
    GateCore *core;         // borrowed
    const CallFuncs *funcs; // borrowed (static)
    void *owner;            // borrowed
    CallState state;
    MsrpSdpUse use;
    nua_handle_t *handle;  // owned by the agent; NULL: left or dropped
    AgentRequest *request; // owned; the INVITE while it is not answered
    GBytes *offer;         // owned; in that INVITE, NULL: we offer
    CallInvitation *invitation; // owned; NULL: they called
    const AgentHandler *handlers; // static; what comes in the dialog
    CallMedia *media;      // owned
    char *instance;        // owned, or NULL
    char *contact;         // owned; header value, ours
    bool is_ours;          // we dialled
    bool is_confirmed;     // ACK sent or seen
    bool is_bound;
    bool is_told;      // on_up was called
    bool is_offering;  // a re-INVITE of ours has no answer yet
    bool owes_answer;  // our offer was in a 200: the ACK has the answer
    bool is_authorized; // a challenge was answered
    unsigned redirects; // how often it went to where a 3xx pointed
    char *target_dialog; // owned, or NULL
    bool is_again;     // the offer under way is the second, after 491
    int64_t mended_ms; // when the session was lost last, 0: never
    guint timer; // GSource id of first_ms, setup_ms, the grace of ALONE or the wait after 491
    CallEnd end;    // of ENDING
    char *end_text; // owned, of end
};

// --- life

static void call_free(Call *call)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    g_clear_pointer(&call->request, agent_request_free);
    agent_handle_drop(call->core->agent, call->handle);
    call_media_free(call->media);
    call_invitation_free(call->invitation);
    g_clear_pointer(&call->offer, g_bytes_unref);
    g_free(call->instance);
    g_free(call->contact);
    g_free(call->end_text);
    g_free(call->target_dialog);
    address_unref(call->end.elsewhere);
    g_free(call);
}

// The dialog goes on without us until its last answer.
static void leave(Call *call)
{
    agent_handle_leave(call->core->agent, call->handle, AGENT_LEAVE_CALL);
    call->handle = NULL;
    agent_kick(call->core->agent);
}

static void say_bye(Call *call, int status, const char *text)
{
    g_autofree char *reason = sipcode_reason(status, text);
    nua_bye(call->handle, SIPTAG_REASON_STR(reason), TAG_END());
    leave(call);
}

static void say_cancel(Call *call)
{
    nua_cancel(call->handle, TAG_END());
    leave(call);
}

static void tell_down(Call *call)
{
    call->funcs->on_down(call->owner, &call->end);
    call_free(call);
}

// The dialog is over; the end is told when the media are, too.
static void finish(Call *call, How how, int status, const char *text)
{
    bool media_are_over = !call_media_has_session(call->media);
    g_clear_handle_id(&call->timer, g_source_remove);
    call->state = ENDING;
    call->end_text = g_strdup(text);
    call->end.how = how;
    call->end.status = status;
    call->end.text = call->end_text;
    call_media_close(call->media);
    if (media_are_over) {
        tell_down(call);
    }
}

static void check_up(Call *call)
{
    if (!call->is_confirmed || !call->is_bound || call->state == UP || call->state == ENDING) {
        return;
    }
    call->state = UP;
    if (!call->is_told) {
        call->is_told = true;
        call->funcs->on_up(call->owner);
    }
}

// --- what the media tell

static void on_bound(void *owner)
{
    Call *call = owner;
    call->is_bound = true;
    check_up(call);
}

static void on_media_message(void *owner, const MsrpSessionIncoming *message)
{
    Call *call = owner;
    call->funcs->on_message(call->owner, message);
}

static void on_media_nickname(void *owner, uint32_t ref, const char *nick)
{
    Call *call = owner;
    if (call->funcs->on_nickname != NULL) {
        call->funcs->on_nickname(call->owner, ref, nick);
    } else {
        call_media_answer_nickname(call->media, ref, 403);
    }
}

static void give_up(Call *call, int status, const char *text)
{
    say_bye(call, status, text);
    finish(call, HOW_LOST, status, text);
}

static void send_offer(Call *call)
{
    call->is_offering = true;
    nua_invite(call->handle, SIPTAG_CONTACT_STR(call->contact), SUPPORTED(call),
               SIPTAG_CONTENT_TYPE_STR("application/sdp"),
               SIPTAG_PAYLOAD_STR(call_media_offer(call->media)), TAG_END());
    agent_kick(call->core->agent);
}

// A room of ours shows who is lost as lost; a chat, or our place in a room of others, gets another session,
// once (CHAT-52, MUC-A30).
static bool can_mend(const Call *call)
{
    int64_t now_ms = g_get_monotonic_time() / 1000;
    bool lately = call->mended_ms != 0 && now_ms - call->mended_ms < MEND_AGAIN_MS;
    return call->use != MSRP_SDP_ROOM && !lately;
}

static gboolean on_grace_over(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    if (!can_mend(call)) {
        give_up(call, 500, "MSRP connection lost");
        return G_SOURCE_REMOVE;
    }
    call->mended_ms = g_get_monotonic_time() / 1000;
    call->state = MENDING;
    call->is_again = false;
    call_media_restart(call->media);
    send_offer(call);
    return G_SOURCE_REMOVE;
}

// What another session may mend: not the silence of a peer that never spoke, nor bad MSRP.
static bool is_loss(const Call *call, MsrpSessionEnd reason)
{
    if (reason == MSRP_SESSION_END_LOST) {
        return true;
    }
    bool gone = reason == MSRP_SESSION_END_REFUSED || reason == MSRP_SESSION_END_TIMEOUT;
    return gone && call->use != MSRP_SDP_ROOM;
}

// Whoever sits in a room keeps his place for a while and may come back by another session of his (MUC-B18).
static guint grace_ms(const Call *call)
{
    bool in_room = call->use == MSRP_SDP_ROOM;
    return in_room ? (guint)call->core->settings->ghost_hold : BYE_GRACE_MS;
}

static const char *text_of(MsrpSessionEnd reason)
{
    switch (reason) {
    case MSRP_SESSION_END_TIMEOUT: return "MSRP session not bound in time";
    case MSRP_SESSION_END_UNTRUSTED: return "MSRP certificate not accepted";
    case MSRP_SESSION_END_CLOSED:
    case MSRP_SESSION_END_LOST:
    case MSRP_SESSION_END_REFUSED:
    case MSRP_SESSION_END_PROTOCOL: break;
    }
    return "MSRP connection lost";
}

static void on_media_closed(void *owner, MsrpSessionEnd reason, bool by_us)
{
    Call *call = owner;
    call->is_bound = false;
    if (call->state == ENDING) {
        tell_down(call);
    } else if (call->state == UP && is_loss(call, reason)) {
        call->state = ALONE;
        g_clear_handle_id(&call->timer, g_source_remove); // an offer that was put off
        call->timer = g_timeout_add(grace_ms(call), on_grace_over, call);
    } else {
        bool late = reason == MSRP_SESSION_END_TIMEOUT;
        give_up(call, late ? 408 : 500, text_of(reason));
    }
}

static void on_media_nicknamed(void *owner, int status)
{
    Call *call = owner;
    if (call->funcs->on_nicknamed != NULL) {
        call->funcs->on_nicknamed(call->owner, status);
    }
}

static const CallMediaFuncs media_funcs = {.on_bound = on_bound,
                                           .on_message = on_media_message,
                                           .on_nicknamed = on_media_nicknamed,
                                           .on_nickname = on_media_nickname,
                                           .on_closed = on_media_closed};

// --- dialling

// RFC 4538 7: the tags as the one who is told sees them.
static char *target_dialog_of(const sip_t *sip)
{
    const char *theirs = sip->sip_to->a_tag, *ours = sip->sip_from->a_tag;
    if (theirs == NULL || ours == NULL || !sip_has_feature(sip->sip_supported, "tdialog")) {
        return NULL;
    }
    return g_strdup_printf("%s;local-tag=%s;remote-tag=%s", sip->sip_call_id->i_id, theirs, ours);
}

static void note_contact(Call *call, const sip_t *sip)
{
    if (call->instance == NULL) {
        call->instance = call_message_instance(sip);
    }
}

static gboolean on_timer(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    say_cancel(call);
    finish(call, HOW_TIMEOUT, 408, "no answer");
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
    if (call->state == DIALLING) {
        call->state = RINGING;
        set_timer(call, call->invitation->setup_ms);
        if (call->funcs->on_ringing != NULL) {
            call->funcs->on_ringing(call->owner);
        }
    }
}

// The library counts on from the CSeq it is given.
static void send_invite(Call *call)
{
    const CallInvitation *invitation = call->invitation;
    Agent *agent = call->core->agent;
    const char *route = agent_route(agent, invitation->uri, NULL);
    g_autofree char *hops = g_strdup_printf("%u", detour_hops(invitation->hops)), *type = NULL;
    g_autofree char *body =
        call_invitation_write_body(invitation, call_media_offer(call->media), &type);
    call->state = DIALLING;
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
        TAG_IF(invitation->session_s > 0, NUTAG_MIN_SE(invitation->session_s)), SUPPORTED(call),
        SIPTAG_CONTENT_TYPE_STR(type), SIPTAG_PAYLOAD_STR(body), TAG_END());
    set_timer(call, invitation->first_ms);
    agent_kick(agent);
}

// Whether the description was refused, perhaps for its TLS only, and there is one without.
static bool may_fall_back(Call *call, int status)
{
    bool by_description = status == 415 || status == 488 || status == 606;
    bool is_called_off = call->state == CALLED_OFF || call->state == LATE;
    if (!by_description || call->invitation == NULL || is_called_off ||
        !call_media_fall_back(call->media)) {
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
    if (invitation == NULL || call->state == CALLED_OFF || call->is_authorized) {
        return false;
    }
    g_autoptr(Realms) given = NULL;
    if (invitation->password != NULL) { // of whom we speak for (CONF-027)
        given = realms_new();
        realms_add_challenger(given, refusal->status, refusal->sip, invitation->user,
                              invitation->password);
    }
    g_autofree char *value =
        realms_authorize(given != NULL ? given : call->core->realms, refusal->status, refusal->sip,
                         "INVITE", invitation->uri);
    if (value == NULL) {
        return false;
    }
    call_invitation_authorize(invitation, refusal->status == 407, value);
    call->is_authorized = true;
    return true;
}

// Who wants longer sessions than we gets them, once (RFC 4028 7.3; CONF-030).
static bool may_lengthen(Call *call, const AgentEvent *refusal)
{
    const sip_min_se_t *least = sip_min_se(refusal->sip);
    if (call->state == CALLED_OFF || refusal->status != 422 || least == NULL ||
        call->invitation->session_s != 0 || least->min_delta > SESSION_S_MAX) {
        return false;
    }
    call->invitation->session_s = MAX((unsigned)least->min_delta, 1);
    return true;
}

// Who cannot take the description and a list gets it alone (RFC 3261 8.1.3.5, RFC 5364 7).
static bool may_be_plain(Call *call, const AgentEvent *refusal)
{
    if (call->state == CALLED_OFF || refusal->status != 415 || call->invitation->history == NULL) {
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
    if (call->state == CALLED_OFF || refusal->status / 100 != 3) {
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

static bool invite_again(Call *call, const AgentEvent *refusal)
{
    const sip_t *sip = refusal->sip;
    if (sip == NULL || sip->sip_from->a_tag == NULL ||
        (!may_authorize(call, refusal) && !may_redirect(call, refusal) &&
         !may_lengthen(call, refusal) && !may_be_plain(call, refusal) &&
         !may_fall_back(call, refusal->status))) {
        return false;
    }
    call_invitation_repeat(call->invitation, sip->sip_from->a_tag, sip->sip_cseq->cs_seq);
    send_invite(call);
    return true;
}

// The line was refused in a 200: its dialog is ended already.
static bool invite_anew(Call *call)
{
    if (!may_fall_back(call, 488)) {
        return false;
    }
    call->is_confirmed = false;
    call_invitation_renew(call->invitation);
    send_invite(call);
    return true;
}

// The answer in a message to an offer of ours. One we cannot use ends a dialog that stands (CHAT-04).
static bool take_answer(Call *call, const sip_t *sip, How how)
{
    const char *why = "no answer to our offer";
    g_autoptr(GBytes) sdp = NULL;
    size_t length = 0;
    if (sip != NULL) {
        call_message_sdp(sip, &sdp);
    }
    const char *text = sdp != NULL ? g_bytes_get_data(sdp, &length) : NULL;
    switch (call_media_take_answer(call->media, text, length, &why)) {
    case CALL_MEDIA_TAKEN: return true;
    case CALL_MEDIA_AGAIN: send_offer(call); return true;
    case CALL_MEDIA_REFUSED: break;
    }
    say_bye(call, 488, why);
    if (!invite_anew(call)) {
        finish(call, how, 488, why);
    }
    return false;
}

// CONF-023
static bool is_what_was_called(Call *call, const sip_t *sip)
{
    if (!call->invitation->needs_focus || call_message_is_focus(sip)) {
        return true;
    }
    say_bye(call, 488, "not a conference");
    finish(call, HOW_REFUSED, 404, "not a conference");
    return false;
}

static void tell_late(Call *call)
{
    if (call->state == LATE && call->funcs->on_late != NULL) {
        call->funcs->on_late(call->owner);
    }
}

// The library has sent the ACK.
static void on_yes(Call *call, const sip_t *sip)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    call->state = call->state == CALLED_OFF ? LATE : BINDING;
    call->is_confirmed = true;
    call->target_dialog = target_dialog_of(sip);
    if (is_what_was_called(call, sip) && take_answer(call, sip, HOW_REFUSED)) {
        note_contact(call, sip);
        check_up(call);
        tell_late(call);
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
        finish(call, timeout ? HOW_TIMEOUT : HOW_REFUSED, event->status, phrase);
    }
}

static gboolean on_glare_over(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    send_offer(call);
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
static void on_offer_answer(Call *call, const AgentEvent *event)
{
    call->is_offering = false;
    if (event->status < 300) {
        take_answer(call, event->sip, call->is_told ? HOW_LOST : HOW_REFUSED);
    } else if (event->status == 491 && !call->is_again) {
        offer_later(call);
    } else {
        g_autofree char *phrase = sipcode_clean(event->phrase);
        give_up(call, event->status, phrase);
    }
}

static void on_invite_answer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (call->is_offering && event->status >= 200) {
        on_offer_answer(call, event);
        return;
    }
    bool dialling = call->state == DIALLING || call->state == RINGING || call->state == CALLED_OFF;
    if (!dialling || event->status <= 100) {
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

// --- being called

static void answer_sdp(const AgentEvent *event, const char *sdp)
{
    nua_respond(event->handle, SIP_200_OK, NUTAG_WITH_THIS(agent_nua(event->agent)),
                TAG_IF(sdp != NULL, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
                TAG_IF(sdp != NULL, SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
}

static void refuse_sdp(const AgentEvent *event, const char *why)
{
    g_autofree char *warning = agent_warning(event->agent, 399, why);
    agent_answer(event, SIP_488_NOT_ACCEPTABLE, warning);
}

// The peer was faster to offer another session than we; an offer of ours that waits is dropped.
static void note_mended(Call *call)
{
    g_clear_handle_id(&call->timer, g_source_remove);
    if (call->state == ALONE) {
        call->state = MENDING;
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
    answer_sdp(event, call_media_offer(call->media));
}

static void take_offer(Call *call, const AgentEvent *event, GBytes *offer)
{
    const char *why = "session description not readable", *answer = NULL;
    size_t length = 0;
    const char *text = offer != NULL ? g_bytes_get_data(offer, &length) : NULL;
    answer = text != NULL ? call_media_answer(call->media, text, length, &why) : NULL;
    if (answer == NULL) {
        refuse_sdp(event, why);
        return;
    }
    note_mended(call);
    answer_sdp(event, answer);
    if (call_media_is_refused(call->media)) {
        say_bye(call, 200, "the message session was taken away");
        finish(call, HOW_ENDED, 0, NULL);
    }
}

// A later offer, or a request for ours. Turning the session into a conference is refused: it stays
// what it was (RFC 3261 14.1; ESC-112 with mutate=refuse).
static void on_offer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    g_autoptr(GBytes) offer = NULL;
    if (call->use == MSRP_SDP_TWO_PARTY && call_message_is_focus(event->sip)) {
        refuse_sdp(event, "the session stays two-party");
    } else if (call->is_offering || !call->is_confirmed) {
        agent_answer(event, SIP_491_REQUEST_PENDING, NULL);
    } else if (call_message_sdp(event->sip, &offer) && offer == NULL) {
        answer_with_offer(call, event);
    } else {
        take_offer(call, event, offer);
    }
}

// In the ACK stands the answer when the INVITE had no offer.
static void on_ack(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    bool owed = call->owes_answer;
    call->owes_answer = false;
    if (owed && !take_answer(call, event->sip, HOW_LOST)) {
        return;
    }
    call->is_confirmed = true;
    check_up(call);
}

static void on_cancel(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (call->state == OFFERED) {
        g_clear_pointer(&call->request, agent_request_free);
        agent_handle_drop(call->core->agent, call->handle);
        call->handle = NULL;
        finish(call, HOW_ENDED, 487, NULL);
    }
}

// --- the end

static void on_bye(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    g_autofree char *text = call_message_reason(event->sip);
    call->end.cause = call_message_cause(event->sip);
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
    finish(call, HOW_ENDED, 0, text);
}

// The library gave the dialog up by itself, as when no ACK comes (RFC 3261 13.3.1.4).
static void on_terminated(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    if (call->state != DIALLING && call->state != RINGING && call->state != CALLED_OFF) {
        leave(call);
        finish(call, HOW_LOST, 408, "dialog lost");
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
    {nua_r_invite, on_invite_answer},  {nua_i_invite, on_offer},
    {nua_i_update, on_offer},          {nua_i_ack, on_ack},
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
    call->media = call_media_new(core, use, &media_funcs, call);
    return call;
}

Call *call_dial(GateCore *core, const CallFuncs *funcs, void *owner,
                const CallInvitation *invitation)
{
    Call *call = call_new(core, funcs, owner, invitation->use);
    call->invitation = call_invitation_copy(invitation);
    call->is_ours = true;
    call->contact = g_strdup(invitation->contact);
    send_invite(call);
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
    if (offer != NULL && !call_media_check_offer(call->media, text, length, &why)) {
        refuse_sdp(event, why);
        call_free(call);
        return NULL;
    }
    call->state = OFFERED;
    call->handle = event->handle;
    call->offer = g_steal_pointer(&offer);
    agent_handle_bind(core->agent, call->handle, call->handlers, call);
    call->request = agent_request_new(core->agent, event);
    note_contact(call, event->sip);
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

void call_ring(Call *call, const char *contact)
{
    nua_respond(call->handle, SIP_180_RINGING, NUTAG_WITH(agent_request_message(call->request)),
                SIPTAG_CONTACT_STR(contact), TAG_END());
    agent_kick(call->core->agent);
}

void call_answer(Call *call, const char *contact)
{
    const char *why = NULL, *sdp;
    size_t length = 0;
    const char *text = call->offer != NULL ? g_bytes_get_data(call->offer, &length) : NULL;
    sdp = call->offer != NULL ? call_media_answer(call->media, text, length, &why)
                              : call_media_offer(call->media);
    if (sdp == NULL) {
        g_autofree char *warning = agent_warning(call->core->agent, 399, why);
        respond_final(call, SIP_488_NOT_ACCEPTABLE, NULL, &(Sipcode){.warning = warning});
        finish(call, HOW_LOST, 488, why);
        return;
    }
    nua_respond(call->handle, SIP_200_OK, NUTAG_WITH(agent_request_message(call->request)),
                SIPTAG_CONTACT_STR(contact), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
                SIPTAG_PAYLOAD_STR(sdp), SUPPORTED(call), NUTAG_UPDATE_REFRESH(1), TAG_END());
    g_clear_pointer(&call->request, agent_request_free);
    call->contact = g_strdup(contact);
    call->owes_answer = call->offer == NULL;
    call->state = ANSWERED;
    agent_kick(call->core->agent);
}

void call_hand_over(Call *call, const CallFuncs *funcs, void *owner)
{
    call->funcs = funcs;
    call->owner = owner;
}

void call_hang_up(Call *call, int status, const char *text)
{
    if (call->state != ENDING) {
        say_bye(call, status, text);
        finish(call, HOW_ENDED, status, text);
    }
}

void call_refuse(Call *call, const Sipcode *answer)
{
    g_autofree char *retry = answer->retry_s > 0 ? g_strdup_printf("%u", answer->retry_s) : NULL;
    respond_final(call, answer->status, answer->phrase, retry, answer);
    call_free(call);
}

void call_withdraw(Call *call)
{
    if (call->state == DIALLING || call->state == RINGING) {
        call->state = CALLED_OFF;
        g_clear_handle_id(&call->timer, g_source_remove);
        nua_cancel(call->handle, TAG_END());
        agent_kick(call->core->agent);
    } else if (call->state == BINDING) {
        call->state = LATE;
        tell_late(call);
    }
}

void call_close(Call *call, int status, const char *text)
{
    switch (call->state) {
    case DIALLING:
    case RINGING: say_cancel(call); break;
    case CALLED_OFF: leave(call); break;
    case OFFERED:
        respond_final(call, SIP_480_TEMPORARILY_UNAVAILABLE, NULL, &(Sipcode){0});
        break;
    case BINDING:
    case LATE:
    case ANSWERED:
    case UP:
    case ALONE:
    case MENDING: say_bye(call, status, text); break;
    case ENDING: break;
    }
    call_free(call);
}

bool call_is_up(const Call *call)
{
    return call->is_told && call->state != ENDING;
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
