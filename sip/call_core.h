// SPDX-License-Identifier: MIT
// What the files of a call share: its record, the requests that end it or offer in it, and its end. Nobody else
// looks inside; see call.h.
#pragma once
#include <sofia-sip/nua.h>

#include "sip/call.h"
#include "sip/credentials.h"
#include "sip/extensions.h"

struct sip_s;

// Session timers (RFC 4028): taken when the peer wants them, not asked for. The library refreshes when that
// is ours to do, by our INVITE as it was or, where the INVITE was the peer's, by an UPDATE without
// description; it ends the session when a refresh stays away.
//
// What else is understood in a dialog depends on what it is for.
#define CALL_CORE_SUPPORTED(call)                                                                  \
    SIPTAG_SUPPORTED_STR((call)->use == MSRP_SDP_ROOM ? EXTENSIONS_ROOM : EXTENSIONS_CALL)

// CALL_LATE: answered after it was called off; nothing of it is tried again.
// CALL_ALONE: was CALL_UP, the MSRP session is gone, the peer's BYE is waited for. CALL_MENDING: another session is
// agreed upon; the owner does not hear of it.
typedef enum {
    CALL_DIALLING,
    CALL_RINGING,
    CALL_CALLED_OFF,
    CALL_BINDING,
    CALL_LATE,
    CALL_OFFERED,
    CALL_ANSWERED,
    CALL_UP,
    CALL_ALONE,
    CALL_MENDING,
    CALL_ENDING
} CallState;

struct Call {
    GateCore *core;         // borrowed
    const CallFuncs *funcs; // borrowed (static)
    void *owner;            // borrowed
    CallState state;
    MsrpSdpUse use;
    nua_handle_t *handle;  // owned by the agent; NULL: left or dropped
    AgentRequest *request; // owned; the INVITE while it is not answered
    GBytes *offer;         // owned; in that INVITE, NULL: we offer
    CallInvitation *invitation; // owned; NULL: they called
    const AgentHandler *handlers; // static; what comes in the dialog
    CallMedia *media;      // owned
    char *instance;        // owned, or NULL
    char *target;          // owned; the URI of the peer's Contact, NULL: not known yet
    char *contact;         // owned; header value, ours
    bool is_ours;          // we dialled
    bool is_confirmed;     // ACK sent or seen
    bool is_bound;
    bool is_told;      // on_up was called
    bool is_offering;  // a re-INVITE of ours has no answer yet
    bool owes_answer;  // our offer was in a 200: the ACK has the answer
    bool is_authorized; // a challenge to the first INVITE was answered
    Credentials credentials; // of a request in the dialog that has no answer yet
    unsigned redirects; // how often it went to where a 3xx pointed
    char *target_dialog; // owned, or NULL
    bool is_again;     // the offer under way is the second, after 491
    int64_t mended_ms; // when the session was lost last, 0: never
    guint timer; // GSource id of first_ms, setup_ms, the grace of CALL_ALONE or the wait after 491
    CallEnd end;    // of CALL_ENDING
    char *end_text; // owned, of end
};

// What: whether the INVITE of ours has no final answer yet.
bool call_core_is_dialling(const Call *call);

// What: ends without a word; what waits in the call is not told.
void call_core_free(Call *call);

// What: gives the dialog up to the library, which brings it to its last answer.
void call_core_leave(Call *call);

// What: BYE with Reason, or CANCEL; the handle is left.
// Source: RFC 3261 9.1, 15; RFC 3326.
void call_core_say_bye(Call *call, int status, const char *text);
void call_core_say_cancel(Call *call);

// What: on_down, and the end of the call.
void call_core_tell_down(Call *call);

// What: the dialog is over; the end is told when the media are over, too.
// Shape: the call may be gone when this returns.
void call_core_finish(Call *call, How how, int status, const char *text);

// What: BYE to a dialog that is of no use any more, and its end as a loss.
// Shape: as call_core_finish().
void call_core_give_up(Call *call, int status, const char *text);

// What: CALL_UP, and on_up the first time, when the dialog is confirmed and MSRP is bound.
void call_core_check_up(Call *call);

// What: on_late, when that is what the call is.
void call_core_tell_late(Call *call);

// What: our description in a re-INVITE: as an offer whose answer counts; as a refresh of what is agreed upon.
// Source: RFC 3261 14.1; RFC 4028 7.4.
void call_core_send_offer(Call *call);
void call_core_send_refresh(Call *call);

// What: notes where the Contact of a 2xx or of a request says that the peer is reached.
// Source: RFC 3261 12.2.1.2, 12.2.2.
void call_core_note_target(Call *call, const AgentEvent *event);

// What: notes the device that the peer names in its Contact, once.
// Source: ADDR-29.
void call_core_note_contact(Call *call, const struct sip_s *sip);
