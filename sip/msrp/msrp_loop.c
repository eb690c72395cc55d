// SPDX-License-Identifier: MIT
// One GSource over one epoll descriptor, a sorted list of deadlines and a queue of jobs.
#include "sip/msrp/msrp_loop.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BATCH_MAX 64 // descriptors served in one turn; the others are ready in the next

struct MsrpLoop {
    int epoll;
    GSource *source; // owned
    int64_t (*clock_ms)(void);
    GSequence *timers; // owned, of borrowed MsrpLoopTimer by at_ms
    GQueue jobs;       // of borrowed MsrpLoopJob
    struct epoll_event batch[BATCH_MAX];
    int batch_length; // of the batch being served
};

typedef struct {
    GSource source;
    MsrpLoop *loop; // borrowed: it owns the source
} LoopSource;

static int64_t system_clock_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

int64_t msrp_loop_now_ms(const MsrpLoop *loop)
{
    return loop->clock_ms();
}

static const MsrpLoopTimer *first_timer(const MsrpLoop *loop)
{
    GSequenceIter *first = g_sequence_get_begin_iter(loop->timers);
    return g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
}

static gboolean loop_prepare(GSource *source, int *timeout_ms)
{
    const MsrpLoop *loop = ((LoopSource *)source)->loop;
    const MsrpLoopTimer *first = first_timer(loop);
    *timeout_ms = -1;
    if (loop->jobs.length > 0)
        return TRUE;
    if (first == NULL)
        return FALSE;
    int64_t left = first->at_ms - msrp_loop_now_ms(loop);
    *timeout_ms = (int)CLAMP(left, 0, G_MAXINT);
    return left <= 0;
}

static gboolean loop_check(GSource *source)
{
    int timeout_ms;
    return loop_prepare(source, &timeout_ms);
}

// A descriptor that an earlier one of the batch has given up is not served any more.
static void serve_descriptors(MsrpLoop *loop)
{
    loop->batch_length = epoll_wait(loop->epoll, loop->batch, BATCH_MAX, 0);
    for (int i = 0; i < loop->batch_length; i++) {
        const MsrpLoopWatch *watch = loop->batch[i].data.ptr;
        if (watch != NULL)
            watch->func(watch->user, loop->batch[i].events);
    }
    loop->batch_length = 0;
}

static void serve_timers(MsrpLoop *loop)
{
    int64_t now_ms = msrp_loop_now_ms(loop);
    GSequenceIter *first = g_sequence_get_begin_iter(loop->timers);
    while (!g_sequence_iter_is_end(first)) {
        MsrpLoopTimer *timer = g_sequence_get(first);
        if (timer->at_ms > now_ms)
            return;
        msrp_loop_set_timer(loop, timer, INT64_MAX);
        timer->func(timer->user);
        first = g_sequence_get_begin_iter(loop->timers);
    }
}

// Only as many as there are now: a job that puts itself off again must not hold up the others.
static void serve_jobs(MsrpLoop *loop)
{
    for (guint left = loop->jobs.length; left > 0 && loop->jobs.length > 0; left--) {
        MsrpLoopJob *job = loop->jobs.head->data;
        msrp_loop_cancel(loop, job);
        job->func(job->user);
    }
}

static gboolean loop_dispatch(GSource *source, GSourceFunc unused, gpointer unused_data)
{
    MsrpLoop *loop = ((LoopSource *)source)->loop;
    serve_descriptors(loop);
    serve_timers(loop);
    serve_jobs(loop);
    return G_SOURCE_CONTINUE;
}

MsrpLoop *msrp_loop_new(int64_t (*clock_ms)(void))
{
    static GSourceFuncs funcs = {loop_prepare, loop_check, loop_dispatch, NULL, NULL, NULL};
    MsrpLoop *loop = g_new0(MsrpLoop, 1);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        g_error("no epoll descriptor: %s", g_strerror(errno));
    loop->clock_ms = clock_ms != NULL ? clock_ms : system_clock_ms;
    loop->timers = g_sequence_new(NULL);
    g_queue_init(&loop->jobs);
    loop->source = g_source_new(&funcs, sizeof(LoopSource));
    ((LoopSource *)loop->source)->loop = loop;
    g_source_set_static_name(loop->source, "msrp");
    g_source_add_unix_fd(loop->source, loop->epoll, G_IO_IN);
    g_source_set_can_recurse(loop->source, TRUE); // see sip/sofia_source.c
    g_source_attach(loop->source, NULL);
    return loop;
}

void msrp_loop_free(MsrpLoop *loop)
{
    if (loop == NULL)
        return;
    g_assert(loop->jobs.length == 0 && g_sequence_is_empty(loop->timers));
    g_source_destroy(loop->source);
    g_source_unref(loop->source);
    g_sequence_free(loop->timers);
    close(loop->epoll);
    g_free(loop);
}

static void forget_in_batch(MsrpLoop *loop, const MsrpLoopWatch *watch)
{
    for (int i = 0; i < loop->batch_length; i++) {
        if (loop->batch[i].data.ptr == watch)
            loop->batch[i].data.ptr = NULL;
    }
}

void msrp_loop_watch(MsrpLoop *loop, MsrpLoopWatch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int operation = watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (events == watch->events)
        return;
    if (events == 0) {
        operation = EPOLL_CTL_DEL;
        forget_in_batch(loop, watch);
    }
    watch->events = events;
    if (epoll_ctl(loop->epoll, operation, watch->fd, &event) != 0)
        g_error("epoll does not take descriptor %d: %s", watch->fd, g_strerror(errno));
}

static int compare_timers(const void *a, const void *b, void *unused)
{
    int64_t first = ((const MsrpLoopTimer *)a)->at_ms;
    int64_t second = ((const MsrpLoopTimer *)b)->at_ms;
    return first < second ? -1 : first > second;
}

void msrp_loop_set_timer(MsrpLoop *loop, MsrpLoopTimer *timer, int64_t at_ms)
{
    if (timer->place != NULL && timer->at_ms == at_ms)
        return;
    if (timer->place != NULL)
        g_sequence_remove(timer->place);
    timer->place = NULL;
    timer->at_ms = at_ms;
    if (at_ms != INT64_MAX)
        timer->place = g_sequence_insert_sorted(loop->timers, timer, compare_timers, NULL);
}

void msrp_loop_defer(MsrpLoop *loop, MsrpLoopJob *job)
{
    if (job->link.data != NULL)
        return;
    job->link.data = job;
    g_queue_push_tail_link(&loop->jobs, &job->link);
}

void msrp_loop_cancel(MsrpLoop *loop, MsrpLoopJob *job)
{
    if (job->link.data == NULL)
        return;
    g_queue_unlink(&loop->jobs, &job->link);
    job->link.data = NULL;
}
