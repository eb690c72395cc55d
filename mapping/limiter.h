// SPDX-License-Identifier: MIT
// Limiter: a token bucket per sender on event time (SEC-10). The table of senders is bounded; one that
// was quiet the longest is forgotten and starts again with a full bucket.
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Limiter Limiter;

// What: a limiter of `per_minute` events in the long run and `burst` at once, for each sender.
// Shape: owned by the caller (limiter_free); both at least 1; at most `senders` are remembered.
// Source: SEC-10.
Limiter *limiter_new(int64_t per_minute, int64_t burst, size_t senders);
void limiter_free(Limiter *limiter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limiter, limiter_free)

// What: takes a token of `sender`; false = over the rate, nothing taken.
// Shape: `now_ms` is the event's time; a time before the last one counts as the last one.
// Source: SEC-10.
bool limiter_take(Limiter *limiter, const char *sender, int64_t now_ms);
