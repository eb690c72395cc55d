// SPDX-License-Identifier: MIT
// One record per message; all before `first_open` have come to their end, so that no walk is long.
#include "tests/bench/fates.h"

#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

// RFC 3261 17.1.2.2: an unanswered request is sent again after T1, each wait doubling up to T2, for 64*T1.
#define T1_US 500000
#define T2_US 4000000
// Nothing comes for a message after that: 64*T1, and what a gateway needs to tell of it.
#define GIVE_UP_US 40000000

typedef struct {
    int64_t sent_us;     // first time; 0 = not yet
    int64_t again_us;    // when it is to be repeated
    int64_t arrived_us;  // first time; 0 = not
    int64_t answered_us; // first time; 0 = not
    int arrivals;
    int status; // of the first answer
    int repeats;
    bool is_busy;
} Fate;

struct Fates {
    const LoaderConfig *config; // borrowed
    Fate *all;                  // owned
    int sent;
    int first_open; // all before it are over
    int over_after; // of those from first_open on
};

Fates *fates_new(const LoaderConfig *config)
{
    Fates *fates = g_new0(Fates, 1);
    fates->config = config;
    fates->all = g_new0(Fate, config->count);
    return fates;
}

void fates_free(Fates *fates)
{
    g_free(fates->all);
    g_free(fates);
}

// A message is over when it arrived and, from SIP, was answered too; or when its sender was refused.
static bool is_over(const Fates *fates, const Fate *fate)
{
    bool is_refused = fate->status >= 300, is_answered = fate->answered_us != 0;
    switch (fates->config->way) {
    case LOADER_SIP: return is_answered;
    case LOADER_SIP_TO_XMPP: return is_refused || (is_answered && fate->arrivals > 0);
    case LOADER_XMPP_TO_SIP:
    case LOADER_RAW:
    case LOADER_ECHO:
    case LOADER_HOLD: return is_refused || fate->arrivals > 0;
    }
    g_assert_not_reached();
}

// The record of a message that was sent; NULL for a number nobody sent.
static Fate *fate_get(Fates *fates, int number)
{
    return number >= 0 && number < fates->sent ? &fates->all[number] : NULL;
}

static void note_over(Fates *fates, const Fate *fate, bool was_over)
{
    if (!was_over && is_over(fates, fate) && fate - fates->all >= fates->first_open)
        fates->over_after++;
}

void fates_sent(Fates *fates, int number)
{
    Fate *fate = &fates->all[number];
    fates->sent = number + 1;
    fate->sent_us = loader_now_us();
    fate->again_us = fate->sent_us + T1_US;
}

void fates_sent_again(Fates *fates, int number)
{
    Fate *fate = &fates->all[number];
    int64_t wait = (int64_t)T1_US << MIN(++fate->repeats, 3);
    fate->again_us += MIN(wait, T2_US);
}

void fates_arrived(Fates *fates, int number)
{
    Fate *fate = fate_get(fates, number);
    if (fate == NULL)
        return;
    bool was_over = is_over(fates, fate);
    if (fate->arrivals++ == 0)
        fate->arrived_us = loader_now_us();
    note_over(fates, fate, was_over);
}

void fates_answered(Fates *fates, int number, int status, bool is_busy)
{
    Fate *fate = fate_get(fates, number);
    if (fate == NULL || fate->answered_us != 0)
        return; // the answer to a repetition is the same answer
    bool was_over = is_over(fates, fate);
    fate->answered_us = loader_now_us();
    fate->status = status;
    fate->is_busy = is_busy;
    note_over(fates, fate, was_over);
}

int fates_sent_count(const Fates *fates)
{
    return fates->sent;
}

int fates_over_count(Fates *fates)
{
    int64_t now_us = loader_now_us();
    for (; fates->first_open < fates->sent; fates->first_open++) {
        const Fate *fate = &fates->all[fates->first_open];
        if (is_over(fates, fate))
            fates->over_after--;
        else if (now_us - fate->sent_us < GIVE_UP_US)
            break;
    }
    return fates->first_open + fates->over_after;
}

int fates_next_due(Fates *fates)
{
    int64_t now_us = loader_now_us();
    for (int i = fates->first_open; i < fates->sent; i++) {
        const Fate *fate = &fates->all[i];
        bool is_tried = now_us - fate->sent_us < (int64_t)64 * T1_US;
        if (fate->answered_us == 0 && is_tried && fate->again_us <= now_us)
            return i;
    }
    return -1;
}

// ---- sums ---------------------------------------------------------------------------------------

static int time_compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return one < two ? -1 : one > two;
}

// Median and 99th percentile of what has a time.
static void times_print(const Fates *fates, const char *name, bool of_answers)
{
    g_autofree int64_t *times = g_new0(int64_t, fates->sent + 1);
    int count = 0;
    for (int i = 0; i < fates->sent; i++) {
        const Fate *fate = &fates->all[i];
        int64_t at_us = of_answers ? fate->answered_us : fate->arrived_us;
        if (at_us != 0)
            times[count++] = at_us - fate->sent_us;
    }
    qsort(times, (size_t)count, sizeof *times, time_compare);
    printf("\"%s_p50_ms\": %.3f, \"%s_p99_ms\": %.3f, ", name, (double)times[count / 2] / 1e3, name,
           (double)times[(int)((int64_t)count * 99 / 100)] / 1e3);
}

typedef struct {
    int arrived, lost, twice, refused, busy, unanswered, refused_yet_arrived, repeats;
    int64_t last_us;
} Sums;

static void sum_up(Sums *sums, const Fate *fate, LoaderWay way)
{
    bool has_arrived = fate->arrivals > 0, is_refused = fate->status >= 300;
    bool wants_answer = way == LOADER_SIP_TO_XMPP || way == LOADER_SIP;
    sums->arrived += has_arrived;
    sums->lost += way != LOADER_SIP && !has_arrived && !is_refused;
    sums->twice += fate->arrivals > 1;
    sums->refused += is_refused;
    sums->busy += fate->is_busy;
    sums->unanswered += wants_answer && fate->answered_us == 0;
    sums->refused_yet_arrived += has_arrived && is_refused;
    sums->repeats += fate->repeats;
    sums->last_us = MAX(sums->last_us, MAX(fate->arrived_us, fate->answered_us));
}

void fates_print(const Fates *fates)
{
    Sums sums = {0};
    for (int i = 0; i < fates->sent; i++)
        sum_up(&sums, &fates->all[i], fates->config->way);
    int64_t took_us = fates->sent > 0 ? MAX(sums.last_us - fates->all[0].sent_us, 1) : 1;
    int done = fates->config->way == LOADER_SIP ? fates->sent - sums.unanswered : sums.arrived;
    printf("\"sent\": %d, \"arrived\": %d, \"lost\": %d, \"twice\": %d, \"refused\": %d, "
           "\"busy\": %d, \"unanswered\": %d, \"refused_yet_arrived\": %d, \"sent_again\": %d, "
           "\"rate\": %.1f, ",
           fates->sent, sums.arrived, sums.lost, sums.twice, sums.refused, sums.busy,
           sums.unanswered, sums.refused_yet_arrived, sums.repeats, done * 1e6 / (double)took_us);
    times_print(fates, "arrival", false);
    times_print(fates, "answer", true);
}
