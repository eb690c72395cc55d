// SPDX-License-Identifier: MIT
// The two escapings that meet in an address: backslash codes in a JID's local part (XEP-0106) and
// percent codes in a SIP URI (RFC 3261 19.1.2). The per-character rules are table 2.1 of
// docs/conformance/one-to-one.md. Pure text to text; nothing here knows what a valid address is.
#pragma once
#include <stdbool.h>

// What: plain text as a JID local part: the ten characters and a misleading backslash escaped.
// Shape: owned by the caller (g_free).
// Source: ADDR-24; XEP-0106 4.
char *escape_local(const char *plain);

// What: the plain text of a JID local part, all ten codes undone in one pass.
// Shape: owned by the caller (g_free); other backslashes stay.
// Source: ADDR-11; XEP-0106 4.
char *escape_undo_local(const char *local);

// What: plain text as the user part of a SIP URI.
// Shape: owned by the caller (g_free).
// Source: ADDR-12, ADDR-13; RFC 3261 25.1 (user-unreserved).
char *escape_uri_user(const char *plain);

// What: plain text as the value of a SIP URI parameter.
// Shape: owned by the caller (g_free).
// Source: ADDR-14; RFC 3261 25.1 (paramchar).
char *escape_uri_param(const char *plain);

// What: plain text as a part of an xmpp: URI.
// Shape: owned by the caller (g_free).
// Source: RFC 5122 2.2 (nodeallow, the smaller of its sets).
char *escape_xmpp_uri(const char *plain);

// What: text with every percent code undone once.
// Shape: owned by the caller (g_free); a percent sign without two hex digits stays.
// Errors: NULL when the result is not UTF-8 or has a control character.
// Source: ADDR-21, ADDR-22.
char *escape_undo_percent(const char *text);

// What: whether a text may stand as the user part of a SIP URI just as it is.
// Source: RFC 3261 25.1 (user).
bool escape_is_uri_user(const char *text);
