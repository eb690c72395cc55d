// SPDX-License-Identifier: MIT
// The session of a call, and its loss; see call_session.h.
#include "sip/call_session.h"

#include "sip/call_core.h"

// A peer that hangs up often closes its MSRP connection just before its BYE comes; without this
// pause our BYE would cross it, and a room would call lost who has left.
#define BYE_GRACE_MS 1000
// A session that is lost again so soon after it was made anew is given up (CHAT-52).
#define MEND_AGAIN_MS 60000

static void on_bound(void *owner)
{
    Call *call = owner;
    call->is_bound = true;
    call_core_check_up(call);
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
        call_core_give_up(call, 500, "connection lost");
        return G_SOURCE_REMOVE;
    }
    call->mended_ms = g_get_monotonic_time() / 1000;
    call->state = CALL_MENDING;
    call->is_again = false;
    call_media_restart(call->media);
    call_core_send_offer(call);
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
    return "connection lost";
}

static void on_media_closed(void *owner, MsrpSessionEnd reason, bool by_us)
{
    Call *call = owner;
    call->is_bound = false;
    if (call->state == CALL_ENDING) {
        call_core_tell_down(call);
    } else if (call->state == CALL_UP && is_loss(call, reason)) {
        call->state = CALL_ALONE;
        g_clear_handle_id(&call->timer, g_source_remove); // an offer that was put off
        call->timer = g_timeout_add(grace_ms(call), on_grace_over, call);
    } else {
        bool late = reason == MSRP_SESSION_END_TIMEOUT;
        call_core_give_up(call, late ? 408 : 500, text_of(reason));
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

const CallMediaFuncs *call_session_funcs(void)
{
    return &media_funcs;
}
