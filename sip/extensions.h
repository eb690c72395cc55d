// SPDX-License-Identifier: MIT
// Option tags (RFC 3261 19.2): the SIP library refuses those that none of us knows; what it cannot tell is on which
// request each of the others means something. RFC 3891, 4028, 4488, 4538, 5366, 5368.
#pragma once
#include "sip/agent.h"

// What the library is told that we know: of a two-party chat, of a room, and of the maker of rooms.
#define EXTENSIONS_CALL        "timer"
#define EXTENSIONS_ROOM        EXTENSIONS_CALL ", " EXTENSIONS_REPLACES ", tdialog, norefersub, multiple-refer"
#define EXTENSIONS_ALL         EXTENSIONS_ROOM ", " EXTENSIONS_LIST_INVITE
#define EXTENSIONS_REPLACES    "replaces"
#define EXTENSIONS_LIST_INVITE "recipient-list-invite"

// What: whether a request requires an extension.
bool extensions_has(const struct sip_s *sip, const char *tag);

// What: refuses a request that requires an extension which we know, but not on such a request: 420 with
//   Unsupported. `is_first`: it belongs to no dialog; lists of recipients and Replaces may come with such an INVITE,
//   and are judged by who takes it.
// Shape: true when it was refused.
// Source: RFC 3261 8.2.2.3; CONF-010, CONF-019, CONF-032.
bool extensions_refuse(const AgentEvent *event, bool is_first);

// What: refuses a request because of this extension.
void extensions_refuse_one(const AgentEvent *event, const char *tag);
