// SPDX-License-Identifier: MIT
// The quark behind GATEWAY_ERROR.
#include "gateway/gateway_error.h"

G_DEFINE_QUARK(mucsip-gateway-error-quark, gateway_error)
