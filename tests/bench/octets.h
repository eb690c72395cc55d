// SPDX-License-Identifier: MIT
// A buffer that is filled at its end and emptied at its front without moving the rest each time.
#pragma once
#include <stdbool.h>

#include <glib.h>

typedef struct {
    GString *text; // owned
    size_t from;   // all before it is done with
} Octets;

// What: an empty buffer; frees one.
void octets_init(Octets *octets);
void octets_clear(Octets *octets);

// What: what is in it, ended by a zero octet, and how much that is.
char *octets_start(const Octets *octets);
size_t octets_length(const Octets *octets);

// What: appends; forgets `count` octets at the front.
void octets_append(Octets *octets, const char *text, size_t count);
void octets_printf(Octets *octets, const char *format, ...) G_GNUC_PRINTF(2, 3);
void octets_drop(Octets *octets, size_t count);

// What: one read into it, one write of what is in it.
// Errors: false when the connection is gone; nothing to read or no room to write is no error.
bool octets_read(Octets *octets, int fd);
bool octets_write(Octets *octets, int fd);
