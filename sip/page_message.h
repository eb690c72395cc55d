// SPDX-License-Identifier: MIT
// A MESSAGE that came, read: its body, what its headers say, and by what it is known when it comes
// again (RFC 3428, RFC 7572; one-to-one matrix section 4).
#pragma once
#include "sip/message_body.h"
#include "sip/parties.h"

struct sip_s;

// What: its body.
// Shape: `body` is overwritten and to be cleared in any case.
// Errors: the status to answer; 0: none.
// Source: IM-20..27; RFC 3261 7.4, 8.2.3.
int page_message_read(MessageBody *body, const GateCore *core, const struct sip_s *sip);

// What: whether its body is encoded in a way that we do not read.
// Source: RFC 3261 20.12.
bool page_message_is_encoded(const struct sip_s *sip);

// What: whether there is nothing in it to be shown.
// Source: IM-05, IM-25.
bool page_message_is_empty(const MessageBody *body, const struct sip_s *sip);

// What: its Date.
// Shape: owned by the caller; NULL: none that can be read.
GDateTime *page_message_date(const struct sip_s *sip);

// What: whether it is too old to be shown.
// Source: RFC 3428 7.
bool page_message_is_expired(const struct sip_s *sip, GDateTime *now);

// What: what all copies of one request have in common, by whatever way they come.
// Shape: owned by the caller.
// Source: RFC 3261 8.2.2.2.
char *page_message_key(const struct sip_s *sip);

// What: what it says of itself, as fields of a line.
// Source: IM-20..33.
void page_message_to_fields(Fields *fields, const GateCore *core, const struct sip_s *sip,
                            const Parties *parties, const MessageBody *body);
