// SPDX-License-Identifier: MIT
// Domain pairs, aliases and the memory of spellings; the algorithm itself is mapping/spelling.c.
#include "mapping/route.h"

#include "mapping/escape.h"
#include "mapping/precis.h"
#include "mapping/recent.h"
#include "mapping/spelling.h"

#include <string.h>

enum {
    ROUTE_SPELLINGS_MAX = 10000, // LIMIT: remembered SIP users, the longest unused is forgotten
};

static const char ROUTE_ANONYMOUS_DOMAIN[] = "anonymous.invalid"; // RFC 3323 4.1.1.3

typedef struct {
    char *xmpp; // owned: canonical domain on XMPP
    char *sip;  // owned: canonical domain on SIP
    RouteKind kind;
} RoutePair;

typedef struct {
    Address *address; // owned: bare
    char *uri;        // owned: without gr
} RouteAlias;

typedef struct {
    char *aor;           // owned: as the user spells it
    bool is_told_of;     // that another one differs by spelling only
} RouteSpelling;

struct Route {
    GHashTable *by_xmpp;     // owned: pair->xmpp -> RoutePair, owned here
    GHashTable *by_sip;      // owned: pair->sip -> RoutePair, borrowed from by_xmpp
    GHashTable *alias_by_jid; // owned: bare JID -> RouteAlias, owned here
    GHashTable *alias_by_uri; // owned: key of uri_key(), owned -> RouteAlias, borrowed
    char *foreign_component; // owned: NULL = foreign mode off
    char *foreign_sip;       // owned: NULL = foreign mode off
    char *phone_domain;      // owned: NULL = none
    char *phone_context;     // owned: NULL = no local numbers
    char *anonymous_domain;  // owned: where anonymous senders appear, NULL = refused
    Recent *spellings;       // owned: bare JID -> RouteSpelling
};

static void pair_free(gpointer data)
{
    RoutePair *pair = data;
    g_free(pair->xmpp);
    g_free(pair->sip);
    g_free(pair);
}

static void alias_free(gpointer data)
{
    RouteAlias *alias = data;
    address_unref(alias->address);
    g_free(alias->uri);
    g_free(alias);
}

static void spelling_free(gpointer data)
{
    RouteSpelling *spelling = data;
    g_free(spelling->aor);
    g_free(spelling);
}

Route *route_new(void)
{
    Route *route = g_new0(Route, 1);
    route->by_xmpp = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pair_free);
    route->by_sip = g_hash_table_new(g_str_hash, g_str_equal);
    route->alias_by_jid = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, alias_free);
    route->alias_by_uri = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    route->spellings = recent_new(ROUTE_SPELLINGS_MAX, spelling_free);
    return route;
}

void route_free(Route *route)
{
    if (route == NULL)
        return;
    g_hash_table_unref(route->by_sip);
    g_hash_table_unref(route->by_xmpp);
    g_hash_table_unref(route->alias_by_uri);
    g_hash_table_unref(route->alias_by_jid);
    g_free(route->foreign_component);
    g_free(route->foreign_sip);
    g_free(route->phone_domain);
    g_free(route->phone_context);
    g_free(route->anonymous_domain);
    recent_free(route->spellings);
    g_free(route);
}

// --- filling -------------------------------------------------------------------------------------

static bool is_xmpp_name_taken(const Route *route, const char *name)
{
    return g_hash_table_contains(route->by_xmpp, name) ||
           g_strcmp0(route->foreign_component, name) == 0;
}

static bool is_sip_name_taken(const Route *route, const char *name)
{
    return g_hash_table_contains(route->by_sip, name) || g_strcmp0(route->foreign_sip, name) == 0;
}

static bool add_pair(Route *route, const char *name, const char *sip_domain, RouteKind kind)
{
    g_autofree char *xmpp = address_prepare_domain(name);
    g_autofree char *sip = address_prepare_domain(sip_domain);
    if (xmpp == NULL || sip == NULL || is_xmpp_name_taken(route, xmpp) ||
        is_sip_name_taken(route, sip))
        return false;
    RoutePair *pair = g_new(RoutePair, 1);
    *pair = (RoutePair){g_steal_pointer(&xmpp), g_steal_pointer(&sip), kind};
    g_hash_table_insert(route->by_xmpp, pair->xmpp, pair);
    g_hash_table_insert(route->by_sip, pair->sip, pair);
    return true;
}

bool route_add_component(Route *route, const char *name, RouteDomainKind kind,
                         const char *sip_domain)
{
    return add_pair(route, name, sip_domain, kind == ROUTE_ROOMS ? ROUTE_SIP_ROOM : ROUTE_SIP_USER);
}

bool route_add_xmpp_domain(Route *route, const char *name, RouteDomainKind kind,
                           const char *sip_domain)
{
    return add_pair(route, name, sip_domain,
                    kind == ROUTE_ROOMS ? ROUTE_XMPP_ROOM : ROUTE_XMPP_USER);
}

// What two spellings of a URI have in common: folded user and canonical domain. NULL: not mappable.
static char *uri_key(const Uri *uri)
{
    g_autofree char *user = uri->user != NULL ? precis_fold(uri->user) : NULL;
    if (user == NULL || uri->domain == NULL)
        return NULL;
    return g_strconcat(user, "@", uri->domain, NULL);
}

bool route_add_alias(Route *route, const char *jid, const char *uri)
{
    int status;
    g_auto(Uri) parts = {0};
    g_autoptr(Address) address = address_from_jid(jid);
    if (address_local(address) == NULL || address_resource(address) != NULL ||
        !uri_parse(&parts, uri, &status) || parts.is_secure || parts.instance != NULL)
        return false;
    g_autofree char *key = uri_key(&parts);
    if (key == NULL || !escape_is_uri_user(parts.spelled_user) ||
        g_hash_table_contains(route->alias_by_jid, address_jid(address)) ||
        g_hash_table_contains(route->alias_by_uri, key))
        return false;
    RouteAlias *alias = g_new(RouteAlias, 1);
    *alias = (RouteAlias){g_steal_pointer(&address),
                          uri_print(parts.spelled_user, parts.domain, NULL)};
    g_hash_table_insert(route->alias_by_jid, (gpointer)address_jid(alias->address), alias);
    g_hash_table_insert(route->alias_by_uri, g_steal_pointer(&key), alias);
    return true;
}

bool route_set_foreign(Route *route, const char *component, const char *sip_domain)
{
    g_autofree char *xmpp = address_prepare_domain(component);
    g_autofree char *sip = address_prepare_domain(sip_domain);
    if (xmpp == NULL || sip == NULL || is_xmpp_name_taken(route, xmpp) ||
        is_sip_name_taken(route, sip))
        return false;
    g_free(route->foreign_component);
    g_free(route->foreign_sip);
    route->foreign_component = g_steal_pointer(&xmpp);
    route->foreign_sip = g_steal_pointer(&sip);
    return true;
}

bool route_set_phone(Route *route, const char *domain, const char *context)
{
    g_autofree char *xmpp = address_prepare_domain(domain);
    if (xmpp == NULL)
        return false;
    g_free(route->phone_domain);
    g_free(route->phone_context);
    route->phone_domain = g_steal_pointer(&xmpp);
    route->phone_context = g_strdup(context);
    return true;
}

bool route_set_anonymous(Route *route, const char *component)
{
    g_autofree char *xmpp = address_prepare_domain(component);
    if (xmpp == NULL)
        return false;
    g_free(route->anonymous_domain);
    route->anonymous_domain = g_steal_pointer(&xmpp);
    return true;
}

// --- asking --------------------------------------------------------------------------------------

static const RouteAlias *find_alias(const Route *route, const Address *address)
{
    return address != NULL ? g_hash_table_lookup(route->alias_by_jid, address_bare(address)) : NULL;
}

static bool is_nesting_component(const Route *route, const Address *address)
{
    return route->foreign_component != NULL &&
           strcmp(address_domain(address), route->foreign_component) == 0;
}

// The SIP URI nested in an address of the foreign component. A user of a known domain is not nested:
// it would get a second identity.
static char *nested_uri(const Route *route, const Address *address, SpellingForm form)
{
    int status;
    g_auto(Uri) parts = {0};
    g_autofree char *uri = spelling_unnest_to_uri(address, form);
    if (uri == NULL || !uri_parse(&parts, uri, &status) || is_sip_name_taken(route, parts.domain))
        return NULL;
    return g_steal_pointer(&uri);
}

RouteKind route_side_of(const Route *route, const Address *address)
{
    if (address == NULL)
        return ROUTE_NOWHERE;
    const RoutePair *pair = g_hash_table_lookup(route->by_xmpp, address_domain(address));
    if (pair != NULL)
        return address_local(address) != NULL ? pair->kind : ROUTE_GATEWAY;
    if (is_nesting_component(route, address)) {
        g_autofree char *uri = nested_uri(route, address, SPELLING_AOR);
        if (address_local(address) == NULL)
            return ROUTE_GATEWAY;
        return uri != NULL ? ROUTE_SIP_USER : ROUTE_NOWHERE;
    }
    bool is_known = route->foreign_component != NULL || find_alias(route, address) != NULL;
    return is_known && address_local(address) != NULL ? ROUTE_XMPP_USER : ROUTE_NOWHERE;
}

// ADDR-26: a number becomes a user of the phone domain, a local one only with a context for it.
static Address *address_of_phone(const Route *route, Uri *uri, int *status)
{
    *status = 404;
    if (uri->user[0] != '+') {
        bool is_same = uri->phone_context == NULL ||
                       g_strcmp0(uri->phone_context, route->phone_context) == 0;
        if (route->phone_context == NULL || !is_same)
            return NULL;
        char *prefix = route->phone_context[0] == '+' ? route->phone_context : "";
        char *number = g_strconcat(prefix, uri->user, NULL);
        g_free(uri->user);
        uri->user = number;
    }
    return spelling_from_uri(uri, route->phone_domain, status);
}

// ADDR-31: there is no way to answer such a sender.
static Address *address_of_anonymous(const Route *route, bool is_target, int *status)
{
    *status = is_target ? 404 : 433;
    if (is_target || route->anonymous_domain == NULL)
        return NULL;
    return address_from_parts("anonymous", route->anonymous_domain, NULL);
}

static Address *address_of_alias(const RouteAlias *alias, const Uri *uri, int *status)
{
    *status = 404;
    return address_with_resource(alias->address, uri->instance);
}

// Takes `address` when its domain is in no pair, since only such ones are nested.
static Address *unless_paired(const Route *route, Address *address, int *status)
{
    if (address == NULL || !is_xmpp_name_taken(route, address_domain(address)))
        return address;
    address_unref(address);
    *status = 404;
    return NULL;
}

static bool is_room(RouteKind kind)
{
    return kind == ROUTE_XMPP_ROOM || kind == ROUTE_SIP_ROOM;
}

static Address *address_of_uri(const Route *route, Uri *uri, bool is_target, int *status)
{
    g_autofree char *key = uri_key(uri);
    const RouteAlias *alias = key != NULL ? g_hash_table_lookup(route->alias_by_uri, key) : NULL;
    const RoutePair *pair =
        uri->domain != NULL ? g_hash_table_lookup(route->by_sip, uri->domain) : NULL;
    if (uri->is_secure && is_target) {
        *status = pair != NULL && is_room(pair->kind) ? 403 : 480; // CONF-006, SEC-01
        return NULL;
    }
    if (g_strcmp0(uri->domain, ROUTE_ANONYMOUS_DOMAIN) == 0)
        return address_of_anonymous(route, is_target, status);
    if (alias != NULL)
        return address_of_alias(alias, uri, status);
    if (uri->is_phone && route->phone_domain != NULL)
        return address_of_phone(route, uri, status);
    if (pair != NULL)
        return spelling_from_uri(uri, pair->xmpp, status);
    *status = 404;
    if (route->foreign_sip == NULL || uri->domain == NULL)
        return NULL;
    if (strcmp(uri->domain, route->foreign_sip) == 0)
        return unless_paired(route, spelling_unnest_from_uri(uri, status), status);
    return spelling_nest_from_uri(uri, route->foreign_component, status);
}

// ADDR-17. A user is known by its first spelling: SIP may tell users apart that we cannot.
static void remember_spelling(const Route *route, const Address *address, const Uri *uri)
{
    if (route_side_of(route, address) != ROUTE_SIP_USER || find_alias(route, address) != NULL ||
        uri->domain == NULL || !escape_is_uri_user(uri->spelled_user))
        return;
    g_autofree char *aor = uri_print(uri->spelled_user, uri->domain, NULL);
    RouteSpelling *known = recent_find(route->spellings, address_bare(address));
    if (known == NULL) {
        known = g_new(RouteSpelling, 1);
        *known = (RouteSpelling){g_steal_pointer(&aor), false};
        recent_put(route->spellings, address_bare(address), known);
    } else if (strcmp(known->aor, aor) != 0 && !known->is_told_of) {
        known->is_told_of = true;
        g_info("side=sip two spellings of one user, the first is used: %s", address_bare(address));
    }
}

Address *route_from_uri(const Route *route, const char *uri, bool is_target, FailureReason *reason,
                        int *status)
{
    int refusal = 400;
    g_auto(Uri) parts = {0};
    Address *address = NULL;
    if (uri_parse(&parts, uri, &refusal))
        address = address_of_uri(route, &parts, is_target, &refusal);
    if (address != NULL && !is_target)
        remember_spelling(route, address, &parts);
    if (status != NULL)
        *status = address != NULL ? 0 : refusal;
    if (reason != NULL)
        *reason = address != NULL ? FAILURE_NONE : failure_from_status(refusal, false);
    return address;
}

static char *with_instance(const char *aor, const Address *address, SpellingForm form)
{
    if (form == SPELLING_AOR || address_resource(address) == NULL)
        return g_strdup(aor);
    g_autofree char *value = escape_uri_param(address_resource(address));
    return g_strconcat(aor, ";gr=", value, NULL);
}

static char *uri_of(const Route *route, const Address *address, SpellingForm form)
{
    if (address_local(address) == NULL)
        return NULL;
    const RouteAlias *alias = find_alias(route, address);
    if (alias != NULL)
        return with_instance(alias->uri, address, form);
    const RouteSpelling *known = recent_find(route->spellings, address_bare(address));
    if (known != NULL)
        return with_instance(known->aor, address, form);
    const RoutePair *pair = g_hash_table_lookup(route->by_xmpp, address_domain(address));
    if (pair != NULL)
        return spelling_to_uri(address, pair->sip, form);
    if (is_nesting_component(route, address))
        return nested_uri(route, address, form);
    return route->foreign_sip != NULL ? spelling_nest_to_uri(address, route->foreign_sip, form)
                                      : NULL;
}

char *route_to_uri(const Route *route, const Address *address)
{
    return uri_of(route, address, SPELLING_INSTANCE);
}

char *route_to_aor(const Route *route, const Address *address)
{
    return uri_of(route, address, SPELLING_AOR);
}
