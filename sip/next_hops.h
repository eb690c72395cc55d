// SPDX-License-Identifier: MIT
// Next hops that asked to be left alone for a while: 503 with Retry-After. RFC 3261 21.5.4;
// one-to-one row ERR-04.
#pragma once
#include <stdint.h>

#include <glib.h>

typedef struct NextHops NextHops;

// What: nobody wants to be left alone.
// Shape: owned by the caller (next_hops_free).
NextHops *next_hops_new(void);
void next_hops_free(NextHops *self);

// What: leaves a hop alone for so many seconds from `now_us` (monotonic); bounded.
void next_hops_hold(NextHops *self, const char *hop, uint64_t seconds, int64_t now_us);

// What: for how many seconds more it is to be left alone; 0: it is not.
uint64_t next_hops_left_s(NextHops *self, const char *hop, int64_t now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(NextHops, next_hops_free)
