// SPDX-License-Identifier: MIT
// The media of one call: its MSRP session, the two descriptions, the lines under way both ways. It
// knows SDP as text and nothing of dialogs. RFC 3264, RFC 4975 5.4 and 8.
//
// Lines out are told by DELIVERY events, each exactly once, also when the session ends; content in
// waits under refs for ACCEPT, REFUSE and REPORT.
#pragma once
#include "sip/gate_core.h"
#include "sip/msrp/msrp_session.h"
#include "sip/msrp_sdp.h"

typedef struct CallMedia CallMedia;

typedef struct {
    void (*on_bound)(void *owner); // once
    // Content. The owner answers by _hold(), _accept() or _turn_down(), here and now.
    void (*on_message)(void *owner, const MsrpSessionIncoming *message);
    // The last one; every outcome has been told. `by_us`: call_media_close() began it.
    void (*on_closed)(void *owner, MsrpSessionEnd reason, bool by_us);
} CallMediaFuncs;

// A line for the peer; borrowed for the call of call_media_send().
typedef struct {
    uint64_t row;   // 0: words of our own, whose fate nobody waits for
    const char *id; // NULL or used: one is made up
    const char *content_type;
    const char *inner_type; // NULL: not wrapped
    const char *lang;       // NULL: none
    GBytes *body;
    bool receipt;     // Success-Report
    bool is_fleeting; // not worth holding until the peer takes content again
} CallLine;

// What: media without a peer yet.
// Shape: `funcs` static, `owner` borrowed; owned by the caller (call_media_free).
CallMedia *call_media_new(GateCore *core, MsrpSdpUse use, const CallMediaFuncs *funcs, void *owner);

// What: ends without another word; rows still open are not told. NULL is allowed.
void call_media_free(CallMedia *media);

// What: the number under which the middle knows the leg; DELIVERY events tell it.
void call_media_set_leg(CallMedia *media, uint64_t leg);

// What: our description as an offer; the one in force, when there is one.
// Shape: borrowed until the next description.
const char *call_media_offer(CallMedia *media);

// What: after a refusal: whether the next offer is one without TLS, because that may be the reason
//   and we do not insist.
// Source: docs/configuration.md, msrp_tls=offer; SEC-02.
bool call_media_fall_back(CallMedia *media);

// What: takes the answer to our offer and goes ahead.
// Errors: false with a static sentence in `why`.
// Source: CHAT-04, CHAT-06.
bool call_media_take_answer(CallMedia *media, const char *sdp, size_t length, const char **why);

// What: whether an offer could be answered.
// Errors: as call_media_take_answer().
// Source: CHAT-07, CONF-004.
bool call_media_check_offer(const CallMedia *media, const char *sdp, size_t length,
                            const char **why);

// What: our answer to an offer, first or later; goes ahead with it. What has not changed is
//   answered with the same description; a new path of the peer's gets a new session (CHAT-10,
//   MUC-B18).
// Shape: borrowed until the next description.
// Errors: NULL with a static sentence in `why`; the session is as before.
const char *call_media_answer(CallMedia *media, const char *sdp, size_t length, const char **why);

// What: whether the last offer of the peer took the message line away.
// Source: CONF-031.
bool call_media_is_refused(const CallMedia *media);

// What: no more content; on_closed follows when every outcome is known.
void call_media_close(CallMedia *media);

// What: sends a line; while the peer takes no content it waits, within bounds.
// Source: CHAT-11, CHAT-10, MSRP-029.
void call_media_send(CallMedia *media, const CallLine *line);

// What: whether the peer takes a type, wrapped or not; private messages of a room.
bool call_media_takes(const CallMedia *media, const char *top, const char *inner);
bool call_media_has_private_messages(const CallMedia *media);

// What: the largest message the peer takes, in octets.
// Shape: 0 = it did not say.
// Source: RFC 4975 8.6.
uint64_t call_media_max_size(const CallMedia *media);

// What: whether the peer declared that it knows chat rooms.
// Source: RFC 7701 8; MUC-B22.
bool call_media_is_chatroom(const CallMedia *media);

// What: makes the message wait under the ref returned; takes it where notice is enough; refuses it
//   (`comment` may be NULL).
uint64_t call_media_hold(CallMedia *media, const MsrpSessionIncoming *message);
void call_media_accept(CallMedia *media, const MsrpSessionIncoming *message);
void call_media_turn_down(CallMedia *media, const MsrpSessionIncoming *message, int status,
                          const char *comment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallMedia, call_media_free)
