// SPDX-License-Identifier: MIT
// Failure to and from the error element of stanzas; see the header.
#include "xmpp/stanza_error.h"

#include "mapping/spelling.h"
#include "xmpp/namespaces.h"

// LIMIT: the text of an error, which becomes a reason phrase or a line of log.
enum { ERROR_TEXT_MAX = 1024 };

static bool find_condition(void *self, xmpp_stanza_t *child)
{
    xmpp_stanza_t **found = self;
    if (g_strcmp0(xmpp_stanza_get_ns(child), NS_STANZA_ERRORS) != 0 ||
        g_strcmp0(xmpp_stanza_get_name(child), "text") == 0)
        return true;
    *found = child;
    return false;
}

static Address *target_read(xmpp_stanza_t *condition)
{
    g_autofree char *uri = stanza_text(condition, 3 * STANZA_JID_MAX);
    return uri != NULL ? spelling_from_xmpp_uri(uri) : NULL;
}

void stanza_error_read(xmpp_stanza_t *stanza, StanzaError *error)
{
    xmpp_stanza_t *element = stanza_child(stanza, "error", NULL);
    xmpp_stanza_t *condition = NULL;
    stanza_each_child(element, find_condition, &condition);
    *error = (StanzaError){0};
    error->text = stanza_text(stanza_child(element, "text", NS_STANZA_ERRORS), ERROR_TEXT_MAX);
    error->reason =
        failure_from_error(condition != NULL ? xmpp_stanza_get_name(condition) : NULL,
                           stanza_attribute(element, "type", STANZA_WORD_MAX), error->text);
    if (error->reason == FAILURE_GONE || error->reason == FAILURE_REDIRECT)
        error->target = target_read(condition);
}

void stanza_error_clear(StanzaError *error)
{
    g_clear_pointer(&error->text, g_free);
    g_clear_pointer(&error->target, address_unref);
}

void stanza_error_add(xmpp_stanza_t *stanza, FailureReason reason, const char *text,
                      const Address *target)
{
    xmpp_stanza_t *error = stanza_add(stanza, "error", NULL);
    stanza_set(error, "type", failure_type(reason));
    bool moves = reason == FAILURE_GONE || reason == FAILURE_REDIRECT;
    g_autofree char *uri = moves && target != NULL ? spelling_to_xmpp_uri(target) : NULL;
    if (uri != NULL)
        stanza_add_text(error, failure_name(reason), NS_STANZA_ERRORS, uri);
    else
        stanza_add(error, failure_name(reason), NS_STANZA_ERRORS);
    xmpp_stanza_t *words = stanza_add_text(error, "text", NS_STANZA_ERRORS, text);
    if (words != NULL)
        stanza_set(words, "xml:lang", "en");
}

xmpp_stanza_t *stanza_error_reply(xmpp_stanza_t *stanza, FailureReason reason, const char *text)
{
    const char *type = xmpp_stanza_get_type(stanza);
    if (g_strcmp0(type, "error") == 0 || g_strcmp0(type, "result") == 0)
        return NULL;
    xmpp_stanza_t *reply = stanza_new(xmpp_stanza_get_context(stanza), xmpp_stanza_get_name(stanza),
                                      xmpp_stanza_get_to(stanza), xmpp_stanza_get_from(stanza),
                                      "error", stanza_attribute(stanza, "id", STANZA_ID_MAX));
    stanza_error_add(reply, reason, text, NULL);
    return reply;
}
