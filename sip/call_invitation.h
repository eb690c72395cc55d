// SPDX-License-Identifier: MIT
// Whom to invite to a call, and how (RFC 3261 13.2.1; CHAT-02).
#pragma once
#include <stdbool.h>

#include <glib.h>

#include "sip/msrp_sdp.h"

typedef struct {
    MsrpSdpUse use;
    const char *uri;       // Request-URI
    const char *to, *from; // header values
    const char *contact;   // header value
    const char *call_id;
    const char *cseq;        // header value, of the request before; NULL: none
    const char *authorization;       // header value; NULL: none, as the next one
    const char *proxy_authorization; // header value
    const char *subject;     // NULL: none, as the next one
    const char *referred_by; // header value
    GBytes *history; // who else is invited, as resource_lists.h writes it; NULL: none
    const char *user, *password; // who we are for whoever asks; NULL: by the configuration
    unsigned session_s;      // session timer that is asked for; 0: none
    bool needs_focus;        // who says yes must be a conference
    uint64_t hops;           // that the other side had left; 0: not known
    unsigned first_ms;       // nothing but 100 for so long: given up; 0: for ever
    unsigned setup_ms;       // after the first 18x; 0: for ever
} CallInvitation;

// What: a copy that owns its texts.
// Shape: owned by the caller (call_invitation_free).
CallInvitation *call_invitation_copy(const CallInvitation *invitation);

// What: makes it the next request after one that was refused: same Call-ID and From tag, next CSeq.
// Source: RFC 3261 8.1.3.5.
void call_invitation_repeat(CallInvitation *copy, const char *from_tag, uint32_t refused_cseq);

// What: has it say who we are: the answer to a 401, or (`is_for_proxy`) a 407.
// Shape: `value` is copied.
// Source: ERR-04; RFC 3261 22.
void call_invitation_authorize(CallInvitation *copy, bool is_for_proxy, const char *value);

// What: has it say no longer who we are: an answer to a challenge is good for one request.
// Source: ERR-04; RFC 7616 3.4 (nc).
void call_invitation_be_silent(CallInvitation *copy);

// What: turns it towards another target, which is to learn anew who we are; To stays as it is.
// Shape: `uri` is copied.
// Source: ERR-04; RFC 3261 8.1.3.4.
void call_invitation_redirect(CallInvitation *copy, const char *uri);

// What: has it say no longer who else is invited, to somebody who takes nothing but a description.
// Source: CONF-011; RFC 3261 8.1.3.5 (415).
void call_invitation_drop_history(CallInvitation *copy);

// What: the body of the INVITE: the description, and who else is invited.
// Shape: both owned by the caller (g_free); `type` is a header value.
// Source: CONF-011; RFC 5366 5, RFC 5364 7.
char *call_invitation_write_body(const CallInvitation *self, const char *sdp, char **type);

// What: makes it one of its own, after the dialog of the last was ended.
// Source: RFC 3261 8.1.1.4.
void call_invitation_renew(CallInvitation *copy);

// What: frees a copy; NULL is allowed.
void call_invitation_free(CallInvitation *copy);
