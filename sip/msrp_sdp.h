// SPDX-License-Identifier: MIT
// Session descriptions of MSRP sessions: an own bounded reader for what the peer says, and writers
// for our offer and our answer. Two uses differ in the types we take: a two-party chat and a chat
// room, ours or not. RFC 4975 8, RFC 6135, RFC 7701 8, RFC 3264; CHAT-05, MSRP-010, 015, 016, 023.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "sip/msrp/msrp_setup.h"

// A chat of two; a room of ours; our leg in a room of somebody else.
typedef enum { MSRP_SDP_TWO_PARTY, MSRP_SDP_ROOM, MSRP_SDP_GUEST } MsrpSdpUse;

// Whether a line may, or must, be one under TLS.
typedef enum { MSRP_SDP_PLAIN, MSRP_SDP_EITHER, MSRP_SDP_SECURE } MsrpSdpSecurity;

// What the other one does, seen from us: with RECVONLY in its description it only receives.
typedef enum {
    MSRP_SDP_SENDRECV,
    MSRP_SDP_SENDONLY,
    MSRP_SDP_RECVONLY,
    MSRP_SDP_INACTIVE
} MsrpSdpDirection;

// One m-line and its attributes.
typedef struct {
    char *kind; // owned; "message", "audio"
    unsigned port;
    char *address;  // owned; of its c-line or that of the session, NULL: neither
    char *protocol; // owned; "TCP/MSRP"
    bool is_secure; // the protocol is TCP/TLS/MSRP
    char *formats;  // owned; as they stand
    char *path;     // owned, as the next two; NULL: absent
    char *accept_types;
    char *accept_wrapped_types;
    char **fingerprints; // owned; values of a=fingerprint, of the line or of the session; NULL: none
    uint64_t max_size; // 0: absent
    MsrpSetup setup;
    MsrpSdpDirection direction;
    bool has_file;             // a=file-selector: a file transfer
    bool has_cema;             // a=msrp-cema (RFC 6714)
    bool is_chatroom;          // a=chatroom is there
    bool has_private_messages; // and names private messages
    bool has_nicknames;        // and nicknames
} MsrpSdpMedia;

typedef struct {
    GPtrArray *media; // owned, of MsrpSdpMedia
} MsrpSdp;

// What we say of ourselves; borrowed.
typedef struct {
    MsrpSdpUse use;
    const char *host; // of the path
    uint16_t port;    // of the path
    const char *path; // msrp://..., or msrps:// when secure
    bool secure;
    const char *const *fingerprints; // values of a=fingerprint, when secure
    uint64_t max_size;
    uint64_t id, version; // of the o-line
    MsrpSdpDirection direction;
    MsrpSetup setup;
    bool cema;       // a=msrp-cema
} MsrpSdpOurs;

// What: reads a session description.
// Shape: `self` is overwritten; clear it in any case with msrp_sdp_clear(). LF alone ends a line,
//   too.
// Errors: false when it is no session description or beyond our bounds.
// Source: RFC 4566 5.
bool msrp_sdp_read(MsrpSdp *self, const char *text, size_t length);

// What: the m-line we can talk on, one under TLS before all others.
// Shape: borrowed from `self`; `why` (may be NULL) is set to a static sentence when there is none.
// Errors: NULL: no message line, only files, TLS where we have none or none where we need it, no
//   type that we both take.
// Source: CHAT-04, CHAT-07, CONF-004, CONF-005; MSRP-027.
const MsrpSdpMedia *msrp_sdp_find(const MsrpSdp *self, MsrpSdpUse use, MsrpSdpSecurity security,
                                  const char **why);

// What: our offer.
// Shape: owned by the caller (g_free).
// Source: CHAT-05, CHAT-06, MSRP-016.
char *msrp_sdp_offer(const MsrpSdpOurs *ours);

// What: our answer: the m-line found is taken, all others get port 0.
// Shape: `taken` is a line of `offer`, or NULL: every line is refused. Owned by the caller
//   (g_free).
// Source: RFC 3264 6; CHAT-05, CHAT-07, GV-012.
char *msrp_sdp_answer(const MsrpSdpOurs *ours, const MsrpSdp *offer, const MsrpSdpMedia *taken);

// What: what we have to say about direction to somebody who says this.
// Source: RFC 3264 6.1.
MsrpSdpDirection msrp_sdp_mirror(MsrpSdpDirection theirs);

// What: frees what the value owns.
void msrp_sdp_clear(MsrpSdp *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MsrpSdp, msrp_sdp_clear)
