// SPDX-License-Identifier: MIT
// Lines of a call on their way out: sent when the session takes them, told of when their fate is known, kept for another
// session where that is not (CHAT-10, CHAT-11, CHAT-14, CHAT-52, MSRP-009).
#pragma once
#include "sip/call_media.h"

// What: sends a line; while the peer takes no content it waits, within bounds.
// Source: CHAT-11, CHAT-10, MSRP-029.
void call_out_send(CallMedia *media, const CallLine *line);

// What: sends what waited, in the order it came, as far as the peer takes content.
void call_out_send_held(CallMedia *media);

// What: tells that all that is left is lost.
// Source: CHAT-52.
void call_out_lose_all(CallMedia *media);

// What: takes the outcome of a line, and what is reported of it later.
// Shape: `status` as in msrp_session.h.
void call_out_on_outcome(CallMedia *media, uint64_t row, int status);
void call_out_on_report(CallMedia *media, uint64_t row, int status, bool whole);

// What: whether the peer refused a type, which is not sent again, whatever its description says.
// Source: CHAT-14.
bool call_out_is_refused(const CallMedia *media, const char *top, const char *inner);
