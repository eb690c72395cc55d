// SPDX-License-Identifier: MIT
// Any octets as message/cpim: no crash, and what is read is written, read and written again the same.
#include "sip/body/body_error.h"
#include "sip/body/cpim.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_octets(Cpim *cpim, GBytes *bytes)
{
    g_auto(MimePart) whole = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(mime_part_init(&whole, "message/cpim", bytes, NULL));
    bool done = cpim_read(cpim, &whole, &error);
    g_assert_true(done == (error == NULL));
    return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_auto(Cpim) cpim = {0};
    if (!read_octets(&cpim, bytes))
        return 0;
    g_autoptr(GBytes) written = cpim_write(&cpim);
    g_auto(Cpim) again = {0};
    // escapes may push headers that were just small enough beyond their bound
    if (!read_octets(&again, written)) {
        g_assert_cmpuint(size, >, 1024);
        return 0;
    }
    g_autoptr(GBytes) rewritten = cpim_write(&again);
    g_assert_true(g_bytes_equal(written, rewritten));
    return 0;
}
