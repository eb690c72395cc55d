// SPDX-License-Identifier: MIT
// The canonical JID in one reference counted block: the whole text, the bare text, the local part.
// Sources: RFC 7622 3; XEP-0106 4; ADDR-02, ADDR-10, ADDR-25.
#include "mapping/address.h"

#include "mapping/precis.h"

#include <string.h>

enum {
    ADDRESS_PART_MAX = 1023, // LIMIT: octets of each part, RFC 7622 3.2-3.4
    ADDRESS_LABEL_MAX = 63,  // LIMIT: octets of a domain label, RFC 1035 2.3.4
};

struct Address {
    guint hash;           // of the whole text
    const char *bare;     // borrowed (own block): in `text` when there is no resource
    const char *local;    // borrowed (own block): NULL for a domain
    const char *domain;   // borrowed (own block): end of `bare`
    const char *resource; // borrowed (own block): end of `text`, or NULL
    char text[];          // whole JID, then what is not at an end of it: bare JID, local part
};

Address *address_ref(const Address *address)
{
    return address != NULL ? g_rc_box_acquire((gpointer)address) : NULL;
}

void address_unref(Address *address)
{
    if (address != NULL)
        g_rc_box_release(address);
}

// Copies `parts` one after the other to `at`; returns the octet behind the final NUL.
static char *put(char *at, const char *const parts[])
{
    for (size_t i = 0; parts[i] != NULL; i++)
        at = g_stpcpy(at, parts[i]);
    return at + 1;
}

static Address *address_assemble(const char *local, const char *domain, const char *resource)
{
    const char *user = local != NULL ? local : "", *at = local != NULL ? "@" : "";
    const char *name = resource != NULL ? resource : "", *slash = resource != NULL ? "/" : "";
    size_t bare_length = strlen(user) + strlen(at) + strlen(domain);
    size_t room = 2 * bare_length + strlen(slash) + strlen(name) + strlen(user) + 3;
    Address *address = g_rc_box_alloc(sizeof *address + room);
    char *next = put(address->text, (const char *[]){user, at, domain, slash, name, NULL});
    address->resource = resource != NULL ? next - 1 - strlen(name) : NULL;
    address->bare = resource != NULL ? next : address->text;
    if (resource != NULL)
        next = put(next, (const char *[]){user, at, domain, NULL});
    address->domain = address->bare + bare_length - strlen(domain);
    address->local = local != NULL ? next : NULL;
    if (local != NULL)
        put(next, (const char *[]){user, NULL});
    address->hash = g_str_hash(address->text);
    return address;
}

static bool has_valid_size(const char *part)
{
    size_t length = strlen(part);
    return length > 0 && length <= ADDRESS_PART_MAX;
}

static bool is_resource(const char *text)
{
    return has_valid_size(text) && g_utf8_validate(text, -1, NULL) && !precis_has_control(text);
}

static char *prepare_local(const char *text)
{
    g_autofree char *local = precis_fold(text);
    if (local == NULL || !has_valid_size(local) || !precis_is_identifier(local) ||
        strpbrk(local, "\"&'/:<>@") != NULL || g_str_has_prefix(local, "\\20") ||
        g_str_has_suffix(local, "\\20"))
        return NULL;
    return g_steal_pointer(&local);
}

// Letters, digits, hyphen and the underscore that deployed names have; labels of 1 to 63 octets.
static bool is_host_name(const char *text)
{
    size_t label = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (!g_ascii_isalnum(*p) && strchr("-_.", *p) == NULL)
            return false;
        if (*p == '.' && label == 0)
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > ADDRESS_LABEL_MAX)
            return false;
    }
    return label > 0;
}

static bool is_ipv6_literal(const char *text)
{
    size_t length = strlen(text);
    return length > 4 && length <= 48 && text[0] == '[' && text[length - 1] == ']' &&
           strspn(text + 1, "0123456789abcdef:.") == length - 2;
}

// A name no label of which means another one in Unicode.
static bool is_plain(const char *name)
{
    return g_str_is_ascii(name) && strstr(name, "xn--") == NULL;
}

// The name with its labels in Unicode, or NULL.
static char *to_u_labels(const char *folded)
{
    g_autofree char *ascii = g_hostname_to_ascii(folded);
    if (ascii == NULL || !is_host_name(ascii))
        return NULL;
    // An A-label that does not come back from its U-label could hide another name (RFC 5891 5.4).
    g_autofree char *unicode = g_hostname_to_unicode(ascii);
    g_autofree char *again = unicode != NULL ? g_hostname_to_ascii(unicode) : NULL;
    return g_strcmp0(again, ascii) == 0 ? g_steal_pointer(&unicode) : NULL;
}

char *address_prepare_domain(const char *text)
{
    if (strlen(text) > ADDRESS_PART_MAX)
        return NULL;
    g_autofree char *folded = precis_fold(text);
    size_t length = folded != NULL ? strlen(folded) : 0;
    if (length == 0)
        return NULL;
    if (folded[length - 1] == '.')
        folded[length - 1] = '\0';
    if (is_ipv6_literal(folded))
        return g_steal_pointer(&folded);
    if (!is_plain(folded))
        return to_u_labels(folded);
    return is_host_name(folded) ? g_steal_pointer(&folded) : NULL;
}

Address *address_from_parts(const char *local, const char *domain, const char *resource)
{
    g_autofree char *user = local != NULL ? prepare_local(local) : NULL;
    g_autofree char *host = address_prepare_domain(domain);
    if ((local != NULL && user == NULL) || host == NULL ||
        (resource != NULL && !is_resource(resource)))
        return NULL;
    return address_assemble(user, host, resource);
}

Address *address_from_jid(const char *jid)
{
    if (jid == NULL || strlen(jid) > 3 * ADDRESS_PART_MAX + 2)
        return NULL;
    const char *slash = strchr(jid, '/');
    g_autofree char *bare = slash != NULL ? g_strndup(jid, (gsize)(slash - jid)) : g_strdup(jid);
    char *at = strchr(bare, '@');
    if (at == NULL)
        return address_from_parts(NULL, bare, slash != NULL ? slash + 1 : NULL);
    *at = '\0';
    return address_from_parts(bare, at + 1, slash != NULL ? slash + 1 : NULL);
}

const char *address_jid(const Address *address)
{
    return address != NULL ? address->text : NULL;
}

const char *address_bare(const Address *address)
{
    return address != NULL ? address->bare : NULL;
}

const char *address_local(const Address *address)
{
    return address != NULL ? address->local : NULL;
}

const char *address_domain(const Address *address)
{
    return address != NULL ? address->domain : NULL;
}

const char *address_resource(const Address *address)
{
    return address != NULL ? address->resource : NULL;
}

Address *address_to_bare(const Address *address)
{
    return address_with_resource(address, NULL);
}

Address *address_with_resource(const Address *address, const char *resource)
{
    if (address == NULL || (resource != NULL && !is_resource(resource)))
        return NULL;
    if (g_strcmp0(address->resource, resource) == 0)
        return address_ref(address);
    return address_assemble(address->local, address->domain, resource);
}

bool address_equal(const Address *a, const Address *b)
{
    return g_strcmp0(address_jid(a), address_jid(b)) == 0;
}

bool address_equal_bare(const Address *a, const Address *b)
{
    return g_strcmp0(address_bare(a), address_bare(b)) == 0;
}

guint address_hash(const Address *address)
{
    return address != NULL ? address->hash : 0;
}
