// SPDX-License-Identifier: MIT
// A GString and an offset; the rest is moved to the front when as much is done with.
#include "tests/bench/octets.h"

#include <errno.h>
#include <unistd.h>

// How much one read takes.
#define READ_OCTETS 65536

void octets_init(Octets *octets)
{
    *octets = (Octets){g_string_sized_new(2 * READ_OCTETS), 0};
}

void octets_clear(Octets *octets)
{
    g_string_free(octets->text, TRUE);
}

char *octets_start(const Octets *octets)
{
    return octets->text->str + octets->from;
}

size_t octets_length(const Octets *octets)
{
    return octets->text->len - octets->from;
}

void octets_append(Octets *octets, const char *text, size_t count)
{
    g_string_append_len(octets->text, text, (gssize)count);
}

void octets_printf(Octets *octets, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(octets->text, format, arguments);
    va_end(arguments);
}

void octets_drop(Octets *octets, size_t count)
{
    octets->from += count;
    if (octets->from <= octets->text->len / 2)
        return;
    g_string_erase(octets->text, 0, (gssize)octets->from);
    octets->from = 0;
}

bool octets_read(Octets *octets, int fd)
{
    gsize had = octets->text->len;
    g_string_set_size(octets->text, had + READ_OCTETS);
    ssize_t got = read(fd, octets->text->str + had, READ_OCTETS);
    g_string_set_size(octets->text, had + (gsize)MAX(got, 0));
    return got > 0 || (got < 0 && errno == EAGAIN);
}

bool octets_write(Octets *octets, int fd)
{
    if (octets_length(octets) == 0)
        return true;
    ssize_t put = write(fd, octets_start(octets), octets_length(octets));
    if (put > 0)
        octets_drop(octets, (size_t)put);
    return put >= 0 || errno == EAGAIN;
}
