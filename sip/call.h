// SPDX-License-Identifier: MIT
// One INVITE dialog that carries one MSRP session, whoever began it and whatever it is for. Three
// owners use it: two-party legs, rooms we are the focus of, rooms of others. RFC 3261 12 to 15, RFC 3264;
// CHAT-02, 04, 06..10.
//
//   dialled:  DIALLING -> RINGING -> BINDING -> UP      CALLED_OFF after CANCEL, LATE when that is answered
//   taken:    OFFERED -> ANSWERED -> UP
//   lost:     UP -> ALONE -> MENDING -> UP
//   any:      ENDING once the dialog is over, until MSRP has told the outcome of every line
//
// A chat that loses its MSRP session, or a room of others, gets another by a re-INVITE, once a minute,
// without a word to its owner; unanswered lines go again under their Message-IDs (RFC 4975 5.4;
// CHAT-52, MUC-A30).
// A call is up when its dialog is confirmed and MSRP is bound. on_down is the last callback, and
// the outcome of every line has been told as a DELIVERY before it. call_close(), call_refuse() and
// the return of on_down free the call; what is still to be said on the wire is said without it.
#pragma once
#include "sip/call_invitation.h"
#include "sip/call_media.h"
#include "sip/sipcode.h"

typedef struct Call Call;

// How a call ended; borrowed for the call of on_down.
typedef struct {
    How how;          // REFUSED, TIMEOUT, ENDED (BYE), LOST (MSRP or transport)
    int status;       // of a refusal, theirs or ours; 0: none
    const char *text; // reason in words, or NULL
    uint64_t retry_s; // of a refusal; 0: they did not say
    int cause;        // of ENDED: the status in the Reason of the BYE; 0: none
    Address *elsewhere; // where a 3xx that was not followed points, when it maps; NULL: nowhere
} CallEnd;

typedef struct {
    void (*on_ringing)(void *owner); // the first 18x; may be NULL
    void (*on_late)(void *owner); // answered though called off, MSRP not bound yet; may be NULL
    void (*on_up)(void *owner);
    void (*on_down)(void *owner, const CallEnd *end);
    // Content; the owner answers by call_media_hold(), _accept() or _turn_down(), here and now.
    void (*on_message)(void *owner, const MsrpSessionIncoming *message);
    // The answer to call_media_nickname(); may be NULL.
    void (*on_nicknamed)(void *owner, int status);
    void (*on_nickname)(void *owner, uint32_t ref, const char *nick); // as in call_media.h; may be NULL
    // MESSAGE or SUBSCRIBE in the dialog, the answer to a NOTIFY in it.
    void (*on_request)(void *owner, const AgentEvent *event);
} CallFuncs;

// What: dials. Where TLS was offered and is refused, once more without it (call_media_fall_back());
//   where a list goes with the description and a 415 comes back, once more without the list.
// Shape: owned by itself until on_down; `funcs` static, `owner` borrowed; `invitation` is copied.
// Source: RFC 3261 13.2, 21.4.13, 21.4.26; SEC-02, CONF-011.
Call *call_dial(GateCore *core, const CallFuncs *funcs, void *owner,
                const CallInvitation *invitation);

// What: takes an INVITE from outside that the owner answers later.
// Shape: as call_dial().
// Errors: NULL when there is no offer we can take; it has been refused (415, 488 with the reason).
// Source: CHAT-07; ESC-003.
Call *call_take(GateCore *core, const CallFuncs *funcs, void *owner, const AgentEvent *event,
                MsrpSdpUse use);

// What: 180 to a call taken: somebody is asked.
// Shape: `contact` is a header value.
void call_ring(Call *call, const char *contact);

// What: 200 to a call taken.
// Shape: `contact` is a header value.
void call_answer(Call *call, const char *contact);

// What: from now on somebody else is told of the call.
// Shape: `funcs` static, `owner` borrowed; not inside on_down.
void call_hand_over(Call *call, const CallFuncs *funcs, void *owner);

// What: the final refusal of a call taken, and its end. No callback follows.
void call_refuse(Call *call, const Sipcode *answer);

// What: CANCEL for a call that is dialling or ringing; its final response still comes: a no as
//   on_down, a late 200 is completed and comes as on_late, then as on_up if nobody closes the call. One that is
//   answered and not up yet is late at once. In other states nothing.
// Source: RFC 3261 9.1; ESC-406.
void call_withdraw(Call *call);

// What: ends a call in whatever state it is: BYE with Reason, CANCEL or refusal. No callback
//   follows.
// Source: RFC 3261 15; RFC 3326.
void call_close(Call *call, int status, const char *text);

// What: BYE with Reason for a call that was answered; on_down follows when the outcome of every line has been told.
// Source: RFC 3891 3 (the dialog that was replaced).
void call_hang_up(Call *call, int status, const char *text);

// What: whether lines may be given to it: up, and not ending.
bool call_is_up(const Call *call);

// What: the media.
// Shape: borrowed, lives as long as the call.
CallMedia *call_get_media(const Call *call);

// What: the handle of the dialog, for requests of an owner in it.
// Shape: borrowed; NULL when the dialog is over.
struct nua_handle_s *call_get_handle(const Call *call);

// What: the URI that was called in the end.
// Shape: borrowed; NULL: they called.
// Source: CONF-026.
const char *call_get_uri(const Call *call);

// What: the value of Target-Dialog for requests outside the dialog.
// Shape: borrowed; NULL: the peer does not know it, or there is no dialog yet.
// Source: RFC 4538 3; CONF-021, CONF-025.
const char *call_get_target_dialog(const Call *call);

// What: the device the peer names in its Contact: gr, else +sip.instance.
// Shape: borrowed; NULL: none.
// Source: ADDR-29, CHAT-20.
const char *call_get_instance(const Call *call);
