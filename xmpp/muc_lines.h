// SPDX-License-Identifier: MIT
// Our own lines on their way through a room. Its echo is their proof; an error or T_reflect ends
// them otherwise. Sources: XEP-0045 7.4; MUC-B05..B07; groupchat matrix 6.5.
#pragma once
#include "xmpp/wire.h"

typedef struct MucLines MucLines;

typedef enum {
    MUC_LINES_UNKNOWN,   // no line of ours
    MUC_LINES_SETTLED,   // it has its end
    MUC_LINES_OUTSIDERS, // the room says we are not in it: enter again, the line waits for that
} MucLinesVerdict;

// What: no lines, and closed: what is added waits for muc_lines_open().
// Shape: owned by the caller; `wire` is borrowed and outlives it. Freeing tells nobody.
MucLines *muc_lines_new(Wire *wire);
void muc_lines_free(MucLines *lines);

// What: sends a line, now or when the room is open, and tells its delivery, once.
// Shape: `owned` is released; `body` may be NULL.
void muc_lines_add(MucLines *lines, xmpp_stanza_t *owned, uint64_t row, const char *body);

// What: we are inside: lines go; we are not: they wait.
void muc_lines_open(MucLines *lines);
void muc_lines_close(MucLines *lines);

// What: takes the echo of a line under our own nick: known by its id, or, where the room has put
//   its own id, as the oldest one with that body.
// Errors: false when it is none of ours: another session of the same user.
// Source: MUC-B05.
bool muc_lines_on_echo(MucLines *lines, const char *id, const char *body);

// What: whether an id is that of a line of ours, on its way or ended lately.
bool muc_lines_is_ours(MucLines *lines, const char *id);

// What: takes an error that the room sent back.
MucLinesVerdict muc_lines_on_error(MucLines *lines, xmpp_stanza_t *stanza);

// What: ends all lines in this way.
void muc_lines_end(MucLines *lines, const WireFate *fate);
