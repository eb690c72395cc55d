// SPDX-License-Identifier: MIT
// What a SUBSCRIBE says of what its sender wants to be told: in which type, for how long, and over what. RFC 6665
// 4.1.2; CONF-012, ROSTER-019.
#pragma once
#include <stdbool.h>

#include <sofia-sip/sip.h>

// What: whether he takes documents of the type `wanted`, of `application/`.
// Source: RFC 3261 20.1; without Accept the package has its own.
bool subscribe_request_accepts(const sip_t *sip, const char *wanted);

// What: for how many seconds, `most_s` at most and when he does not say.
// Source: RFC 6665 4.2.1.1.
unsigned long subscribe_request_expires(const sip_t *sip, unsigned long most_s);

// What: whether our requests to him go over a stream, as far as his tells.
// Source: ROSTER-019.
bool subscribe_request_is_by_stream(const sip_t *sip);
