// SPDX-License-Identifier: MIT
// Who we are for SIP proxies that ask (401, 407): a user and a password for each realm of the
// configuration. RFC 3261 22; one-to-one row ERR-04.
#pragma once
#include <stdbool.h>

#include <glib.h>

struct sip_s;

typedef struct Realms Realms;

// What: no realm at all.
// Shape: owned by the caller (realms_free).
Realms *realms_new(void);
void realms_free(Realms *self);

// What: adds one; all three are copied.
void realms_add(Realms *self, const char *realm, const char *user, const char *password);

// What: adds the realms that a challenge names, whatever they are.
// Source: CONF-027.
void realms_add_challenger(Realms *self, int status, const struct sip_s *answer, const char *user,
                           const char *password);

// What: the value of Authorization (after 401) or Proxy-Authorization (after 407) for a request to
//   be sent once more.
// Shape: owned by the caller (g_free).
// Errors: NULL when the answer is no challenge, one of its realms is unknown or another than the
//   others, or its algorithm is neither MD5 nor SHA-256.
// Source: ERR-04; RFC 3261 22.2; RFC 7616 3.4.
char *realms_authorize(const Realms *self, int status, const struct sip_s *answer,
                       const char *method, const char *uri);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Realms, realms_free)
