// SPDX-License-Identifier: MIT
// Reading and building of stanzas within bounds; see the header.
#include "xmpp/stanza.h"

#include <string.h>

// LIMIT: a language tag; RFC 5646 4.4.1 asks for at least 35.
enum { LANG_MAX = 64 };
// LIMIT: text nodes of one element; expat cuts text at line ends and entities.
enum { TEXT_NODES_MAX = 65536 };

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; // U+FFFD

// Octets of the XML character at `at`, 0 when there is none.
static size_t character_octets(const char *at)
{
    unsigned char first = (unsigned char)*at;
    if (first < 0x80)
        return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
    gunichar c = g_utf8_get_char_validated(at, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2 || c == 0xFFFE || c == 0xFFFF)
        return 0;
    return (size_t)g_unichar_to_utf8(c, NULL);
}

static size_t legal_prefix(const char *text)
{
    size_t octets = 0;
    while (text[octets] != '\0') {
        size_t step = character_octets(text + octets);
        if (step == 0)
            break;
        octets += step;
    }
    return octets;
}

char *stanza_clean(const char *text)
{
    if (text == NULL)
        return NULL;
    size_t legal = legal_prefix(text);
    if (text[legal] == '\0')
        return g_strndup(text, legal);
    GString *out = g_string_sized_new(legal + 64);
    while (*text != '\0') {
        legal = legal_prefix(text);
        g_string_append_len(out, text, (gssize)legal);
        text += legal;
        if (*text == '\0')
            break;
        g_string_append(out, REPLACEMENT);
        // A character that is whole but illegal is one replacement; of a broken one each octet is.
        gunichar c = g_utf8_get_char_validated(text, -1);
        text += c == (gunichar)-1 || c == (gunichar)-2 ? 1 : g_unichar_to_utf8(c, NULL);
    }
    return g_string_free(out, FALSE);
}

const char *stanza_attribute(xmpp_stanza_t *element, const char *name, size_t max)
{
    const char *value = element != NULL ? xmpp_stanza_get_attribute(element, name) : NULL;
    if (value == NULL || *value == '\0' || strnlen(value, max + 1) > max)
        return NULL;
    return value;
}

const char *stanza_lang(xmpp_stanza_t *element)
{
    const char *lang = stanza_attribute(element, "lang", LANG_MAX);
    for (const char *at = lang; at != NULL && *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && *at != '-')
            return NULL;
    }
    return lang;
}

bool stanza_is(xmpp_stanza_t *element, const char *name, const char *ns, xmpp_stanza_t *parent)
{
    if (!xmpp_stanza_is_tag(element) || g_strcmp0(xmpp_stanza_get_name(element), name) != 0)
        return false;
    const char *wanted = ns != NULL ? ns : xmpp_stanza_get_ns(parent);
    return g_strcmp0(xmpp_stanza_get_ns(element), wanted) == 0;
}

void stanza_each_child(xmpp_stanza_t *parent, bool (*each)(void *self, xmpp_stanza_t *child),
                       void *self)
{
    xmpp_stanza_t *child = parent != NULL ? xmpp_stanza_get_children(parent) : NULL;
    for (int seen = 0; child != NULL && seen < STANZA_CHILDREN_MAX; seen++) {
        if (xmpp_stanza_is_tag(child) && !each(self, child))
            return;
        child = xmpp_stanza_get_next(child);
    }
}

typedef struct {
    const char *name; // NULL = any
    const char *ns;
    xmpp_stanza_t *parent;
    xmpp_stanza_t *found;
} Search;

static bool search_child(void *self, xmpp_stanza_t *child)
{
    Search *search = self;
    bool is_it = search->name != NULL ? stanza_is(child, search->name, search->ns, search->parent)
                                      : g_strcmp0(xmpp_stanza_get_ns(child), search->ns) == 0;
    if (is_it)
        search->found = child;
    return !is_it;
}

xmpp_stanza_t *stanza_child(xmpp_stanza_t *parent, const char *name, const char *ns)
{
    Search search = {.name = name, .ns = ns, .parent = parent};
    stanza_each_child(parent, search_child, &search);
    return search.found;
}

xmpp_stanza_t *stanza_child_in(xmpp_stanza_t *parent, const char *ns)
{
    Search search = {.ns = ns, .parent = parent};
    stanza_each_child(parent, search_child, &search);
    return search.found;
}

char *stanza_text(xmpp_stanza_t *element, size_t max)
{
    xmpp_stanza_t *node = element != NULL ? xmpp_stanza_get_children(element) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (int seen = 0; node != NULL && seen < TEXT_NODES_MAX; seen++) {
        const char *part = xmpp_stanza_is_text(node) ? xmpp_stanza_get_text_ptr(node) : NULL;
        if (part != NULL)
            g_string_append(text, part);
        if (text->len > max)
            return NULL;
        node = xmpp_stanza_get_next(node);
    }
    if (text->len == 0 || node != NULL)
        return NULL;
    return g_string_free(g_steal_pointer(&text), FALSE);
}

xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *from, const char *to,
                          const char *type, const char *id)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new(ctx);
    xmpp_stanza_set_name(stanza, name);
    stanza_set(stanza, "from", from);
    stanza_set(stanza, "to", to);
    stanza_set(stanza, "type", type);
    stanza_set(stanza, "id", id);
    return stanza;
}

xmpp_stanza_t *stanza_add(xmpp_stanza_t *parent, const char *name, const char *ns)
{
    xmpp_stanza_t *child = xmpp_stanza_new(xmpp_stanza_get_context(parent));
    xmpp_stanza_set_name(child, name);
    if (ns != NULL)
        xmpp_stanza_set_ns(child, ns);
    xmpp_stanza_add_child_ex(parent, child, 0);
    return child;
}

xmpp_stanza_t *stanza_add_text(xmpp_stanza_t *parent, const char *name, const char *ns,
                               const char *text)
{
    if (text == NULL)
        return NULL;
    xmpp_stanza_t *child = stanza_add(parent, name, ns);
    xmpp_stanza_t *node = xmpp_stanza_new(xmpp_stanza_get_context(parent));
    g_autofree char *clean = stanza_clean(text);
    xmpp_stanza_set_text(node, clean);
    xmpp_stanza_add_child_ex(child, node, 0);
    return child;
}

void stanza_set(xmpp_stanza_t *element, const char *name, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *clean = stanza_clean(value);
    xmpp_stanza_set_attribute(element, name, clean);
}

char *stanza_to_text(xmpp_stanza_t *stanza, size_t *octets)
{
    char *text = NULL;
    size_t length = 0;
    xmpp_stanza_to_text(stanza, &text, &length);
    char *copy = g_strndup(text, length);
    xmpp_free(xmpp_stanza_get_context(stanza), text);
    if (octets != NULL)
        *octets = length;
    return copy;
}

char *stanza_domain_of(const char *jid)
{
    size_t end = strcspn(jid, "/");
    const char *at = memchr(jid, '@', end);
    const char *start = at != NULL ? at + 1 : jid;
    return g_strndup(start, (size_t)(jid + end - start));
}

int64_t stanza_stamp_ms(const char *text)
{
    g_autoptr(GDateTime) at = text != NULL ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    if (at == NULL)
        return -1;
    return g_date_time_to_unix(at) * 1000 + g_date_time_get_microsecond(at) / 1000;
}

char *stanza_stamp_from_ms(int64_t ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(ms / 1000);
    return at != NULL ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

char *stanza_stamp(const char *text)
{
    int64_t ms = stanza_stamp_ms(text);
    return ms < 0 ? NULL : stanza_stamp_from_ms(ms);
}
