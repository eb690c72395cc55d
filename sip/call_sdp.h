// SPDX-License-Identifier: MIT
// Descriptions of a call's media: offers and answers, ours and the peer's, and what follows from
// them: which session there is, who connects, and to where. RFC 3264; RFC 4975 8; RFC 6714;
// CHAT-04..07, CHAT-10.
#pragma once
#include "sip/call_media.h"

typedef enum {
    CALL_SDP_TAKEN,
    CALL_SDP_REFUSED, // nothing we can talk on
    CALL_SDP_AGAIN    // another offer has to follow: call_sdp_offer() has it now
} CallSdpAnswer;

// What: our description as an offer; the one in force, when there is one.
// Shape: borrowed until the next description.
const char *call_sdp_offer(CallMedia *media);

// What: after a refusal: whether the next offer is one without TLS, because that may be the reason
//   and we do not insist.
// Source: docs/configuration.md, msrp_tls=offer; SEC-02.
bool call_sdp_fall_back(CallMedia *media);

// What: takes the answer to our offer and goes ahead.
// Shape: AGAIN: an address was altered on the way for somebody who would not go by it (RFC 6714
//   4.2), or the peer has a new path while ours is in use.
// Errors: REFUSED with a static sentence in `why`.
// Source: CHAT-04, CHAT-06, CHAT-10.
CallSdpAnswer call_sdp_take_answer(CallMedia *media, const char *sdp, size_t length,
                                   const char **why);

// What: whether an offer could be answered.
// Errors: as call_sdp_take_answer().
// Source: CHAT-07, CONF-004.
bool call_sdp_check_offer(const CallMedia *media, const char *sdp, size_t length,
                          const char **why);

// What: our answer to an offer, first or later; goes ahead with it. What has not changed is
//   answered with the same description; a new path of the peer's gets a new session (CHAT-10,
//   MUC-B18).
// Shape: borrowed until the next description.
// Errors: NULL with a static sentence in `why`; the session is as before.
const char *call_sdp_answer(CallMedia *media, const char *sdp, size_t length, const char **why);

// What: whether the last offer of the peer took the message line away.
// Source: CONF-031.
bool call_sdp_is_refused(const CallMedia *media);
