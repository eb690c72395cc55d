// SPDX-License-Identifier: MIT
// A request that was challenged (401, 407) goes once more with the answer: outside every dialog under the same Call-ID and From
// tag with the next CSeq. RFC 3261 8.1.3.5, 22; ERR-04.
#pragma once
#include "sip/gate_core.h"

typedef struct {
    char *value;       // owned, as all here; header value, NULL: nobody has asked
    bool is_for_proxy; // Proxy-Authorization, not Authorization
    char *call_id, *from_tag, *cseq;
} Credentials;

// What: what answers a challenge: the value of its header.
// Shape: owned by the caller; `user` and `password` as below.
// Errors: NULL: it cannot be answered.
// Source: ERR-04; CONF-027.
char *credentials_answer(const GateCore *core, const AgentEvent *refusal, const char *method,
                         const char *uri, const char *user, const char *password);

// What: answers a challenge, once.
// Shape: `user` and `password` are who we are for whoever asks; no password: by the configuration.
// Errors: false: it is none, was answered before, or cannot be.
// Source: ERR-04; CONF-027.
bool credentials_take(Credentials *self, const GateCore *core, const AgentEvent *refusal,
                      const char *method, const char *uri, const char *user, const char *password);

// What: From of the next try.
// Shape: owned by the caller.
char *credentials_from(const Credentials *self, const char *from);

// What: forgets the challenge; the next one is answered again.
void credentials_clear(Credentials *self);

// The tags of the next try: inside a dialog, which has the rest; outside one.
#define CREDENTIALS_TAGS_INSIDE(self)                                                              \
    TAG_IF((self)->value != NULL && !(self)->is_for_proxy,                                         \
           SIPTAG_AUTHORIZATION_STR((self)->value)),                                               \
        TAG_IF((self)->value != NULL && (self)->is_for_proxy,                                      \
               SIPTAG_PROXY_AUTHORIZATION_STR((self)->value))
#define CREDENTIALS_TAGS(self)                                                                     \
    CREDENTIALS_TAGS_INSIDE(self),                                                                 \
        TAG_IF((self)->value != NULL, SIPTAG_CALL_ID_STR((self)->call_id)),                        \
        TAG_IF((self)->value != NULL, SIPTAG_CSEQ_STR((self)->cseq))
