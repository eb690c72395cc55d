// SPDX-License-Identifier: MIT
// What the gate remembers of messages so that notifications (IMDN) can be read and written: under
// which id a message of ours went out, and how the author of one of theirs asked to be told. Bounded
// and in memory only. RFC 5438; one-to-one rows EXT-01..04, SEC-11.
#pragma once
#include <stdbool.h>

#include "mapping/event.h"
#include "mapping/port.h"
#include "mapping/route.h"
#include "sip/body/cpim.h"
#include "sip/body/imdn.h"

typedef struct ImdnBook ImdnBook;

// What: an empty book.
// Shape: `route` is borrowed; owned by the caller (imdn_book_free).
ImdnBook *imdn_book_new(const Route *route);
void imdn_book_free(ImdnBook *book);

// What: what an envelope round a line of ours asks for by imdn.Disposition-Notification, and the
//   imdn.Message-ID that goes with it and is noted: the same one each time the line is sent, and not
//   to be guessed by who knows the stanza's.
// Shape: `line` has from, to, id, receipt, markable; static, and `*id` is owned by the caller.
// Errors: NULL when its author wishes nothing; `*id` is left alone.
// Source: EXT-01, EXT-03, SEC-11; RFC 5438 6.3, 7.1.1.
const char *imdn_book_ask(ImdnBook *book, const Fields *line, char **id);

// What: notes another id under which a line went out: a phone that gets no envelope names the
//   Call-ID.
void imdn_book_note_sent(ImdnBook *book, const Fields *line, const char *wire_id);

// What: notes how the author of a message asked to be told of it.
// Shape: `message` is the event of it: from, to and id. What is too long is not noted.
// Source: EXT-01; RFC 5438 7.2.1.
void imdn_book_note_asked(ImdnBook *book, const Fields *message, const Cpim *envelope);

// What: the event a notification makes.
// Shape: `message` is the event it came as: from, to and leg; owned by the caller.
// Errors: NULL when it says nothing to its reader, or is about no message that we know.
// Source: EXT-02, EXT-04.
Event *imdn_book_read(ImdnBook *book, const Fields *message, const Imdn *notification);

// What: the envelope with the notification of a `sip receipt` command.
// Shape: owned by the caller.
// Errors: NULL when its author did not ask by an envelope, or it is forgotten.
// Source: EXT-01, EXT-03, SEC-12; RFC 5438 7.2.1.
GBytes *imdn_book_write(ImdnBook *book, const Fields *receipt);

// What: where on SIP that has to go first: the address the envelope named last on its way.
// Shape: borrowed until the book changes; NULL = to its author.
// Errors: an address in a domain that is no SIP domain of ours is not heeded: nobody sends us
//   anywhere.
// Source: EXT-01; RFC 5438 7.2.1 (IMDN-Route).
const char *imdn_book_target(ImdnBook *book, const Fields *receipt);

// What: reads the value of imdn.Disposition-Notification into receipt, negative, markable and notify; words it does not know are
//   skipped.
// Shape: `value` may be NULL.
// Source: EXT-02, EXT-04; RFC 5438 7.2.1, 10.
void imdn_book_read_wishes(const char *value, Fields *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImdnBook, imdn_book_free)
