// SPDX-License-Identifier: MIT
// Chat states: the child of a message that says what its author is doing. XEP-0085.
#pragma once
#include <strophe.h>

#include "mapping/fields.h"

// What: the state in a message.
// Shape: HOW_ACTIVE, HOW_COMPOSING, HOW_PAUSED or HOW_INACTIVE.
// Errors: HOW_NONE when there is none of these; <gone/> is no state but an end.
// Source: XEP-0085 4, 5.2; CHAT-40.
How chat_state_read(xmpp_stanza_t *stanza);

// What: adds the state to a message; HOW_NONE adds nothing.
// Source: XEP-0085 5.1; CHAT-41, CHAT-44.
void chat_state_add(xmpp_stanza_t *stanza, How how);
