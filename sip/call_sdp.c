// SPDX-License-Identifier: MIT
// Descriptions of a call's media; see call_sdp.h.
#include "sip/call_sdp.h"

#include <string.h>

#include "sip/call_media_core.h"
#include "sip/call_out.h"
#include "sip/msrp_cema.h"

// --- ours

// What an offer of a peer may be.
static MsrpSdpSecurity security_taken(const CallMedia *media)
{
    if (!msrp_has_tls(media->core->msrp)) {
        return MSRP_SDP_PLAIN;
    }
    return media->core->settings->msrp_tls == MSRP_TLS_REQUIRE ? MSRP_SDP_SECURE : MSRP_SDP_EITHER;
}

static MsrpSdpOurs ours(const CallMedia *media)
{
    const GateCore *core = media->core;
    const MsrpSession *session = call_media_core_session(media);
    bool room = media->use != MSRP_SDP_TWO_PARTY;
    return (MsrpSdpOurs){.use = media->use,
                         .host = msrp_host(core->msrp),
                         .port = media->secure ? msrp_tls_port(core->msrp) : msrp_port(core->msrp),
                         .path = session != NULL ? msrp_session_uri(session) : NULL,
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

const char *call_sdp_offer(CallMedia *media)
{
    if (media->sdp == NULL) {
        MsrpSdpOurs mine = ours(media);
        set_sdp(media, msrp_sdp_offer(&mine));
    }
    return media->sdp;
}

bool call_sdp_fall_back(CallMedia *media)
{
    if (!media->secure || media->core->settings->msrp_tls != MSRP_TLS_OFFER ||
        media->peer_path != NULL) {
        return false;
    }
    call_media_core_set_secure(media, false);
    g_clear_pointer(&media->sdp, g_free);
    return true;
}

// --- going ahead with a peer

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
    if (!msrp_session_start(call_media_core_session(media),
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

// --- its answers

// With a peer not known yet the session begins; a known one that moved needs another of ours.
static CallSdpAnswer go_ahead(CallMedia *media, const MsrpSdpMedia *peer, const char **why)
{
    MsrpSetup setup = msrp_setup_offer(media->core->settings->msrp_reachable);
    Plan plan = {.active = msrp_setup_offerer_is_active(setup, peer->setup)};
    plan.where = media->cema ? msrp_cema_of_answer(peer, plan.active) : MSRP_CEMA_PATH;
    if (plan.where == MSRP_CEMA_NOWHERE) {
        media->cema = false;
        g_clear_pointer(&media->sdp, g_free);
        return CALL_SDP_AGAIN;
    }
    if (media->peer_path != NULL && !is_the_same(media, peer, &plan)) {
        call_media_restart(media);
        return CALL_SDP_AGAIN;
    }
    bool stands = media->peer_path != NULL || start(media, peer, &plan, why);
    return stands ? CALL_SDP_TAKEN : CALL_SDP_REFUSED;
}

CallSdpAnswer call_sdp_take_answer(CallMedia *media, const char *sdp, size_t length,
                                   const char **why)
{
    g_auto(MsrpSdp) answer = {0};
    if (sdp == NULL || !msrp_sdp_read(&answer, sdp, length)) {
        *why = "session description not readable";
        return CALL_SDP_REFUSED;
    }
    MsrpSdpSecurity offered = media->secure ? MSRP_SDP_SECURE : MSRP_SDP_PLAIN;
    const MsrpSdpMedia *peer = msrp_sdp_find(&answer, media->use, offered, why);
    CallSdpAnswer result = peer != NULL ? go_ahead(media, peer, why) : CALL_SDP_REFUSED;
    if (result == CALL_SDP_TAKEN) {
        media->direction = msrp_sdp_mirror(peer->direction);
        note_peer(media, peer);
        call_out_send_held(media);
    }
    return result;
}

// --- its offers

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

bool call_sdp_check_offer(const CallMedia *media, const char *sdp, size_t length,
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
    MsrpSession *old = call_media_core_session(media);
    if (old != NULL && media->peer_path == NULL) {
        call_media_core_set_secure(media, peer->is_secure);
        return start(media, peer, &plan, why);
    }
    if (old != NULL && is_the_same(media, peer, &plan)) {
        return true;
    }
    bool was_secure = media->secure;
    media->secure = peer->is_secure;
    call_media_core_add_session(media);
    if (!start(media, peer, &plan, why)) {
        call_media_core_drop_session(media);
        media->secure = was_secure;
        return false;
    }
    g_clear_pointer(&media->sdp, g_free);
    call_media_core_tell_partial(media, false);
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

const char *call_sdp_answer(CallMedia *media, const char *sdp, size_t length, const char **why)
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
    call_out_send_held(media);
    return media->sdp;
}

bool call_sdp_is_refused(const CallMedia *media)
{
    return media->is_refused;
}
