// SPDX-License-Identifier: MIT
// Which links stand: that of each component domain, and the SIP side as a whole. Every one does
// until it is told otherwise (GEN-06).
#pragma once
#include "mapping/event.h"

typedef struct Links Links;

// What: every link stands.
// Shape: owned by the caller.
Links *links_new(void);
void links_free(Links *links);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Links, links_free)

// What: notes that a link went up or down (LINK).
// Source: GEN-06.
void links_note(Links *links, const Event *event);

// What: whether the way to XMPP is down for this SIP user, by his domain; whether SIP is down.
// Shape: NULL is nobody, and never down.
bool links_is_down(const Links *links, const Address *sip_user);
bool links_sip_is_down(const Links *links);
