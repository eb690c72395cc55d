// SPDX-License-Identifier: MIT
// A table from text to value that never holds more than so many: whoever was not asked for the
// longest time is forgotten first. For what is worth remembering about strangers, who can be many.
#pragma once
#include <glib.h>

typedef struct Recent Recent;

// What: an empty table for at most `limit` values.
// Shape: owned by the caller (recent_free); `limit` >= 1; `free_value` frees a forgotten value.
Recent *recent_new(size_t limit, GDestroyNotify free_value);
void recent_free(Recent *recent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recent, recent_free)

// What: the value kept under `key`, which counts as used now.
// Shape: borrowed until the next recent_put(); NULL when there is none.
gpointer recent_find(Recent *recent, const char *key);

// What: keeps `value` under `key`, in place of an earlier one.
// Shape: takes `value`, copies `key`; forgets the longest unused when the table is full.
void recent_put(Recent *recent, const char *key, gpointer value);

// What: forgets one value; nothing under that key is fine.
void recent_remove(Recent *recent, const char *key);

// What: visits all values, most recently used first.
// Shape: the table may not be changed meanwhile; `key` is borrowed.
void recent_each(const Recent *recent, void (*visit)(const char *key, gpointer value, gpointer data),
                 gpointer data);

// What: how many values are kept.
size_t recent_count(const Recent *recent);
