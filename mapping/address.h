// SPDX-License-Identifier: MIT
// Address: the immutable identity of a user, room or domain, shared by reference.
// It is kept as its canonical JID (RFC 7622): local part lower-cased, NFC and *escaped* (XEP-0106),
// domain lower-cased, U-labels, no final dot; resource verbatim. The escaped form is the exact one: it
// is what stanzas carry (so reading and writing them costs nothing) and what compares octet by octet,
// and unescaping it for a SIP URI is one pass (mapping/spelling.h); the other way round
// `a\5cb` and `a\b` could not be told apart.
// NULL is "no address": reading functions answer NULL, comparisons take NULL as equal to NULL only.
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct Address Address; // shared; g_rc_box, one allocation

// What: one more, one less reference.
// Shape: NULL is allowed; ref returns its argument.
Address *address_ref(const Address *address);
void address_unref(Address *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Address, address_unref)

// What: the address which a JID text names, made canonical.
// Shape: owned by the caller (address_unref); NULL is allowed.
// Errors: NULL when it is not a valid JID: a part empty or over 1023 octets, not UTF-8, a local part
//   outside IdentifierClass or with a forbidden character or an escaped space at an end, a domain
//   that is no host name, controls anywhere.
// Source: RFC 7622 3.1-3.4, ADDR-10, ADDR-25; XEP-0106 4.
Address *address_from_jid(const char *jid);

// What: the address made of its parts.
// Shape: `local` (escaped form) and `resource` may be NULL: no such part; owned by the caller.
// Errors: as address_from_jid().
// Source: RFC 7622 3.1.
Address *address_from_parts(const char *local, const char *domain, const char *resource);

// What: a domain name made canonical: lower case, U-labels, no final dot.
// Shape: owned by the caller (g_free).
// Errors: NULL when it is no host name: empty, over 1023 octets, bad characters, a label over 63.
// Source: ADDR-02; RFC 7622 3.2.
char *address_prepare_domain(const char *text);

// What: the whole JID, the JID without resource, and the parts.
// Shape: borrowed, live as long as the address; NULL for an absent part and for address NULL.
// Source: RFC 7622 3.1.
const char *address_jid(const Address *address);
const char *address_bare(const Address *address);
const char *address_local(const Address *address);
const char *address_domain(const Address *address);
const char *address_resource(const Address *address);

// What: the same address without resource.
// Shape: owned by the caller; NULL for NULL.
Address *address_to_bare(const Address *address);

// What: the same address with this resource (an occupant: with this nick); NULL = without.
// Shape: owned by the caller.
// Errors: NULL for address NULL and when the resource is empty, too long, not UTF-8 or has controls.
// Source: RFC 7622 3.4.
Address *address_with_resource(const Address *address, const char *resource);

// What: same identity; same identity apart from the resource.
// Shape: two NULLs are equal.
bool address_equal(const Address *a, const Address *b);
bool address_equal_bare(const Address *a, const Address *b);

// What: hash of the whole JID, for tables keyed by address.
// Shape: 0 for NULL.
guint address_hash(const Address *address);
