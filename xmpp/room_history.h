// SPDX-License-Identifier: MIT
// How much of what was said before it came a device wants to hear.
// Source: XEP-0045 7.2.14.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <strophe.h>

typedef struct {
    int64_t since_ms; // wall time, -1 = from the beginning
    uint64_t stanzas; // as many of the latest
    uint64_t chars;   // and no more characters in all of them
} RoomHistory;

// What: the wish that a join presence tells; all that there is, when it tells none.
// Shape: `now_ms` is the wall time. What is not a number or a time counts as not said.
RoomHistory room_history_read(xmpp_stanza_t *join, int64_t now_ms);

// What: whether a line is wanted; asked from the latest to the oldest. Behind the first that is not wanted
//   comes none.
bool room_history_takes(RoomHistory *wish, int64_t stamp_ms, uint64_t chars);
