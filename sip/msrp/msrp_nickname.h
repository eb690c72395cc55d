// SPDX-License-Identifier: MIT
// The value of Use-Nickname (RFC 7701 7.1, 7.3; MSRP-022).
#pragma once

// What: the nickname in a quoted string.
// Shape: owned by the caller; "" asks for the removal of the nickname, which RFC 7701 7.3 wants
// although 7.1 has no syntax for it.
// Errors: NULL for anything that is to be answered 424.
char *msrp_nickname_read(const char *value);

// What: the value for a nickname of ours, a quoted string.
// Shape: owned by the caller.
// Errors: NULL for a nickname that has none: blank, too long, with control characters, no UTF-8.
char *msrp_nickname_write(const char *nick);
