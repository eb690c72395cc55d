// SPDX-License-Identifier: MIT
// message/cpim. A header line is cut into name, parameters and value; the name is resolved to a
// namespace and looked up in one table; what the table does not know is skipped. RFC 3862 2 to 4.
#include "sip/body/cpim.h"

#include "sip/body/body_error.h"

#include <stdint.h>
#include <string.h>

// LIMIT: all CPIM header lines together; RFC 3862 2.2 wants no limit per line, so this is the only
// one.
#define HEADER_OCTETS_MAX (16 * 1024)
// LIMIT: CPIM header lines, recipients and namespace declarations included.
#define HEADER_COUNT_MAX 64

#define NS_CPIM "urn:ietf:params:cpim-headers:"
#define NS_IMDN "urn:ietf:params:imdn"
// COMPAT(SylkServer 6.6, Blink): "Message-Type: status" stands over words that nobody said.
#define NS_AGP  "urn:ag-projects:xml:ns:cpim"

typedef struct Reader {
    Cpim *cpim;             // borrowed
    GHashTable *namespaces; // owned; prefix to URI, "" is the default namespace (3.4)
} Reader;

typedef struct Line {
    char *name;       // borrowed from the line, as the next two; NUL-terminated
    char *parameters; // without the first semicolon; "" when there are none
    char *value;
    size_t offset;
} Line;

typedef bool (*HeaderFunc)(Reader *reader, const Line *line, GError **error);

static void cpim_address_clear(CpimAddress *address)
{
    g_free(address->name);
    g_free(address->uri);
    *address = (CpimAddress){0};
}

static void cpim_address_free(void *data)
{
    cpim_address_clear(data);
    g_free(data);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CpimAddress, cpim_address_clear)

static void cpim_subject_free(void *data)
{
    CpimSubject *subject = data;
    g_free(subject->language);
    g_free(subject->text);
    g_free(subject);
}

void cpim_init(Cpim *self)
{
    *self = (Cpim){0};
    self->to = g_ptr_array_new_with_free_func(cpim_address_free);
    self->subjects = g_ptr_array_new_with_free_func(cpim_subject_free);
    self->record_route = g_ptr_array_new_with_free_func(cpim_address_free);
}

void cpim_clear(Cpim *self)
{
    cpim_address_clear(&self->from);
    g_clear_pointer(&self->to, g_ptr_array_unref);
    g_clear_pointer(&self->subjects, g_ptr_array_unref);
    g_clear_pointer(&self->sent, g_date_time_unref);
    g_clear_pointer(&self->record_route, g_ptr_array_unref);
    g_clear_pointer(&self->route, g_ptr_array_unref);
    cpim_address_clear(&self->original_to);
    g_free(self->date_time);
    g_free(self->message_id);
    g_free(self->disposition_notification);
    g_free(self->message_type);
    mime_part_clear(&self->content);
    *self = (Cpim){0};
}

void cpim_add_to(Cpim *self, const char *name, const char *uri)
{
    CpimAddress *address = g_new(CpimAddress, 1);
    *address = (CpimAddress){.name = g_strdup(name), .uri = g_strdup(uri)};
    g_ptr_array_add(self->to, address);
}

void cpim_add_subject(Cpim *self, const char *language, const char *text)
{
    CpimSubject *subject = g_new(CpimSubject, 1);
    *subject = (CpimSubject){.language = g_strdup(language), .text = g_strdup(text)};
    g_ptr_array_add(self->subjects, subject);
}

static bool refuse(const Line *line, GError **error, const char *problem)
{
    body_error_set(error, BODY_ERROR_WIRE, line->offset, "CPIM header %s: %s", line->name, problem);
    return false;
}

// Four hexadecimal digits after \u, or -1.
static int read_code_unit(const char *digits, size_t length)
{
    int unit = 0;
    if (length < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(digits[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

// 2.3 escapes UCS-2 characters, so one beyond the first plane comes as two surrogates. Half a pair,
// and NUL, which our strings cannot hold, become U+FFFD. Returns the octets used after the
// backslash.
static size_t unescape_unicode(GString *out, const char *at, size_t length)
{
    int high = read_code_unit(at + 1, length - 1);
    if (high < 0) {
        g_string_append_c(out, 'u'); // 2.3.1: an unknown escape stands for its character
        return 1;
    }
    gunichar c = (gunichar)high;
    size_t used = 5;
    if (c >= 0xD800 && c <= 0xDBFF && length >= 11 && at[5] == '\\' && at[6] == 'u') {
        int low = read_code_unit(at + 7, 4);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            c = 0x10000 + ((c - 0xD800) << 10) + ((gunichar)low - 0xDC00);
            used = 11;
        }
    }
    g_string_append_unichar(out, c != 0 && g_unichar_validate(c) ? c : 0xFFFD);
    return used;
}

static char unescape_letter(char letter)
{
    switch (letter) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    default: return letter; // 2.3.1: known or not, it stands for itself
    }
}

static char *unescape(const char *text, size_t length)
{
    GString *out = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\') {
            g_string_append_c(out, text[i]);
            continue;
        }
        if (++i == length)
            break; // 2.3.1: a lone backslash at the end is ignored
        if (text[i] == 'u')
            i += unescape_unicode(out, text + i, length - i) - 1;
        else
            g_string_append_c(out, unescape_letter(text[i]));
    }
    return g_string_free(out, FALSE);
}

// An absolute URI as far as we care: a scheme, something after it, nothing that could end or forge
// it.
static bool is_uri(const char *uri)
{
    const char *c = uri;
    if (!g_ascii_isalpha(*c))
        return false;
    while (g_ascii_isalnum(*c) || *c == '+' || *c == '-' || *c == '.')
        c++;
    return *c == ':' && c[1] != '\0' && strpbrk(uri, " <>\"\\") == NULL;
}

static bool has_gr(const char *uri)
{
    size_t end = strcspn(uri, "?");
    for (const char *at = strchr(uri, ';'); at != NULL && at < uri + end;
         at = strchr(at + 1, ';')) {
        if (g_ascii_strncasecmp(at, ";gr", 3) == 0 && strchr("=;?", at[3]) != NULL)
            return true;
    }
    return false;
}

// COMPAT(RFC 7702 examples 17, 18, 33): `<sip:a@b>;gr=x` names the instance outside the brackets;
// the parameter is moved inside, before any URI headers. Row MSRP-021.
static char *move_gr_inside(const char *uri, const char *tail)
{
    if (!has_gr(uri)) {
        for (const char *at = strchr(tail, ';'); at != NULL; at = strchr(at + 1, ';')) {
            size_t length = strcspn(at + 1, "; ") + 1;
            if (g_ascii_strncasecmp(at, ";gr=", 4) != 0 || length == 4)
                continue;
            size_t end = strcspn(uri, "?");
            return g_strdup_printf("%.*s%.*s%s", (int)end, uri, (int)length, at, uri + end);
        }
    }
    return g_strdup(uri);
}

// [ Formal-name ] "<": returns what follows the bracket, or NULL. `*name` is owned by the caller.
static const char *read_formal_name(const char *value, char **name)
{
    const char *at = value + strspn(value, " ");
    const char *end = at;
    if (*at == '"') {
        for (end = ++at; *end != '"'; end++) {
            if (*end == '\\' && end[1] != '\0')
                end++;
            if (*end == '\0')
                return NULL;
        }
        *name = unescape(at, (size_t)(end - at));
        at = end + 1;
        at += strspn(at, " ");
        return *at == '<' ? at + 1 : NULL;
    }
    const char *bracket = strchr(at, '<');
    if (bracket == NULL)
        return NULL;
    for (end = bracket; end > at && end[-1] == ' ';)
        end--;
    *name = end > at ? unescape(at, (size_t)(end - at)) : NULL;
    return bracket + 1;
}

static bool read_address(CpimAddress *address, const Line *line, GError **error)
{
    g_auto(CpimAddress) parsed = {0};
    const char *start = read_formal_name(line->value, &parsed.name);
    const char *end = start != NULL ? strchr(start, '>') : NULL;
    if (end == NULL)
        return refuse(line, error, "name <URI> expected");
    g_autofree char *inside = g_strndup(start, (size_t)(end - start));
    parsed.uri = move_gr_inside(inside, end + 1);
    if (!is_uri(parsed.uri))
        return refuse(line, error, "absolute URI expected");
    *address = parsed;
    parsed = (CpimAddress){0};
    return true;
}

static bool on_from(Reader *reader, const Line *line, GError **error)
{
    if (reader->cpim->from.uri != NULL)
        return refuse(line, error, "stands twice");
    return read_address(&reader->cpim->from, line, error);
}

static bool add_address(GPtrArray *list, const Line *line, GError **error)
{
    CpimAddress address = {0};
    if (!read_address(&address, line, error))
        return false;
    g_ptr_array_add(list, g_memdup2(&address, sizeof address));
    return true;
}

static bool on_to(Reader *reader, const Line *line, GError **error)
{
    return add_address(reader->cpim->to, line, error);
}

// 4.4: RFC 3339, which always names its offset from UTC. Kept in UTC; a time at either end of the
// calendar may have none.
static bool on_date_time(Reader *reader, const Line *line, GError **error)
{
    if (reader->cpim->sent != NULL)
        return refuse(line, error, "stands twice");
    g_autoptr(GDateTime) local = g_date_time_new_from_iso8601(line->value, NULL);
    if (local != NULL)
        reader->cpim->sent = g_date_time_to_utc(local);
    reader->cpim->date_time = g_strdup(line->value);
    return reader->cpim->sent != NULL || refuse(line, error, "no RFC 3339 time");
}

static char *find_language(const char *parameters)
{
    g_auto(GStrv) list = g_strsplit(parameters, ";", -1);
    for (size_t i = 0; list[i] != NULL; i++) {
        if (strncmp(list[i], "lang=", 5) == 0)
            return g_strdup(list[i] + 5);
    }
    return NULL;
}

static bool on_subject(Reader *reader, const Line *line, GError **error)
{
    g_autofree char *language = find_language(line->parameters);
    g_autofree char *text = unescape(line->value, strlen(line->value));
    cpim_add_subject(reader->cpim, language, text);
    return true;
}

// 4.6: [ Name-prefix ] "<" URI ">"; without a prefix it sets the default namespace.
static bool on_ns(Reader *reader, const Line *line, GError **error)
{
    g_autofree char *prefix = NULL;
    const char *start = read_formal_name(line->value, &prefix);
    const char *end = start != NULL ? strchr(start, '>') : NULL;
    if (end == NULL)
        return refuse(line, error, "prefix <URI> expected");
    g_hash_table_insert(reader->namespaces,
                        prefix != NULL ? g_steal_pointer(&prefix) : g_strdup(""),
                        g_strndup(start, (size_t)(end - start)));
    return true;
}

static bool keep_once(char **field, const Line *line, GError **error)
{
    if (*field != NULL)
        return refuse(line, error, "stands twice");
    *field = unescape(line->value, strlen(line->value));
    return true;
}

static bool on_message_id(Reader *reader, const Line *line, GError **error)
{
    return keep_once(&reader->cpim->message_id, line, error);
}

static bool on_disposition_notification(Reader *reader, const Line *line, GError **error)
{
    return keep_once(&reader->cpim->disposition_notification, line, error);
}

static bool on_message_type(Reader *reader, const Line *line, GError **error)
{
    return keep_once(&reader->cpim->message_type, line, error);
}

static bool on_original_to(Reader *reader, const Line *line, GError **error)
{
    if (reader->cpim->original_to.uri != NULL)
        return refuse(line, error, "stands twice");
    return read_address(&reader->cpim->original_to, line, error);
}

static bool on_record_route(Reader *reader, const Line *line, GError **error)
{
    return add_address(reader->cpim->record_route, line, error);
}

static bool on_require(Reader *reader, const Line *line, GError **error);

static const struct {
    const char *ns;
    const char *name;
    HeaderFunc read;
} HEADERS[] = {
    {NS_CPIM, "From", on_from},
    {NS_CPIM, "To", on_to},
    {NS_CPIM, "DateTime", on_date_time},
    {NS_CPIM, "Subject", on_subject},
    {NS_CPIM, "NS", on_ns},
    {NS_CPIM, "Require", on_require},
    {NS_IMDN, "Message-ID", on_message_id},
    {NS_IMDN, "Disposition-Notification", on_disposition_notification},
    {NS_IMDN, "Original-To", on_original_to},
    {NS_AGP, "Message-Type", on_message_type},
    {NS_IMDN, "IMDN-Record-Route", on_record_route},
};

// 3.4: prefixes are resolved, never taken literally; names are compared exactly (2.2).
static HeaderFunc find_header(const Reader *reader, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *prefix = dot != NULL ? g_strndup(name, (size_t)(dot - name)) : g_strdup("");
    const char *ns = g_hash_table_lookup(reader->namespaces, prefix);
    const char *local = dot != NULL ? dot + 1 : name;
    for (size_t i = 0; ns != NULL && i < G_N_ELEMENTS(HEADERS); i++) {
        if (strcmp(ns, HEADERS[i].ns) == 0 && strcmp(local, HEADERS[i].name) == 0)
            return HEADERS[i].read;
    }
    return NULL;
}

// 4.7; a prefix must be declared before it is used (3.4), so the names are resolved here and now.
static bool on_require(Reader *reader, const Line *line, GError **error)
{
    g_auto(GStrv) names = g_strsplit(line->value, ",", -1);
    for (size_t i = 0; names[i] != NULL; i++) {
        if (find_header(reader, g_strstrip(names[i])) == NULL) {
            body_error_set(error, BODY_ERROR_UNSUPPORTED, line->offset, "CPIM requires %s",
                           names[i]);
            return false;
        }
    }
    return true;
}

// 2.2: one line, UTF-8, no control character.
static bool check_line(const char *text, size_t length, size_t offset, GError **error)
{
    bool clean = g_utf8_validate_len(text, length, NULL);
    for (size_t i = 0; clean && i < length; i++)
        clean = !g_ascii_iscntrl(text[i]);
    if (!clean)
        body_error_set(error, BODY_ERROR_WIRE, offset,
                       "CPIM header: control character or no UTF-8");
    return clean;
}

// 3.6: NAMECHAR, and the "." between prefix and name.
static bool is_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("!#$%&'*+-^_`|~.", *c) == NULL)
            return false;
    }
    return *name != '\0';
}

// Header-name ":" *( ";" Parameter ) SP Header-value; the space may be missing (row MSRP-020).
static bool cut_line(Line *line, char *text, GError **error)
{
    char *colon = strchr(text, ':');
    if (colon != NULL)
        *colon = '\0';
    if (colon == NULL || !is_name(text)) {
        body_error_set(error, BODY_ERROR_WIRE, line->offset, "CPIM header: 'Name: value' expected");
        return false;
    }
    line->name = text;
    line->parameters = colon; // its NUL: empty
    line->value = colon + 1;
    if (*line->value == ';') {
        line->parameters = line->value + 1;
        line->value += strcspn(line->value, " ");
    }
    if (*line->value == ' ')
        *line->value++ = '\0';
    return true;
}

static bool read_line(Reader *reader, const char *text, size_t length, size_t offset,
                      GError **error)
{
    if (!check_line(text, length, offset, error))
        return false;
    g_autofree char *copy = g_strndup(text, length);
    Line line = {.offset = offset};
    if (!cut_line(&line, copy, error))
        return false;
    HeaderFunc read = find_header(reader, line.name);
    return read == NULL || read(reader, &line, error);
}

// Reads all header lines and the blank line; `*used` is where the content's MIME headers begin.
static bool read_headers(Reader *reader, const char *start, size_t length, size_t *used,
                         GError **error)
{
    size_t window = MIN(length, HEADER_OCTETS_MAX);
    *used = 0;
    for (unsigned count = 0; count <= HEADER_COUNT_MAX; count++) {
        const char *end = *used < window ? memmem(start + *used, window - *used, "\r\n", 2) : NULL;
        if (end == NULL) {
            body_error_set(error, window < length ? BODY_ERROR_LIMIT : BODY_ERROR_WIRE, *used,
                           "CPIM headers: no blank line");
            return false;
        }
        size_t offset = *used;
        size_t line_length = (size_t)(end - start) - offset;
        *used = offset + line_length + 2;
        if (line_length == 0)
            return true;
        if (!read_line(reader, start + offset, line_length, offset, error))
            return false;
    }
    body_error_set(error, BODY_ERROR_LIMIT, *used, "CPIM headers: too many");
    return false;
}

static bool read_content(Cpim *self, const MimePart *whole, size_t from, size_t to, GError **error)
{
    if (!mime_part_read_inside(&self->content, whole, from, to, error))
        return false;
    if (self->content.type.type != NULL)
        return true;
    body_error_set(error, BODY_ERROR_WIRE, from, "CPIM content without Content-Type");
    return false;
}

bool cpim_read(Cpim *self, const MimePart *whole, GError **error)
{
    cpim_init(self);
    g_autoptr(GHashTable) namespaces =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(namespaces, g_strdup(""), g_strdup(NS_CPIM));
    Reader reader = {.cpim = self, .namespaces = namespaces};
    size_t length, used;
    const char *start = g_bytes_get_data(whole->content, &length);
    if (read_headers(&reader, start, length, &used, error) &&
        read_content(self, whole, used, length, error))
        return true;
    cpim_clear(self);
    return false;
}

// 2.3.1: what must be escaped, and nothing else.
static void append_escaped(GString *out, const char *text, bool quoted)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '\b': g_string_append(out, "\\b"); continue;
        case '\t': g_string_append(out, "\\t"); continue;
        case '\n': g_string_append(out, "\\n"); continue;
        case '\r': g_string_append(out, "\\r"); continue;
        case '\\': g_string_append(out, "\\\\"); continue;
        default: break;
        }
        if (g_ascii_iscntrl(*c))
            g_string_append_printf(out, "\\u%04x", (unsigned)*c);
        else if (quoted && *c == '"')
            g_string_append(out, "\\\"");
        else
            g_string_append_c(out, *c);
    }
}

static void write_header(GString *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    g_string_append_printf(out, "%s: ", name);
    append_escaped(out, value, false);
    g_string_append(out, "\r\n");
}

static void append_uri(GString *out, const char *uri)
{
    for (const char *c = uri; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c) || strchr(" <>\"\\", *c) != NULL)
            g_string_append_printf(out, "%%%02X", (unsigned)*c);
        else
            g_string_append_c(out, *c);
    }
}

static void write_address(GString *out, const char *header, const CpimAddress *address)
{
    if (address->uri == NULL)
        return;
    g_string_append_printf(out, "%s: ", header);
    if (address->name != NULL && *address->name != '\0') {
        g_string_append_c(out, '"');
        append_escaped(out, address->name, true);
        g_string_append(out, "\" ");
    }
    g_string_append_c(out, '<');
    append_uri(out, address->uri);
    g_string_append(out, ">\r\n");
}

static bool is_language(const char *tag)
{
    static const char allowed[] = G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-";
    return tag != NULL && *tag != '\0' && tag[strspn(tag, allowed)] == '\0';
}

static void write_subject(GString *out, const CpimSubject *subject)
{
    g_string_append(out, "Subject:");
    if (is_language(subject->language))
        g_string_append_printf(out, ";lang=%s", subject->language);
    g_string_append_c(out, ' ');
    append_escaped(out, subject->text, false);
    g_string_append(out, "\r\n");
}

// %Y of GLib does not fill the year up to four digits.
char *cpim_date_time(GDateTime *time)
{
    g_autoptr(GDateTime) utc = g_date_time_to_utc(time);
    if (utc == NULL)
        return NULL;
    g_autofree char *rest = g_date_time_format(utc, "-%m-%dT%H:%M:%SZ");
    return g_strdup_printf("%04d%s", g_date_time_get_year(utc), rest);
}

static void write_date_time(GString *out, GDateTime *sent)
{
    g_autofree char *text = sent != NULL ? cpim_date_time(sent) : NULL;
    if (text != NULL)
        g_string_append_printf(out, "DateTime: %s\r\n", text);
}

static void write_headers(const Cpim *self, GString *out)
{
    for (unsigned i = 0; self->to != NULL && i < self->to->len; i++)
        write_address(out, "To", self->to->pdata[i]);
    write_address(out, "From", &self->from);
    write_date_time(out, self->sent);
    for (unsigned i = 0; self->subjects != NULL && i < self->subjects->len; i++)
        write_subject(out, self->subjects->pdata[i]);
    unsigned hops = self->route != NULL ? self->route->len : 0;
    if (self->message_id != NULL || self->disposition_notification != NULL || hops > 0)
        write_header(out, "NS", "imdn <" NS_IMDN ">");
    write_header(out, "imdn.Message-ID", self->message_id);
    write_header(out, "imdn.Disposition-Notification", self->disposition_notification);
    for (unsigned i = 0; i < hops; i++)
        write_address(out, "imdn.IMDN-Route", self->route->pdata[i]);
    g_string_append(out, "\r\n");
}

GBytes *cpim_write(const Cpim *self)
{
    g_autoptr(GString) headers = g_string_new(NULL);
    write_headers(self, headers);
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, (const uint8_t *)headers->str, (unsigned)headers->len);
    mime_part_write(&self->content, out);
    return g_byte_array_free_to_bytes(out);
}
