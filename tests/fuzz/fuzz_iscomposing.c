// SPDX-License-Identifier: MIT
// Any octets as an isComposing document: no crash, bounds kept, and what was read is read again
// from what is written of it.
#include "sip/body/iscomposing.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GError) error = NULL;
    Iscomposing first, second;
    bool is_one = iscomposing_read(&first, bytes, &error);
    g_assert_true(is_one == (error == NULL));
    g_assert_cmpuint(first.refresh_s, <=, 3600);
    g_autoptr(GBytes) written = iscomposing_write(&first);
    g_assert_true(iscomposing_read(&second, written, NULL));
    g_assert_true(second.is_active == first.is_active);
    g_assert_cmpuint(second.refresh_s, ==, first.is_active ? first.refresh_s : 0);
    return 0;
}
