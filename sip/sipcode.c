// SPDX-License-Identifier: MIT
// Refusals on SIP, both ways; see sipcode.h.
#include "sip/sipcode.h"

#include <string.h>

#include "sip/body/quoted.h"

Sipcode sipcode_from_fields(const Fields *fields, bool to_full_jid)
{
    int status = (int)fields->status;
    if (status < 300 || status > 699) {
        status = failure_to_status(fields->failure, to_full_jid, NULL);
    }
    status = failure_on_wire(status);
    return (Sipcode){.status = status,
                     .phrase = failure_phrase_from_text(fields->text, status),
                     .retry_s = (unsigned)fields->retry_s};
}

void sipcode_clear(Sipcode *self)
{
    g_free(self->phrase);
    g_free(self->contact);
    g_free(self->warning);
    *self = (Sipcode){0};
}

int sipcode_cause(const Fields *fields)
{
    if (fields->status != 0) {
        return (int)fields->status;
    }
    return fields->failure != FAILURE_NONE
               ? failure_on_wire(failure_to_status(fields->failure, true, NULL))
               : 200;
}

char *sipcode_reason(int status, const char *text)
{
    g_autofree char *clean = sipcode_clean(text);
    GString *value = g_string_new(NULL);
    g_string_printf(value, "SIP;cause=%d", status);
    if (clean == NULL) {
        return g_string_free(value, FALSE);
    }
    g_string_append(value, ";text=");
    quoted_append(value, clean);
    return g_string_free(value, FALSE);
}

// The text between the quotes that `start` stands behind, escapes undone.
static char *unquote(const char *start)
{
    GString *text = g_string_new(NULL);
    for (const char *c = start; *c != '\0' && *c != '"'; c++) {
        if (*c == '\\' && c[1] != '\0') {
            c++;
        }
        g_string_append_c(text, *c);
    }
    g_autofree char *raw = g_string_free(text, FALSE);
    return sipcode_clean(raw);
}

char *sipcode_reason_text(const char *value)
{
    if (value == NULL || g_ascii_strncasecmp(value, "SIP", 3) != 0) {
        return NULL;
    }
    const char *text = strstr(value, "text=\"");
    return text != NULL ? unquote(text + strlen("text=\"")) : NULL;
}

// The library's own answer when DNS knows no way to a domain (RFC 3263), spelled like a peer's 503.
static bool is_unresolved(int status, const char *phrase)
{
    return status == 503 && g_strcmp0(phrase, "DNS Error") == 0;
}

void sipcode_to_fields(Fields *fields, int status, const char *phrase, bool has_contact)
{
    if (status < 300) {
        return;
    }
    g_autofree char *clean = sipcode_clean(phrase);
    fields->failure = is_unresolved(status, phrase) ? FAILURE_REMOTE_SERVER_NOT_FOUND
                                                    : failure_from_status(status, has_contact);
    fields->status = (uint64_t)status;
    fields_set_text(&fields->text, clean != NULL ? clean : failure_phrase(status));
}

char *sipcode_clean(const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);
    for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        bool control = g_unichar_iscntrl(letter);
        bool doubled = control && clean->len > 0 && clean->str[clean->len - 1] == ' ';
        if (!doubled) {
            g_string_append_unichar(clean, control ? ' ' : letter);
        }
    }
    g_strstrip(clean->str);
    if (*clean->str == '\0') {
        g_string_free(clean, TRUE);
        return NULL;
    }
    return g_string_free(clean, FALSE);
}

char *sipcode_quote(const char *name)
{
    g_autofree char *clean = sipcode_clean(name);
    if (clean == NULL) {
        return g_strdup("");
    }
    GString *quoted = g_string_new(NULL);
    quoted_append(quoted, clean);
    g_string_append_c(quoted, ' ');
    return g_string_free(quoted, FALSE);
}
