// SPDX-License-Identifier: MIT
// Side and kind by name, the rest by the list of fields.
#include "mapping/notation.h"

#include <string.h>

void notation_print_event(const Event *event, bool with_secrets, GString *into)
{
    g_string_append_printf(into, "%s %s", side_name(event->side), event_kind_name(event->kind));
    fields_print(&event->f, with_secrets, into);
}

void notation_print_command(const Command *command, bool with_secrets, GString *into)
{
    g_string_append_printf(into, "%s %s", side_name(command->side),
                           command_kind_name(command->kind));
    fields_print(&command->f, with_secrets, into);
}

char *notation_event_text(const Event *event)
{
    GString *text = g_string_new(NULL);
    notation_print_event(event, true, text);
    return g_string_free(text, FALSE);
}

char *notation_command_text(const Command *command)
{
    GString *text = g_string_new(NULL);
    notation_print_command(command, true, text);
    return g_string_free(text, FALSE);
}

// Cuts one word off the front of *at; the caller owns it.
static char *word_cut(const char **at)
{
    *at += strspn(*at, " ");
    size_t length = strcspn(*at, " ");
    char *word = g_strndup(*at, length);
    *at += length;
    return word;
}

static bool side_cut(const char **at, Side *side, char **why)
{
    g_autofree char *word = word_cut(at);
    *side = strcmp(word, side_name(SIDE_SIP)) == 0 ? SIDE_SIP : SIDE_XMPP;
    if (strcmp(word, side_name(*side)) == 0)
        return true;
    *why = g_strdup_printf("'%s' is no side", word);
    return false;
}

typedef const char *(*KindName)(int kind);

static const char *event_name(int kind)
{
    return event_kind_name((EventKind)kind);
}

static const char *command_name(int kind)
{
    return command_kind_name((CommandKind)kind);
}

static bool kind_cut(const char **at, KindName name, int last, int *kind, char **why)
{
    g_autofree char *word = word_cut(at);
    for (*kind = 0; *kind <= last; (*kind)++)
        if (strcmp(word, name(*kind)) == 0)
            return true;
    *why = g_strdup_printf("'%s' is no kind", word);
    return false;
}

Event *notation_parse_event(const char *line, char **why)
{
    Side side;
    int kind;
    if (!side_cut(&line, &side, why) || !kind_cut(&line, event_name, EVENT_CLOSING, &kind, why))
        return NULL;
    g_autoptr(Event) event = event_new((EventKind)kind, side);
    return fields_parse(&event->f, line, why) ? g_steal_pointer(&event) : NULL;
}

Command *notation_parse_command(const char *line, char **why)
{
    Side side;
    int kind;
    if (!side_cut(&line, &side, why) || !kind_cut(&line, command_name, COMMAND_STORE, &kind, why))
        return NULL;
    g_autoptr(Command) command = command_new((CommandKind)kind, side);
    return fields_parse(&command->f, line, why) ? g_steal_pointer(&command) : NULL;
}
