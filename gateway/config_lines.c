// SPDX-License-Identifier: MIT
// A scan of a key file for the lines of its keys.
#include "gateway/config_lines.h"

#include <string.h>

#include "gateway/gateway_error.h"

struct ConfigLines {
    char *path;         // owned
    GHashTable *places; // owned: "section\nkey" => line number; key "" is the section itself
    char *where;        // owned: last answer of config_lines_where()
};

static char *place_name(const char *section, const char *key)
{
    return g_strdup_printf("%s\n%s", section, key != NULL ? key : "");
}

void config_lines_free(ConfigLines *lines)
{
    if (lines == NULL)
        return;
    g_free(lines->path);
    g_hash_table_unref(lines->places);
    g_free(lines->where);
    g_free(lines);
}

static guint line_of(const ConfigLines *lines, const char *section, const char *key)
{
    g_autofree char *place = place_name(section, key);
    return GPOINTER_TO_UINT(g_hash_table_lookup(lines->places, place));
}

bool config_lines_has(const ConfigLines *lines, const char *section, const char *key)
{
    return line_of(lines, section, key) != 0;
}

const char *config_lines_where(ConfigLines *lines, const char *section, const char *key)
{
    guint line = line_of(lines, section, key);
    if (line == 0)
        line = line_of(lines, section, NULL);
    g_autofree char *number = line != 0 ? g_strdup_printf(":%u", line) : g_strdup("");
    g_free(lines->where);
    lines->where = g_strdup_printf("%s%s: [%s]%s%s", lines->path, number, section,
                                   key != NULL ? " " : "", key != NULL ? key : "");
    return lines->where;
}

bool config_lines_fail(ConfigLines *lines, const char *section, const char *key, const char *why,
                       GError **error)
{
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_CONFIG, "%s: %s",
                config_lines_where(lines, section, key), why);
    return false;
}

// Notes one section or key; a second one of the same name is an error.
static bool place_add(ConfigLines *lines, const char *section, const char *key, guint line,
                      GError **error)
{
    guint first = line_of(lines, section, key);
    if (first == 0) {
        g_hash_table_insert(lines->places, place_name(section, key), GUINT_TO_POINTER(line));
        return true;
    }
    g_set_error(error, GATEWAY_ERROR, GATEWAY_ERROR_CONFIG,
                "%s:%u: [%s]%s%s: given twice, first in line %u", lines->path, line, section,
                key != NULL ? " " : "", key != NULL ? key : "", first);
    return false;
}

static bool line_scan(ConfigLines *lines, char *line, guint number, char **section, GError **error)
{
    g_strstrip(line);
    if (line[0] == '\0' || line[0] == '#')
        return true;
    char *end = strchr(line, ']');
    if (line[0] == '[' && end != NULL) {
        g_free(*section);
        *section = g_strndup(line + 1, (gsize)(end - line - 1));
        return place_add(lines, *section, NULL, number, error);
    }
    char *equals = strchr(line, '=');
    if (equals == NULL || *section == NULL)
        return true; // GKeyFile complains of these itself
    g_autofree char *key = g_strndup(line, (gsize)(equals - line));
    return place_add(lines, *section, g_strchomp(key), number, error);
}

ConfigLines *config_lines_scan(const char *path, const char *text, GError **error)
{
    g_autoptr(ConfigLines) lines = g_new0(ConfigLines, 1);
    lines->path = g_strdup(path);
    lines->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    g_autofree char *section = NULL;
    for (guint i = 0; all[i] != NULL; i++)
        if (!line_scan(lines, all[i], i + 1, &section, error))
            return NULL;
    return g_steal_pointer(&lines);
}
