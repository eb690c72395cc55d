// SPDX-License-Identifier: MIT
// MSRP of one call; see call_media.h.
#include "sip/call_media.h"

#include <string.h>

#include "sip/call_content.h"
#include "sip/msrp/msrp_types.h"
#include "sip/msrp_cema.h"

// LIMIT: what waits for a party of a room whose session is lost (MUC-B18).
#define ROOM_LINES  100
#define ROOM_OCTETS (1024 * 1024)

struct CallMedia {
    GateCore *core;              // borrowed
    const CallMediaFuncs *funcs; // borrowed (static)
    void *owner;                 // borrowed
    MsrpSdpUse use;
    bool secure;  // the current session is one under TLS
    uint64_t leg; // 0: none yet
    GPtrArray *sessions;        // owned by the MSRP stack; the last one is the current, others end
    uint64_t id, version;       // of our o-line
    char *sdp;                  // owned; our description as sent last, NULL: none yet
    MsrpSdpDirection direction; // in it
    char *peer_path;            // owned; NULL: nothing known of the peer yet
    char *peer_address;         // owned; where its c- and m-line say it is, when that counts
    char **peer_fingerprints;   // owned; as announced, NULL: none
    guint peer_lines;           // m-lines of its last offer
    MsrpTypes *peer_types;      // owned, or NULL
    GHashTable *refused;        // owned; types (owned) that were answered with 415
    uint64_t peer_max_size;     // 0: not said
    bool has_private_messages;
    bool has_nicknames;
    bool is_chatroom; // the peer knows chat rooms
    bool is_refused;  // the last offer took the message line away
    bool is_partial;  // what the last LEG_PARTIAL said
    bool closing;
    bool cema;           // our offers speak of middleboxes
    CallLines *lines;     // owned
    CallContent *content; // owned; content in that waits for its answer
};

static MsrpSession *current(const CallMedia *media)
{
    return media->sessions->len > 0 ? media->sessions->pdata[media->sessions->len - 1] : NULL;
}

// --- lines out

static bool may_send(const CallMedia *media)
{
    return current(media) != NULL && media->peer_path != NULL &&
           (media->direction == MSRP_SDP_SENDRECV || media->direction == MSRP_SDP_SENDONLY);
}

static void deliver(CallMedia *media, uint64_t row, FailureReason failure, How how, int status)
{
    if (row == 0) {
        return;
    }
    Event *event = event_new(EVENT_DELIVERY, SIDE_SIP);
    event->f.leg = media->leg;
    event->f.row = row;
    event->f.failure = failure;
    event->f.how = how;
    event->f.status = (uint64_t)status;
    gate_core_raise(media->core, event);
}

// 481 and 506 say that the session is not there: whether the line arrived is unknown (CHAT-52).
static bool is_lost(int status)
{
    return status == MSRP_SESSION_STATUS_UNKNOWN || status == 481 || status == 506;
}

static void deliver_status(CallMedia *media, uint64_t row, int status, How late)
{
    if (status / 100 == 2) {
        deliver(media, row, FAILURE_NONE, late, 0);
    } else if (is_lost(status)) {
        deliver(media, row, FAILURE_RECIPIENT_UNAVAILABLE, late != HOW_NONE ? late : HOW_LOST,
                status);
    } else {
        How how = status == 408 ? HOW_TIMEOUT : HOW_REFUSED;
        deliver(media, row, failure_from_msrp(status), late != HOW_NONE ? late : how, status);
    }
}

// A type that was refused is not sent again, whatever the description says (CHAT-14).
static char *type_key(const char *top, const char *inner)
{
    g_autofree char *bare = g_strndup(top, strcspn(top, "; "));
    return g_strdup_printf("%s %s", bare, inner != NULL ? inner : "");
}

static bool is_refused(const CallMedia *media, const char *top, const char *inner)
{
    g_autofree char *key = type_key(top, inner);
    return g_hash_table_contains(media->refused, key);
}

static void note_refused(CallMedia *media, const CallLine *line)
{
    g_hash_table_add(media->refused, type_key(line->content_type, line->inner_type));
}

// A line that the session does not take.
static void refuse_line(CallMedia *media, uint64_t row, MsrpSessionSend result)
{
    switch (result) {
    case MSRP_SESSION_QUEUED: break;
    case MSRP_SESSION_FULL:
        deliver(media, row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE, 0);
        break;
    case MSRP_SESSION_TOO_LARGE:
        deliver(media, row, FAILURE_POLICY_VIOLATION, HOW_TOO_LARGE, 413);
        break;
    case MSRP_SESSION_TYPE_REFUSED:
        deliver(media, row, FAILURE_NOT_ACCEPTABLE, HOW_REFUSED, 415);
        break;
    case MSRP_SESSION_OVER:
        deliver(media, row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
        break;
    case MSRP_SESSION_BAD_HEADER:
        deliver(media, row, FAILURE_BAD_REQUEST, HOW_REFUSED, 400);
        break;
    }
}

// `line` is one of `media->lines` that is going.
static void send_now(CallMedia *media, const CallLine *line)
{
    char message_id[33];
    MsrpHeader language = {"Content-Language", line->lang};
    MsrpSessionSend result =
        msrp_session_send(current(media),
                          &(MsrpSessionOutgoing){.message_id = line->id,
                                                 .content_type = line->content_type,
                                                 .inner_type = line->inner_type,
                                                 .headers = &language,
                                                 .header_count = line->lang != NULL,
                                                 .body = line->body,
                                                 .success_report = line->receipt,
                                                 .row = line->row},
                          message_id);
    refuse_line(media, line->row, result);
    if (result == MSRP_SESSION_QUEUED && line->row != 0) {
        call_lines_name(media->lines, line, message_id);
    } else {
        call_lines_forget(media->lines, line);
    }
}

// What waited while the peer took no content, in the order it came.
static void send_held(CallMedia *media)
{
    const CallLine *line;
    while (may_send(media) && (line = call_lines_next(media->lines)) != NULL) {
        send_now(media, line);
    }
}

// All that is left is lost.
static void lose_all(CallMedia *media)
{
    const CallLine *line;
    while ((line = call_lines_any(media->lines)) != NULL) {
        deliver_status(media, line->row, MSRP_SESSION_STATUS_UNKNOWN, HOW_NONE);
        call_lines_forget(media->lines, line);
    }
}

// --- what the session tells

static void on_bound(void *user, MsrpSession *session)
{
    CallMedia *media = user;
    if (session == current(media)) {
        media->funcs->on_bound(media->owner);
    }
}

// A session that was replaced takes nothing new.
static void on_message(void *user, MsrpSession *session, const MsrpSessionIncoming *message)
{
    CallMedia *media = user;
    if (session == current(media) && !media->closing) {
        media->funcs->on_message(media->owner, message);
    } else {
        msrp_session_refuse(session, message->ref, 481, NULL);
    }
}

// Only a two-party session is ended for another one, and waited for (ESC-013).
static void tell_partial(CallMedia *media, bool is_partial)
{
    if (is_partial == media->is_partial || media->use != MSRP_SDP_TWO_PARTY) {
        return;
    }
    media->is_partial = is_partial;
    Event *event = event_new(EVENT_LEG_PARTIAL, SIDE_SIP);
    event->f.leg = media->leg;
    event->f.how = is_partial ? HOW_YES : HOW_NO;
    gate_core_raise(media->core, event);
}

static void on_partial(void *user, MsrpSession *session, bool is_partial)
{
    CallMedia *media = user;
    if (session == current(media) && !media->closing) {
        tell_partial(media, is_partial);
    }
}

static void on_nickname(void *user, MsrpSession *session, uint32_t ref, const char *nick)
{
    CallMedia *media = user;
    bool may_ask = session == current(media) && !media->closing && media->funcs->on_nickname != NULL;
    if (may_ask) {
        media->funcs->on_nickname(media->owner, ref, nick);
    } else {
        msrp_session_refuse(session, ref, 403, NULL);
    }
}

static void on_nicknamed(void *user, MsrpSession *session, int status)
{
    CallMedia *media = user;
    if (media->funcs->on_nicknamed != NULL && session == current(media) && !media->closing) {
        media->funcs->on_nicknamed(media->owner, status);
    }
}

// A line that may get another session waits for it.
static void on_outcome(void *user, MsrpSession *session, uint64_t row, int status)
{
    CallMedia *media = user;
    bool may_go_again = is_lost(status) && !media->closing;
    const CallLine *line = call_lines_find(media->lines, row);
    if (line == NULL) {
        return;
    }
    if (may_go_again && !line->is_fleeting) {
        call_lines_take_back(media->lines, row);
        return;
    }
    if (status == 415 && media->use != MSRP_SDP_GUEST) { // a switch judges each line for itself
        note_refused(media, line);
    }
    call_lines_forget(media->lines, line);
    deliver_status(media, row, status, HOW_NONE);
}

static void on_report(void *user, MsrpSession *session, uint64_t row, const char *message_id,
                      int status, bool whole)
{
    const CallMedia *media = user;
    if (status / 100 != 2) {
        deliver_status(user, row, status, HOW_LATE);
    } else if (row != 0 && whole) {
        Event *event = event_new(EVENT_RECEIPT, SIDE_SIP);
        event->f.leg = media->leg;
        event->f.row = row;
        event->f.how = HOW_DELIVERED;
        gate_core_raise(media->core, event);
    }
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
    bool is_current = session == current(media);
    call_content_forget(media->content, session, !media->closing);
    g_ptr_array_remove(media->sessions, session);
    if (!is_current) {
        send_held(media); // what was under way there
        return;
    }
    if (media->closing) {
        lose_all(media);
    } else {
        tell_partial(media, false);
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

static void add_session(CallMedia *media)
{
    g_ptr_array_add(media->sessions,
                    msrp_session_new(media->core->msrp, media->secure, &session_funcs, media));
}

static void drop_session(CallMedia *media)
{
    msrp_session_release(current(media));
    g_ptr_array_set_size(media->sessions, (int)media->sessions->len - 1);
}

// In place of the current session, of which the peer knows nothing yet.
static void set_secure(CallMedia *media, bool secure)
{
    if (media->secure != secure) {
        media->secure = secure;
        drop_session(media);
        add_session(media);
    }
}

// What an offer of a peer may be.
static MsrpSdpSecurity security_taken(const CallMedia *media)
{
    if (!msrp_has_tls(media->core->msrp)) {
        return MSRP_SDP_PLAIN;
    }
    return media->core->settings->msrp_tls == MSRP_TLS_REQUIRE ? MSRP_SDP_SECURE : MSRP_SDP_EITHER;
}

static CallLines *lines_new(MsrpSdpUse use, const Settings *settings)
{
    return use != MSRP_SDP_TWO_PARTY
               ? call_lines_new(ROOM_LINES, ROOM_OCTETS)
               : call_lines_new(settings->setup_queue, settings->setup_queue_octets);
}

CallMedia *call_media_new(GateCore *core, MsrpSdpUse use, const CallMediaFuncs *funcs, void *owner)
{
    CallMedia *media = g_new0(CallMedia, 1);
    *media = (CallMedia){.core = core, .funcs = funcs, .owner = owner, .use = use};
    media->sessions = g_ptr_array_new();
    media->secure = msrp_has_tls(core->msrp) && core->settings->msrp_tls != MSRP_TLS_ACCEPT;
    media->id = g_random_int();
    media->version = 1;
    media->cema = core->settings->cema;
    media->lines = lines_new(use, core->settings);
    media->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    media->content = call_content_new(core);
    add_session(media);
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

// --- descriptions

static MsrpSdpOurs ours(const CallMedia *media)
{
    const GateCore *core = media->core;
    bool room = media->use != MSRP_SDP_TWO_PARTY;
    return (MsrpSdpOurs){.use = media->use,
                         .host = msrp_host(core->msrp),
                         .port = media->secure ? msrp_tls_port(core->msrp) : msrp_port(core->msrp),
                         .path = current(media) != NULL ? msrp_session_uri(current(media)) : NULL,
                         .secure = media->secure,
                         .fingerprints = msrp_fingerprints(core->msrp),
                         .setup = msrp_setup_offer(core->settings->msrp_reachable),
                         .max_size =
                             room ? (uint64_t)core->settings->max_size : msrp_max_size(core->msrp),
                         .id = media->id,
                         .version = media->version,
                         .direction = media->direction,
                         .cema = media->cema};
}

static void set_sdp(CallMedia *media, char *owned)
{
    g_free(media->sdp);
    media->sdp = owned;
    media->version++;
}

void call_media_set_leg(CallMedia *media, uint64_t leg)
{
    media->leg = leg;
    call_content_set_leg(media->content, leg);
}

const char *call_media_offer(CallMedia *media)
{
    if (media->sdp == NULL) {
        MsrpSdpOurs mine = ours(media);
        set_sdp(media, msrp_sdp_offer(&mine));
    }
    return media->sdp;
}

bool call_media_fall_back(CallMedia *media)
{
    if (!media->secure || media->core->settings->msrp_tls != MSRP_TLS_OFFER ||
        media->peer_path != NULL) {
        return false;
    }
    set_secure(media, false);
    g_clear_pointer(&media->sdp, g_free);
    return true;
}

// How to go ahead with a peer.
typedef struct {
    bool active;    // we connect
    MsrpCema where; // to
} Plan;

static char *address_of(const MsrpSdpMedia *peer, const Plan *plan)
{
    return plan->where == MSRP_CEMA_ADDRESS ? g_strdup_printf("%s %u", peer->address, peer->port)
                                            : NULL;
}

static bool start(CallMedia *media, const MsrpSdpMedia *peer, const Plan *plan, const char **why)
{
    bool by_address = plan->where == MSRP_CEMA_ADDRESS;
    if (!msrp_session_start(current(media),
                            &(MsrpSessionPeer){.path = peer->path,
                                               .active = plan->active,
                                               .host = by_address ? peer->address : NULL,
                                               .port = (uint16_t)peer->port,
                                               .accept_types = peer->accept_types,
                                               .accept_wrapped_types = peer->accept_wrapped_types,
                                               .max_size = peer->max_size,
                                               .fingerprints =
                                                   (const char *const *)peer->fingerprints},
                            NULL)) {
        *why = "MSRP path not usable";
        return false;
    }
    g_free(media->peer_path);
    g_free(media->peer_address);
    media->peer_path = g_strdup(peer->path);
    media->peer_address = address_of(peer, plan);
    g_strfreev(media->peer_fingerprints);
    media->peer_fingerprints = g_strdupv(peer->fingerprints);
    return true;
}

static void note_peer(CallMedia *media, const MsrpSdpMedia *peer)
{
    msrp_types_free(media->peer_types);
    media->peer_types = msrp_types_new(peer->accept_types, peer->accept_wrapped_types);
    media->peer_max_size = peer->max_size;
    media->has_private_messages = peer->has_private_messages;
    media->has_nicknames = peer->has_nicknames;
    media->is_chatroom = peer->is_chatroom;
}

// Whether we speak of middleboxes at all (RFC 6714).
static bool takes_part(const CallMedia *media)
{
    return media->core->settings->cema;
}

// Another certificate needs another connection (RFC 8122 5.1).
static bool has_same_fingerprints(const CallMedia *media, const MsrpSdpMedia *peer)
{
    if (media->peer_fingerprints == NULL || peer->fingerprints == NULL) {
        return media->peer_fingerprints == NULL && peer->fingerprints == NULL;
    }
    return g_strv_equal((const char *const *)media->peer_fingerprints,
                        (const char *const *)peer->fingerprints);
}

static bool is_the_same(const CallMedia *media, const MsrpSdpMedia *peer, const Plan *plan)
{
    g_autofree char *address = address_of(peer, plan);
    return strcmp(media->peer_path, peer->path) == 0 &&
           g_strcmp0(media->peer_address, address) == 0 &&
           has_same_fingerprints(media, peer);
}

void call_media_restart(CallMedia *media)
{
    MsrpSession *old = current(media);
    add_session(media);
    g_clear_pointer(&media->peer_path, g_free);
    g_clear_pointer(&media->peer_address, g_free);
    g_clear_pointer(&media->sdp, g_free);
    tell_partial(media, false);
    if (old != NULL) {
        msrp_session_close(old);
    }
}

bool call_media_has_session(const CallMedia *media)
{
    return current(media) != NULL;
}

// With a peer not known yet the session begins; a known one that moved needs another of ours.
static CallMediaAnswer go_ahead(CallMedia *media, const MsrpSdpMedia *peer, const char **why)
{
    MsrpSetup setup = msrp_setup_offer(media->core->settings->msrp_reachable);
    Plan plan = {.active = msrp_setup_offerer_is_active(setup, peer->setup)};
    plan.where = media->cema ? msrp_cema_of_answer(peer, plan.active) : MSRP_CEMA_PATH;
    if (plan.where == MSRP_CEMA_NOWHERE) {
        media->cema = false;
        g_clear_pointer(&media->sdp, g_free);
        return CALL_MEDIA_AGAIN;
    }
    if (media->peer_path != NULL && !is_the_same(media, peer, &plan)) {
        call_media_restart(media);
        return CALL_MEDIA_AGAIN;
    }
    bool stands = media->peer_path != NULL || start(media, peer, &plan, why);
    return stands ? CALL_MEDIA_TAKEN : CALL_MEDIA_REFUSED;
}

CallMediaAnswer call_media_take_answer(CallMedia *media, const char *sdp, size_t length,
                                       const char **why)
{
    g_auto(MsrpSdp) answer = {0};
    if (sdp == NULL || !msrp_sdp_read(&answer, sdp, length)) {
        *why = "session description not readable";
        return CALL_MEDIA_REFUSED;
    }
    MsrpSdpSecurity offered = media->secure ? MSRP_SDP_SECURE : MSRP_SDP_PLAIN;
    const MsrpSdpMedia *peer = msrp_sdp_find(&answer, media->use, offered, why);
    CallMediaAnswer result = peer != NULL ? go_ahead(media, peer, why) : CALL_MEDIA_REFUSED;
    if (result == CALL_MEDIA_TAKEN) {
        media->direction = msrp_sdp_mirror(peer->direction);
        note_peer(media, peer);
        send_held(media);
    }
    return result;
}

// Somebody altered the address on the way and does not know that we would go by it (RFC 6714 4.3).
static const MsrpSdpMedia *find_offered(const CallMedia *media, const MsrpSdp *offer,
                                        const char **why)
{
    const MsrpSdpMedia *peer = msrp_sdp_find(offer, media->use, security_taken(media), why);
    if (peer != NULL && takes_part(media) && msrp_cema_of_offer(peer) == MSRP_CEMA_NOWHERE) {
        *why = "the address of c- and m-line is not in the path";
        return NULL;
    }
    return peer;
}

bool call_media_check_offer(const CallMedia *media, const char *sdp, size_t length,
                            const char **why)
{
    g_auto(MsrpSdp) offer = {0};
    if (!msrp_sdp_read(&offer, sdp, length)) {
        *why = "session description not readable";
        return false;
    }
    return find_offered(media, &offer, why) != NULL;
}

static MsrpSetup setup_for(const CallMedia *media, const MsrpSdpMedia *peer)
{
    MsrpSetup setup = msrp_setup_answer(peer->setup, media->core->settings->msrp_reachable);
    return takes_part(media) && setup == MSRP_SETUP_PASSIVE ? msrp_cema_setup(peer) : setup;
}

// A path or address of the peer's that is not the one in use wants a session of its own; the old
// one ends.
static bool renew(CallMedia *media, const MsrpSdpMedia *peer, const char **why)
{
    Plan plan = {.active = !msrp_setup_offerer_is_active(peer->setup, setup_for(media, peer)),
                 .where = takes_part(media) ? msrp_cema_of_offer(peer) : MSRP_CEMA_PATH};
    MsrpSession *old = current(media);
    if (old != NULL && media->peer_path == NULL) {
        set_secure(media, peer->is_secure);
        return start(media, peer, &plan, why);
    }
    if (old != NULL && is_the_same(media, peer, &plan)) {
        return true;
    }
    bool was_secure = media->secure;
    media->secure = peer->is_secure;
    add_session(media);
    if (!start(media, peer, &plan, why)) {
        drop_session(media);
        media->secure = was_secure;
        return false;
    }
    g_clear_pointer(&media->sdp, g_free);
    tell_partial(media, false);
    if (old != NULL) {
        msrp_session_close(old);
    }
    return true;
}

// The message line with port 0: nothing is left to talk on.
static const char *answer_refusal(CallMedia *media, const MsrpSdp *offer)
{
    MsrpSdpOurs mine = ours(media);
    media->is_refused = true;
    set_sdp(media, msrp_sdp_answer(&mine, offer, NULL));
    return media->sdp;
}

static bool is_taken_away(const MsrpSdp *offer)
{
    for (guint i = 0; i < offer->media->len; i++) {
        const MsrpSdpMedia *line = offer->media->pdata[i];
        if (strcmp(line->kind, "message") == 0) {
            return line->port == 0;
        }
    }
    return false;
}

const char *call_media_answer(CallMedia *media, const char *sdp, size_t length, const char **why)
{
    g_auto(MsrpSdp) offer = {0};
    if (!msrp_sdp_read(&offer, sdp, length)) {
        *why = "session description not readable";
        return NULL;
    }
    const MsrpSdpMedia *peer = find_offered(media, &offer, why);
    if (peer == NULL && media->peer_path != NULL && is_taken_away(&offer)) {
        return answer_refusal(media, &offer);
    }
    if (peer == NULL || !renew(media, peer, why)) {
        return NULL;
    }
    MsrpSdpDirection direction = msrp_sdp_mirror(peer->direction);
    if (media->sdp == NULL || direction != media->direction ||
        offer.media->len != media->peer_lines) {
        media->direction = direction;
        MsrpSdpOurs mine = ours(media);
        mine.setup = setup_for(media, peer);
        mine.cema = takes_part(media) && msrp_cema_is_answered(peer);
        set_sdp(media, msrp_sdp_answer(&mine, &offer, peer));
    }
    media->peer_lines = offer.media->len;
    note_peer(media, peer);
    send_held(media);
    return media->sdp;
}

bool call_media_is_refused(const CallMedia *media)
{
    return media->is_refused;
}

// --- lines and content

void call_media_send(CallMedia *media, const CallLine *line)
{
    if (media->closing && current(media) == NULL) {
        deliver(media, line->row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
    } else if (is_refused(media, line->content_type, line->inner_type)) {
        refuse_line(media, line->row, MSRP_SESSION_TYPE_REFUSED);
    } else if (may_send(media) || media->closing) {
        send_now(media, call_lines_go(media->lines, line));
    } else if (line->is_fleeting) {
        deliver(media, line->row, FAILURE_RECIPIENT_UNAVAILABLE, HOW_LOST, 0);
    } else if (!call_lines_hold(media->lines, line)) {
        deliver(media, line->row, FAILURE_RESOURCE_CONSTRAINT, HOW_NONE, 0);
    }
}

bool call_media_takes(const CallMedia *media, const char *top, const char *inner)
{
    return media->peer_types != NULL && !is_refused(media, top, inner) &&
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
    return current(media) != NULL && msrp_session_nickname(current(media), nick);
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
    return call_content_hold(media->content, current(media), message->ref);
}

uint64_t call_media_hold_nickname(CallMedia *media, uint32_t ref)
{
    return call_content_hold_nickname(media->content, current(media), ref);
}

void call_media_answer_nickname(CallMedia *media, uint32_t ref, int status)
{
    if (status == 200) {
        msrp_session_accept(current(media), ref);
    } else {
        msrp_session_refuse(current(media), ref, status, NULL);
    }
}

void call_media_accept(CallMedia *media, const MsrpSessionIncoming *message)
{
    msrp_session_accept(current(media), message->ref);
}

void call_media_turn_down(CallMedia *media, const MsrpSessionIncoming *message, int status,
                          const char *comment)
{
    msrp_session_refuse(current(media), message->ref, status, comment);
}

void call_media_close(CallMedia *media)
{
    media->closing = true;
    if (current(media) != NULL) {
        msrp_session_close(current(media));
    } else {
        lose_all(media);
    }
}
