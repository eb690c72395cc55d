// SPDX-License-Identifier: MIT
// Any octets as a disposition notification: no crash, bounds kept, and what was read is read again
// from what is written of it.
#include "sip/body/imdn.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GError) error = NULL;
    g_auto(Imdn) first = {0};
    g_auto(Imdn) second = {0};
    bool is_one = imdn_read(&first, bytes, &error);
    g_assert_true(is_one == (error == NULL));
    if (!is_one || first.outcome == IMDN_OTHER)
        return 0;
    g_assert_cmpuint(strlen(first.message_id), <=, 1023);
    g_autoptr(GBytes) written = imdn_write(&first);
    g_assert_true(imdn_read(&second, written, NULL));
    g_assert_true(second.outcome == first.outcome);
    g_assert_cmpstr(second.message_id, ==, first.message_id);
    return 0;
}
