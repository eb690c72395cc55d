// SPDX-License-Identifier: MIT
// Quotes and backslashes.
#include "sip/body/quoted.h"

void quoted_append(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}
