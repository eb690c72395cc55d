// SPDX-License-Identifier: MIT
// The error domain of sip/body; one way to write its messages.
#include "sip/body/body_error.h"

#include <stdarg.h>

// clang-format off
G_DEFINE_QUARK(body-error-quark, body_error)
// clang-format on

void body_error_set(GError **error, BodyErrorCode code, size_t offset, const char *format, ...)
{
    if (error == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, BODY_ERROR, (int)code, "offset %zu: %s", offset, text);
}
