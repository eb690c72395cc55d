// SPDX-License-Identifier: MIT
// Unguessable identifiers: session ids, transaction ids, Message-IDs (RFC 4975 7.1, 7.1.1, 14.1).
#pragma once

#include <stddef.h>

#define MSRP_RANDOM_SESSION_DIGITS     32 // 128 bits; RFC 4975 14.1 wants at least 80
#define MSRP_RANDOM_TRANSACTION_DIGITS 20 // 80 bits; RFC 4975 7.1 wants at least 64
#define MSRP_RANDOM_MESSAGE_DIGITS     32 // CHAT-12

// What: writes `digits` hexadecimal digits from the kernel's random source and a final NUL.
// Shape: `out` has room for `digits` + 1 octets; at most 64 digits.
void msrp_random_hex(char *out, size_t digits);
