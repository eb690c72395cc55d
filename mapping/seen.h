// SPDX-License-Identifier: MIT
// The ids of lines seen lately in one conversation: a line sent again with the same id is answered
// and dropped. Ids are kept as 64-bit hashes: whoever makes two of his own collide loses his own
// line.
// Source: ESC-017, CHAT-21; RFC 4975 5.4.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct Seen Seen;

// What: an empty ring.
// Shape: owned by the caller.
Seen *seen_new(void);

// What: frees the ring; NULL is allowed.
void seen_free(Seen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, seen_free)

// What: notes an id, unless it is noted already.
// Shape: NULL is not noted.
void seen_note(Seen *seen, const char *id, int64_t now_ms);

// What: forgets an id: what failed may be sent again and is then not known.
// Shape: a NULL ring or id is allowed.
void seen_forget(Seen *seen, const char *id);

// What: whether this id was noted within the hour.
// Shape: a NULL ring or id was never seen; nothing is noted.
bool seen_has(const Seen *seen, const char *id, int64_t now_ms);
