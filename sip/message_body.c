// SPDX-License-Identifier: MIT
// What bodies mean; see message_body.h. Grammar lives in sip/body/.
#include "sip/message_body.h"

#include <string.h>

#include "sip/body/body_error.h"
#include "sip/body/html_text.h"
#include "sip/body/imdn.h"
#include "sip/body/iscomposing.h"
#include "sip/body/multipart.h"
#include "sip/body/plain_text.h"
#include "sip/peer_traits.h"
#include "sip/imdn_book.h"
#include "sip/sipcode.h"

enum { UNDERSTOOD = 0, BAD = 400, TOO_LARGE = 413, UNSUPPORTED = 415, UNDECIPHERABLE = 493 };

// A time of origin nearer than this is now; one further ahead than that is nobody's (EXT-08).
#define STAMP_NOW_US   (60 * G_TIME_SPAN_SECOND)
#define STAMP_AHEAD_US (5 * G_TIME_SPAN_MINUTE)

static int status_of(const GError *error)
{
    if (g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT)) {
        return TOO_LARGE;
    }
    return g_error_matches(error, BODY_ERROR, BODY_ERROR_WIRE) ? BAD : UNSUPPORTED;
}

char *message_body_language(const char *value)
{
    if (value == NULL) {
        return NULL;
    }
    g_autofree char *first = g_strndup(value, strcspn(value, ","));
    g_strstrip(first);
    bool is_tag = *first != '\0' && first[strspn(first, "abcdefghijklmnopqrstuvwxyz"
                                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                        "0123456789-")] == '\0';
    return is_tag ? g_steal_pointer(&first) : NULL;
}

static int read_part(MessageBody *self, const MimePart *part);

static int read_plain(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    const char *charset = content_type_find_parameter(&part->type, "charset");
    if (!plain_text_read(&self->text, part->content, charset, &error)) {
        return status_of(error);
    }
    return UNDERSTOOD;
}

static int read_html(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    g_auto(HtmlText) html = {0};
    const char *charset = content_type_find_parameter(&part->type, "charset");
    if (!html_text_read(&html, part->content, charset, &error)) {
        return status_of(error);
    }
    self->text = g_steal_pointer(&html.plain);
    self->html = g_steal_pointer(&html.xhtml);
    return UNDERSTOOD;
}

// An envelope inside an envelope adds nothing: the outermost one tells who wrote.
static int read_envelope(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    g_auto(Cpim) inner = {0};
    Cpim *envelope = self->wrapped ? &inner : &self->envelope;
    if (!cpim_read(envelope, part, &error)) {
        return status_of(error);
    }
    self->wrapped = true;
    bool asks = self->envelope.disposition_notification != NULL;
    self->shown |= asks ? 1U << PEER_MEMORY_IMDN : 0;
    return read_part(self, &envelope->content);
}

static int read_composing(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    Iscomposing document;
    if (!iscomposing_read(&document, part->content, &error)) {
        return status_of(error);
    }
    self->silent = true;
    self->state = document.is_active ? HOW_COMPOSING : HOW_ACTIVE;
    self->refresh_s = document.refresh_s;
    return UNDERSTOOD;
}

static void notice_free(void *data)
{
    imdn_clear(data);
    g_free(data);
}

static int read_notice(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    Imdn notice;
    if (!imdn_read(&notice, part->content, &error)) {
        return status_of(error);
    }
    if (self->notices == NULL) {
        self->notices = g_ptr_array_new_with_free_func(notice_free);
    }
    g_ptr_array_add(self->notices, g_memdup2(&notice, sizeof notice));
    self->silent = true;
    return UNDERSTOOD;
}

static int read_file(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    if (!ft_http_read(&self->file, part->content, &error)) {
        return status_of(error);
    }
    self->text = g_strdup(self->file.url);
    return UNDERSTOOD;
}

// The type of the file stands in headers inside, its size among the parameters (RFC 4483, RFC 2017).
static int read_external(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    const char *access = content_type_find_parameter(&part->type, "access-type");
    const char *url = content_type_find_parameter(&part->type, "url");
    const char *size = content_type_find_parameter(&part->type, "size");
    g_auto(MimePart) phantom = {0};
    guint64 octets = 0;
    if (access == NULL || g_ascii_strcasecmp(access, "url") != 0 || url == NULL) {
        return UNSUPPORTED;
    }
    if (!mime_part_read_inside(&phantom, part, 0, g_bytes_get_size(part->content), &error)) {
        return status_of(error);
    }
    if (size != NULL && g_ascii_string_to_unsigned(size, 10, 0, G_MAXINT64, &octets, NULL)) {
        self->file.size = octets;
    }
    self->file.url = g_strdup(url);
    self->file.type = phantom.type.type != NULL ? content_type_write(&phantom.type) : NULL;
    self->text = g_strdup(url);
    return UNDERSTOOD;
}

static int read_secret(MessageBody *self, const MimePart *part)
{
    return UNDECIPHERABLE;
}

static void forget_content(MessageBody *self)
{
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->html, g_free);
    g_clear_pointer(&self->lang, g_free);
    g_clear_pointer(&self->notices, g_ptr_array_unref);
    ft_http_clear(&self->file);
    self->silent = false;
    self->state = HOW_NONE;
}

// Notifications come in bundles, and then nothing else is in there (RFC 5438 8.3, 9).
static int read_more_notices(MessageBody *self, const GPtrArray *parts, guint from)
{
    int status = UNDERSTOOD;
    for (guint i = from; i < parts->len && status == UNDERSTOOD; i++) {
        const MimePart *part = parts->pdata[i];
        if (content_type_is(&part->type, IMDN_TYPE) ||
            content_type_is(&part->type, "message/cpim")) {
            status = read_part(self, part);
        }
    }
    g_clear_pointer(&self->text, g_free);
    g_clear_pointer(&self->html, g_free);
    return status;
}

// The first part understood; of alternatives the last, which is the best one (RFC 2046 5.1.4).
static int read_multipart(MessageBody *self, const MimePart *part)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) parts = NULL;
    bool alternative = content_type_is(&part->type, "multipart/alternative");
    if (!multipart_read(&parts, part, &error)) {
        return status_of(error);
    }
    int status = UNSUPPORTED;
    for (guint i = 0; i < parts->len; i++) {
        status = read_part(self, parts->pdata[alternative ? parts->len - 1 - i : i]);
        if (status == UNDERSTOOD && self->notices != NULL && !alternative) {
            return read_more_notices(self, parts, i + 1);
        }
        if (status != UNSUPPORTED) {
            return status;
        }
        forget_content(self);
    }
    return status;
}

static const struct {
    const char *type;
    int (*read)(MessageBody *self, const MimePart *part);
} readers[] = {
    {"text/plain", read_plain},
    {"text/html", read_html},
    {"message/cpim", read_envelope},
    {"multipart/*", read_multipart},
    {ISCOMPOSING_TYPE, read_composing},
    {IMDN_TYPE, read_notice},
    {FT_HTTP_TYPE, read_file},
    {"message/external-body", read_external},
    {"application/pkcs7-mime", read_secret},
};

// Who sends these kinds takes them; text with marks is sent by many who show none.
static void note_shown(MessageBody *self, const MimePart *part)
{
    PeerMemoryTrait trait = peer_traits_find(&part->type);
    if (trait < PEER_MEMORY_TRAIT_COUNT && trait != PEER_MEMORY_HTML &&
        trait != PEER_MEMORY_MULTIPART) {
        self->shown |= 1U << trait;
    }
}

static int read_part(MessageBody *self, const MimePart *part)
{
    note_shown(self, part);
    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (content_type_is(&part->type, readers[i].type)) {
            int status = readers[i].read(self, part);
            if (status == UNDERSTOOD && self->lang == NULL) {
                self->lang = message_body_language(part->language);
            }
            return status;
        }
    }
    return UNSUPPORTED;
}

int message_body_read(MessageBody *self, const MimePart *part)
{
    *self = (MessageBody){0};
    return read_part(self, part);
}

bool message_body_is_allowed(const MessageBody *self, const Settings *settings)
{
    const char *url = self->file.url;
    return url == NULL || g_ascii_strncasecmp(url, "https://", strlen("https://")) == 0 ||
           (settings->allow_http_files &&
            g_ascii_strncasecmp(url, "http://", strlen("http://")) == 0);
}

char *message_body_subject(const MessageBody *self)
{
    if (!self->wrapped || self->envelope.subjects->len == 0) {
        return NULL;
    }
    const CpimSubject *subject = self->envelope.subjects->pdata[0];
    return sipcode_clean(subject->text);
}

char *message_body_time(GDateTime *time, GDateTime *now)
{
    if (time == NULL) {
        return NULL;
    }
    GTimeSpan ahead = g_date_time_difference(time, now);
    if (ABS(ahead) <= STAMP_NOW_US || ahead > STAMP_AHEAD_US) {
        return NULL;
    }
    return cpim_date_time(time);
}

void message_body_to_fields(const MessageBody *self, Fields *fields, bool with_html, GDateTime *now)
{
    g_autofree char *subject = message_body_subject(self);
    g_autofree char *stamp = message_body_time(self->wrapped ? self->envelope.sent : NULL, now);
    fields_set_text(&fields->body, self->text);
    fields_set_text(&fields->html, with_html ? self->html : NULL);
    fields_set_text(&fields->url, self->file.url);
    fields_set_text(&fields->file_name, self->file.name);
    fields_set_text(&fields->file_type, self->file.type);
    fields->file_size = self->file.size;
    if (stamp != NULL) {
        fields_set_text(&fields->stamp, stamp);
    }
    if (self->lang != NULL) {
        fields_set_text(&fields->lang, self->lang);
    }
    if (subject != NULL) {
        fields_set_text(&fields->subject, subject);
    }
    if (self->wrapped && self->envelope.message_id != NULL) {
        fields_set_text(&fields->id, self->envelope.message_id);
        imdn_book_read_wishes(self->envelope.disposition_notification, fields);
    }
}

void message_body_state_to_fields(const MessageBody *self, Fields *fields)
{
    fields->how = self->state;
    fields->ms = (uint64_t)self->refresh_s * 1000;
}

GBytes *message_body_state(const Fields *state)
{
    return iscomposing_write(&(Iscomposing){.is_active = state->how == HOW_COMPOSING,
                                            .refresh_s = (uint32_t)(state->ms / 1000)});
}

GBytes *message_body_wrap(const MessageBodyEnvelope *envelope)
{
    const char *type = envelope->type != NULL ? envelope->type : "text/plain;charset=utf-8";
    g_auto(Cpim) cpim;
    g_autoptr(GBytes) content = envelope->content != NULL
                                    ? g_bytes_ref(envelope->content)
                                    : g_bytes_new(envelope->text, strlen(envelope->text));
    cpim_init(&cpim);
    cpim_add_to(&cpim, NULL, envelope->to);
    cpim.from =
        (CpimAddress){.name = g_strdup(envelope->from_name), .uri = g_strdup(envelope->from)};
    cpim.sent =
        envelope->stamp != NULL ? g_date_time_new_from_iso8601(envelope->stamp, NULL) : NULL;
    if (cpim.sent == NULL) {
        cpim.sent = g_date_time_new_now_utc();
    }
    if (envelope->subject != NULL) {
        CpimSubject *subject = g_new0(CpimSubject, 1);
        subject->text = g_strdup(envelope->subject);
        g_ptr_array_add(cpim.subjects, subject);
    }
    cpim.message_id = g_strdup(envelope->message_id);
    cpim.disposition_notification = g_strdup(envelope->wishes);
    mime_part_init(&cpim.content, type, content, NULL);
    cpim.content.language = g_strdup(envelope->lang);
    return cpim_write(&cpim);
}

void message_body_clear(MessageBody *self)
{
    forget_content(self);
    cpim_clear(&self->envelope);
    *self = (MessageBody){0};
}
