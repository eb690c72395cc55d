// SPDX-License-Identifier: MIT
// Our outstanding IQ requests, each with a deadline. (libstrophe's own id handlers never expire.)
// Source: RFC 6120 8.2.3.
#pragma once
#include "xmpp/wire.h"

typedef struct Iq Iq;

// The answer: a result or an error; NULL = none in time, or the link went down.
// Shape: borrowed for the call; `token` is what was given with the request.
typedef void (*IqAnswer)(void *self, uint64_t token, xmpp_stanza_t *answer);

// What: no requests yet.
// Shape: owned by the caller; `wire` is borrowed and outlives it. Freeing calls nobody.
Iq *iq_new(Wire *wire);
void iq_free(Iq *iq);

// What: an IQ of type get with one empty child.
// Shape: borrowed child in `query` (may be NULL); owned by the caller.
xmpp_stanza_t *iq_get(Wire *wire, const char *from, const char *to, const char *name,
                      const char *ns, xmpp_stanza_t **query);

// What: sends a request under a fresh id and has its answer told, once.
// Shape: `owned` is released; `self` outlives the request.
// Errors: false when it was not sent; nobody is called then.
bool iq_request(Iq *iq, xmpp_stanza_t *owned, int64_t within_ms, IqAnswer answer, void *self,
                uint64_t token);

// What: takes an IQ of type result or error.
// Errors: false when nobody asked for it, or someone else was asked.
bool iq_on_answer(Iq *iq, xmpp_stanza_t *stanza);

// What: forgets every request of `self` without a word: it is about to be gone.
void iq_forget(Iq *iq, void *self);

// What: tells every request from this domain that there will be no answer.
void iq_on_link_down(Iq *iq, const char *domain);
