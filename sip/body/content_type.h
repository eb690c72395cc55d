// SPDX-License-Identifier: MIT
// Media types: `type/subtype;name=value` (RFC 2045 5.1).
#pragma once
#include <glib.h>
#include <stdbool.h>

typedef struct ContentTypeParameter {
    char *name;  // owned, lower case
    char *value; // owned, without quotes
} ContentTypeParameter;

typedef struct ContentType {
    char *type;            // owned, lower case; NULL in an empty value
    char *subtype;         // owned, lower case
    GPtrArray *parameters; // owned, of ContentTypeParameter
} ContentType;

// What: reads the value of a Content-Type header.
// Shape: `self` is overwritten without being cleared first; on failure it is left empty.
// Errors: WIRE (grammar), LIMIT (length, number of parameters).
// Source: RFC 2045 5.1
bool content_type_read(ContentType *self, const char *text, GError **error);

// What: frees what the value owns and leaves it empty.
// Shape: an empty value may be cleared again.
void content_type_clear(ContentType *self);

// What: writes the value of a Content-Type header; values are quoted only where the grammar wants
//       it.
// Shape: returned text is owned by the caller; `self` must not be empty.
// Source: RFC 2045 5.1
char *content_type_write(const ContentType *self);

// What: the value of a parameter, or NULL.
// Shape: `name` in lower case; borrowed from `self`.
const char *content_type_find_parameter(const ContentType *self, const char *name);

// What: whether the type is `wanted`, parameters ignored, letters of either case.
// Shape: `wanted` is "type/subtype" or "type/*"; an empty `self` is nothing.
// Source: RFC 2045 5.1 (comparison)
bool content_type_is(const ContentType *self, const char *wanted);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ContentType, content_type_clear)
