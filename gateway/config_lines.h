// SPDX-License-Identifier: MIT
// Where each key of a key file stands. GKeyFile knows no lines and lets a second key win silently; this
// scan of the same text mends both.
#pragma once
#include <stdbool.h>

#include <glib.h>

typedef struct ConfigLines ConfigLines;

// What: finds the line of each section and key.
// Shape: returned value owned by the caller; `path` is only for messages.
// Errors: NULL with GATEWAY_ERROR_CONFIG for a section or key given twice.
ConfigLines *config_lines_scan(const char *path, const char *text, GError **error);

// What: frees the value; NULL is allowed.
void config_lines_free(ConfigLines *lines);

// What: true when the file has this key.
bool config_lines_has(const ConfigLines *lines, const char *section, const char *key);

// What: `FILE:LINE: [SECTION] KEY`, as far as each is known.
// Shape: borrowed, valid until the next call; `key` may be NULL.
const char *config_lines_where(ConfigLines *lines, const char *section, const char *key);

// What: sets GATEWAY_ERROR_CONFIG with that place and a sentence.
// Shape: returns false always.
bool config_lines_fail(ConfigLines *lines, const char *section, const char *key, const char *why,
                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfigLines, config_lines_free)
