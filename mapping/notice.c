// SPDX-License-Identifier: MIT
// Words and way of a notice.
#include "mapping/notice.h"

#include "mapping/journal.h"
#include "mapping/page.h"

enum { NOTICE_QUOTE_MAX = 60 }; // LIMIT: characters quoted, so that a notice always fits page mode

static char *quote_of(const char *body)
{
    bool is_long = g_utf8_strlen(body, -1) > NOTICE_QUOTE_MAX;
    g_autofree char *start = is_long ? g_utf8_substring(body, 0, NOTICE_QUOTE_MAX) : g_strdup(body);
    g_strdelimit(start, "\r\n\t", ' ');
    g_strchomp(start);
    return g_strdup_printf(" \"%s%s\"", start, is_long ? "..." : "");
}

char *notice_text(const char *body, const Refusal *refusal)
{
    g_autofree char *quote = body != NULL ? quote_of(body) : g_strdup("");
    if (refusal->reason == FAILURE_REMOTE_SERVER_TIMEOUT)
        return g_strdup_printf("It is not known whether your message%s has arrived.", quote);
    return g_strdup_printf("Your message%s was not delivered: %s.", quote,
                           failure_name(refusal->reason));
}

// A headline: its own failure is told to nobody (IM-16).
void notice_tell(Turn *turn, Session *session, Address *from, Address *to, const char *text)
{
    Line *notice = lines_new_to_sip(from, to, turn->now_ms);
    fields_set_text(&notice->f.type, "headline");
    notice->f.own = true;
    fields_set_text(&notice->f.body, text);
    journal_admit(turn, session, notice);
    page_send(turn, notice);
}

void notice_send(Turn *turn, const Line *line, const Refusal *refusal)
{
    if (line->f.from == NULL || line->f.to == NULL)
        return;
    g_autofree char *text = notice_text(line->f.body, refusal);
    bool is_device = line->session->device != NULL; // a dialog of his in a room is no address of his
    g_autoptr(Address) author = is_device ? address_to_bare(line->f.from) : address_ref(line->f.from);
    notice_tell(turn, line->session, line->f.to, author, text);
}
