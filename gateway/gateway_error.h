// SPDX-License-Identifier: MIT
// The one GError domain of the house: something here could not be done.
#pragma once
#include <glib.h>

typedef enum {
    GATEWAY_ERROR_CONFIG, // the configuration says something we cannot do
    GATEWAY_ERROR_IO,     // a socket, file or directory
    GATEWAY_ERROR_STORE,  // the database
} GatewayError;

#define GATEWAY_ERROR gateway_error_quark()

// What: the quark of the domain.
GQuark gateway_error_quark(void);
