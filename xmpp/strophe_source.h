// SPDX-License-Identifier: MIT
// The GSource that pumps one libstrophe context in the default main context: it reads when the
// socket is readable, within a budget per turn, and tells its owner once per turn so that he may
// write and clean up. What we send does not go through the library: it writes one stanza per system
// call, only after a further read, cannot say how much is unsent, and knows no limit
// (docs/library-facts.md A4). So the owner writes to the socket himself; the library has it to
// itself until the handshake is done.
#pragma once
#include <stdbool.h>
#include <strophe.h>

typedef struct StropheSource StropheSource;

typedef struct {
    xmpp_ctx_t *ctx;          // borrowed
    void (*turn)(void *self); // write, clean up; may free the source
    void *self;               // borrowed
} StropheSourceConfig;

// What: a source that watches nothing, attached.
// Shape: owned by the caller.
StropheSource *strophe_source_new(const StropheSourceConfig *config);
void strophe_source_free(StropheSource *source);

// What: watches a socket that is connecting; -1 = none.
// Shape: the source never closes it.
void strophe_source_watch(StropheSource *source, int fd);

// What: from now on the library is pumped at least so often, for timers of its own; 0 = no more.
void strophe_source_tick(StropheSource *source, int ms);

// What: stops or resumes reading; a socket that broke is read to its end all the same.
void strophe_source_pause(StropheSource *source, bool is_paused);

// What: whether the owner waits for room in the socket.
void strophe_source_want_write(StropheSource *source, bool wants);

// What: asks for a turn: there is something to write or to clean up; or for one in which the library
//   is pumped, too, though its socket is silent.
void strophe_source_wake(StropheSource *source);
void strophe_source_pump(StropheSource *source);
