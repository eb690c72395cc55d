// SPDX-License-Identifier: MIT
// Route: which domain lives on which side, and how an address is spelled on SIP because of that.
// Filled from the configuration, then asked only. Domains in any spelling go in; they are compared
// canonically (ADDR-02). Every SIP domain stands for exactly one XMPP domain and the reverse.
// What a route learns while being asked is only how SIP users spell themselves (ADDR-17).
#pragma once
#include "mapping/address.h"
#include "mapping/failure.h"

typedef struct Route Route;

typedef enum {
    ROUTE_USERS,
    ROUTE_ROOMS,
} RouteDomainKind;

typedef enum {
    ROUTE_NOWHERE,   // its domain is in no pair
    ROUTE_GATEWAY,   // a served domain itself, no user of it: speaks to the gateway, never across
    ROUTE_XMPP_USER, // lives on XMPP
    ROUTE_XMPP_ROOM, // lives on XMPP: with a resource an occupant of a MUC room
    ROUTE_SIP_USER,  // lives on SIP, shown to XMPP by a component
    ROUTE_SIP_ROOM,  // lives on SIP, shown to XMPP by a component
} RouteKind;

// What: a route that knows no domain.
// Shape: owned by the caller (route_free).
Route *route_new(void);
void route_free(Route *route);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Route, route_free)

// What: a component domain we serve on XMPP, for users or rooms that live on SIP below `sip_domain`.
// Errors: false when a name is no domain or is taken.
// Source: ADDR-02.
bool route_add_component(Route *route, const char *name, RouteDomainKind kind,
                         const char *sip_domain);

// What: a domain that lives on XMPP (rooms: a MUC service), shown to SIP as `sip_domain`.
// Errors: false when a name is no domain or is taken.
// Source: ADDR-02.
bool route_add_xmpp_domain(Route *route, const char *name, RouteDomainKind kind,
                           const char *sip_domain);

// What: an explicit pair of bare JID and URI, consulted before any algorithm.
// Errors: false when one is malformed or names a domain only, or one is in another alias already.
// Source: ADDR-04.
bool route_add_alias(Route *route, const char *jid, const char *uri);

// What: switches foreign mode on: SIP users of unknown domains appear nested in the component domain
//   `component`, XMPP users of unknown domains nested in the SIP domain `sip_domain`.
// Errors: false when a name is no domain or is taken.
// Source: ADDR-05.
bool route_set_foreign(Route *route, const char *component, const char *sip_domain);

// What: the XMPP domain of phone numbers, and the context of local ones (NULL: no local numbers).
// Shape: a context "+1555" is put before local numbers, a domain name is not.
// Errors: false when `domain` is no domain.
// Source: ADDR-26; RFC 3966 5.1.5.
bool route_set_phone(Route *route, const char *domain, const char *context);

// What: lets anonymous senders in: they appear as the user `anonymous` of this component domain.
// Errors: false when `component` is no domain.
// Source: ADDR-31 (allow_anonymous).
bool route_set_anonymous(Route *route, const char *component);

// What: where an address lives.
// Shape: NULL lives nowhere.
// Source: ADDR-02, 03, 05, 10.
RouteKind route_side_of(const Route *route, const Address *address);

// What: the address that a SIP URI names.
// Shape: `is_target`: Request-URI, To or Refer-To, otherwise a sender; owned by the caller; `reason`
//   and `status` may be NULL.
// Errors: NULL with the reason and the SIP status to answer: 400 malformed, 404 no such address,
//   414 too long, 416 scheme, 433 sender without address; of scheme sips: 403 a room, 480 (Warning
//   380) another target.
// Source: ADDR-03..05, 17, 20..31; SEC-01, CONF-006.
Address *route_from_uri(const Route *route, const char *uri, bool is_target, FailureReason *reason,
                        int *status);

// What: the URI of an address, a resource (device, occupant's nick) as gr.
// Shape: owned by the caller (g_free).
// Errors: NULL when it lives nowhere (towards XMPP: remote-server-not-found) or is a domain.
// Source: ADDR-03..05, 10..17; occ(n) in section 0 of the groupchat matrix.
char *route_to_uri(const Route *route, const Address *address);

// What: the URI of an address without gr: its address of record.
// Shape, Errors, Source: as route_to_uri().
char *route_to_aor(const Route *route, const Address *address);
