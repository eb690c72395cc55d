// SPDX-License-Identifier: MIT
// How much of what was said before a device wants to hear; see the header.
#include "xmpp/room_history.h"

#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

static uint64_t number_of(xmpp_stanza_t *history, const char *name, uint64_t otherwise)
{
    const char *text = stanza_attribute(history, name, STANZA_WORD_MAX);
    guint64 number = 0;
    bool is_told = text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, &number, NULL);
    return is_told ? number : otherwise;
}

RoomHistory room_history_read(xmpp_stanza_t *join, int64_t now_ms)
{
    xmpp_stanza_t *history = stanza_child(stanza_child(join, "x", NS_MUC), "history", NULL);
    RoomHistory wish = {.since_ms = -1};
    wish.stanzas = number_of(history, "maxstanzas", G_MAXUINT64);
    wish.chars = number_of(history, "maxchars", G_MAXUINT64);
    wish.since_ms = stanza_stamp_ms(stanza_attribute(history, "since", STANZA_WORD_MAX));
    uint64_t ago_s = number_of(history, "seconds", G_MAXUINT64);
    if (ago_s != G_MAXUINT64)
        wish.since_ms = MAX(wish.since_ms, now_ms - (int64_t)ago_s * 1000);
    return wish;
}

bool room_history_takes(RoomHistory *wish, int64_t stamp_ms, uint64_t chars)
{
    bool is_wanted = wish->stanzas > 0 && stamp_ms >= wish->since_ms && chars <= wish->chars;
    if (!is_wanted)
        wish->stanzas = 0;
    else if (wish->stanzas != G_MAXUINT64)
        wish->stanzas--;
    if (is_wanted && wish->chars != G_MAXUINT64)
        wish->chars -= chars;
    return is_wanted;
}
