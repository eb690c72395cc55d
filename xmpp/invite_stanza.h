// SPDX-License-Identifier: MIT
// Invitations into rooms as stanzas: mediated (XEP-0045 7.8, 7.9), direct (XEP-0249), and declines.
// COMPAT(Prosody 0.12, ejabberd 23): both put a body and a jabber:x:conference child without
// `continue` beside a mediated invitation: that body is no line and that child no second
// invitation. Prosody also names the inviter by occupant JID and takes <continue/> away.
#pragma once
#include "mapping/fields.h"
#include "xmpp/stanza.h"

typedef struct {
    Address *room;    // shared, bare
    Address *inviter; // shared, as named; maybe an occupant of the room
    Address *real;    // shared, his real address; NULL = not told
    Address *to;      // shared, who is invited
    char *id;         // owned, of the stanza
    char *reason;     // owned
    char *password;   // owned
    char *thread;     // owned
    bool continues;
    bool is_mediated;
} InviteStanza;

// What: whether a message is an invitation of either form, readable or not.
bool invite_stanza_is(xmpp_stanza_t *stanza);

// What: the invitation in a message.
// Shape: `invite` is overwritten; to be cleared by the caller in any case.
// Errors: false when it names no room.
// Source: XEP-0045 7.8.2, 7.9; XEP-0249 2; ESC-100, 101.
bool invite_stanza_read(xmpp_stanza_t *stanza, Address *from, Address *to, InviteStanza *invite);
void invite_stanza_clear(InviteStanza *invite);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(InviteStanza, invite_stanza_clear)

// What: an invitation through the room, of `fields`: to, text, and whether and what it continues.
// Shape: owned by the caller.
// Source: XEP-0045 7.8.2, 7.9; MUC-B12.
xmpp_stanza_t *invite_stanza_mediated(xmpp_ctx_t *ctx, Address *self, Address *room, const char *id,
                                      const Fields *fields);

// What: the decline, through the room, to the inviter as named.
// Shape: owned by the caller; `reason` may be NULL.
// Source: XEP-0045 7.8.2; groupchat matrix 7.4 ("decline").
xmpp_stanza_t *invite_stanza_decline(xmpp_ctx_t *ctx, const InviteStanza *invite, const char *id,
                                     const char *reason);
