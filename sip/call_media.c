// SPDX-License-Identifier: MIT
// MSRP of one call; see call_media.h.
#include "sip/call_media.h"

#include "sip/call_media_core.h"
#include "sip/call_out.h"

// LIMIT: what waits for a party of a room whose session is lost (MUC-B18).
#define ROOM_LINES  100
#define ROOM_OCTETS (1024 * 1024)

// --- what the session tells

static bool is_heard(const CallMedia *media, const MsrpSession *session)
{
    return session == call_media_core_session(media) && !media->closing;
}

static void on_bound(void *user, MsrpSession *session)
{
    CallMedia *media = user;
    if (session == call_media_core_session(media)) {
        media->funcs->on_bound(media->owner);
    }
}

// A session that was replaced takes nothing new.
static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    CallMedia *media = user;
    if (is_heard(media, session)) {
        media->funcs->on_message(media->owner, message);
    } else {
        msrp_session_refuse(session, message->ref, 481, NULL);
    }
}

static void on_partial(void *user, MsrpSession *session, bool is_partial)
{
    CallMedia *media = user;
    if (is_heard(media, session)) {
        call_media_core_tell_partial(media, is_partial);
    }
}

static void on_nickname(void *user, MsrpSession *session, uint32_t ref, const char *nick)
{
    CallMedia *media = user;
    bool may_ask = is_heard(media, session) && media->funcs->on_nickname != NULL;
    if (may_ask) {
        media->funcs->on_nickname(media->owner, ref, nick);
    } else {
        msrp_session_refuse(session, ref, 403, NULL);
    }
}

static void on_nicknamed(void *user, MsrpSession *session, int status)
{
    CallMedia *media = user;
    if (media->funcs->on_nicknamed != NULL && is_heard(media, session)) {
        media->funcs->on_nicknamed(media->owner, status);
    }
}

static void on_outcome(void *user, MsrpSession *session, uint64_t row, int status)
{
    call_out_on_outcome(user, row, status);
}

static void on_report(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole)
{
    call_out_on_report(user, row, status, whole);
}

// A peer that breaks the protocol is a surprise; the others are the life of sessions.
static void log_end(const CallMedia *media, MsrpSessionEnd reason, int status)
{
    static const char *const words[] = {[MSRP_SESSION_END_CLOSED] = "closed",
                                        [MSRP_SESSION_END_LOST] = "connection lost",
                                        [MSRP_SESSION_END_TIMEOUT] = "peer silent",
                                        [MSRP_SESSION_END_REFUSED] = "refused by the peer",
                                        [MSRP_SESSION_END_PROTOCOL] = "peer broke the protocol",
                                        [MSRP_SESSION_END_UNTRUSTED] = "peer not trusted"};
    g_log(G_LOG_DOMAIN,
          reason == MSRP_SESSION_END_PROTOCOL ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO,
          "side=sip leg=%" G_GUINT64_FORMAT " MSRP session over: %s (status %d)", media->leg,
          words[reason], status);
}

static void on_closed(void *user, MsrpSession *session, MsrpSessionEnd reason, int status)
{
    CallMedia *media = user;
    log_end(media, reason, status);
    bool is_current = session == call_media_core_session(media);
    call_content_forget(media->content, session, !media->closing);
    g_ptr_array_remove(media->sessions, session);
    if (!is_current) {
        call_out_send_held(media); // what was under way there
        return;
    }
    if (media->closing) {
        call_out_lose_all(media);
    } else {
        call_media_core_tell_partial(media, false);
    }
    media->funcs->on_closed(media->owner, reason, media->closing);
}

static const MsrpSessionFuncs session_funcs = {.on_bound = on_bound,
                                               .on_message = on_message,
                                               .on_partial = on_partial,
                                               .on_nickname = on_nickname,
                                               .on_nicknamed = on_nicknamed,
                                               .on_outcome = on_outcome,
                                               .on_report = on_report,
                                               .on_closed = on_closed};

// --- life

static CallLines *lines_new(MsrpSdpUse use, const Settings *settings)
{
    return use != MSRP_SDP_TWO_PARTY
               ? call_lines_new(ROOM_LINES, ROOM_OCTETS)
               : call_lines_new(settings->setup_queue, settings->setup_queue_octets);
}

CallMedia *call_media_new(GateCore *core, MsrpSdpUse use, const CallMediaFuncs *funcs, void *owner)
{
    CallMedia *media = g_new0(CallMedia, 1);
    *media = (CallMedia){.core = core, .funcs = funcs, .owner = owner, .use = use,
                          .session_funcs = &session_funcs};
    media->sessions = g_ptr_array_new();
    media->secure = msrp_has_tls(core->msrp) && core->settings->msrp_tls != MSRP_TLS_ACCEPT;
    media->id = g_random_int();
    media->version = 1;
    media->cema = core->settings->cema;
    media->lines = lines_new(use, core->settings);
    media->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    media->content = call_content_new(core);
    call_media_core_add_session(media);
    return media;
}

void call_media_free(CallMedia *media)
{
    if (media == NULL) {
        return;
    }
    for (guint i = 0; i < media->sessions->len; i++) {
        msrp_session_release(media->sessions->pdata[i]);
    }
    g_ptr_array_unref(media->sessions);
    call_content_free(media->content);
    call_lines_free(media->lines);
    msrp_types_free(media->peer_types);
    g_hash_table_unref(media->refused);
    g_free(media->peer_path);
    g_free(media->peer_address);
    g_strfreev(media->peer_fingerprints);
    g_free(media->sdp);
    g_free(media);
}

void call_media_set_leg(CallMedia *media, uint64_t leg)
{
    media->leg = leg;
    call_content_set_leg(media->content, leg);
}

void call_media_restart(CallMedia *media)
{
    MsrpSession *old = call_media_core_session(media);
    call_media_core_add_session(media);
    g_clear_pointer(&media->peer_path, g_free);
    g_clear_pointer(&media->peer_address, g_free);
    g_clear_pointer(&media->sdp, g_free);
    call_media_core_tell_partial(media, false);
    if (old != NULL) {
        msrp_session_close(old);
    }
}

bool call_media_has_session(const CallMedia *media)
{
    return call_media_core_session(media) != NULL;
}

void call_media_close(CallMedia *media)
{
    media->closing = true;
    if (call_media_core_session(media) != NULL) {
        msrp_session_close(call_media_core_session(media));
    } else {
        call_out_lose_all(media);
    }
}

// --- lines and content

void call_media_send(CallMedia *media, const CallLine *line)
{
    call_out_send(media, line);
}

bool call_media_takes(const CallMedia *media, const char *top, const char *inner)
{
    return media->peer_types != NULL && !call_out_is_refused(media, top, inner) &&
           msrp_types_allow(media->peer_types, top, inner);
}

bool call_media_has_room(const CallMedia *media, size_t octets)
{
    return media->peer_max_size == 0 || octets <= media->peer_max_size;
}

bool call_media_has_private_messages(const CallMedia *media)
{
    return media->has_private_messages;
}

bool call_media_has_nicknames(const CallMedia *media)
{
    return media->has_nicknames;
}

bool call_media_nickname(CallMedia *media, const char *nick)
{
    MsrpSession *session = call_media_core_session(media);
    return session != NULL && msrp_session_nickname(session, nick);
}

uint64_t call_media_max_size(const CallMedia *media)
{
    return media->peer_max_size;
}

bool call_media_is_chatroom(const CallMedia *media)
{
    return media->is_chatroom;
}

uint64_t call_media_hold(CallMedia *media, const MsrpSessionIncoming *message)
{
    return call_content_hold(media->content, call_media_core_session(media), message->ref);
}

uint64_t call_media_hold_nickname(CallMedia *media, uint32_t ref)
{
    return call_content_hold_nickname(media->content, call_media_core_session(media), ref);
}

void call_media_answer_nickname(CallMedia *media, uint32_t ref, int status)
{
    if (status == 200) {
        msrp_session_accept(call_media_core_session(media), ref);
    } else {
        msrp_session_refuse(call_media_core_session(media), ref, status, NULL);
    }
}

void call_media_accept(CallMedia *media, const MsrpSessionIncoming *message)
{
    MsrpSession *session = call_media_core_session(media);
    msrp_session_accept(session, message->ref);
    msrp_session_report(session, message->ref, 200);
}

void call_media_turn_down(CallMedia *media, const MsrpSessionIncoming *message, int status,
                          const char *comment)
{
    msrp_session_refuse(call_media_core_session(media), message->ref, status, comment);
}
