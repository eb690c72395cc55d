// SPDX-License-Identifier: MIT
// Any octets as a deflated body: no crash, and never more than was allowed or than a thousandfold.
#include "sip/body/inflate.h"

#include <stddef.h>
#include <stdint.h>

// LIMIT: what the body may become; small, so that it is met.
#define OCTETS_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) deflated = g_bytes_new(data, size);
    GBytes *inflated = NULL;
    if (inflate_read(&inflated, deflated, OCTETS_MAX, NULL)) {
        g_assert_cmpuint(g_bytes_get_size(inflated), <=, OCTETS_MAX);
        g_assert_cmpuint(g_bytes_get_size(inflated), <=, size * 1000);
        g_bytes_unref(inflated);
    }
    return 0;
}
