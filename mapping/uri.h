// SPDX-License-Identifier: MIT
// A SIP, im, pres or tel URI taken apart, as far as an identity needs it (RFC 3261 19.1, RFC 3860,
// RFC 3859, RFC 3966, RFC 5627 3). Syntax only: who lives where is told by mapping/route.h.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct {
    char *user;          // owned: decoded user part or phone number; NULL = the URI names a domain
    char *spelled_user;  // owned: the user part octet by octet as it was; NULL as `user`
    char *domain;        // owned: canonical (address_prepare_domain); NULL for tel:
    char *instance;      // owned: decoded value of gr; NULL when absent or empty
    char *phone_context; // owned: NULL when absent
    bool is_phone;       // tel:, or user=phone: `user` is a number freed of visual separators
    bool is_secure;      // sips:
} Uri;

// What: takes a URI apart.
// Shape: `uri` is filled only on success; clear it with uri_clear().
// Errors: false with the SIP status to answer in `*status`: 400 syntax, bad UTF-8 or a control,
//   404 no usable host name, 414 longer than 8192 octets, 416 scheme not served.
// Source: ADDR-20, 21, 22, 26, 28, 30.
bool uri_parse(Uri *uri, const char *text, int *status);

// What: frees what a filled Uri owns.
void uri_clear(Uri *uri);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Uri, uri_clear)

// What: writes a sip: URI.
// Shape: `user` encoded already, NULL = none; `domain` canonical, written in A-labels; `instance`
//   plain, NULL = no gr; result owned by the caller (g_free).
// Source: ADDR-02, 14, 16; RFC 5627 3.1.
char *uri_print(const char *user, const char *domain, const char *instance);
