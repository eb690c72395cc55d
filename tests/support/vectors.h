// SPDX-License-Identifier: MIT
// The vectors of tests/vectors/*.json, handed to a test one by one.
#pragma once
#include <json-glib/json-glib.h>

typedef void (*VectorsFunc)(const char *id, JsonObject *in, JsonObject *out);

// What: calls `each` for every vector of the given kind in tests/vectors/`file`.
// Shape: members `in` and `out` are borrowed for the call; a file that cannot be read ends the test.
// Errors: returns how many there were; a caller asserts that number, so that no vector is lost unseen.
int vectors_each(const char *file, const char *kind, VectorsFunc each);

typedef void (*VectorsCaseFunc)(JsonNode *in, JsonNode *out);

// What: calls `each` for every case of the pure vector `id` (GV-001..030) in vectors-groupchat.json.
// Shape: the nodes are borrowed for the call.
// Errors: returns how many there were; a caller asserts that number.
int vectors_each_case(const char *id, VectorsCaseFunc each);

// What: loads a whole JSON file below the source root.
// Shape: returned parser is owned by the caller (g_object_unref).
JsonParser *vectors_load(const char *path_below_root);

// What: a string member, or NULL when it is absent or null.
const char *vectors_text(JsonObject *object, const char *member);
