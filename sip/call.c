// SPDX-License-Identifier: MIT
// INVITE with MSRP; see call.h.
#include "sip/call.h"

#include <string.h>

#include <sofia-sip/nua.h>
#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/url.h>

#include "mapping/uri.h"
#include "sip/body/multipart.h"

// A peer that hangs up often closes its MSRP connection just before its BYE comes; without this
// pause our BYE would cross it, and a room would call lost who has left.
#define BYE_GRACE_MS 1000

// Session timers (RFC 4028): taken when the peer wants them, not asked for. The library refreshes when that
// is ours to do, by our INVITE as it was or, where the INVITE was the peer's, by an UPDATE without
// description; it ends the session when a refresh stays away.
#define SESSION_TIMER NUTAG_SUPPORTED("timer")

// ALONE: was UP, the MSRP connection is gone, the peer's BYE is waited for.
typedef enum {
    DIALLING,
    RINGING,
    CALLED_OFF,
    BINDING,
    OFFERED,
    ANSWERED,
    UP,
    ALONE,
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
    CallMedia *media;      // owned
    char *instance;        // owned, or NULL
    bool is_confirmed;     // ACK sent or seen
    bool is_bound;
    guint timer; // GSource id of first_ms, setup_ms or the grace of ALONE
    unsigned setup_ms;
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
    g_clear_pointer(&call->offer, g_bytes_unref);
    g_free(call->instance);
    g_free(call->end_text);
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
    bool media_are_over = call->state == ALONE;
    g_clear_handle_id(&call->timer, g_source_remove);
    call->state = ENDING;
    call->end_text = g_strdup(text);
    call->end = (CallEnd){.how = how, .status = status, .text = call->end_text};
    call_media_close(call->media);
    if (media_are_over) {
        tell_down(call);
    }
}

static void check_up(Call *call)
{
    if (call->is_confirmed && call->is_bound && call->state != UP && call->state != ENDING) {
        call->state = UP;
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

static gboolean on_grace_over(gpointer data)
{
    Call *call = data;
    call->timer = 0;
    say_bye(call, 500, "MSRP connection lost");
    finish(call, HOW_LOST, 500, "MSRP connection lost");
    return G_SOURCE_REMOVE;
}

static void on_media_closed(void *owner, MsrpSessionEnd reason, bool by_us)
{
    Call *call = owner;
    if (call->state == UP && reason == MSRP_SESSION_END_LOST) {
        call->state = ALONE;
        call->timer = g_timeout_add(BYE_GRACE_MS, on_grace_over, call);
        return;
    }
    if (call->state != ENDING) {
        bool late = reason == MSRP_SESSION_END_TIMEOUT;
        call->end.how = HOW_LOST;
        call->end.status = late ? 408 : 500;
        call->end.text = late ? "MSRP session not bound in time" : "MSRP connection lost";
        say_bye(call, call->end.status, call->end.text);
    }
    tell_down(call);
}

static const CallMediaFuncs media_funcs = {
    .on_bound = on_bound, .on_message = on_media_message, .on_closed = on_media_closed};

// --- small readers

// The session description of a message: its body, or the first part of that type.
static bool find_sdp(const sip_t *sip, GBytes **sdp)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(MimePart) whole = {0};
    g_autoptr(GPtrArray) parts = NULL;
    const sip_payload_t *payload = sip->sip_payload;
    if (payload == NULL || payload->pl_len == 0) {
        return true;
    }
    g_autoptr(GBytes) body = g_bytes_new(payload->pl_data, payload->pl_len);
    const char *type = sip_header_as_string(home, (const sip_header_t *)sip->sip_content_type);
    bool read = type != NULL && mime_part_init(&whole, type, body, NULL);
    su_home_deinit(home);
    if (read && content_type_is(&whole.type, "application/sdp")) {
        *sdp = g_steal_pointer(&body);
    } else if (read && content_type_is(&whole.type, "multipart/*") &&
               multipart_read(&parts, &whole, NULL)) {
        for (guint i = 0; i < parts->len && *sdp == NULL; i++) {
            const MimePart *part = parts->pdata[i];
            if (content_type_is(&part->type, "application/sdp")) {
                *sdp = g_bytes_ref(part->content);
            }
        }
    }
    return *sdp != NULL;
}

// gr of the URI, else the instance parameter without its brackets (ADDR-28, ADDR-29).
static char *instance_of(const sip_contact_t *contact)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(Uri) uri = {0};
    int status;
    if (contact == NULL) {
        return NULL;
    }
    const char *text = url_as_string(home, contact->m_url);
    const char *named = msg_header_find_param(contact->m_common, "+sip.instance=");
    char *instance = NULL;
    if (text != NULL && uri_parse(&uri, text, &status) && uri.instance != NULL) {
        instance = g_strdup(uri.instance);
    } else if (named != NULL && g_str_has_prefix(named, "\"<")) {
        instance = g_strndup(named + 2, strcspn(named + 2, ">"));
    }
    su_home_deinit(home);
    return instance;
}

static void note_contact(Call *call, const sip_t *sip)
{
    if (call->instance == NULL) {
        call->instance = instance_of(sip->sip_contact);
    }
}

static bool is_focus(const sip_t *sip)
{
    return sip->sip_contact != NULL &&
           msg_header_find_param(sip->sip_contact->m_common, "isfocus") != NULL;
}

static char *reason_of(const sip_t *sip)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    const char *value = sip != NULL && sip->sip_reason != NULL
                            ? sip_header_as_string(home, (const sip_header_t *)sip->sip_reason)
                            : NULL;
    char *text = sipcode_reason_text(value);
    su_home_deinit(home);
    return text;
}

// --- dialling

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
        set_timer(call, call->setup_ms);
        if (call->funcs->on_ringing != NULL) {
            call->funcs->on_ringing(call->owner);
        }
    }
}

// The library has sent the ACK. An answer we cannot use is a refusal whose dialog we have to end
// (CHAT-04).
static void on_yes(Call *call, const sip_t *sip)
{
    const char *why = NULL;
    g_autoptr(GBytes) sdp = NULL;
    size_t length = 0;
    g_clear_handle_id(&call->timer, g_source_remove);
    find_sdp(sip, &sdp);
    const char *text = sdp != NULL ? g_bytes_get_data(sdp, &length) : NULL;
    if (!call_media_take_answer(call->media, text, length, &why)) {
        say_bye(call, 488, why);
        finish(call, HOW_REFUSED, 488, why);
        return;
    }
    note_contact(call, sip);
    call->state = BINDING;
    call->is_confirmed = true;
    check_up(call);
}

static void on_no(Call *call, const AgentEvent *event)
{
    g_autofree char *phrase = sipcode_clean(event->phrase);
    bool timeout = event->is_local && event->status == 408;
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
    finish(call, timeout ? HOW_TIMEOUT : HOW_REFUSED, event->status, phrase);
}

static void on_invite_answer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
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

// A later offer, or a request for ours. Turning the session into a conference is refused: it stays
// what it was (RFC 3261 14.1; ESC-112 with mutate=refuse).
static void on_offer(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    g_autoptr(GBytes) offer = NULL;
    const char *why = "session description not readable", *answer = NULL;
    size_t length = 0;
    if (call->use == MSRP_SDP_TWO_PARTY && is_focus(event->sip)) {
        refuse_sdp(event, "the session stays two-party");
        return;
    }
    if (call->state == ALONE) {
        refuse_sdp(event, "the message session is lost");
        return;
    }
    bool found = find_sdp(event->sip, &offer);
    if (found && offer == NULL) {
        answer_sdp(event, event->event == nua_i_invite ? call_media_offer(call->media) : NULL);
        return;
    }
    const char *text = found ? g_bytes_get_data(offer, &length) : NULL;
    answer = found ? call_media_answer(call->media, text, length, &why) : NULL;
    if (answer == NULL) {
        refuse_sdp(event, why);
        return;
    }
    answer_sdp(event, answer);
    if (call_media_is_refused(call->media)) {
        say_bye(call, 200, "the message session was taken away");
        finish(call, HOW_ENDED, 0, NULL);
    }
}

// In the ACK stands the answer when the INVITE had no offer.
static void on_ack(void *owner, const AgentEvent *event)
{
    Call *call = owner;
    const char *why = "no answer in ACK";
    g_autoptr(GBytes) answer = NULL;
    size_t length = 0;
    if (call->is_confirmed) {
        return;
    }
    if (call->offer == NULL) {
        bool found = event->sip != NULL && find_sdp(event->sip, &answer) && answer != NULL;
        const char *text = found ? g_bytes_get_data(answer, &length) : NULL;
        if (!call_media_take_answer(call->media, text, length, &why)) {
            say_bye(call, 488, why);
            finish(call, HOW_LOST, 488, why);
            return;
        }
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
    g_autofree char *text = reason_of(event->sip);
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
    {nua_i_options, on_options},       {0, NULL},
};

// --- doors

static Call *call_new(GateCore *core, const CallFuncs *funcs, void *owner, MsrpSdpUse use)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.core = core, .funcs = funcs, .owner = owner, .use = use};
    call->media = call_media_new(core, use, &media_funcs, call);
    return call;
}

Call *call_dial(GateCore *core, const CallFuncs *funcs, void *owner,
                const CallInvitation *invitation)
{
    Call *call = call_new(core, funcs, owner, invitation->use);
    const char *route = agent_route(core->agent, invitation->uri, NULL);
    call->setup_ms = invitation->setup_ms;
    call->handle = agent_handle_new(core->agent, handlers, call, invitation->to, invitation->from);
    nua_invite(
        call->handle, NUTAG_URL(invitation->uri),
        TAG_IF(route != NULL, NUTAG_INITIAL_ROUTE_STR(route)),
        SIPTAG_CALL_ID_STR(invitation->call_id), SIPTAG_CONTACT_STR(invitation->contact),
        TAG_IF(invitation->subject != NULL, SIPTAG_SUBJECT_STR(invitation->subject)),
        TAG_IF(invitation->referred_by != NULL, SIPTAG_REFERRED_BY_STR(invitation->referred_by)),
        SESSION_TIMER, SIPTAG_CONTENT_TYPE_STR("application/sdp"),
        SIPTAG_PAYLOAD_STR(call_media_offer(call->media)), TAG_END());
    set_timer(call, invitation->first_ms);
    return call;
}

// RFC 4028 9; the library takes every interval. Answers the INVITE when it is refused.
static bool is_timer_too_short(const GateCore *core, const AgentEvent *event)
{
    const sip_session_expires_t *timer = event->sip->sip_session_expires;
    unsigned min_s = (unsigned)(core->settings->T_min_se / 1000);
    if (timer == NULL || timer->x_delta >= min_s) {
        return false;
    }
    g_autofree char *min = g_strdup_printf("%u", min_s);
    nua_respond(event->handle, SIP_422_SESSION_TIMER_TOO_SMALL,
                NUTAG_WITH_THIS(agent_nua(core->agent)), SIPTAG_MIN_SE_STR(min), TAG_END());
    agent_handle_drop(core->agent, event->handle);
    return true;
}

Call *call_take(GateCore *core, const CallFuncs *funcs, void *owner, const AgentEvent *event,
                MsrpSdpUse use)
{
    const char *why = NULL;
    size_t length = 0;
    g_autoptr(GBytes) offer = NULL;
    if (is_timer_too_short(core, event)) {
        return NULL;
    }
    if (!find_sdp(event->sip, &offer)) {
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
    agent_handle_bind(core->agent, call->handle, handlers, call);
    call->request = agent_request_new(core->agent, event);
    note_contact(call, event->sip);
    return call;
}

static void respond_final(Call *call, int status, const char *phrase, const char *retry,
                          const char *warning)
{
    nua_respond(call->handle, status, agent_phrase(call->handle, phrase),
                NUTAG_WITH(agent_request_message(call->request)),
                TAG_IF(retry != NULL, SIPTAG_RETRY_AFTER_STR(retry)),
                TAG_IF(warning != NULL, SIPTAG_WARNING_STR(warning)), TAG_END());
    g_clear_pointer(&call->request, agent_request_free);
    agent_handle_drop(call->core->agent, call->handle);
    call->handle = NULL;
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
        respond_final(call, SIP_488_NOT_ACCEPTABLE, NULL, warning);
        finish(call, HOW_LOST, 488, why);
        return;
    }
    nua_respond(call->handle, SIP_200_OK, NUTAG_WITH(agent_request_message(call->request)),
                SIPTAG_CONTACT_STR(contact), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
                SIPTAG_PAYLOAD_STR(sdp), SESSION_TIMER, NUTAG_UPDATE_REFRESH(1), TAG_END());
    g_clear_pointer(&call->request, agent_request_free);
    call->state = ANSWERED;
    agent_kick(call->core->agent);
}

void call_refuse(Call *call, const Sipcode *answer)
{
    g_autofree char *retry = answer->retry_s > 0 ? g_strdup_printf("%u", answer->retry_s) : NULL;
    respond_final(call, answer->status, answer->phrase, retry, NULL);
    call_free(call);
}

void call_withdraw(Call *call)
{
    if (call->state == DIALLING || call->state == RINGING) {
        call->state = CALLED_OFF;
        g_clear_handle_id(&call->timer, g_source_remove);
        nua_cancel(call->handle, TAG_END());
        agent_kick(call->core->agent);
    }
}

void call_close(Call *call, int status, const char *text)
{
    switch (call->state) {
    case DIALLING:
    case RINGING: say_cancel(call); break;
    case CALLED_OFF: leave(call); break;
    case OFFERED: respond_final(call, SIP_480_TEMPORARILY_UNAVAILABLE, NULL, NULL); break;
    case BINDING:
    case ANSWERED:
    case UP:
    case ALONE: say_bye(call, status, text); break;
    case ENDING: break;
    }
    call_free(call);
}

bool call_is_up(const Call *call)
{
    return call->state == UP;
}

CallMedia *call_get_media(const Call *call)
{
    return call->media;
}

struct nua_handle_s *call_get_handle(const Call *call)
{
    return call->handle;
}

const char *call_get_instance(const Call *call)
{
    return call->instance;
}
