// SPDX-License-Identifier: MIT
// What we and our users can do: answers to disco, ping and version, and what others answer to us.
// Sources: XEP-0030, 0092, 0115, 0199; EXT-11, EXT-12, GEN-07.
#pragma once
#include "xmpp/wire.h"

// What: the answer to an IQ of type get or set addressed to us: a result, or service-unavailable.
// Shape: `is_shown` says that `to` is a full JID which the asker can see; owned by the caller.
// Source: GEN-07; EXT-12 (a full JID that is not shown is not there).
xmpp_stanza_t *disco_answer(Wire *wire, xmpp_stanza_t *request, Address *to, bool is_shown);

// What: appends our capabilities to a presence.
// Source: XEP-0115 5; EXT-12.
void disco_add_caps(Wire *wire, xmpp_stanza_t *presence);

// What: the verification string of one identity and its features.
// Shape: `identity` is "category/type/lang/name", `features` are sorted by octets and
//   NULL-terminated; owned by the caller.
// Source: XEP-0115 5.1.
char *disco_caps_ver(const char *identity, const char *const features[]);

// What a room says of itself.
typedef struct {
    bool is_room;           // a conference at all
    bool has_password;      // wants one
    bool is_hidden;         // is to be known only by those inside
    bool shows_reals;       // non-anonymous: everybody inside sees who the others are
    char *name;             // owned
    char *description;      // owned
    uint64_t occupants;     // 0 = not told
    uint64_t occupants_max; // 0 = not told
} DiscoRoom;

// What: the room in a result of disco#info.
// Shape: `room` is overwritten; to be cleared by the caller.
// Source: XEP-0045 6.4, 15.5.
void disco_read_room(xmpp_stanza_t *result, DiscoRoom *room);
void disco_room_clear(DiscoRoom *room);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DiscoRoom, disco_room_clear)

// What: the nickname reserved for the asker, in a result of disco#info on node x-roomuser-item.
// Shape: borrowed; NULL when there is none.
// Source: XEP-0045 7.12.
const char *disco_read_reserved_nick(xmpp_stanza_t *result);
