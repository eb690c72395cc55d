// SPDX-License-Identifier: MIT
// Content of one call that waits for the middle to accept, refuse or report on it: each message
// under a ref of its own, tied to the MSRP session that it came in. RFC 4975 7.1.2; docs/seam.md.
#pragma once
#include "sip/gate_core.h"
#include "sip/msrp/msrp_session.h"

typedef struct CallContent CallContent;

// What: nothing waits.
// Shape: owned by the caller (call_content_free).
CallContent *call_content_new(GateCore *core);
void call_content_free(CallContent *content);

// What: the number under which the middle knows the leg.
void call_content_set_leg(CallContent *content, uint64_t leg);

// What: makes a message wait for ACCEPT, REFUSE and REPORT.
// Shape: the ref; `session` is borrowed until call_content_forget(), `number` is its ref there. Of
//   too many that were accepted and wait for their REPORT the oldest gets none; REF_OVER tells so.
// Source: MSRP-009, CHAT-24.
uint64_t call_content_hold(CallContent *content, MsrpSession *session, uint32_t number);

// What: makes the wish for a nickname wait for ACCEPT or REFUSE: 200, or 425, 424, 408, 403; 408 as well when the
//   answer is late, for its sender gives up after T_tx.
// Shape: as call_content_hold(); nobody is told when it is over.
// Source: RFC 7701 7.1; MUC-B11.
uint64_t call_content_hold_nickname(CallContent *content, MsrpSession *session, uint32_t number);

// What: a session is over, and what came in it can be answered no more; where `is_told` REF_OVER
//   says so.
// Source: CHAT-52.
void call_content_forget(CallContent *content, const MsrpSession *session, bool is_told);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallContent, call_content_free)
