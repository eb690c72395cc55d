// SPDX-License-Identifier: MIT
// Hops and times; see next_hops.h.
#include "sip/next_hops.h"

#include "mapping/recent.h"

// LIMIT: hops remembered.
#define HOPS_MAX 1000
// LIMIT: one that asks for more is asked again all the same.
#define HOLD_S_MAX 300

struct NextHops {
    Recent *until; // owned: hop to int64_t, monotonic microseconds (owned)
};

NextHops *next_hops_new(void)
{
    NextHops *self = g_new0(NextHops, 1);
    self->until = recent_new(HOPS_MAX, g_free);
    return self;
}

void next_hops_free(NextHops *self)
{
    if (self == NULL) {
        return;
    }
    recent_free(self->until);
    g_free(self);
}

void next_hops_hold(NextHops *self, const char *hop, uint64_t seconds, int64_t now_us)
{
    int64_t *until = g_new(int64_t, 1);
    *until = now_us + (int64_t)MIN(seconds, HOLD_S_MAX) * G_USEC_PER_SEC;
    recent_put(self->until, hop, until);
}

uint64_t next_hops_left_s(NextHops *self, const char *hop, int64_t now_us)
{
    const int64_t *until = recent_find(self->until, hop);
    if (until == NULL || *until <= now_us) {
        return 0;
    }
    return (uint64_t)((*until - now_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}
