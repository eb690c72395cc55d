// SPDX-License-Identifier: MIT
// Any octets as a conference-info document: no crash, and what is read is written, read and written
// again the same.
#include "sip/body/conference_info.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    g_auto(ConferenceInfo) info = {0};
    bool done = conference_info_read(&info, bytes, true, &error);
    g_assert_true(done == (error == NULL));
    if (!done)
        return 0;
    g_autoptr(GBytes) written = conference_info_write(&info);
    g_auto(ConferenceInfo) again = {0};
    g_assert_true(conference_info_read(&again, written, false, NULL));
    g_autoptr(GBytes) rewritten = conference_info_write(&again);
    g_assert_true(g_bytes_equal(written, rewritten));
    return 0;
}
