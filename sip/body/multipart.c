// SPDX-License-Identifier: MIT
// Finds the delimiter lines of a multipart body; what lies between two of them is a part.
#include "sip/body/multipart.h"

#include "sip/body/body_error.h"

#include <string.h>

// LIMIT: RFC 2046 5.1.1
#define BOUNDARY_OCTETS_MAX 70
// LIMIT: parts of one body; aggregated delivery notifications are the longest lists we know.
#define PART_COUNT_MAX 64

typedef struct Splitter {
    const char *start; // borrowed
    size_t length;
    char *dash_boundary; // owned; "--boundary"
    size_t at;           // where the search goes on
} Splitter;

typedef struct Delimiter {
    size_t line;  // where it begins, the CRLF before it not counted
    size_t after; // what follows its line
    bool closing;
} Delimiter;

static bool is_at_line_start(const Splitter *splitter, size_t at)
{
    return at == 0 || (at >= 2 && memcmp(splitter->start + at - 2, "\r\n", 2) == 0);
}

// What follows "--boundary" must be "--", or white space and a line end; else it is a longer
// boundary.
static bool read_line_end(const Splitter *splitter, size_t at, Delimiter *delimiter)
{
    const char *rest = splitter->start + at;
    size_t left = splitter->length - at;
    delimiter->closing = left >= 2 && memcmp(rest, "--", 2) == 0;
    if (delimiter->closing)
        return true;
    size_t padding = 0;
    while (padding < left && (rest[padding] == ' ' || rest[padding] == '\t'))
        padding++;
    delimiter->after = at + padding + 2;
    return left - padding >= 2 && memcmp(rest + padding, "\r\n", 2) == 0;
}

static bool next_delimiter(Splitter *splitter, Delimiter *delimiter)
{
    size_t boundary_length = strlen(splitter->dash_boundary);
    while (splitter->at < splitter->length) {
        const char *found = memmem(splitter->start + splitter->at, splitter->length - splitter->at,
                                   splitter->dash_boundary, boundary_length);
        if (found == NULL)
            return false;
        delimiter->line = (size_t)(found - splitter->start);
        splitter->at = delimiter->line + boundary_length;
        if (is_at_line_start(splitter, delimiter->line) &&
            read_line_end(splitter, splitter->at, delimiter))
            return true;
    }
    return false;
}

static bool add_part(GPtrArray *parts, const MimePart *whole, size_t from, size_t to,
                     GError **error)
{
    if (parts->len == PART_COUNT_MAX) {
        body_error_set(error, BODY_ERROR_LIMIT, from, "multipart: more than %d parts",
                       PART_COUNT_MAX);
        return false;
    }
    MimePart *part = g_new0(MimePart, 1);
    g_ptr_array_add(parts, part);
    if (!mime_part_read_inside(part, whole, from, to, error))
        return false;
    // RFC 2046 5.1.1: what says nothing is text/plain
    return part->type.type != NULL || content_type_read(&part->type, "text/plain", error);
}

static bool split(GPtrArray *parts, Splitter *splitter, const MimePart *whole, GError **error)
{
    Delimiter here = {0}, next = {0};
    if (!next_delimiter(splitter, &here) || here.closing) {
        body_error_set(error, BODY_ERROR_WIRE, splitter->at, "multipart: no part");
        return false;
    }
    do {
        if (!next_delimiter(splitter, &next)) {
            body_error_set(error, BODY_ERROR_WIRE, here.line, "multipart: part without end");
            return false;
        }
        // the CRLF before a delimiter belongs to it, even when it also ended the delimiter before
        size_t to = MAX(next.line - 2, here.after);
        if (!add_part(parts, whole, here.after, to, error))
            return false;
        here = next;
    } while (!here.closing);
    return true;
}

bool multipart_read(GPtrArray **parts, const MimePart *whole, GError **error)
{
    const char *boundary = content_type_find_parameter(&whole->type, "boundary");
    size_t length = boundary != NULL ? strlen(boundary) : 0;
    if (!content_type_is(&whole->type, "multipart/*") || length == 0 ||
        length > BOUNDARY_OCTETS_MAX) {
        body_error_set(error, BODY_ERROR_WIRE, 0, "multipart: no usable boundary");
        return false;
    }
    g_autofree char *dash_boundary = g_strconcat("--", boundary, NULL);
    Splitter splitter = {.dash_boundary = dash_boundary};
    splitter.start = g_bytes_get_data(whole->content, &splitter.length);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(mime_part_free);
    if (!split(found, &splitter, whole, error))
        return false;
    *parts = g_steal_pointer(&found);
    return true;
}

static bool occurs(const MimePart *part, const char *boundary)
{
    gsize length = 0;
    const char *octets = g_bytes_get_data(part->content, &length);
    return length > 0 && memmem(octets, length, boundary, strlen(boundary)) != NULL;
}

// The first of a row of names that no part contains; there are more names than octets in a body.
static char *find_boundary(const MimePart *const *parts, size_t count)
{
    for (unsigned number = 1;; number++) {
        g_autofree char *boundary = g_strdup_printf("next-part-%u", number);
        size_t clear = 0;
        while (clear < count && !occurs(parts[clear], boundary))
            clear++;
        if (clear == count)
            return g_steal_pointer(&boundary);
    }
}

static void append(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

GBytes *multipart_write(const MimePart *const *parts, size_t count, const char *subtype,
                        char **type)
{
    g_autofree char *boundary = find_boundary(parts, count);
    g_autofree char *delimiter = g_strdup_printf("--%s\r\n", boundary);
    g_autofree char *close = g_strdup_printf("--%s--\r\n", boundary);
    GByteArray *out = g_byte_array_new();
    for (size_t i = 0; i < count; i++) {
        append(out, delimiter);
        mime_part_write(parts[i], out);
        append(out, "\r\n");
    }
    append(out, close);
    *type = g_strdup_printf("multipart/%s;boundary=%s", subtype, boundary);
    return g_byte_array_free_to_bytes(out);
}
