// SPDX-License-Identifier: MIT
// The far end of a stream connection, in the hands of a test: it splits and merges what it says,
// stops reading, and breaks off, all on demand and without waiting for the clock.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct CrookedStream CrookedStream;

// What: a connected pair of sockets; `near_fd` is for the code under test, which owns it.
CrookedStream *crooked_stream_pair(int *near_fd);

// What: connects to a TCP port at 127.0.0.1.
CrookedStream *crooked_stream_connect(uint16_t port);

// What: listens at a free TCP port of 127.0.0.1; the one connection is taken as soon as it comes.
CrookedStream *crooked_stream_listen(uint16_t *port);

// What: breaks off, if that has not happened, and frees it.
void crooked_stream_free(CrookedStream *stream);

// What: says something; in pieces of `piece` octets with a turn of the main loop after each, or at
// once for 0.
void crooked_stream_say(CrookedStream *stream, const char *octets, size_t length, size_t piece);

// What: likewise, a text.
void crooked_stream_say_text(CrookedStream *stream, const char *text);

// What: everything heard since the last crooked_stream_forget(), NUL-terminated.
// Shape: borrowed until the next call.
const char *crooked_stream_heard(CrookedStream *stream, size_t *length);
void crooked_stream_forget(CrookedStream *stream);

// What: stops or resumes reading, so that the other side cannot write any more.
void crooked_stream_stall(CrookedStream *stream, bool stalled);

// What: closes; with a reset, if `hard`.
void crooked_stream_break(CrookedStream *stream, bool hard);

// What: whether the other side has closed.
bool crooked_stream_is_over(const CrookedStream *stream);

// What: lets the main loop run until `text` was heard.
// Errors: false when it did not come in a great many turns.
bool crooked_stream_await(CrookedStream *stream, const char *text);

// What: lets the main loop run, and all streams of the test hear, until nothing moves any more.
void crooked_stream_settle(void);
