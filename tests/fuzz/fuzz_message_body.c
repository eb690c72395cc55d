// SPDX-License-Identifier: MIT
// Any octets as the body of a MESSAGE or SEND whose first line is its Content-Type: no crash, a known
// answer, and what was taken is fit for a stanza and can be put into an envelope again.
#include "sip/message_body.h"

#include "sip/body/imdn.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
    if (text == NULL)
        return;
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c != '\0'; c++)
        g_assert_true((unsigned char)*c >= ' ' || *c == '\n' || *c == '\t' || *c == '\r');
}

static void check_fields(const MessageBody *body)
{
    g_autoptr(GDateTime) now = g_date_time_new_utc(2026, 1, 2, 3, 4, 5);
    Fields fields = {0};
    message_body_to_fields(body, &fields, true, now);
    check_text(fields.body);
    check_text(fields.html);
    check_text(fields.subject);
    fields_clear(&fields);
}

// Notifications are for nobody to read, and each is about some message.
static void check_notices(const MessageBody *body)
{
    for (guint i = 0; body->notices != NULL && i < body->notices->len; i++) {
        const Imdn *notice = body->notices->pdata[i];
        g_assert_true(body->silent && body->text == NULL);
        g_assert_nonnull(notice->message_id);
    }
}

static void check_read(const MimePart *whole)
{
    g_auto(MessageBody) body = {0};
    int status = message_body_read(&body, whole);
    g_assert_true(status == 0 || status == 400 || status == 413 || status == 415 || status == 493);
    if (status == 0) {
        check_fields(&body);
        check_notices(&body);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    if (end == NULL)
        return 0;
    size_t used = (size_t)(end - data) + 1;
    g_autofree char *type = g_strndup((const char *)data, used - 1);
    g_autoptr(GBytes) bytes = g_bytes_new(data + used, size - used);
    g_auto(MimePart) whole = {0};
    if (mime_part_init(&whole, type, bytes, NULL))
        check_read(&whole);
    return 0;
}
