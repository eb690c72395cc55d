// SPDX-License-Identifier: MIT
// What the value of a key may look like, one reader for each type: it fills one typed place from the text, or says
// why not. All keys: docs/configuration.md.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// What: such a reader.
// Shape: `into` is the place, of the type named at each; what stood there before is freed. `why` is owned by the
//   caller and set when it is false.
typedef bool (*ConfigValueRead)(const char *value, void *into, char **why);

// What: a text that is not empty; a domain name; on or off.
// Shape: into char *, owned; char *, owned; bool.
bool config_value_text(const char *value, void *into, char **why);
bool config_value_domain(const char *value, void *into, char **why);
bool config_value_flag(const char *value, void *into, char **why);

// What: users or rooms; a level of the log.
// Shape: into ConfigKind; char *, owned.
bool config_value_kind(const char *value, void *into, char **why);
bool config_value_level(const char *value, void *into, char **why);

// What: IP:PORT; the same behind a transport; several of those; numeric addresses.
// Shape: into Endpoint *, owned, twice; GPtrArray * of Endpoint, of char *, to which they are added.
bool config_value_endpoint(const char *value, void *into, char **why);
bool config_value_route(const char *value, void *into, char **why);
bool config_value_listens(const char *value, void *into, char **why);
bool config_value_addresses(const char *value, void *into, char **why);

// What: what stands in the file of that path; the path of a file that can be read now.
// Shape: into char *, owned.
bool config_value_secret_file(const char *value, void *into, char **why);
bool config_value_file(const char *value, void *into, char **why);

// What: a duration: a number with ms, s, m or h, a bare number is milliseconds; a number.
// Shape: into int64_t.
bool config_value_duration(const char *value, void *into, char **why);
bool config_value_number(const char *value, void *into, char **why);

// What: a text of SETTINGS_TEXT_SIZE octets, empty only where that is the default; the index of one of the words,
//   between which stands `|`.
bool config_value_short_text(const char *value, char *into, char **why);
bool config_value_choice(const char *value, const char *words, int *into, char **why);
