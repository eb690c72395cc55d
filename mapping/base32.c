// SPDX-License-Identifier: MIT
// Five bits a letter; see base32.h.
#include "mapping/base32.h"

char *base32_write(const guint8 *octets, gsize length)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    GString *text = g_string_sized_new((length * 8 + 4) / 5);
    guint bits = 0, count = 0;
    for (gsize i = 0; i < length; i++) {
        bits = (bits << 8 | octets[i]) & 0xfff;
        for (count += 8; count >= 5; count -= 5) {
            g_string_append_c(text, alphabet[bits >> (count - 5) & 31]);
        }
    }
    if (count > 0) {
        g_string_append_c(text, alphabet[bits << (5 - count) & 31]);
    }
    return g_string_free(text, FALSE);
}
