// SPDX-License-Identifier: MIT
// Any octets as a document about a file: no crash, and what was read is written and read again as the same.
#include "sip/body/ft_http.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const FtHttp *first)
{
    g_autoptr(GBytes) bytes = ft_http_write(first);
    g_auto(FtHttp) second = {0};
    g_assert_true(ft_http_read(&second, bytes, NULL));
    g_assert_cmpstr(second.url, ==, first->url);
    g_assert_cmpstr(second.name, ==, first->name);
    g_assert_cmpuint(second.size, ==, first->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_auto(FtHttp) file = {0};
    if (ft_http_read(&file, bytes, NULL))
        check_again(&file);
    return 0;
}
