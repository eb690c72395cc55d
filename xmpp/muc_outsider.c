// SPDX-License-Identifier: MIT
// Affiliations of those who are outside; see the header.
#include "xmpp/muc_outsider.h"

#include "xmpp/muc_presence.h"
#include "xmpp/namespaces.h"

static bool is_room(const Wire *wire, const Address *from)
{
    return address_local(from) != NULL && address_resource(from) == NULL &&
           !wire_is_served(wire, address_domain(from), XMPPGATE_USERS);
}

Event *muc_outsider_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    bool is_told = is_room(wire, from) && address_local(to) != NULL &&
                   (muc_presence_codes(stanza) & MUC_PRESENCE_OUTSIDE) != 0;
    xmpp_stanza_t *item = stanza_child(stanza_child(stanza, "x", NS_MUC_USER), "item", NULL);
    if (!is_told || item == NULL)
        return NULL;
    Event *event = wire_event(wire, EVENT_ROOM_ROSTER);
    event->f.how = HOW_CHANGED;
    fields_set_address(&event->f.room, from);
    event->f.real = address_to_bare(to);
    fields_set_text(&event->f.affiliation, stanza_attribute(item, "affiliation", STANZA_WORD_MAX));
    return event;
}
