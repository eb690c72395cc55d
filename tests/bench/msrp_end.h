// SPDX-License-Identifier: MIT
// The SIP end of a load of sessions: thousands of calls with MSRP, each over a connection of its own; SIP
// over one TCP connection. Scanned rather than parsed. With `config->room` all call that room, and watch
// it with `config->watch`.
#pragma once
#include "tests/bench/loader.h"

typedef struct MsrpEnd MsrpEnd;

// A SEND with a number came (status 0), or the answer to one of ours.
typedef void (*MsrpEndFunc)(void *self, int number, int status);

// What: connects and begins to call, `config->sessions` times: user sI calls user u(I modulo LOADER_ADDRESSES).
// Shape: owned by the caller; ends the program when it cannot.
MsrpEnd *msrp_end_open(const LoaderConfig *config, MsrpEndFunc on_message, void *self);

// What: how many sessions are bound; of these, with whom number I talks.
int msrp_end_bound(const MsrpEnd *end);

// Documents of the room that came.
typedef struct {
    int64_t count, octets;
} MsrpEndNotices;

// What: how many there were so far.
MsrpEndNotices msrp_end_notices(const MsrpEnd *end);

// What: a SEND on session `number` modulo the lesser of the sessions and LOADER_ADDRESSES; in a
//   room always on the first.
void msrp_end_send(MsrpEnd *end, int number);

// What: the descriptor for poll; handles all that happens there.
int msrp_end_fd(const MsrpEnd *end);
void msrp_end_serve(MsrpEnd *end);

// What: closes and frees; NULL is allowed.
void msrp_end_close(MsrpEnd *end);
