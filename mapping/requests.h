// SPDX-License-Identifier: MIT
// SIP requests of page mode that were taken lately: whoever repeats one gets the answer of the
// first, and its text never goes a second time. The SIP library knows its transactions again only
// while they last: over TCP that ends with the answer, in a proxy that is restarted, or in us.
// Source: RFC 3261 8.2.2.2, 17.2.3; IM-24.
#pragma once
#include "mapping/refusal.h"

typedef struct Requests Requests;

// What: none taken yet.
// Shape: owned by the caller.
Requests *requests_new(void);
void requests_free(Requests *requests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Requests, requests_free)

// What: answers a request that was taken before: at once when the first one was answered, else when
//   it is.
// Errors: false when the request is new, or was answered longer ago than a transaction lives.
bool requests_repeat(Turn *turn, const Event *event);

// What: a request was taken; its answer is open.
// Shape: without a key (`request`) nothing is noted.
void requests_open(Turn *turn, const Fields *asked);

// What: it was answered, yes (NULL) or no: so are those who repeated it meanwhile, and will be from
//   now on.
// Shape: `asked` is what requests_open() got.
void requests_end(Turn *turn, const Fields *asked, const Refusal *refusal);

// What: one that an earlier run has answered so long ago.
// Shape: the text of the refusal is borrowed for good.
void requests_restore(Turn *turn, const char *request, const Refusal *refusal, int64_t age_ms);
