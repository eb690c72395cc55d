// SPDX-License-Identifier: MIT
// Any octets as message/sipfrag: no crash, and what was read is written and read again as the same.
#include "sip/body/sipfrag.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(const Sipfrag *first)
{
    g_autoptr(GBytes) bytes = sipfrag_write(first->status, first->reason);
    g_auto(Sipfrag) second = {0};
    g_assert_true(sipfrag_read(&second, bytes, NULL));
    g_assert_cmpuint(second.status, ==, first->status);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_auto(Sipfrag) sipfrag = {0};
    if (sipfrag_read(&sipfrag, bytes, NULL))
        check_again(&sipfrag);
    return 0;
}
