// SPDX-License-Identifier: MIT
// Token buckets in whole numbers: a token is 60 000 grains, and a bucket gains as many grains per
// millisecond as it may gain tokens per minute.
#include "mapping/limiter.h"

#include "mapping/recent.h"

enum {
    LIMITER_GRAINS = 60000, // grains in a token = milliseconds in a minute
};

typedef struct {
    int64_t grains;
    int64_t at_ms; // when `grains` was right
} LimiterBucket;

struct Limiter {
    Recent *buckets; // owned: sender -> LimiterBucket
    int64_t per_minute;
    int64_t full; // grains
};

Limiter *limiter_new(int64_t per_minute, int64_t burst, size_t senders)
{
    Limiter *limiter = g_new(Limiter, 1);
    *limiter = (Limiter){recent_new(senders, g_free), per_minute, burst * LIMITER_GRAINS};
    return limiter;
}

void limiter_free(Limiter *limiter)
{
    if (limiter == NULL)
        return;
    recent_free(limiter->buckets);
    g_free(limiter);
}

static LimiterBucket *bucket_of(Limiter *limiter, const char *sender, int64_t now_ms)
{
    LimiterBucket *bucket = recent_find(limiter->buckets, sender);
    if (bucket == NULL) {
        bucket = g_new(LimiterBucket, 1);
        *bucket = (LimiterBucket){limiter->full, now_ms};
        recent_put(limiter->buckets, sender, bucket);
    }
    return bucket;
}

static void refill(const Limiter *limiter, LimiterBucket *bucket, int64_t now_ms)
{
    int64_t passed = now_ms - bucket->at_ms;
    if (passed <= 0)
        return;
    int64_t missing = limiter->full - bucket->grains;
    // Compared before multiplying: a long silence must not overflow.
    bool is_full = passed > missing / limiter->per_minute;
    bucket->grains = is_full ? limiter->full : bucket->grains + passed * limiter->per_minute;
    bucket->at_ms = now_ms;
}

bool limiter_take(Limiter *limiter, const char *sender, int64_t now_ms)
{
    LimiterBucket *bucket = bucket_of(limiter, sender, now_ms);
    refill(limiter, bucket, now_ms);
    if (bucket->grains < LIMITER_GRAINS)
        return false;
    bucket->grains -= LIMITER_GRAINS;
    return true;
}
