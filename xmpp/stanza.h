// SPDX-License-Identifier: MIT
// Reading and building of stanzas within bounds. Everything read is bounded here; everything
// written is made legal XML 1.0 in UTF-8 here: one bad character would end the stream for all users
// of a component (docs/library-facts.md A4). Sources: XML 1.0 2.2; RFC 6120 8, 11.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <strophe.h>

// LIMIT: a JID has at most 3071 octets (RFC 7622 3.1), an id or thread has no bound of its own.
enum {
    STANZA_JID_MAX = 3071,
    STANZA_ID_MAX = 1023,
    STANZA_WORD_MAX = 255,  // attributes with few values
    STANZA_LINE_MAX = 4096, // subjects, reasons, nicknames
};

static inline void stanza_free(xmpp_stanza_t *stanza)
{
    if (stanza != NULL)
        xmpp_stanza_release(stanza);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmpp_stanza_t, stanza_free)

// What: a text with every octet sequence that is no character of XML 1.0 replaced by U+FFFD.
// Shape: owned by the caller (g_free); NULL for NULL.
// Source: XML 1.0 2.2; IM-25; SEC-07.
char *stanza_clean(const char *text);

// What: an attribute.
// Shape: borrowed; NULL when it is absent, empty or longer than `max` octets.
const char *stanza_attribute(xmpp_stanza_t *element, const char *name, size_t max);

// What: the language tag of an element itself; libstrophe calls xml:lang `lang`.
// Shape: borrowed; NULL when it is absent or no language tag by its characters.
// Source: RFC 6120 8.1.5; RFC 5646 2.1 (characters).
const char *stanza_lang(xmpp_stanza_t *element);

// What: the first child element of this name and namespace; `ns` NULL = the namespace of `parent`.
// Shape: borrowed; NULL when `parent` is NULL or has none among its first STANZA_CHILDREN_MAX
//   children.
xmpp_stanza_t *stanza_child(xmpp_stanza_t *parent, const char *name, const char *ns);

// What: the same for any name in a namespace.
xmpp_stanza_t *stanza_child_in(xmpp_stanza_t *parent, const char *ns);

// What: calls `each` for each child element, at most STANZA_CHILDREN_MAX, until it answers false.
void stanza_each_child(xmpp_stanza_t *parent, bool (*each)(void *self, xmpp_stanza_t *child),
                       void *self);
// LIMIT: libstrophe keeps children as a list and appends by walking it; nobody walks further than
// this.
enum { STANZA_CHILDREN_MAX = 256 };

// What: whether an element has this name and this namespace (NULL = that of `parent`).
bool stanza_is(xmpp_stanza_t *element, const char *name, const char *ns, xmpp_stanza_t *parent);

// What: the character data directly inside an element.
// Shape: owned by the caller; NULL when `element` is NULL, there is none, or it has over `max`
//   octets.
char *stanza_text(xmpp_stanza_t *element, size_t max);

// What: a stanza with its addresses; type and id may be NULL.
// Shape: owned by the caller.
// Source: XEP-0114 3 (from and to on every stanza).
xmpp_stanza_t *stanza_new(xmpp_ctx_t *ctx, const char *name, const char *from, const char *to,
                          const char *type, const char *id);

// What: appends a child element; `ns` NULL = inherited.
// Shape: borrowed from `parent`.
xmpp_stanza_t *stanza_add(xmpp_stanza_t *parent, const char *name, const char *ns);

// What: appends a child element with text.
// Shape: borrowed from `parent`; NULL and nothing appended when `text` is NULL.
xmpp_stanza_t *stanza_add_text(xmpp_stanza_t *parent, const char *name, const char *ns,
                               const char *text);

// What: sets an attribute; a NULL value is not set.
void stanza_set(xmpp_stanza_t *element, const char *name, const char *value);

// What: the element as XML.
// Shape: owned by the caller (g_free), `octets` (may be NULL) receives the length.
char *stanza_to_text(xmpp_stanza_t *stanza, size_t *octets);

// What: the domain of a JID text: between the first `@` before any `/`, and that `/`.
// Shape: owned by the caller; never NULL, maybe empty.
// Source: RFC 7622 3.1.
char *stanza_domain_of(const char *jid);

// What: a date and time of XEP-0082 as RFC 3339 in UTC with seconds, "2026-01-02T03:04:05Z".
// Shape: owned by the caller.
// Errors: NULL for NULL and for what is no date and time with zone.
char *stanza_stamp(const char *text);

// What: milliseconds since 1970 of such a text.
// Errors: -1 as above.
int64_t stanza_stamp_ms(const char *text);

// What: that text for milliseconds since 1970.
// Shape: owned by the caller.
char *stanza_stamp_from_ms(int64_t ms);
