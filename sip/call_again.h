// SPDX-License-Identifier: MIT
// Whether a request that was refused may be sent once more, and what has to be different: who we are, where to, how
// long a session, how much in the body (RFC 3261 8.1.3; ERR-04).
#pragma once
#include "sip/call.h"

// What: whether the next request may follow at once; the invitation is what it has to be then.
// Errors: false, and where a 3xx points that is not followed is noted in the end of the call.
// Source: ERR-04; RFC 4028 7.3; RFC 3261 8.1.3.4, 8.1.3.5; SEC-02.
bool call_again_may_follow(Call *call, const AgentEvent *refusal);

// What: answers a challenge to a request in the dialog, once: the next request says who we are.
// Shape: any other final answer forgets it.
// Errors: false: it is none, was answered before, or cannot be.
// Source: ERR-04, CONF-027; RFC 3261 22.
bool call_again_may_go(Call *call, const AgentEvent *answer, const char *method);

// What: whether the description was refused, perhaps for its TLS only, and there is one without.
// Source: SEC-02.
bool call_again_may_fall_back(Call *call, int status);
