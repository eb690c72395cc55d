// SPDX-License-Identifier: MIT
// Any octets as a body whose first line is its Content-Type, unwrapped as a gateway does it: multipart
// and CPIM inside each other, down to texts. No crash, no depth beyond the bound, no octet made up.
#include "sip/body/cpim.h"
#include "sip/body/html_text.h"
#include "sip/body/multipart.h"
#include "sip/body/plain_text.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void unwrap(const MimePart *part);

static void unwrap_multipart(const MimePart *whole)
{
    g_autoptr(GPtrArray) parts = NULL;
    if (!multipart_read(&parts, whole, NULL))
        return;
    size_t octets = 0;
    g_assert_cmpuint(parts->len, >, 0);
    for (unsigned i = 0; i < parts->len; i++) {
        const MimePart *part = parts->pdata[i];
        octets += g_bytes_get_size(part->content);
        g_assert_cmpuint(part->depth, ==, whole->depth + 1);
        unwrap(part);
    }
    g_assert_cmpuint(octets, <=, g_bytes_get_size(whole->content));
}

static void unwrap_cpim(const MimePart *whole)
{
    g_auto(Cpim) cpim = {0};
    if (cpim_read(&cpim, whole, NULL))
        unwrap(&cpim.content);
}

static void read_text(const MimePart *part)
{
    g_autofree char *text = NULL;
    const char *charset = content_type_find_parameter(&part->type, "charset");
    if (plain_text_read(&text, part->content, charset, NULL))
        g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void read_html(const MimePart *part)
{
    g_auto(HtmlText) text = {0};
    html_text_read(&text, part->content, content_type_find_parameter(&part->type, "charset"), NULL);
}

static void unwrap(const MimePart *part)
{
    g_assert_cmpuint(part->depth, <=, 4);
    if (content_type_is(&part->type, "multipart/*"))
        unwrap_multipart(part);
    else if (content_type_is(&part->type, "message/cpim"))
        unwrap_cpim(part);
    else if (content_type_is(&part->type, "text/html"))
        read_html(part);
    else
        read_text(part);
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
        unwrap(&whole);
    return 0;
}
