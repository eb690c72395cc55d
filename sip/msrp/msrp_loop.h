// SPDX-License-Identifier: MIT
// Everything of the stack that the main loop has to know: descriptors, deadlines, work put off.
// All of it is one GSource with one epoll descriptor, because GLib looks at every descriptor of
// every source on every turn: 10 000 idle ones cost 770 us per turn, this one costs 2 us.
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

typedef struct MsrpLoop MsrpLoop;

// A descriptor; lies in the structure of its user.
typedef struct {
    void (*func)(void *user, uint32_t events); // EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP
    void *user;                                // borrowed
    int fd;
    uint32_t events; // 0: not watched
} MsrpLoopWatch;

// A deadline; likewise. All zero but func and user before its first use.
typedef struct {
    void (*func)(void *user);
    void *user; // borrowed
    int64_t at_ms;
    GSequenceIter *place; // NULL: not set
} MsrpLoopTimer;

// Something to be done later in this turn or in the next; likewise.
typedef struct {
    void (*func)(void *user);
    void *user; // borrowed
    GList link; // data is NULL: not queued
} MsrpLoopJob;

// What: a loop attached to the default main context.
// Shape: `clock_ms` may be NULL for the system's monotonic clock; owned by the caller.
MsrpLoop *msrp_loop_new(int64_t (*clock_ms)(void));

// What: detaches it; nothing may be watched, set or queued any more.
void msrp_loop_free(MsrpLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MsrpLoop, msrp_loop_free)

// What: the time by which all deadlines go.
int64_t msrp_loop_now_ms(const MsrpLoop *loop);

// What: watches for exactly these events; 0 stops it.
// Shape: fd, func and user are set by the caller before.
void msrp_loop_watch(MsrpLoop *loop, MsrpLoopWatch *watch, uint32_t events);

// What: calls the timer at `at_ms` or soon after, once; replaces what was set; INT64_MAX clears it.
void msrp_loop_set_timer(MsrpLoop *loop, MsrpLoopTimer *timer, int64_t at_ms);

// What: calls the job once; from a job, in the next turn.
void msrp_loop_defer(MsrpLoop *loop, MsrpLoopJob *job);

// What: takes it back.
void msrp_loop_cancel(MsrpLoop *loop, MsrpLoopJob *job);
