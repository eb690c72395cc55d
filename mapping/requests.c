// SPDX-License-Identifier: MIT
// A table by key, the longest unused forgotten first.
#include "mapping/requests.h"

#include "mapping/recent.h"

enum {
    REQUESTS_MAX = 50000,   // LIMIT: requests known again
    REQUESTS_REPEATED_MAX = 8, // LIMIT: repetitions that wait for one answer
};

typedef struct {
    bool is_open;
    GArray *refs;     // owned: uint64_t, of repetitions that wait; NULL = none
    int64_t until_ms; // event time; when answered
    Refusal refusal;  // reason FAILURE_NONE = yes; its text is static or NULL
} Taken;

struct Requests {
    Recent *by_key; // owned: Taken
};

static void taken_free(gpointer data)
{
    Taken *taken = data;
    if (taken->refs != NULL)
        g_array_unref(taken->refs);
    g_free(taken);
}

Requests *requests_new(void)
{
    Requests *requests = g_new0(Requests, 1);
    requests->by_key = recent_new(REQUESTS_MAX, taken_free);
    return requests;
}

void requests_free(Requests *requests)
{
    if (requests == NULL)
        return;
    recent_free(requests->by_key);
    g_free(requests);
}

static Taken *find(const Turn *turn, const char *request)
{
    return request != NULL ? recent_find(turn->requests->by_key, request) : NULL;
}

static void answer(Turn *turn, const Fields *asked, const Refusal *refusal)
{
    if (refusal->reason == FAILURE_NONE)
        turn_push(turn, NULL, COMMAND_ACCEPT, SIDE_SIP)->f.ref = asked->ref;
    else
        refusal_tell(turn, NULL, SIDE_SIP, asked, refusal);
}

static void wait_too(Turn *turn, Taken *taken, const Fields *asked)
{
    static const Refusal TOO_OFTEN = {.reason = FAILURE_RESOURCE_CONSTRAINT};
    if (taken->refs == NULL)
        taken->refs = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    if (taken->refs->len < REQUESTS_REPEATED_MAX)
        g_array_append_val(taken->refs, asked->ref);
    else
        answer(turn, asked, &TOO_OFTEN);
}

bool requests_repeat(Turn *turn, const Event *event)
{
    Taken *taken = find(turn, event->kind == EVENT_MESSAGE ? event->f.request : NULL);
    if (taken == NULL || (!taken->is_open && taken->until_ms < turn->now_ms))
        return false;
    if (taken->is_open)
        wait_too(turn, taken, &event->f);
    else
        answer(turn, &event->f, &taken->refusal);
    return true;
}

void requests_open(Turn *turn, const Fields *asked)
{
    if (asked->request == NULL)
        return;
    Taken *taken = g_new0(Taken, 1);
    taken->is_open = true;
    recent_put(turn->requests->by_key, asked->request, taken);
}

static void others_answer(Turn *turn, const Taken *taken, const Fields *asked,
                          const Refusal *refusal)
{
    for (guint i = 0; taken->refs != NULL && i < taken->refs->len; i++) {
        Fields again = *asked; // borrows everything
        again.ref = g_array_index(taken->refs, uint64_t, i);
        answer(turn, &again, refusal);
    }
}

void requests_end(Turn *turn, const Fields *asked, const Refusal *refusal)
{
    static const Refusal YES = {.reason = FAILURE_NONE};
    Taken *taken = find(turn, asked->request);
    if (taken == NULL || !taken->is_open)
        return;
    if (refusal == NULL)
        refusal = &YES;
    others_answer(turn, taken, asked, refusal);
    g_clear_pointer(&taken->refs, g_array_unref);
    taken->is_open = false;
    taken->until_ms = turn->now_ms + turn->settings->T_sip;
    taken->refusal = *refusal;
    taken->refusal.text = NULL;
}

void requests_restore(Turn *turn, const char *request, const Refusal *refusal, int64_t age_ms)
{
    int64_t left_ms = turn->settings->T_sip - age_ms;
    if (request == NULL || left_ms < 0)
        return;
    Taken *taken = g_new0(Taken, 1);
    taken->until_ms = turn->now_ms + left_ms;
    taken->refusal = *refusal;
    recent_put(turn->requests->by_key, request, taken);
}
