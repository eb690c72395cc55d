// SPDX-License-Identifier: MIT
// Comparing stanzas as XML; see the header.
#include "tests/support/stanza_match.h"

#include <glib.h>
#include <stdbool.h>

static bool differ(char **why, const char *what, const char *expected, const char *actual)
{
    *why = g_strdup_printf("%s: expected %s, got %s", what, expected != NULL ? expected : "none",
                           actual != NULL ? actual : "none");
    return false;
}

static bool value_matches(const char *expected, const char *actual)
{
    return g_strcmp0(expected, actual) == 0 || (g_strcmp0(expected, "*") == 0 && actual != NULL);
}

static bool attributes_match(xmpp_stanza_t *expected, xmpp_stanza_t *actual, char **why)
{
    int count = xmpp_stanza_get_attribute_count(expected);
    int other = xmpp_stanza_get_attribute_count(actual);
    const char *pairs[64];
    int filled = xmpp_stanza_get_attributes(count >= other ? expected : actual, pairs, 64);
    for (int i = 0; i + 1 < filled; i += 2) {
        const char *wanted = xmpp_stanza_get_attribute(expected, pairs[i]);
        const char *found = xmpp_stanza_get_attribute(actual, pairs[i]);
        if (!value_matches(wanted, found))
            return differ(why, pairs[i], wanted, found);
    }
    return true;
}

// Elements and text in turn; text nodes are joined by xmpp_stanza_get_text().
static xmpp_stanza_t *next_tag(xmpp_stanza_t *node)
{
    while (node != NULL && !xmpp_stanza_is_tag(node))
        node = xmpp_stanza_get_next(node);
    return node;
}

static char *own_text(xmpp_stanza_t *element)
{
    GString *text = g_string_new(NULL);
    for (xmpp_stanza_t *node = xmpp_stanza_get_children(element); node != NULL;
         node = xmpp_stanza_get_next(node)) {
        if (xmpp_stanza_is_text(node))
            g_string_append(text, xmpp_stanza_get_text_ptr(node));
    }
    return g_string_free(text, FALSE);
}

static bool elements_match(xmpp_stanza_t *expected, xmpp_stanza_t *actual, char **why)
{
    const char *name = xmpp_stanza_get_name(expected);
    if (g_strcmp0(name, xmpp_stanza_get_name(actual)) != 0)
        return differ(why, "element", name, xmpp_stanza_get_name(actual));
    if (!attributes_match(expected, actual, why))
        return false;
    g_autofree char *wanted = own_text(expected), *found = own_text(actual);
    if (!value_matches(wanted, found))
        return differ(why, name, wanted, found);
    xmpp_stanza_t *left = next_tag(xmpp_stanza_get_children(expected));
    xmpp_stanza_t *right = next_tag(xmpp_stanza_get_children(actual));
    while (left != NULL && right != NULL) {
        if (!elements_match(left, right, why))
            return false;
        left = next_tag(xmpp_stanza_get_next(left));
        right = next_tag(xmpp_stanza_get_next(right));
    }
    if (left == NULL && right == NULL)
        return true;
    return differ(why, "child element", left != NULL ? xmpp_stanza_get_name(left) : NULL,
                  right != NULL ? xmpp_stanza_get_name(right) : NULL);
}

int stanza_match(xmpp_ctx_t *ctx, const char *expected, const char *actual, char **why)
{
    xmpp_stanza_t *left = xmpp_stanza_new_from_string(ctx, expected);
    xmpp_stanza_t *right = xmpp_stanza_new_from_string(ctx, actual);
    bool is_same = false;
    if (left == NULL || right == NULL)
        differ(why, "XML", left != NULL ? "readable" : "unreadable (the test's own)",
               right != NULL ? "readable" : "unreadable");
    else
        is_same = elements_match(left, right, why);
    if (left != NULL)
        xmpp_stanza_release(left);
    if (right != NULL)
        xmpp_stanza_release(right);
    return is_same;
}
