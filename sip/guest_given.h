// SPDX-License-Identifier: MIT
// Which lines of a conference its guest has been given: who comes again after a loss is told by many a switch what was said
// before, and what he knows is not shown to him twice. RFC 4975 5.4; MSRP-024, MUC-A30.
//
// A line is known by its Message-ID, which a switch may keep; else by when it was said, by whom, and how it reads. What is
// said twice within a second is two lines: of times only those count that were told before the conference was lost.
#pragma once
#include "sip/guest_line.h"

typedef struct GuestGiven GuestGiven;

// What: nothing given.
// Shape: owned by the caller (guest_given_free).
GuestGiven *guest_given_new(void);

// What: forgets all; NULL is allowed.
void guest_given_free(GuestGiven *self);

// What: the conference is lost: what was given until now may come again.
void guest_given_lose(GuestGiven *self);

// What: whether this line was given; notes that it was.
// Shape: `name`: that of a line of our users (guest_line_id.h), or NULL.
// Source: MSRP-024.
bool guest_given_has(const GuestGiven *self, const char *message_id, const GuestLine *line,
                     const char *name);
void guest_given_note(GuestGiven *self, const char *message_id, const GuestLine *line);

// What: notes what the guest said himself: his lines come again, too, with their names or without.
// Shape: `name` may be NULL.
// Source: MUC-A10.
void guest_given_note_said(GuestGiven *self, const char *text, const char *name);
