// SPDX-License-Identifier: MIT
// Receipts and markers; see the header.
#include "xmpp/receipt.h"

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

// What a client may say, and what of it we say ourselves: the first of its kind.
// COMPAT(XEP-0333 before 1.0): markers `received` and `acknowledged`, which clients still send.
static const struct {
    const char *name;
    const char *ns;
    How how;
} WORDS[] = {
    {"displayed", NS_CHAT_MARKERS, HOW_DISPLAYED},
    {"acknowledged", NS_CHAT_MARKERS, HOW_DISPLAYED},
    {"received", NS_RECEIPTS, HOW_DELIVERED},
    {"received", NS_CHAT_MARKERS, HOW_DELIVERED},
};

bool receipt_read(xmpp_stanza_t *stanza, Fields *fields)
{
    for (size_t i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        xmpp_stanza_t *word = stanza_child(stanza, WORDS[i].name, WORDS[i].ns);
        const char *id = stanza_attribute(word, "id", STANZA_ID_MAX);
        if (id == NULL)
            continue;
        fields_set_text(&fields->id, id);
        fields->how = WORDS[i].how;
        return true;
    }
    return false;
}

// A receipt is of the type and in the thread of its message; what was said inside a session is chat.
xmpp_stanza_t *receipt_write(Wire *wire, const Fields *fields, const char *id)
{
    if (fields->from == NULL || fields->to == NULL)
        return NULL;
    const char *type = g_strcmp0(fields->type, "normal") != 0 ? fields->type : NULL;
    xmpp_stanza_t *stanza = stanza_new(wire_ctx(wire), "message", address_jid(fields->from),
                                       address_jid(fields->to), type, id);
    stanza_add_text(stanza, "thread", NULL, fields->thread);
    for (size_t i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        if (WORDS[i].how != fields->how)
            continue;
        stanza_set(stanza_add(stanza, WORDS[i].name, WORDS[i].ns), "id", fields->id);
        break;
    }
    return stanza;
}
