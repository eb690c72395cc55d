// SPDX-License-Identifier: MIT
// What the files of a call's media share: the record, and the sessions in it. Nobody else looks inside; see
// call_media.h.
#pragma once
#include "sip/call_content.h"
#include "sip/call_media.h"
#include "sip/msrp/msrp_types.h"

struct CallMedia {
    GateCore *core;              // borrowed
    const CallMediaFuncs *funcs; // borrowed (static)
    void *owner;                 // borrowed
    const MsrpSessionFuncs *session_funcs; // borrowed (static); what a session tells
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

// What: the current session.
// Shape: borrowed; NULL: there is none.
MsrpSession *call_media_core_session(const CallMedia *media);

// What: a new session becomes the current one; the current one is forgotten, the one before it is current again.
void call_media_core_add_session(CallMedia *media);
void call_media_core_drop_session(CallMedia *media);

// What: has the current session, of which the peer knows nothing yet, be one under TLS, or not.
// Source: SEC-02.
void call_media_core_set_secure(CallMedia *media, bool secure);

// What: tells the middle when it changes whether part of a message of the peer's is there and the rest is not.
// Source: ESC-013.
void call_media_core_tell_partial(CallMedia *media, bool is_partial);
