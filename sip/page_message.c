// SPDX-License-Identifier: MIT
// A MESSAGE that came; see page_message.h.
#include "sip/page_message.h"

#include <string.h>

#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>

#include "sip/body/body_error.h"
#include "sip/body/inflate.h"
#include "sip/peer_traits.h"
#include "sip/sipcode.h"
#include "sip/wire_date.h"

// 128 bits of a hash: none of another request by chance.
#define REQUEST_KEY_DIGITS 32

static const char *encoding_of(const sip_t *sip)
{
    const sip_content_encoding_t *encoding = sip->sip_content_encoding;
    if (encoding == NULL || encoding->k_items == NULL || encoding->k_items[0] == NULL) {
        return "identity";
    }
    return encoding->k_items[1] == NULL ? encoding->k_items[0] : "several";
}

static bool is_deflated(const sip_t *sip)
{
    return g_ascii_strcasecmp(encoding_of(sip), "deflate") == 0;
}

bool page_message_is_encoded(const sip_t *sip)
{
    return !is_deflated(sip) && g_ascii_strcasecmp(encoding_of(sip), "identity") != 0;
}

// The text of the header is read again: the library is a day wrong in March of leap years.
GDateTime *page_message_date(const sip_t *sip)
{
    const sip_date_t *date = sip->sip_date;
    if (date == NULL || date->d_common->h_data == NULL) {
        return NULL;
    }
    g_autofree char *header = g_strndup(date->d_common->h_data, date->d_common->h_len);
    const char *colon = strchr(header, ':');
    return wire_date_read(colon != NULL ? colon + 1 : NULL);
}

// Expires counts from Date, else from now (RFC 3428 7).
bool page_message_is_expired(const sip_t *sip, GDateTime *now)
{
    const sip_expires_t *expires = sip->sip_expires;
    g_autoptr(GDateTime) date = page_message_date(sip);
    if (expires == NULL || expires->ex_date != 0) {
        return expires != NULL && expires->ex_date <= sip_now();
    }
    gint64 start = g_date_time_to_unix(date != NULL ? date : now);
    return start + (gint64)expires->ex_delta <= g_date_time_to_unix(now);
}

static int read_content(GBytes **content, const GateCore *core, const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) given = g_bytes_new(payload->pl_data, payload->pl_len);
    if (!is_deflated(sip)) {
        *content = g_steal_pointer(&given);
    } else if (!inflate_read(content, given, (size_t)core->settings->max_stanza, &error)) {
        return g_error_matches(error, BODY_ERROR, BODY_ERROR_LIMIT) ? 413 : 400;
    }
    return 0;
}

int page_message_read(MessageBody *body, const GateCore *core, const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    *body = (MessageBody){0};
    if (payload == NULL || payload->pl_len == 0) {
        return 0;
    }
    if (sip->sip_content_type == NULL) {
        return 400;
    }
    if (payload->pl_len > (size_t)core->settings->max_stanza) {
        return 413;
    }
    su_home_t home[1] = {SU_HOME_INIT(home)};
    g_auto(MimePart) part = {0};
    g_autoptr(GBytes) content = NULL;
    int status = read_content(&content, core, sip);
    if (status != 0) {
        return status;
    }
    const char *type = sip_header_as_string(home, (const sip_header_t *)sip->sip_content_type);
    bool read = type != NULL && mime_part_init(&part, type, content, NULL);
    su_home_deinit(home);
    status = read ? message_body_read(body, &part) : 400;
    return status == 0 && !message_body_is_allowed(body, core->settings) ? 415 : status;
}

// No body at all is nothing; an empty text may carry a subject (IM-05, IM-25).
bool page_message_is_empty(const MessageBody *body, const sip_t *sip)
{
    bool empty = body->text == NULL || *body->text == '\0';
    return body->silent || (empty && (sip->sip_subject == NULL || sip->sip_content_type == NULL));
}

// The branch without its cookie names the transaction, and so the message (IM-24).
static char *id_of(const sip_t *sip)
{
    const char *branch = sip->sip_via != NULL ? sip->sip_via->v_branch : NULL;
    if (branch == NULL) {
        return g_uuid_string_random();
    }
    return g_strdup(g_str_has_prefix(branch, "z9hG4bK") ? branch + strlen("z9hG4bK") : branch);
}

// Another copy of the same request has the same key, by whatever way it comes: a proxy that was restarted
// sends it on under another branch (RFC 3261 8.2.2.2). The text is in it for those who number nothing.
char *page_message_key(const sip_t *sip)
{
    const sip_payload_t *payload = sip->sip_payload;
    const char *tag = sip->sip_from->a_tag;
    g_autoptr(GString) words = g_string_new(tag);
    g_string_append_printf(words, "\n%s\n%u\n", sip->sip_call_id->i_id, sip->sip_cseq->cs_seq);
    if (payload != NULL)
        g_string_append_len(words, payload->pl_data, (gssize)payload->pl_len);
    char *key =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)words->str, words->len);
    key[REQUEST_KEY_DIGITS] = '\0';
    return key;
}

// Headers first; an envelope inside knows better.
void page_message_to_fields(Fields *fields, const GateCore *core, const sip_t *sip,
                        const Parties *parties, const MessageBody *body)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *id = id_of(sip);
    fields_set_address(&fields->from, parties->from);
    fields_set_address(&fields->to, parties->to);
    fields_set_text(&fields->id, *id != '\0' ? id : NULL);
    fields_set_text(&fields->thread, thread_table_thread(core->threads, sip->sip_call_id->i_id));
    fields_set_text(&fields->nick, parties->nick);
    if (sip->sip_subject != NULL) {
        g_autofree char *subject = sipcode_clean(sip->sip_subject->g_string);
        fields_set_text(&fields->subject, subject);
    }
    if (sip->sip_content_language != NULL && sip->sip_content_language->k_items != NULL) {
        g_autofree char *lang = message_body_language(sip->sip_content_language->k_items[0]);
        fields_set_text(&fields->lang, lang);
    }
    g_autoptr(GDateTime) date = page_message_date(sip);
    g_autofree char *stamp = message_body_time(date, now);
    fields_set_text(&fields->stamp, stamp);
    message_body_to_fields(body, fields, core->settings->html == HTML_XHTML, now);
    if (core->settings->shim && sip->sip_max_forwards != NULL) {
        fields->hops = sip->sip_max_forwards->mf_count;
    }
    peer_traits_add_shown(fields, body->shown);
    if (fields->notify) {
        imdn_book_note_asked(core->imdn, fields, &body->envelope);
    }
}
