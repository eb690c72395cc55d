// SPDX-License-Identifier: MIT
// Any octets as the value of a Content-Type header: no crash, and what was read is written and read again
// as the same.
#include "sip/body/content_type.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const ContentType *first)
{
    g_autofree char *text = content_type_write(first);
    g_auto(ContentType) second = {0};
    g_assert_true(content_type_read(&second, text, NULL));
    g_assert_cmpstr(second.type, ==, first->type);
    g_assert_cmpstr(second.subtype, ==, first->subtype);
    g_assert_cmpuint(second.parameters->len, ==, first->parameters->len);
    for (unsigned i = 0; i < first->parameters->len; i++) {
        const ContentTypeParameter *a = first->parameters->pdata[i], *b = second.parameters->pdata[i];
        g_assert_cmpstr(a->name, ==, b->name);
        g_assert_cmpstr(a->value, ==, b->value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(ContentType) type = {0};
    if (content_type_read(&type, text, NULL))
        check_again(&type);
    return 0;
}
