// SPDX-License-Identifier: MIT
// How one Address is spelled on SIP and how a SIP URI reads as an Address: the plain algorithm of
// RFC 7247 6 as decided in ADDR-10..25, and its nested form for foreign domains (ADDR-05). Which form
// and which domain an address gets is decided by mapping/route.h.
#pragma once
#include "mapping/address.h"
#include "mapping/uri.h"

typedef enum {
    SPELLING_AOR,      // without resource: To, presence entities
    SPELLING_INSTANCE, // resource as gr: From of MESSAGE, Contact
} SpellingForm;

// What: the SIP URI of an address.
// Shape: `domain` = the SIP domain it appears under (canonical), NULL = its own; result owned by the
//   caller (g_free); NULL for address NULL.
// Source: ADDR-10..14, 16.
char *spelling_to_uri(const Address *address, const char *domain, SpellingForm form);

// What: the address that a SIP URI names.
// Shape: `domain` = the XMPP domain its domain stands for, NULL = the same; owned by the caller.
// Errors: NULL with the SIP status to answer in `*status` (404: no such address can exist).
// Source: ADDR-20..25, 28.
Address *spelling_from_uri(const Uri *uri, const char *domain, int *status);

// What: the xmpp: URI of an address, as error stanzas name another address.
// Shape: owned by the caller (g_free); NULL for NULL.
// Source: ERR-03; RFC 5122 2.2; RFC 6120 8.3.3.5.
char *spelling_to_xmpp_uri(const Address *address);

// What: the address that an xmpp: URI or IRI names; query, fragment and authority are passed over.
// Shape: owned by the caller; NULL is allowed.
// Errors: NULL when it is none or names no valid JID.
// Source: ERR-02; CONF-014; RFC 5122 2.
Address *spelling_from_xmpp_uri(const char *uri);

// What: the URI, below the gateway's SIP domain, of an XMPP address whose domain is in no pair:
//   juliet@far.example -> sip:juliet%40far.example@gateway.
// Shape: owned by the caller (g_free); NULL for a domain JID.
// Source: ADDR-05.
char *spelling_nest_to_uri(const Address *address, const char *gateway, SpellingForm form);

// What: the address, below the gateway's XMPP domain, of a SIP user whose domain is in no pair:
//   sip:alice@other.example -> alice\40other.example@gateway.
// Errors: as spelling_from_uri(); 404 for a URI without user.
// Source: ADDR-05.
Address *spelling_nest_from_uri(const Uri *uri, const char *gateway, int *status);

// What: the SIP URI inside a nested address: the inverse of spelling_nest_from_uri().
// Shape: owned by the caller (g_free).
// Errors: NULL when nothing is nested in it.
// Source: ADDR-05 (split at the last @).
char *spelling_unnest_to_uri(const Address *address, SpellingForm form);

// What: the XMPP address inside a nested URI: the inverse of spelling_nest_to_uri().
// Errors: as spelling_from_uri(); 404 when nothing is nested in it.
// Source: ADDR-05 (split at the last @).
Address *spelling_unnest_from_uri(const Uri *uri, int *status);
