// SPDX-License-Identifier: MIT
// MIME entities inside and around wrappers: header lines, blank line, content.
#include "sip/body/mime_part.h"

#include "sip/body/body_error.h"

#include <stdint.h>
#include <string.h>

// LIMIT: one-to-one row EXT-21; wrappers around a content.
#define DEPTH_MAX 4
// LIMIT: the headers of one part; real ones have at most six lines.
#define HEADER_OCTETS_MAX 8192
// LIMIT: header lines of one part.
#define HEADER_COUNT_MAX 32

typedef struct Headers {
    char *content_type;
    char *disposition;
    char *id;
    char *language;
    char *transfer_encoding;
    char *encoding;
} Headers;

static void headers_clear(Headers *headers)
{
    g_free(headers->content_type);
    g_free(headers->disposition);
    g_free(headers->id);
    g_free(headers->language);
    g_free(headers->transfer_encoding);
    g_free(headers->encoding);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Headers, headers_clear)

void mime_part_clear(MimePart *self)
{
    content_type_clear(&self->type);
    g_free(self->disposition);
    g_free(self->id);
    g_free(self->language);
    g_clear_pointer(&self->content, g_bytes_unref);
    *self = (MimePart){0};
}

void mime_part_free(void *part)
{
    mime_part_clear(part);
    g_free(part);
}

bool mime_part_init(MimePart *self, const char *content_type, GBytes *content, GError **error)
{
    *self = (MimePart){0};
    if (!content_type_read(&self->type, content_type, error))
        return false;
    self->content = g_bytes_ref(content);
    return true;
}

// The headers a part may carry more than once are not among these; the first one counts.
static void keep_header(Headers *headers, const char *name, const char *value)
{
    struct {
        const char *name;
        char **value;
    } known[] = {
        {"Content-Type", &headers->content_type},
        {"Content-Disposition", &headers->disposition},
        {"Content-ID", &headers->id},
        {"Content-Language", &headers->language},
        {"Content-Transfer-Encoding", &headers->transfer_encoding},
        {"Content-Encoding", &headers->encoding},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_ascii_strcasecmp(name, known[i].name) == 0 && *known[i].value == NULL)
            *known[i].value = g_strdup(value);
    }
}

// MIME header names are compared without case and may have white space before the colon (RFC 822).
static bool read_header(Headers *headers, char *line, size_t offset, GError **error)
{
    char *colon = strchr(line, ':');
    if (colon == NULL || colon == line || !g_utf8_validate(line, -1, NULL)) {
        body_error_set(error, BODY_ERROR_WIRE, offset, "MIME header: 'Name: value' expected");
        return false;
    }
    *colon = '\0';
    keep_header(headers, g_strchomp(line), g_strstrip(colon + 1));
    return true;
}

// Gives the octets of the next header with its continuation lines joined (RFC 822 3.1.1), without
// the line end; an empty one ends the headers. Returns the octets consumed, 0 when no line end follows.
static size_t next_header(const char *at, size_t length, GString *line)
{
    g_string_truncate(line, 0);
    size_t used = 0;
    do {
        const char *end = memchr(at + used, '\n', length - used);
        if (end == NULL)
            return 0;
        // COMPAT(SylkServer 6.6): LF alone ends the lines of a part inside message/cpim.
        bool has_cr = end > at + used && end[-1] == '\r';
        g_string_append_len(line, at + used, end - (at + used) - has_cr);
        used = (size_t)(end - at) + 1;
    } while (line->len > 0 && used < length && (at[used] == ' ' || at[used] == '\t'));
    return used;
}

static bool has_control(const GString *line)
{
    for (size_t i = 0; i < line->len; i++) {
        if (g_ascii_iscntrl(line->str[i]) && line->str[i] != '\t')
            return true;
    }
    return false;
}

static bool check_header(const GString *line, unsigned count, size_t offset, GError **error)
{
    if (count >= HEADER_COUNT_MAX)
        body_error_set(error, BODY_ERROR_LIMIT, offset, "MIME headers: too many");
    else if (has_control(line))
        body_error_set(error, BODY_ERROR_WIRE, offset, "MIME header: control character");
    else
        return true;
    return false;
}

// Only a window of HEADER_OCTETS_MAX is ever looked at, so no longer line is copied.
static bool read_headers(Headers *headers, const char *start, size_t length, size_t *used,
                         GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    size_t window = MIN(length, HEADER_OCTETS_MAX);
    *used = 0;
    for (unsigned count = 0; *used < length; count++) {
        size_t offset = *used;
        size_t step = next_header(start + offset, window - offset, line);
        if (step == 0) {
            body_error_set(error, window < length ? BODY_ERROR_LIMIT : BODY_ERROR_WIRE, offset,
                           "MIME headers: no end of line");
            return false;
        }
        *used += step;
        if (line->len == 0)
            return true;
        if (!check_header(line, count, offset, error) ||
            !read_header(headers, line->str, offset, error))
            return false;
    }
    return true; // a part may end with its headers (RFC 2046 5.1.1)
}

static bool is_one_of(const char *value, const char *const names[])
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (g_ascii_strcasecmp(value, names[i]) == 0)
            return true;
    }
    return false;
}

// RFC 2045 6.4: content in a coding we do not undo is application/octet-stream, whatever it claims.
static bool is_coded(const Headers *headers)
{
    static const char *const plain[] = {"7bit", "8bit", "binary", "identity", NULL};
    // COMPAT(SylkServer 6.6): it may say Content-Transfer-Encoding and then nothing.
    bool is_said = headers->transfer_encoding != NULL && headers->transfer_encoding[0] != '\0';
    return (is_said && !is_one_of(headers->transfer_encoding, plain)) ||
           (headers->encoding != NULL && g_ascii_strcasecmp(headers->encoding, "identity") != 0);
}

static char *strip_brackets(const char *id)
{
    size_t length = strlen(id);
    if (length >= 2 && id[0] == '<' && id[length - 1] == '>')
        return g_strndup(id + 1, length - 2);
    return g_strdup(id);
}

static bool apply_headers(MimePart *self, Headers *headers, GError **error)
{
    const char *type = headers->content_type;
    if (is_coded(headers))
        type = "application/octet-stream";
    if (type != NULL && !content_type_read(&self->type, type, error))
        return false;
    self->disposition = g_steal_pointer(&headers->disposition);
    self->language = g_steal_pointer(&headers->language);
    if (headers->id != NULL)
        self->id = strip_brackets(headers->id);
    return true;
}

bool mime_part_read_inside(MimePart *self, const MimePart *wrapper, size_t from, size_t to,
                           GError **error)
{
    *self = (MimePart){.depth = wrapper->depth + 1};
    if (self->depth > DEPTH_MAX) {
        body_error_set(error, BODY_ERROR_LIMIT, from, "content wrapped more than %d times",
                       DEPTH_MAX);
        return false;
    }
    const char *start = g_bytes_get_data(wrapper->content, NULL);
    g_auto(Headers) headers = {0};
    size_t used;
    if (!read_headers(&headers, start + from, to - from, &used, error) ||
        !apply_headers(self, &headers, error)) {
        g_prefix_error(error, "part at %zu: ", from);
        mime_part_clear(self);
        return false;
    }
    self->content = g_bytes_new_from_bytes(wrapper->content, from + used, to - from - used);
    return true;
}

static void append(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const uint8_t *)text, (unsigned)strlen(text));
}

static void write_header(GByteArray *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    g_autofree char *clean = g_strdup(value);
    for (char *c = clean; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c))
            *c = ' ';
    }
    append(out, name);
    append(out, ": ");
    append(out, clean);
    append(out, "\r\n");
}

void mime_part_write(const MimePart *self, GByteArray *out)
{
    g_autofree char *type = content_type_write(&self->type);
    g_autofree char *id = self->id != NULL ? g_strdup_printf("<%s>", self->id) : NULL;
    write_header(out, "Content-Type", type);
    write_header(out, "Content-Disposition", self->disposition);
    write_header(out, "Content-ID", id);
    write_header(out, "Content-Language", self->language);
    append(out, "\r\n");
    size_t length;
    const uint8_t *content = g_bytes_get_data(self->content, &length);
    g_byte_array_append(out, content, (unsigned)length);
}
