// SPDX-License-Identifier: MIT
// What a SIP message says of its sender: the types it lists in Accept, the methods in Allow, the
// kinds of content it sent itself. Told to the middle in the fields `takes` and `lacks` of an event
// (docs/seam.md).
#pragma once
#include "mapping/fields.h"
#include "mapping/peer_memory.h"
#include "sip/body/content_type.h"

struct sip_s;

// What: the trait a media type stands for.
// Errors: PEER_MEMORY_TRAIT_COUNT when it stands for none.
PeerMemoryTrait peer_traits_find(const ContentType *type);

// What: adds a word to `takes` or `lacks`; one that is there is not added twice.
void peer_traits_add(Fields *fields, bool takes, PeerMemoryTrait trait);

// What: adds what Accept and Allow of an answer say: a type is taken when it is listed, and not
//   taken when others are listed and no wildcard is. Without INVITE in Allow there is no MSRP.
// Source: EXT-13; RFC 3261 20.1, 20.5.
void peer_traits_read(Fields *fields, const struct sip_s *sip);

// What: adds what somebody takes who sends it himself.
// Shape: `shown` is a set of bits, 1 << trait (MessageBody).
// Source: EXT-01 ("earlier CPIM from it"), CHAT-43.
void peer_traits_add_shown(Fields *fields, unsigned shown);
