// SPDX-License-Identifier: MIT
// JID to SIP URI and back for one address, plain and nested; order of steps as ADDR-23 demands:
// fold first, escape last, so that no escape code can be forged by folding.
#include "mapping/spelling.h"

#include "mapping/escape.h"
#include "mapping/precis.h"

#include <string.h>

enum {
    SPELLING_URI_MAX = 8192, // LIMIT: as a SIP URI (mapping/uri.c)
};

static Address *refuse(int *status, int with)
{
    *status = with;
    return NULL;
}

char *spelling_to_uri(const Address *address, const char *domain, SpellingForm form)
{
    if (address == NULL)
        return NULL;
    const char *local = address_local(address);
    g_autofree char *plain = local != NULL ? escape_undo_local(local) : NULL;
    g_autofree char *user = plain != NULL ? escape_uri_user(plain) : NULL;
    return uri_print(user, domain != NULL ? domain : address_domain(address),
                     form == SPELLING_INSTANCE ? address_resource(address) : NULL);
}

// The address of plain text parts; every part that cannot be one is "no such user".
static Address *address_of_plain(const char *user, const char *domain, const char *resource,
                                 int *status)
{
    g_autofree char *folded = precis_fold(user);
    g_autofree char *local = folded != NULL ? escape_local(folded) : NULL;
    Address *address = local != NULL ? address_from_parts(local, domain, resource) : NULL;
    return address != NULL ? address : refuse(status, 404);
}

Address *spelling_from_uri(const Uri *uri, const char *domain, int *status)
{
    const char *host = domain != NULL ? domain : uri->domain;
    if (host == NULL)
        return refuse(status, 404); // tel: without a domain for it (ADDR-26)
    if (uri->user == NULL)
        return address_from_parts(NULL, host, NULL);
    return address_of_plain(uri->user, host, uri->instance, status);
}

char *spelling_to_xmpp_uri(const Address *address)
{
    if (address == NULL)
        return NULL;
    const char *const parts[] = {address_local(address), address_resource(address)};
    g_autofree char *local = parts[0] != NULL ? escape_xmpp_uri(parts[0]) : NULL;
    g_autofree char *resource = parts[1] != NULL ? escape_xmpp_uri(parts[1]) : NULL;
    g_autofree char *domain = g_hostname_to_ascii(address_domain(address));
    return g_strdup_printf("xmpp:%s%s%s%s%s", local != NULL ? local : "", local != NULL ? "@" : "",
                           domain, resource != NULL ? "/" : "", resource != NULL ? resource : "");
}

Address *spelling_from_xmpp_uri(const char *uri)
{
    if (uri == NULL || strlen(uri) > SPELLING_URI_MAX || g_ascii_strncasecmp(uri, "xmpp:", 5) != 0)
        return NULL;
    const char *path = uri + 5;
    if (g_str_has_prefix(path, "//")) {
        const char *end = strchr(path + 2, '/');
        path = end != NULL ? end + 1 : "";
    }
    g_autofree char *encoded = g_strndup(path, strcspn(path, "?#"));
    // Cut before decoding: an encoded slash or at sign belongs to its part.
    char *slash = strchr(encoded, '/');
    if (slash != NULL)
        *slash++ = '\0';
    char *at = strchr(encoded, '@');
    if (at != NULL)
        *at++ = '\0';
    g_autofree char *local = at != NULL ? escape_undo_percent(encoded) : NULL;
    g_autofree char *domain = escape_undo_percent(at != NULL ? at : encoded);
    g_autofree char *resource = slash != NULL ? escape_undo_percent(slash) : NULL;
    bool is_text = (at == NULL || local != NULL) && domain != NULL &&
                   (slash == NULL || resource != NULL);
    return is_text ? address_from_parts(local, domain, resource) : NULL;
}

char *spelling_nest_to_uri(const Address *address, const char *gateway, SpellingForm form)
{
    if (address_local(address) == NULL)
        return NULL;
    g_autofree char *plain = escape_undo_local(address_local(address));
    g_autofree char *domain = g_hostname_to_ascii(address_domain(address));
    g_autofree char *inner = g_strdup_printf("%s@%s", plain, domain);
    g_autofree char *user = escape_uri_user(inner);
    return uri_print(user, gateway, form == SPELLING_INSTANCE ? address_resource(address) : NULL);
}

Address *spelling_nest_from_uri(const Uri *uri, const char *gateway, int *status)
{
    if (uri->user == NULL || uri->domain == NULL)
        return refuse(status, 404);
    g_autofree char *inner = g_strdup_printf("%s@%s", uri->user, uri->domain);
    return address_of_plain(inner, gateway, uri->instance, status);
}

// Cuts "user@domain" at its last '@'; the domain, canonical, is owned by the caller. NULL: no such.
static char *split_inner(char *inner)
{
    char *at = strrchr(inner, '@');
    if (at == NULL || at == inner)
        return NULL;
    *at = '\0';
    return address_prepare_domain(at + 1);
}

char *spelling_unnest_to_uri(const Address *address, SpellingForm form)
{
    if (address_local(address) == NULL)
        return NULL;
    g_autofree char *inner = escape_undo_local(address_local(address));
    g_autofree char *domain = split_inner(inner);
    g_autofree char *user = domain != NULL ? escape_uri_user(inner) : NULL;
    if (user == NULL)
        return NULL;
    return uri_print(user, domain, form == SPELLING_INSTANCE ? address_resource(address) : NULL);
}

Address *spelling_unnest_from_uri(const Uri *uri, int *status)
{
    g_autofree char *inner = g_strdup(uri->user != NULL ? uri->user : "");
    g_autofree char *domain = split_inner(inner);
    return domain != NULL ? address_of_plain(inner, domain, uri->instance, status)
                          : refuse(status, 404);
}
