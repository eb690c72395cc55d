// SPDX-License-Identifier: MIT
// What a line of somebody else's conference is known by, the same for all of ours who hear it: each of our legs gets
// a copy of its own, and an XMPP room gives a line one id (XEP-0359 3). A switch must not alter the content that it
// passes on (RFC 7701 6.1), so the copies are alike in that; their Message-IDs in MSRP need not be.
#pragma once
#include "sip/guest_line.h"

typedef struct {
    char secret[65]; // keys what can be guessed: who has an id must not learn of a line that he did not hear
} GuestLineIds;

// What: makes the secret.
void guest_line_id_init(GuestLineIds *ids);

// What: whether the line is one that our users said through us, by the envelope that it had.
// Shape: the name that we gave it, borrowed from the line; NULL when it is not known for one.
const char *guest_line_id_ours(const GuestLinePlace *place, const GuestLine *line);

// What: the name of a line. A line of ours has the one that we gave it; another one its author, time and text, and a
//   count where that leg was told the like before. Without a time it goes by the id of its envelope, and without
//   that by its Message-ID, which is the same for all only where the switch keeps it.
// Shape: `told`: digests of what the leg was told lately, in it the new one from now on; owned by the caller.
// Source: XEP-0359 3 and 7 (unpredictable, says nothing of the line); RFC 7701 6.1.
char *guest_line_id(const GuestLineIds *ids, const GuestLinePlace *place, const GuestLine *line,
                    const char *message_id, GQueue *told);
