// SPDX-License-Identifier: MIT
// application/resource-lists+xml as a list of recipients: whom an INVITE to a conference factory or a REFER names, and
// the history that those who are invited get. RFC 4826 3, RFC 5364, RFC 5366.
#pragma once
#include <glib.h>
#include <stdbool.h>

#define RESOURCE_LISTS_TYPE "application/resource-lists+xml"

typedef enum {
    RESOURCE_LISTS_TO,
    RESOURCE_LISTS_CC,
    RESOURCE_LISTS_BCC, // also without the attribute
} ResourceListsCopy;

typedef struct {
    char *uri; // owned
    ResourceListsCopy copy;
    bool is_anonymous;
} ResourceListsEntry;

// What: the entries of the lists at the top, each URI once, in the order in which they first stand, with the copy
//   control that shows most.
// Shape: owned by the caller (g_ptr_array_unref), of ResourceListsEntry. Lists in lists and references are left out.
// Errors: NULL: WIRE (no such document), LIMIT (its size, the number of entries).
// Source: CONF-009; RFC 5364 4.
GPtrArray *resource_lists_read(GBytes *bytes, GError **error);

// What: the document of what those who are invited may know of each other: to and cc, then anonymous ones counted.
// Shape: owned by the caller.
// Errors: NULL: nothing to tell: one person only, or nobody to be seen; or it would be too long.
// Source: CONF-011; RFC 5364 4.
GBytes *resource_lists_write_history(const GPtrArray *entries);
