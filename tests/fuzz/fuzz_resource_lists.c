// SPDX-License-Identifier: MIT
// Any octets as a list of recipients: no crash, bounds kept, nobody twice, and no more in the history than in the list.
#include "sip/body/resource_lists.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) entries = resource_lists_read(bytes, &error);
    g_assert_true((entries != NULL) == (error == NULL));
    if (entries == NULL)
        return 0;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < entries->len; i++) {
        const ResourceListsEntry *entry = entries->pdata[i];
        g_assert_true(g_hash_table_add(seen, entry->uri));
        g_assert_cmpuint(strlen(entry->uri), <=, 4096);
    }
    g_assert_cmpuint(entries->len, <=, 1000);
    g_autoptr(GBytes) history = resource_lists_write_history(entries);
    g_autoptr(GPtrArray) told = history != NULL ? resource_lists_read(history, NULL) : NULL;
    g_assert_true((history != NULL) == (told != NULL));
    g_assert_true(told == NULL || told->len <= entries->len);
    return 0;
}
