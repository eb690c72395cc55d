// SPDX-License-Identifier: MIT
// The lines of one call on their way to the peer: those that wait because it takes nothing now, and
// those under way, kept with their content until their outcome is known, so that they can go once
// more in another session under the same Message-ID. RFC 4975 5.4; CHAT-03, CHAT-10, CHAT-52.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

// A line for the peer. As an argument it is borrowed for the call.
typedef struct {
    uint64_t row;   // 0: words of our own, whose fate nobody waits for
    const char *id; // Message-ID; NULL or used: one is made up
    const char *content_type;
    const char *inner_type; // NULL: not wrapped
    const char *lang;       // NULL: none
    GBytes *body;
    bool receipt;     // Success-Report
    bool is_fleeting; // of no worth later: neither held nor sent once more
} CallLine;

typedef struct CallLines CallLines;

// What: nothing on its way.
// Shape: at most `count_max` lines with `octets_max` octets wait. Owned by the caller (call_lines_free).
CallLines *call_lines_new(int64_t count_max, int64_t octets_max);
void call_lines_free(CallLines *lines);

// What: a line waits, behind those that do already.
// Errors: false: too many, or too much, wait already.
// Source: CHAT-03, CHAT-10.
bool call_lines_hold(CallLines *lines, const CallLine *line);

// What: a line goes at once, past none that waits.
// Shape: the copy of it, borrowed until its outcome.
const CallLine *call_lines_go(CallLines *lines, const CallLine *line);

// What: the oldest line that waits goes now.
// Errors: NULL: none waits.
const CallLine *call_lines_next(CallLines *lines);

// What: a line under way; NULL: none has that row.
const CallLine *call_lines_find(const CallLines *lines, uint64_t row);

// What: notes under which Message-ID a line goes.
void call_lines_name(CallLines *lines, const CallLine *line, const char *message_id);

// What: a line of those that are left, waiting or under way; NULL: none. As going from now on.
const CallLine *call_lines_any(CallLines *lines);

// What: whether a line went into a session, now or before.
bool call_lines_has_left(const CallLine *line);

// What: forgets a line that was going: it did not go, or its outcome is known.
void call_lines_forget(CallLines *lines, const CallLine *line);

// What: a line under way lost its session without an outcome: it waits again, where it was in the
//   order of all lines.
// Errors: false: no line with that row is under way.
bool call_lines_take_back(CallLines *lines, uint64_t row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CallLines, call_lines_free)
