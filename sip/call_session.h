// SPDX-License-Identifier: MIT
// What the MSRP session of a call tells it: bound, content, nicknames, its end. One that was lost is made anew by a
// re-INVITE, or the call is given up (RFC 4975 5.4; CHAT-52, MUC-A30, MUC-B18).
#pragma once
#include "sip/call_media.h"

// What: the callbacks of a call's media; their owner is the Call.
// Shape: static.
const CallMediaFuncs *call_session_funcs(void);
