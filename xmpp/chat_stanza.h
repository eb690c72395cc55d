// SPDX-License-Identifier: MIT
// Messages between two users: stanza to fields and back. Rows: IM-01..29, CHAT-20, 30, 50, 51,
// EXT-07..10, 20 as far as they are spelled in XMPP.
#pragma once
#include "xmpp/wire.h"

// Why a stanza is not passed on. reason FAILURE_NONE = nobody is told.
typedef struct {
    FailureReason reason;
    const char *text; // static
} ChatStanzaRefusal;

// What: the event in a message: MESSAGE (body or subject), RECEIPT, GONE or CHAT_STATE.
// Shape: `from` and `to` are the stanza's; owned by the caller.
// Errors: NULL with the reason in `refusal`. Types error and groupchat are not for here.
// Source: IM-11, 17; CHAT-30, 40, 51; EXT-01, 03, 08, 09, 10, 20.
Event *chat_stanza_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to,
                        ChatStanzaRefusal *refusal);

// What: the stanza of a MESSAGE, GONE or CHAT_STATE command.
// Shape: `id` is the stanza's (the command's, or a fresh one); owned by the caller.
// Source: IM-20..27; CHAT-20, 30, 41, 44, 50; EXT-07, 08, 10.
xmpp_stanza_t *chat_stanza_write(Wire *wire, CommandKind kind, const Fields *fields,
                                 const char *id);

typedef enum { CHAT_STANZA_NO_BODY, CHAT_STANZA_BODY, CHAT_STANZA_BODY_TOO_LONG } ChatStanzaBody;

// What: the body by language, shared with lines of rooms: fills body and lang of `fields`.
// Errors: no body when its octets are more than max_stanza.
// Source: IM-11.
ChatStanzaBody chat_stanza_read_body(Wire *wire, xmpp_stanza_t *stanza, Fields *fields);

// What: whether a message carries content that only its two ends can read.
// Source: EXT-20.
bool chat_stanza_is_encrypted(xmpp_stanza_t *stanza);

// What: the same, but for what carries keys alone: nobody wrote that, and nobody waits for it.
// Source: EXT-20, IM-17.
bool chat_stanza_is_sealed(xmpp_stanza_t *stanza);
