// SPDX-License-Identifier: MIT
// Presence of users; see presence_stanza.h.
#include "xmpp/presence_stanza.h"

#include <string.h>

Event *presence_stanza_read(Wire *wire, xmpp_stanza_t *stanza, Address *from, Address *to)
{
    const char *type = xmpp_stanza_get_type(stanza);
    bool leaves = g_strcmp0(type, "unavailable") == 0;
    bool is_of_a_device = address_resource(from) != NULL && address_local(to) != NULL;
    if ((type != NULL && !leaves) || !is_of_a_device ||
        !wire_is_served(wire, address_domain(from), XMPPGATE_USERS))
        return NULL;
    Event *event = wire_event(wire, EVENT_PRESENCE);
    fields_set_address(&event->f.from, from);
    fields_set_address(&event->f.to, to);
    event->f.how = leaves ? HOW_LEFT : HOW_CHANGED;
    return event;
}
