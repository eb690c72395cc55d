// SPDX-License-Identifier: MIT
// A writer function for GLib's structured log.
#include "gateway/log.h"

#include <string.h>
#include <unistd.h>

#include <glib.h>

// LIMIT: one line; what a peer sends must not flood a terminal.
#define LINE_OCTETS 2000

static GLogLevelFlags shown = G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING;

static const char *level_name(GLogLevelFlags level)
{
    if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return "error";
    if (level & G_LOG_LEVEL_WARNING)
        return "warning";
    return level & G_LOG_LEVEL_DEBUG ? "debug" : "info";
}

static const char *field_find(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return "";
}

// A line stays one line whatever was put into it.
static void line_append(GString *line, const char *text)
{
    for (const char *c = text; *c != '\0' && line->len < LINE_OCTETS; c++)
        g_string_append_c(line, (unsigned char)*c < ' ' || *c == 0x7f ? ' ' : *c);
}

static GLogWriterOutput on_line(GLogLevelFlags level, const GLogField *fields, gsize count,
                                gpointer data)
{
    if ((level & shown) == 0)
        return G_LOG_WRITER_HANDLED;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%s.%03dZ %s ", time, g_date_time_get_microsecond(now) / 1000,
                    level_name(level));
    line_append(line, field_find(fields, count, "MESSAGE"));
    g_string_append_c(line, '\n');
    if (write(STDERR_FILENO, line->str, line->len) < 0)
        g_string_truncate(line, 0); // nobody to tell it to
    g_string_free(line, TRUE);
    return G_LOG_WRITER_HANDLED;
}

void log_start(const char *level)
{
    shown = G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL;
    if (strcmp(level, "error") != 0)
        shown |= G_LOG_LEVEL_WARNING;
    if (strcmp(level, "info") == 0 || strcmp(level, "debug") == 0)
        shown |= G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO;
    if (strcmp(level, "debug") == 0)
        shown |= G_LOG_LEVEL_DEBUG;
    g_log_set_writer_func(on_line, NULL, NULL);
}

bool log_is_debug(void)
{
    return (shown & G_LOG_LEVEL_DEBUG) != 0;
}
