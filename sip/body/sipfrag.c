// SPDX-License-Identifier: MIT
// The status line of a message/sipfrag.
#include "sip/body/sipfrag.h"

#include "sip/body/body_error.h"

#include <string.h>

// LIMIT: one status line; real ones have about thirty octets.
#define LINE_OCTETS_MAX 512
// What of it is left for the reason phrase, behind version and status and before the end of the line.
#define REASON_OCTETS_MAX (LINE_OCTETS_MAX - 14)

static const char VERSION[] = "SIP/2.0 ";

void sipfrag_clear(Sipfrag *self)
{
    g_free(self->reason);
    *self = (Sipfrag){0};
}

static bool is_status_line(const char *line, size_t length)
{
    return length >= sizeof VERSION - 1 + 3 &&
           g_ascii_strncasecmp(line, VERSION, sizeof VERSION - 1) == 0 && line[8] >= '1' &&
           line[8] <= '6' && g_ascii_isdigit(line[9]) && g_ascii_isdigit(line[10]) &&
           (length == 11 || line[11] == ' ') && g_utf8_validate_len(line, length, NULL);
}

// A line that is not ended is one that is all there is (RFC 3515 examples end it, some stacks do
// not).
bool sipfrag_read(Sipfrag *self, GBytes *bytes, GError **error)
{
    *self = (Sipfrag){0};
    size_t length;
    const char *line = g_bytes_get_data(bytes, &length);
    size_t window = MIN(length, LINE_OCTETS_MAX);
    const char *end = window > 0 ? memchr(line, '\n', window) : NULL;
    if (end == NULL && window < length) {
        body_error_set(error, BODY_ERROR_LIMIT, window, "sipfrag: line too long");
        return false;
    }
    size_t line_length = end != NULL ? (size_t)(end - line) : length;
    if (line_length > 0 && line[line_length - 1] == '\r')
        line_length--;
    if (!is_status_line(line, line_length)) {
        body_error_set(error, BODY_ERROR_WIRE, 0, "sipfrag: no status line");
        return false;
    }
    self->status = (unsigned)((line[8] - '0') * 100 + (line[9] - '0') * 10 + (line[10] - '0'));
    self->reason = line_length > 12 ? g_strndup(line + 12, line_length - 12) : g_strdup("");
    return true;
}

GBytes *sipfrag_write(unsigned status, const char *reason)
{
    g_autofree char *clean = g_strndup(reason, REASON_OCTETS_MAX);
    const char *valid_end;
    g_utf8_validate(clean, -1, &valid_end);
    clean[valid_end - clean] = '\0';
    for (char *c = clean; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c))
            *c = ' ';
    }
    char *line = g_strdup_printf("%s%03u %s\r\n", VERSION, status, clean);
    return g_bytes_new_take(line, strlen(line));
}
