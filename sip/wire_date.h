// SPDX-License-Identifier: MIT
// Dates as they stand in SIP headers: "Wed, 04 Mar 2026 05:06:07 GMT", English whatever the locale
// (RFC 3261 20.17). Written and read here, since the SIP library reads March of leap years a day
// early.
#pragma once
#include <glib.h>

// What: the header value of a time.
// Shape: owned by the caller (g_free).
char *wire_date_write(GDateTime *time);

// What: the time a header value names; the name of the weekday is not looked at.
// Shape: `text` may be NULL; owned by the caller.
// Errors: NULL when it is none.
GDateTime *wire_date_read(const char *text);
