// SPDX-License-Identifier: MIT
// What a session receives, and who still has to answer for it (RFC 4975 7.2, 7.3.1; RFC 7701 7.1).
// A part of a message is answered here and at once; what completes a message waits for its owner.
#pragma once

#include "sip/msrp/msrp_budget.h"
#include "sip/msrp/msrp_frame.h"
#include "sip/msrp/msrp_session.h"

typedef struct MsrpInbox MsrpInbox;

typedef struct {
    // A frame to be sent; owned by the callee.
    void (*send)(void *user, MsrpKind kind, GBytes *frame);
    // A complete message. Errors: false when nobody is there to take it.
    bool (*deliver)(void *user, const MsrpSessionIncoming *message);
    // Errors: false when nicknames are not ours to give.
    bool (*nickname)(void *user, uint32_t ref, const char *nick);
} MsrpInboxFuncs;

typedef struct {
    const char *uri;       // borrowed: our own, the From-Path of all answers
    size_t max_size;       // LIMIT: octets of one message
    int64_t chunk_ms;      // T_chunk
    MsrpBudget *budget;    // borrowed: for incomplete messages
} MsrpInboxConfig;

// What: an empty inbox.
// Shape: owned by the caller (msrp_inbox_free).
MsrpInbox *msrp_inbox_new(const MsrpInboxConfig *config, const MsrpInboxFuncs *funcs, void *user);
void msrp_inbox_free(MsrpInbox *inbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpInbox, msrp_inbox_free)

// What: takes a good SEND or NICKNAME of the session's peer.
void msrp_inbox_take(MsrpInbox *inbox, const MsrpFrame *request, int64_t now_ms);

// What: answers what came under `ref`; see msrp_session_accept() and msrp_session_refuse().
bool msrp_inbox_answer(MsrpInbox *inbox, uint32_t ref, int status, const char *comment);

// What: reports on what came under `ref`; see msrp_session_report().
bool msrp_inbox_report(MsrpInbox *inbox, uint32_t ref, int status);

// What: whether so much waits for an answer that the peer should not be read for now.
bool msrp_inbox_is_full(const MsrpInbox *inbox);

// What: whether the peer has sent a part of a message in this session (and so understands parts).
bool msrp_inbox_saw_parts(const MsrpInbox *inbox);

// What: whether part of a message is there whose rest may still come.
bool msrp_inbox_is_partial(const MsrpInbox *inbox);

// What: when msrp_inbox_expire() has something to do; INT64_MAX for never.
int64_t msrp_inbox_deadline(const MsrpInbox *inbox);

// What: drops messages whose parts stopped coming.
void msrp_inbox_expire(MsrpInbox *inbox, int64_t now_ms);
